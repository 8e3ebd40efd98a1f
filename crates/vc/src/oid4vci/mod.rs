//! Messages of OpenID for Verifiable Credential Issuance 1.0, both roles, without HTTP: build,
//! parse and check. Unknown members and parameters are ignored on reading, as the text demands.

mod credential;
mod error;
mod key_attestation;
mod metadata;
mod offer;
mod proof;
mod review;
mod server_metadata;
mod token;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::json::{self, JsonError, Limits};

pub use credential::{
    CredentialRequest, CredentialResponse, CredentialTarget, DeferredRequest, IssuedCredential,
    MAX_PROOFS, NonceResponse, NotificationEvent, NotificationRequest, Proofs,
    ResponseEncryptionRequest,
};
pub use error::{
    BearerErrorCode, CredentialErrorCode, Description, ErrorResponse, NotificationErrorCode,
    TokenErrorCode,
};
pub use key_attestation::{
    KEY_ATTESTATION_TYP, KeyAttestationError, KeyAttestationPlace, KeyAttestationPolicy,
    VerifiedKeyAttestation, verify_key_attestation,
};
pub use metadata::{
    BatchIssuance, ClaimDescription, ClaimDisplay, CredentialConfiguration, CredentialDefinition,
    CredentialDisplay, CredentialMetadata, Display, IssuerMetadata, Logo, MetadataError, ProofType,
    RequestEncryption, ResponseEncryption, SD_JWT_VC_FORMAT,
};
pub use offer::{
    AuthorizationCodeGrant, CredentialOffer, Grants, InputMode, MAX_DESCRIPTION_CHARS,
    MAX_LINK_BYTES, OfferError, OfferLink, PreAuthorizedCodeGrant, TxCode,
};
pub use proof::{PROOF_TYP, ProofError, ProofInput, ProofPolicy, VerifiedProof, verify_proof};
pub use review::{MAX_REFUSAL_WORDS, Refusal, RefusalReason, UnknownReason, confirmation_digits};
pub use server_metadata::{
    AuthorizationServerMetadata, JwkSet, JwtVcIssuerMetadata, StatusListAggregation,
};
pub use token::{
    AuthorizationDetail, MAX_TOKEN_REQUEST_BYTES, PRE_AUTHORIZED_CODE_GRANT, TokenGrant,
    TokenRequest, TokenResponse,
};

/// Bounds on a protocol document.
pub const DOCUMENT_LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 16, values: 20_000 };

/// Which addresses a document may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `https` only, as the specification says.
    Https,
    /// Also `http` on a loopback host: for trying things on one machine.
    LoopbackHttp,
}

impl Transport {
    fn url(self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let loopback = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let allowed = match url.scheme() {
            "https" => true,
            "http" => self == Self::LoopbackHttp && loopback,
            _ => false,
        };
        let plain = url.username().is_empty() && url.password().is_none();
        (allowed && plain).then_some(url)
    }

    /// Whether `text` is an address that a document may name: no user, no fragment.
    pub fn permits(self, text: &str) -> bool {
        self.url(text).is_some_and(|url| url.fragment().is_none())
    }

    /// Whether `text` may be an issuer identifier: no query either (section "Credential Issuer
    /// Identifier"; RFC 8414, 2).
    pub fn permits_issuer(self, text: &str) -> bool {
        // `Url` drops an empty query or fragment, so the text is asked.
        self.url(text).is_some() && !text.contains(['?', '#'])
    }
}

/// Whether a path's last `/` stays in a well-known address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastSlash {
    Stays,
    Goes,
}

/// Inserts `/.well-known/<name>` between host and path, as strings: nothing is normalised.
fn insert_well_known(issuer: &str, name: &str, last_slash: LastSlash) -> Option<String> {
    let (scheme, rest) = issuer.split_once("://")?;
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, path),
        None => (rest, ""),
    };
    let path = match last_slash {
        LastSlash::Stays => path,
        LastSlash::Goes => path.strip_suffix('/').unwrap_or(path),
    };
    let slash = if path.is_empty() { "" } else { "/" };
    (!authority.is_empty())
        .then(|| format!("{scheme}://{authority}/.well-known/{name}{slash}{path}"))
}

/// Reads a document strictly, then into its type.
fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, DocumentError> {
    let value = json::parse(text, DOCUMENT_LIMITS)?;
    serde_json::from_value(value).map_err(|error| DocumentError::Shape(error.to_string()))
}

/// Why a document can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not acceptable JSON.
    #[error("not an acceptable JSON document")]
    Json(#[from] JsonError),
    /// JSON of another shape; says where.
    #[error("not of the form: {0}")]
    Shape(String),
}

/// A bearer value: code, token, transaction code. Prints as `[redacted]`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, to send or to compare.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
