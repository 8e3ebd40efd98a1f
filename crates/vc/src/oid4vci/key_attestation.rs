//! Key attestations (OpenID4VCI 1.0, "Key Attestations"): a wallet provider says where holder keys
//! live and how they are guarded.

use serde_json::{Map, Value};

use crate::jwk::{JwkError, PublicKey};
use crate::jws::{JwsError, UnverifiedJws};
use crate::time::UnixTime;
use crate::x5c::{self, ChainError, TrustAnchor};

use super::MAX_PROOFS;

/// `typ` of a key attestation.
pub const KEY_ATTESTATION_TYP: &str = "key-attestation+jwt";

/// Whom to believe, and how an attestation must be.
#[derive(Clone, Copy, Debug)]
pub struct KeyAttestationPolicy<'a> {
    /// Keys of trusted attesters.
    pub attesters: &'a [PublicKey],
    /// Authorities of trusted attesters that send `x5c` (HAIP 1.0).
    pub anchors: &'a [TrustAnchor],
    /// Where the attestation came: `exp` MUST be present beside a jwt proof.
    pub place: KeyAttestationPlace,
    /// How far in the future `iat` may lie, in seconds.
    pub skew: i64,
}

/// How an attestation was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAttestationPlace {
    /// In the header `key_attestation` of a `jwt` proof.
    JwtProof,
    /// As the one element of an `attestation` proof.
    AttestationProof,
}

/// An attestation that verified. Whether its nonce is one that the issuer gave is the caller's to
/// judge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedKeyAttestation {
    /// `attested_keys`: at least one.
    pub keys: Vec<PublicKey>,
    /// `key_storage`: how keys withstand extraction, for example `iso_18045_high`.
    pub key_storage: Vec<String>,
    /// `user_authentication`: how their use is guarded.
    pub user_authentication: Vec<String>,
    /// `nonce`.
    pub nonce: Option<String>,
}

/// Verifies a key attestation.
///
/// # Errors
/// [`KeyAttestationError`].
pub fn verify_key_attestation(
    token: &str,
    policy: &KeyAttestationPolicy<'_>,
    now: UnixTime,
) -> Result<VerifiedKeyAttestation, KeyAttestationError> {
    use KeyAttestationError::{BadClaim, Expired, FromFuture};
    let unverified = UnverifiedJws::parse(token)?;
    let signer = match unverified.header().x5c()? {
        Some(chain) => x5c::verify(&chain, policy.anchors, now)?.key().clone(),
        None => attester(&unverified, policy.attesters)?.clone(),
    };
    let verified = unverified.into_verified(&signer, KEY_ATTESTATION_TYP)?;
    let claims = verified.claims();

    let issued_at = claims.get("iat").and_then(UnixTime::from_json).ok_or(BadClaim("iat"))?;
    if issued_at > now.plus(policy.skew) {
        return Err(FromFuture);
    }
    match (claims.get("exp"), policy.place) {
        (None, KeyAttestationPlace::AttestationProof) => {}
        (None, KeyAttestationPlace::JwtProof) => return Err(BadClaim("exp")),
        (Some(exp), _) => {
            if UnixTime::from_json(exp).ok_or(BadClaim("exp"))? <= now {
                return Err(Expired);
            }
        }
    }
    let keys = claims
        .get("attested_keys")
        .and_then(Value::as_array)
        .filter(|keys| (1..=MAX_PROOFS).contains(&keys.len()))
        .ok_or(BadClaim("attested_keys"))?;
    let keys = keys.iter().map(PublicKey::from_jwk).collect::<Result<_, _>>()?;
    let nonce = match claims.get("nonce") {
        None => None,
        Some(nonce) => Some(nonce.as_str().ok_or(BadClaim("nonce"))?.to_owned()),
    };
    Ok(VerifiedKeyAttestation {
        keys,
        key_storage: texts(claims, "key_storage")?,
        user_authentication: texts(claims, "user_authentication")?,
        nonce,
    })
}

fn attester<'a>(
    token: &UnverifiedJws,
    attesters: &'a [PublicKey],
) -> Result<&'a PublicKey, KeyAttestationError> {
    let kid = token.header().kid.as_deref();
    let named = kid.and_then(|kid| {
        attesters.iter().find(|key| key.kid() == kid || key.thumbprint().to_string() == kid)
    });
    match (named, attesters) {
        (Some(key), _) | (None, [key]) => Ok(key),
        _ => Err(KeyAttestationError::UnknownAttester),
    }
}

fn texts(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Vec<String>, KeyAttestationError> {
    let bad = KeyAttestationError::BadClaim(name);
    match claims.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) if !list.is_empty() => {
            list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or(bad)
        }
        Some(_) => Err(bad),
    }
}

/// Why a key attestation is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyAttestationError {
    /// The token itself: form, `typ`, `alg`, signature.
    #[error("key attestation refused")]
    Jws(#[from] JwsError),
    /// An attested key is not usable.
    #[error("an attested key is refused")]
    Key(#[from] JwkError),
    /// The attester's certificates lead to no trusted authority.
    #[error("the attester's certificates are refused")]
    Chain(#[from] ChainError),
    /// No trusted attester fits.
    #[error("the attester is not trusted here")]
    UnknownAttester,
    /// A claim is missing or of the wrong type.
    #[error("claim {0:?} of the key attestation is missing or of the wrong type")]
    BadClaim(&'static str),
    /// `exp` is past.
    #[error("the key attestation has expired")]
    Expired,
    /// `iat` lies ahead.
    #[error("the key attestation was issued in the future")]
    FromFuture,
}
