//! What may be told about keys.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Credentials and their status lists.
    Issuer,
    /// The trust registry.
    Operator,
    /// Presentation requests.
    Verifier,
    /// Verification receipts and movement notices.
    Receipt,
    /// Certificates of the network's issuers and verifiers.
    Root,
}

/// What a key may still do. `Pending` and `Active` are `active` in the trust registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Published so that others learn it; signs nothing yet.
    Pending,
    /// Signs.
    Active,
    /// Issues nothing new; goes on signing the status lists of what it issued.
    Retired,
    /// None of its signatures stands.
    Compromised,
}

/// What may be told about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// Its `kid`.
    pub kid: String,
    /// What it signs.
    pub purpose: Purpose,
    /// `EdDSA` or `ES256`.
    pub algorithm: &'static str,
    /// What it may still do.
    pub state: KeyState,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// When it was retired or compromised.
    pub ended_at: Option<i64>,
}

impl KeyState {
    pub(super) fn may_become(self, to: Self) -> bool {
        match to {
            Self::Pending => false,
            Self::Active => self == Self::Pending,
            Self::Retired => matches!(self, Self::Pending | Self::Active),
            Self::Compromised => self != Self::Compromised,
        }
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text))
            .map_err(|_| {
                format!("{text:?} is no purpose: issuer, operator, verifier, receipt or root")
            })
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
