//! Proofs of possession (RFC 9449) at the token endpoint and behind it. A proof needs a nonce of
//! ours, which says by itself when it expires, and is good once: its `jti` is on disk before
//! anything is done.

use axum::http::{HeaderMap, HeaderName, StatusCode};
use sha2::{Digest, Sha256};
use vc::jwk::Thumbprint;
use vc::oauth::{DpopPolicy, verify_dpop};
use vc::time::UnixTime;

use crate::oid4vci::error::ProtocolError;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{NonceUse, StoreError};

/// Carries the proof.
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");
/// Carries the nonce for the next proof (RFC 9449, 8).
pub(crate) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
/// Scheme of `Authorization` and `token_type`.
pub(super) const SCHEME: &str = "DPoP";
/// Algorithms of a client's keys.
pub(super) const ALGORITHMS: [&str; 3] = ["EdDSA", "Ed25519", "ES256"];
/// The same in `WWW-Authenticate` (RFC 9449, 7.1).
const ALGS: &str = "algs=\"EdDSA Ed25519 ES256\"";
/// Oldest proof in seconds.
const MAX_AGE: i64 = 5 * 60;
/// How far a client's clock may be ahead, in seconds.
const SKEW: i64 = 60;
/// Life of a nonce in seconds.
const NONCE_SECONDS: i64 = 5 * 60;

/// Why a proof is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is none.
    Missing,
    /// More than one, or not what RFC 9449, 4.3 asks for; or seen before.
    Invalid(&'static str),
    /// Without a nonce of ours that has not expired.
    Nonce,
    /// The store does not answer.
    Store(StoreError),
}

/// What a proof must be bound to, beside the address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bound<'a> {
    /// The access token beside it.
    pub(super) access_token: Option<&'a str>,
    /// The key that the token is bound to.
    pub(super) key: Option<&'a str>,
}

/// A nonce for the header `DPoP-Nonce`.
pub(super) fn nonce(issuer: &Issuer) -> (HeaderName, String) {
    let expires_at = issuer.clock.now().saturating_add(NONCE_SECONDS);
    (DPOP_NONCE, issuer.secrets.dpop_nonce(expires_at, &mut secrets::rng()))
}

/// The key that the request's proof is made by; a proof is taken once.
pub(super) async fn proven(
    issuer: &Issuer,
    headers: &HeaderMap,
    endpoint: &str,
    bound: Bound<'_>,
) -> Result<Thumbprint, Refused> {
    let mut proofs = headers.get_all(DPOP).iter();
    let proof = match (proofs.next(), proofs.next()) {
        (None, _) => return Err(Refused::Missing),
        (Some(proof), None) => proof.to_str().map_err(|_| Refused::Invalid("it is no text"))?,
        // RFC 9449, 4.3: "There is not more than one DPoP HTTP request header field."
        (Some(_), Some(_)) => return Err(Refused::Invalid("there is more than one")),
    };
    let policy = DpopPolicy {
        method: "POST",
        address: &format!("{}{endpoint}", issuer.settings.base_url.as_str()),
        access_token: bound.access_token,
        bound_to: None,
        max_age: MAX_AGE,
        skew: SKEW,
    };
    let now = issuer.clock.now();
    let proof = verify_dpop(proof, &policy, UnixTime(now)).map_err(|error| {
        tracing::debug!(%error, "a DPoP proof is refused");
        Refused::Invalid("it is not by the right key, for this request and of this time")
    })?;
    let key = proof.key.thumbprint();
    if bound.key.is_some_and(|bound| bound != key.to_string()) {
        return Err(Refused::Invalid("the token is bound to another key"));
    }
    let ours = |nonce: &str| issuer.secrets.is_dpop_nonce(nonce, now);
    if !proof.nonce.as_deref().is_some_and(ours) {
        return Err(Refused::Nonce);
    }
    let expires_at = proof.issued_at.0.saturating_add(MAX_AGE).saturating_add(1);
    let first = issuer.store.use_once(once("dpop", &key, &proof.jti, expires_at), now);
    match first.await {
        Ok(true) => Ok(key),
        Ok(false) => Err(Refused::Invalid("it was used before")),
        Err(error) => Err(Refused::Store(error)),
    }
}

/// What stays of a proof that is good once.
pub(super) fn once(kind: &str, key: &Thumbprint, jti: &str, expires_at: i64) -> NonceUse {
    let mut hash = Sha256::new();
    for part in [kind, key.to_string().as_str(), jti] {
        hash.update(part);
        hash.update([0]);
    }
    let hash: [u8; 32] = hash.finalize().into();
    NonceUse { id: hash.first_chunk().copied().unwrap_or_default(), expires_at }
}

impl Refused {
    /// As the token endpoint says it: 400 (RFC 9449, 5 and 8).
    pub(super) fn at_token(self, issuer: &Issuer) -> ProtocolError {
        let invalid = |why: &str| {
            ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof")
                .describe(&format!("the DPoP proof is refused: {why}"))
        };
        match self {
            Self::Missing => invalid("there is none"),
            Self::Invalid(why) => invalid(why).header(nonce(issuer)),
            Self::Nonce => ProtocolError::new(StatusCode::BAD_REQUEST, "use_dpop_nonce")
                .describe("the DPoP proof needs the nonce of DPoP-Nonce")
                .header(nonce(issuer)),
            Self::Store(error) => error.into(),
        }
    }

    /// As an endpoint behind a token says it: 401 (RFC 9449, 7.1 and 9).
    pub(super) fn at_resource(self, issuer: &Issuer) -> ProtocolError {
        match self {
            Self::Missing => challenged("invalid_dpop_proof").describe("a DPoP proof is missing"),
            Self::Invalid(why) => challenged("invalid_dpop_proof")
                .describe(&format!("the DPoP proof is refused: {why}"))
                .header(nonce(issuer)),
            Self::Nonce => challenged("use_dpop_nonce")
                .describe("the DPoP proof needs the nonce of DPoP-Nonce")
                .header(nonce(issuer)),
            Self::Store(error) => error.into(),
        }
    }
}

/// 401 with a challenge to prove possession.
pub(super) fn challenged(error: &'static str) -> ProtocolError {
    ProtocolError::new(StatusCode::UNAUTHORIZED, error)
        .challenge(format!("{SCHEME} error=\"{error}\", {ALGS}"))
}

/// The challenge of a request without any token.
pub(super) fn challenge() -> String {
    format!("{SCHEME} {ALGS}")
}
