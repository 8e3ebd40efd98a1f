//! The trust registry: which organisation issues what with which keys, signed by the network's
//! operators (docs/architecture.md, "Trust").

mod model;
mod signer;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub use self::model::{
    IssuerEntry, IssuerKey, KeyState, Organisation, OrganisationState, TrustRegistry, VerifierEntry,
};
pub use self::signer::IssuerSigner;
use crate::json::{self, Limits};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{SigningInput, UnverifiedJws};
use crate::time::UnixTime;

/// `typ` of each operator's signature.
pub const TYP: &str = "trust-registry+jwt";
/// Longest published document, in bytes.
pub const MAX_BYTES: usize = Limits::DOCUMENT.bytes;
/// Most signatures read from one document.
pub const MAX_SIGNATURES: usize = 16;
/// Clock difference allowed to operators, in seconds.
const CLOCK_SKEW: i64 = 60;

/// One operator's signature to make.
pub fn signing_input(algorithm: Algorithm, kid: &str, payload: &TrustRegistry) -> SigningInput {
    let claims = match serde_json::to_value(payload) {
        Ok(Value::Object(claims)) => claims,
        // Every member has a text name and a JSON value. Were it otherwise, an empty payload
        // would be signed, which no service takes.
        Ok(_) | Err(_) => Map::new(),
    };
    let header = Map::from_iter([("kid".to_owned(), kid.into())]);
    SigningInput::new(algorithm, TYP, header, &claims)
}

/// The published document: a JSON array of compact JWS.
pub fn document(signatures: &[String]) -> String {
    Value::from(signatures).to_string()
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
        let (signed, claims) = signed_payload(document, operators)?;
        let needed = operators.threshold.max(1);
        let claims = match claims {
            Some(claims) if signed >= needed => claims,
            Some(_) | None => return Err(RegistryError::TooFewSignatures { signed, needed }),
        };
        let payload: TrustRegistry =
            serde_json::from_value(claims.into()).map_err(|_| RegistryError::Malformed)?;
        if payload.iat > now.plus(CLOCK_SKEW) {
            return Err(RegistryError::FromFuture);
        }
        if now > payload.exp {
            return Err(RegistryError::Expired);
        }
        if let Some(last) = last_version.filter(|last| payload.version < *last) {
            return Err(RegistryError::Rollback { version: payload.version, last });
        }
        check_unambiguous(&payload)?;
        Ok(Self { payload })
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
        self.payload.organisations.iter().find_map(|organisation| {
            let issuer = organisation.issuer.as_ref().filter(|issuer| issuer.url == iss)?;
            Some((organisation, issuer))
        })
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

/// How many distinct pinned operators signed, and what.
fn signed_payload(
    document: &[u8],
    operators: &Operators,
) -> Result<(usize, Option<Map<String, Value>>), RegistryError> {
    let limits = Limits { bytes: MAX_BYTES, depth: 1, values: MAX_SIGNATURES + 1 };
    let Ok(Value::Array(tokens)) = json::parse(document, limits) else {
        return Err(RegistryError::Malformed);
    };

    let pinned: BTreeMap<String, &PublicKey> =
        operators.keys.iter().map(|key| (key.kid(), key)).collect();
    let mut payload_part = None;
    let mut signers = BTreeSet::new();
    let mut claims = None;
    for token in &tokens {
        let token = token.as_str().ok_or(RegistryError::Malformed)?;
        let jws = UnverifiedJws::parse_within(token, Limits::DOCUMENT)
            .map_err(|_| RegistryError::Malformed)?;
        // Byte-identical, those of unpinned signers too: parts of two registries never mix.
        let part = token.split('.').nth(1).ok_or(RegistryError::Malformed)?;
        if *payload_part.get_or_insert(part) != part {
            return Err(RegistryError::Malformed);
        }
        let Some((kid, key)) =
            jws.header().kid.as_ref().and_then(|kid| pinned.get_key_value(kid.as_str()))
        else {
            continue;
        };
        if let Ok(verified) = jws.into_verified(key, TYP)
            && signers.insert(kid)
        {
            claims = Some(verified.into_claims());
        }
    }
    Ok((signers.len(), claims))
}

/// One ODS code, issuer identifier and key each belong to one organisation.
fn check_unambiguous(payload: &TrustRegistry) -> Result<(), RegistryError> {
    let mut codes = BTreeSet::new();
    let mut urls = BTreeSet::new();
    let mut kids = BTreeSet::new();
    for organisation in &payload.organisations {
        if !codes.insert(&organisation.ods) {
            return Err(RegistryError::Ambiguous(organisation.ods.clone()));
        }
        let Some(issuer) = &organisation.issuer else { continue };
        if !urls.insert(&issuer.url) {
            return Err(RegistryError::Ambiguous(issuer.url.clone()));
        }
        let mut own_kids = BTreeSet::new();
        for key in &issuer.keys {
            let own = key.kid.clone().unwrap_or_else(|| key.jwk.kid());
            if let Some(twice) = own_kids.replace(own) {
                return Err(RegistryError::Ambiguous(twice));
            }
            let kid = key.jwk.kid();
            if let Some(twice) = kids.replace(kid) {
                return Err(RegistryError::Ambiguous(twice));
            }
        }
    }
    Ok(())
}
