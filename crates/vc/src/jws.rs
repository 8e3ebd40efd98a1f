//! Compact JWS (RFC 7515, 7.1), strictly: one byte form per token, explicit `typ` (RFC 8725, 3.11),
//! `alg` checked against the trusted key.

use serde_json::{Map, Value};

use crate::jwk::{Algorithm, PublicKey};

/// Longest compact token in bytes.
pub const MAX_TOKEN_BYTES: usize = 256 * 1024;

/// A parsed token whose signature nobody has checked.
#[derive(Clone, Debug)]
pub struct UnverifiedJws {
    text: String,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
    signed_len: usize,
}

/// The protected header. Nothing in it is trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// `alg` as written.
    pub alg: String,
    /// `typ` as written.
    pub typ: Option<String>,
    /// `kid` as written.
    pub kid: Option<String>,
    /// All members, these included.
    pub members: Map<String, Value>,
}

impl UnverifiedJws {
    /// Parses header and payload, both JSON objects with unique members.
    ///
    /// # Errors
    /// [`JwsError`], before any cryptography: not three canonical base64url parts, oversize,
    /// duplicate members, `alg` none, any `crit` or `b64`.
    pub fn parse(text: &str) -> Result<Self, JwsError> {
        todo!()
    }

    /// The untrusted header, to look a key up by.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The compact text as received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A claim read before verification, to look a key up by (`iss`, `kid`); never to decide on.
    pub fn dangerous_unverified_claim(&self, name: &str) -> Option<Value> {
        todo!()
    }

    /// Checks `typ` (exactly `typ`, case-insensitively after stripping `application/`), `alg`
    /// against the key, and the signature.
    ///
    /// # Errors
    /// [`JwsError::WrongType`], [`JwsError::WrongAlgorithm`], [`JwsError::SignatureInvalid`].
    pub fn verify(&self, key: &PublicKey, typ: &str) -> Result<VerifiedJws, JwsError> {
        todo!()
    }
}

/// A token whose signature verified; only [`UnverifiedJws::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedJws {
    header: Header,
    claims: Map<String, Value>,
}

impl VerifiedJws {
    /// The protected header, now authentic.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload's members.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The payload's members, owned.
    pub fn into_claims(self) -> Map<String, Value> {
        self.claims
    }
}

/// What is to be signed: `signing_input()` goes out, the signature comes in by `finish`.
#[derive(Clone, Debug)]
pub struct SigningInput {
    text: String,
}

impl SigningInput {
    /// Header and payload as RFC 8785 bytes. `alg` is set from the key's algorithm, `typ` as given.
    pub fn new(
        algorithm: Algorithm,
        typ: &str,
        header: Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Self {
        todo!()
    }

    /// The ASCII bytes to sign (RFC 7515, 5.1).
    pub fn signing_input(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The compact token.
    pub fn finish(self, signature: &[u8]) -> String {
        todo!()
    }
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than [`MAX_TOKEN_BYTES`].
    #[error("token longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// Not three canonical base64url parts joined by dots.
    #[error("not a compact JWS")]
    NotCompact,
    /// Header or payload is not an acceptable JSON object.
    #[error("{part} is not an acceptable JSON object")]
    BadJson {
        /// `header` or `payload`.
        part: &'static str,
        /// What is wrong, when it is the JSON itself.
        #[source]
        source: Option<crate::json::JsonError>,
    },
    /// A header member is absent or of the wrong type.
    #[error("header member {0:?} is missing or of the wrong type")]
    BadHeaderMember(&'static str),
    /// `crit` is present: this crate understands no extension.
    #[error("critical header extensions are not understood")]
    Critical,
    /// `typ` is not the one this place takes.
    #[error("typ is not {expected:?}")]
    WrongType {
        /// The `typ` that belongs here.
        expected: String,
    },
    /// `alg` is not the one the trusted key verifies.
    #[error("alg does not belong to the key")]
    WrongAlgorithm,
    /// The signature does not verify under the key.
    #[error("the signature does not verify")]
    SignatureInvalid,
}
