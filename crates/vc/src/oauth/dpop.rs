//! Demonstrating Proof of Possession (RFC 9449): a token bound to a key is good only beside a
//! fresh proof by that key, for this method and address.

use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::{bare, instant, is_fresh, jti, text};
use crate::base64url;
use crate::jwk::{JwkError, PublicKey, Thumbprint};
use crate::jws::{JwsError, SigningInput, UnverifiedJws};
use crate::time::UnixTime;

/// `typ` of a DPoP proof.
pub const DPOP_TYP: &str = "dpop+jwt";

/// Waits for the client's signature.
#[derive(Clone, Debug)]
pub struct DpopInput(SigningInput);

impl DpopInput {
    /// A proof for one request. `access_token` is the one that the request carries, if any.
    pub fn new(
        key: &PublicKey,
        method: &str,
        address: &str,
        jti: &str,
        issued_at: UnixTime,
        bound: DpopBound<'_>,
    ) -> Self {
        let mut header = Map::new();
        header.insert("jwk".to_owned(), key.to_jwk());
        let target = bare(address).map_or_else(|| address.to_owned(), String::from);
        let mut claims = Map::new();
        claims.insert("jti".to_owned(), json!(jti));
        claims.insert("htm".to_owned(), json!(method));
        claims.insert("htu".to_owned(), json!(target));
        claims.insert("iat".to_owned(), json!(issued_at));
        if let Some(token) = bound.access_token {
            claims.insert("ath".to_owned(), json!(token_hash(token)));
        }
        if let Some(nonce) = bound.nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        Self(SigningInput::new(key.algorithm(), DPOP_TYP, header, &claims))
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.0.signing_input()
    }

    /// The proof, for the header `DPoP`.
    pub fn finish(self, signature: &[u8]) -> String {
        self.0.finish(signature)
    }
}

/// What else a proof is bound to.
#[derive(Clone, Copy, Debug, Default)]
pub struct DpopBound<'a> {
    /// The access token beside it.
    pub access_token: Option<&'a str>,
    /// The nonce that the server gave.
    pub nonce: Option<&'a str>,
}

/// What a proof must be like. Whether its `jti` and `nonce` are good is the caller's to judge.
#[derive(Clone, Copy, Debug)]
pub struct DpopPolicy<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's address as the client knows it.
    pub address: &'a str,
    /// The access token beside it, at a resource: then `ath` MUST be its hash.
    pub access_token: Option<&'a str>,
    /// The key that the token is bound to.
    pub bound_to: Option<Thumbprint>,
    /// Oldest `iat`, in seconds.
    pub max_age: i64,
    /// How far in the future `iat` may lie, in seconds.
    pub skew: i64,
}

/// A proof that verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedDpop {
    /// The client's key.
    pub key: PublicKey,
    /// `jti`, to be taken once.
    pub jti: String,
    /// `nonce`, when there is one.
    pub nonce: Option<String>,
    /// `iat`.
    pub issued_at: UnixTime,
}

/// Checks a proof by the twelve steps of RFC 9449, 4.3, but for nonce and replay.
///
/// # Errors
/// [`DpopError`].
pub fn verify_dpop(
    proof: &str,
    policy: &DpopPolicy<'_>,
    now: UnixTime,
) -> Result<VerifiedDpop, DpopError> {
    let unverified = UnverifiedJws::parse(proof)?;
    let jwk = unverified.header().members.get("jwk").ok_or(DpopError::NoKey)?;
    let key = PublicKey::from_jwk(jwk)?;
    let verified = unverified.into_verified(&key, DPOP_TYP)?;
    let claims = verified.claims();

    let jti = jti(claims).ok_or(DpopError::BadClaim("jti"))?;
    if text(claims, "htm") != Some(policy.method) {
        return Err(DpopError::OtherRequest("htm"));
    }
    let target = text(claims, "htu").and_then(bare).ok_or(DpopError::BadClaim("htu"))?;
    if Some(target) != bare(policy.address) {
        return Err(DpopError::OtherRequest("htu"));
    }
    let issued_at = instant(claims, "iat").ok_or(DpopError::BadClaim("iat"))?;
    if !is_fresh(issued_at, now, policy.max_age, policy.skew) {
        return Err(DpopError::OutsideTimeWindow);
    }
    if let Some(token) = policy.access_token
        && text(claims, "ath") != Some(token_hash(token).as_str())
    {
        return Err(DpopError::OtherToken);
    }
    if policy.bound_to.is_some_and(|bound| bound != key.thumbprint()) {
        return Err(DpopError::OtherKey);
    }
    let nonce = match claims.get("nonce") {
        None => None,
        Some(nonce) => Some(nonce.as_str().ok_or(DpopError::BadClaim("nonce"))?.to_owned()),
    };
    Ok(VerifiedDpop { jti: jti.to_owned(), nonce, issued_at, key })
}

/// `ath` (RFC 9449, 4.2).
fn token_hash(token: &str) -> String {
    base64url::encode(&Sha256::digest(token))
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// The token itself: form, `typ`, `alg`, signature.
    #[error("DPoP proof refused")]
    Jws(#[from] JwsError),
    /// No `jwk` in the header.
    #[error("no jwk in the DPoP proof's header")]
    NoKey,
    /// The key is not usable.
    #[error("the DPoP proof's key is refused")]
    Key(#[from] JwkError),
    /// A claim is missing or of the wrong type.
    #[error("claim {0:?} of the DPoP proof is missing or of the wrong type")]
    BadClaim(&'static str),
    /// `htm` or `htu` names another request.
    #[error("{0} is not of this request")]
    OtherRequest(&'static str),
    /// `iat` is too old or in the future.
    #[error("iat of the DPoP proof lies outside the time window")]
    OutsideTimeWindow,
    /// `ath` is missing or of another token.
    #[error("ath is not of this access token")]
    OtherToken,
    /// The token is bound to another key.
    #[error("the access token is bound to another key")]
    OtherKey,
}
