//! What a trust registry says. Unknown members are ignored.

use serde::{Deserialize, Serialize};

use crate::jwk::PublicKey;
use crate::time::UnixTime;

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
    /// Whether keys that the network root certified for it (`x5c`) may sign as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub x5c: bool,
}

impl IssuerEntry {
    /// The key that a token's `kid` names; without a `kid`, the only key.
    pub fn key(&self, kid: Option<&str>) -> Option<&IssuerKey> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.is_named(kid)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
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
    /// The `kid` of its tokens, when the issuer chose one of its own; else [`PublicKey::kid`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// What it may still do.
    pub state: KeyState,
    /// Nothing it signed before this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<UnixTime>,
    /// Nothing it issued after this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<UnixTime>,
}

impl IssuerKey {
    /// Whether a token's `kid` names this key.
    pub fn is_named(&self, kid: &str) -> bool {
        match &self.kid {
            Some(own) => own == kid,
            None => self.jwk.has_kid(kid),
        }
    }
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
