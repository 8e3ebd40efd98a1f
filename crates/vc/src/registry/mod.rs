//! The trust registry: which organisation issues what with which keys, signed by the network's
//! operators (docs/architecture.md, "Trust").

use serde::{Deserialize, Serialize};


use crate::jwk::{Algorithm, PublicKey};
use crate::jws::SigningInput;
use crate::time::UnixTime;

/// `typ` of each operator's signature.
pub const TYP: &str = "trust-registry+jwt";

/// The payload. Unknown members are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustRegistry {
    /// Only rises.
    pub version: u64,
    /// When it was made.
    pub iat: UnixTime,
    /// When it stops being usable.
    pub exp: UnixTime,
    /// Every organisation of the network.
    pub organisations: Vec<Organisation>,
}

/// One organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    /// ODS code, for example `RBV`.
    pub ods: String,
    /// Its name.
    pub name: String,
    /// Whether it takes part.
    pub state: OrganisationState,
    /// Its issuer, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerEntry>,
    /// Its verifier, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifier: Option<VerifierEntry>,
    /// The `vct`s it may issue.
    #[serde(default)]
    pub types: Vec<String>,
    /// Whom to ask: an office, not a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// Whether an organisation takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganisationState {
    /// Takes part.
    Active,
    /// Held for now: nothing of it is accepted.
    Suspended,
    /// Left or was put out.
    Removed,
}

/// An organisation's issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssuerEntry {
    /// The issuer identifier, `iss` of its credentials.
    pub url: String,
    /// Its keys, past ones too.
    pub keys: Vec<IssuerKey>,
}

/// An organisation's verifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifierEntry {
    /// Its base address.
    pub url: String,
}

/// One key of an issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssuerKey {
    /// The public key.
    pub jwk: PublicKey,
    /// What it may still do.
    pub state: KeyState,
    /// Nothing it signed before this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<UnixTime>,
    /// Nothing it issued after this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<UnixTime>,
}

/// What a key may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Issues.
    Active,
    /// Issues nothing new; goes on signing the status lists of what it issued.
    Retired,
    /// None of its signatures stands.
    Compromised,
}

/// One operator's signature to make.
pub fn signing_input(algorithm: Algorithm, kid: &str, payload: &TrustRegistry) -> SigningInput {
    todo!()
}

/// The published document: a JSON array of compact JWS.
pub fn document(signatures: &[String]) -> String {
    todo!()
}

/// The operator keys that a service pins, and how many must have signed.
#[derive(Clone, Debug)]
pub struct Operators {
    /// Pinned keys.
    pub keys: Vec<PublicKey>,
    /// How many of them must have signed, at least 1.
    pub threshold: usize,
}

/// A registry that enough pinned operators signed; only [`VerifiedRegistry::verify`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedRegistry {
    payload: TrustRegistry,
}

impl VerifiedRegistry {
    /// Verifies a published document. `last_version` is the highest version seen before.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn verify(
        document: &[u8],
        operators: &Operators,
        last_version: Option<u64>,
        now: UnixTime,
    ) -> Result<Self, RegistryError> {
        todo!()
    }

    /// The verified payload.
    pub fn payload(&self) -> &TrustRegistry {
        &self.payload
    }

    /// Whether it is past its `exp`.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now > self.payload.exp
    }

    /// The organisation whose issuer identifier is exactly `iss`.
    pub fn issuer(&self, iss: &str) -> Option<(&Organisation, &IssuerEntry)> {
        todo!()
    }

    /// The organisation with this ODS code.
    pub fn organisation(&self, ods: &str) -> Option<&Organisation> {
        self.payload.organisations.iter().find(|organisation| organisation.ods == ods)
    }
}

/// Why a registry document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Not a JSON array of compact JWS with equal payloads.
    #[error("malformed trust registry")]
    Malformed,
    /// Too few pinned operators signed.
    #[error("{signed} of {needed} operators signed")]
    TooFewSignatures {
        /// Distinct pinned operators whose signature verified.
        signed: usize,
        /// The threshold.
        needed: usize,
    },
    /// Older than one seen before.
    #[error("version {version} is older than {last}")]
    Rollback {
        /// The document's version.
        version: u64,
        /// The highest version seen before.
        last: u64,
    },
    /// Past its `exp`.
    #[error("expired")]
    Expired,
    /// `iat` lies in the future (60 s allowed).
    #[error("made in the future")]
    FromFuture,
    /// Two organisations claim one ODS code, issuer identifier or key.
    #[error("{0:?} stands twice")]
    Ambiguous(String),
}

