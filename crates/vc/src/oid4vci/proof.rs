//! The `jwt` proof of possession (OpenID4VCI 1.0, sections "jwt Proof Type" and "Verifying Proof").

use serde_json::{Map, Value, json};

use super::{CredentialErrorCode, ErrorResponse};
use crate::jwk::{Algorithm, JwkError, PublicKey};
use crate::jws::{JwsError, SigningInput, UnverifiedJws, VerifiedJws};
use crate::time::UnixTime;

/// `typ` of a proof.
pub const PROOF_TYP: &str = "openid4vci-proof+jwt";

/// Waits for the holder's signature.
#[derive(Clone, Debug)]
pub struct ProofInput(SigningInput);

impl ProofInput {
    /// A proof by `holder`, for the issuer `aud`. `iss` is the client id, and MUST be left out for
    /// anonymous pre-authorized access.
    pub fn new(
        algorithm: Algorithm,
        holder: &PublicKey,
        aud: &str,
        nonce: Option<&str>,
        iat: UnixTime,
        iss: Option<&str>,
    ) -> Self {
        let mut header = Map::new();
        header.insert("jwk".to_owned(), holder.to_jwk());
        let mut claims = Map::new();
        claims.insert("aud".to_owned(), json!(aud));
        claims.insert("iat".to_owned(), json!(iat));
        if let Some(nonce) = nonce {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        if let Some(iss) = iss {
            claims.insert("iss".to_owned(), json!(iss));
        }
        Self(SigningInput::new(algorithm, PROOF_TYP, header, &claims))
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.0.signing_input()
    }

    /// The proof.
    pub fn finish(self, signature: &[u8]) -> String {
        self.0.finish(signature)
    }
}

/// What a proof must be like.
#[derive(Clone, Copy, Debug)]
pub struct ProofPolicy<'a> {
    /// The issuer identifier: the only `aud`.
    pub credential_issuer: &'a str,
    /// The algorithms in the issuer's metadata.
    pub algorithms: &'a [Algorithm],
    /// Oldest `iat`, in seconds.
    pub max_age: i64,
    /// How far in the future `iat` may lie, in seconds.
    pub skew: i64,
    /// The client that the access token is bound to; `None` for anonymous access, where `iss` MUST
    /// be absent.
    pub client_id: Option<&'a str>,
}

/// A proof that verified. Whether its nonce is one that the issuer gave is the caller's to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedProof {
    /// The key that the credential is to be bound to.
    pub holder: PublicKey,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `key_attestation` of the header, as it came: the caller's to verify.
    pub key_attestation: Option<String>,
}

/// Verifies one proof; the holder's key comes in its header as `jwk`.
///
/// # Errors
/// [`ProofError`].
pub fn verify_proof(
    jwt: &str,
    policy: &ProofPolicy<'_>,
    now: UnixTime,
) -> Result<VerifiedProof, ProofError> {
    let unverified = UnverifiedJws::parse(jwt).map_err(ProofError::Jws)?;
    let header = &unverified.header().members;
    // "exactly one of kid, jwk, x5c": metadata names `jwk` as the only binding method.
    for name in ["kid", "x5c"] {
        if header.contains_key(name) {
            return Err(ProofError::OtherKeyReference(name));
        }
    }
    let jwk = header.get("jwk").ok_or(ProofError::NoKey)?;
    let holder = PublicKey::from_jwk(jwk).map_err(ProofError::Key)?;
    if !policy.algorithms.contains(&holder.algorithm()) {
        return Err(ProofError::AlgorithmNotOffered);
    }
    let key_attestation = match header.get("key_attestation") {
        None => None,
        Some(Value::String(token)) => Some(token.clone()),
        Some(_) => return Err(ProofError::BadClaim("key_attestation")),
    };
    let verified = unverified.verify(&holder, PROOF_TYP).map_err(ProofError::Jws)?;
    check_claims(&verified, policy, now).map(|(nonce, issued_at)| VerifiedProof {
        holder,
        nonce,
        issued_at,
        key_attestation,
    })
}

fn check_claims(
    proof: &VerifiedJws,
    policy: &ProofPolicy<'_>,
    now: UnixTime,
) -> Result<(Option<String>, UnixTime), ProofError> {
    let claims = proof.claims();
    if claims.get("aud").and_then(Value::as_str) != Some(policy.credential_issuer) {
        return Err(ProofError::WrongAudience);
    }
    let issued_at = claims
        .get("iat")
        .and_then(Value::as_i64)
        .map(UnixTime)
        .ok_or(ProofError::BadClaim("iat"))?;
    if issued_at > now.plus(policy.skew) || now.since(issued_at) > policy.max_age {
        return Err(ProofError::OutsideTimeWindow);
    }
    match (claims.get("iss"), policy.client_id) {
        (None, _) => {}
        (Some(Value::String(iss)), Some(client)) if iss == client => {}
        (Some(_), _) => return Err(ProofError::WrongClient),
    }
    let nonce = match claims.get("nonce") {
        None => None,
        Some(Value::String(nonce)) => Some(nonce.clone()),
        Some(_) => return Err(ProofError::BadClaim("nonce")),
    };
    Ok((nonce, issued_at))
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The token itself: form, `typ`, `alg`, signature.
    #[error("proof refused")]
    Jws(#[source] JwsError),
    /// No `jwk` in the header.
    #[error("no jwk in the proof's header")]
    NoKey,
    /// `kid` or `x5c` in the header.
    #[error("{0} in the proof's header, where only jwk is taken")]
    OtherKeyReference(&'static str),
    /// The key is not usable.
    #[error("the proof's key is refused")]
    Key(#[source] JwkError),
    /// The key's algorithm is not in the metadata.
    #[error("the key's algorithm is not offered")]
    AlgorithmNotOffered,
    /// `aud` is not exactly the issuer.
    #[error("aud is not this issuer")]
    WrongAudience,
    /// `iat` is too old or in the future.
    #[error("iat lies outside the time window")]
    OutsideTimeWindow,
    /// `iss` is not the client, or present in anonymous access.
    #[error("iss is not the client of the access token")]
    WrongClient,
    /// A claim is missing or of the wrong type.
    #[error("claim {0:?} is missing or of the wrong type")]
    BadClaim(&'static str),
}

impl From<ProofError> for ErrorResponse<CredentialErrorCode> {
    fn from(error: ProofError) -> Self {
        Self::new(CredentialErrorCode::InvalidProof, &error.to_string())
    }
}
