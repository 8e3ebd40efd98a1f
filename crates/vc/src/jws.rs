//! Compact JWS (RFC 7515, 7.1), strictly: one byte form per token, explicit `typ` (RFC 8725, 3.11),
//! `alg` checked against the trusted key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::json::Limits;
use crate::jwk::{Algorithm, PublicKey};
use crate::{base64url, jcs, json};

/// Longest compact token in bytes.
pub const MAX_TOKEN_BYTES: usize = Limits::TOKEN.bytes;
/// Longest `kid` in bytes.
pub const MAX_KID_BYTES: usize = 512;

/// A parsed token whose signature nobody has checked.
#[derive(Clone, Debug)]
pub struct UnverifiedJws {
    text: String,
    header: Header,
    claims: Map<String, Value>,
    signature: Vec<u8>,
    /// Length of `header.payload` in `text`.
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
        Self::parse_within(text, Limits::TOKEN)
    }

    /// As [`Self::parse`] with other bounds, which hold for the token and for its payload: a trust
    /// registry may be larger than a credential.
    ///
    /// # Errors
    /// [`JwsError`], as [`Self::parse`].
    pub fn parse_within(text: &str, limits: Limits) -> Result<Self, JwsError> {
        if text.len() > limits.bytes {
            return Err(JwsError::TooLong(limits.bytes));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::NotCompact);
        };
        let signed_len = header.len().saturating_add(1).saturating_add(payload.len());
        let [header, payload, signature] = [header, payload, signature].map(base64url::decode);
        let (Ok(header), Ok(payload), Ok(signature)) = (header, payload, signature) else {
            return Err(JwsError::NotCompact);
        };
        let header = Header::parse(&header)?;
        let claims = json::parse_object(&payload, limits)
            .map_err(|source| JwsError::BadJson { part: "payload", source: Some(source) })?;
        // Freed before the text is copied: both at once would double a hostile token's cost
        drop(payload);
        Ok(Self { text: text.to_owned(), header, claims, signature, signed_len })
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
        self.claims.get(name).cloned()
    }

    /// All claims read before verification, to look a key up by; never to decide on.
    pub fn dangerous_unverified_claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Checks `typ` (exactly `typ`, case-insensitively after stripping `application/`), `alg`
    /// against the key, and the signature.
    ///
    /// # Errors
    /// [`JwsError::WrongType`], [`JwsError::WrongAlgorithm`], [`JwsError::SignatureInvalid`].
    pub fn verify(&self, key: &PublicKey, typ: &str) -> Result<VerifiedJws, JwsError> {
        self.clone().into_verified(key, typ)
    }

    /// As [`Self::verify`], without a copy of the claims.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn into_verified(self, key: &PublicKey, typ: &str) -> Result<VerifiedJws, JwsError> {
        self.check(key, typ)?;
        Ok(VerifiedJws { header: self.header, claims: self.claims })
    }

    /// As [`Self::verify`], lending the claims.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_claims(
        &self,
        key: &PublicKey,
        typ: &str,
    ) -> Result<&Map<String, Value>, JwsError> {
        self.check(key, typ)?;
        Ok(&self.claims)
    }

    fn check(&self, key: &PublicKey, typ: &str) -> Result<(), JwsError> {
        if !self.header.typ.as_deref().is_some_and(|found| is_same_type(found, typ)) {
            return Err(JwsError::WrongType { expected: typ.to_owned() });
        }
        if !key.algorithm().is_named(&self.header.alg) {
            return Err(JwsError::WrongAlgorithm);
        }
        let signed = self.text.as_bytes().get(..self.signed_len).unwrap_or_default();
        key.verify(signed, &self.signature).map_err(|_| JwsError::SignatureInvalid)
    }
}

/// RFC 7515, 4.1.9: media types without case, `application/` left out or not.
fn is_same_type(found: &str, expected: &str) -> bool {
    fn short(typ: &str) -> &str {
        const PREFIX: &str = "application/";
        match typ.split_at_checked(PREFIX.len()) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
            _ => typ,
        }
    }
    short(found).eq_ignore_ascii_case(short(expected))
}

impl Header {
    /// The certificates of `x5c`, leaf first, as DER (RFC 7515, 4.1.6); `None` without `x5c`.
    ///
    /// # Errors
    /// [`JwsError::BadHeaderMember`] when it is not a list of canonical standard base64 texts.
    pub fn x5c(&self) -> Result<Option<Vec<Vec<u8>>>, JwsError> {
        let Some(value) = self.members.get("x5c") else { return Ok(None) };
        value
            .as_array()
            .filter(|chain| !chain.is_empty())
            .and_then(|chain| chain.iter().map(|one| STANDARD.decode(one.as_str()?).ok()).collect())
            .map(Some)
            .ok_or(JwsError::BadHeaderMember("x5c"))
    }

    fn parse(text: &[u8]) -> Result<Self, JwsError> {
        let members = json::parse_object(text, Limits::HEADER)
            .map_err(|source| JwsError::BadJson { part: "header", source: Some(source) })?;
        let string = |name| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(JwsError::BadHeaderMember(name)),
        };
        let alg = string("alg")?
            .filter(|alg| !alg.eq_ignore_ascii_case("none"))
            .ok_or(JwsError::BadHeaderMember("alg"))?;
        // RFC 7515, 4.1.11: "If any of the listed extension Header Parameters are not understood
        // and supported by the recipient, then the JWS is invalid"; an empty list is invalid too.
        // RFC 7797, 3 and 6: `b64` changes what is signed and needs `crit`
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(JwsError::Critical);
        }
        let typ = string("typ")?;
        let kid = string("kid")?;
        if kid.as_ref().is_some_and(|kid| kid.len() > MAX_KID_BYTES) {
            return Err(JwsError::BadHeaderMember("kid"));
        }
        Ok(Self { alg, typ, kid, members })
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
        Self::of_payload(algorithm, typ, header, &jcs::object_to_vec(claims))
    }

    /// As [`Self::new`], with the payload's bytes.
    pub(crate) fn of_payload(
        algorithm: Algorithm,
        typ: &str,
        header: Map<String, Value>,
        payload: &[u8],
    ) -> Self {
        let mut header = header;
        header.insert("alg".to_owned(), algorithm.name().into());
        header.insert("typ".to_owned(), typ.into());
        let header = jcs::object_to_vec(&header);
        // With room for the signature
        let mut text = String::with_capacity((header.len() + payload.len()) / 3 * 4 + 100);
        base64url::encode_onto(&header, &mut text);
        text.push('.');
        base64url::encode_onto(payload, &mut text);
        Self { text }
    }

    /// The ASCII bytes to sign (RFC 7515, 5.1).
    pub fn signing_input(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The compact token.
    pub fn finish(self, signature: &[u8]) -> String {
        let mut text = self.text;
        text.push('.');
        base64url::encode_onto(signature, &mut text);
        text
    }
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than the limit, [`MAX_TOKEN_BYTES`] unless the caller chose another.
    #[error("token longer than {0} bytes")]
    TooLong(usize),
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
