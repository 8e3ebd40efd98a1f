//! Attestation-based client authentication: a wallet's provider attests an instance key, the
//! instance proves it. OpenID4VCI 1.0 pins draft -07, whose `iss` claims -10 drops: both are read.

use serde_json::{Map, Value, json};

use super::{instant, is_fresh, jti, text};
use crate::jwk::{JwkError, PublicKey};
use crate::jws::{JwsError, SigningInput, UnverifiedJws};
use crate::time::UnixTime;
use crate::x5c::{self, ChainError, TrustAnchor};

/// `typ` of the attestation.
pub const CLIENT_ATTESTATION_TYP: &str = "oauth-client-attestation+jwt";
/// `typ` of the instance's proof.
pub const CLIENT_ATTESTATION_POP_TYP: &str = "oauth-client-attestation-pop+jwt";

/// Waits for the wallet instance's signature.
#[derive(Clone, Debug)]
pub struct ClientAttestationPopInput(SigningInput);

impl ClientAttestationPopInput {
    /// The proof beside an attestation, for the authorization server `audience`.
    pub fn new(
        key: &PublicKey,
        client_id: &str,
        audience: &str,
        jti: &str,
        challenge: Option<&str>,
        issued_at: UnixTime,
    ) -> Self {
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), json!(client_id));
        claims.insert("aud".to_owned(), json!(audience));
        claims.insert("jti".to_owned(), json!(jti));
        claims.insert("iat".to_owned(), json!(issued_at));
        if let Some(challenge) = challenge {
            claims.insert("challenge".to_owned(), json!(challenge));
        }
        let header = Map::new();
        Self(SigningInput::new(key.algorithm(), CLIENT_ATTESTATION_POP_TYP, header, &claims))
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.0.signing_input()
    }

    /// The proof, for the header `OAuth-Client-Attestation-PoP`.
    pub fn finish(self, signature: &[u8]) -> String {
        self.0.finish(signature)
    }
}

/// Whom to believe, and what the two tokens must be like. Whether the proof's `jti` and
/// `challenge` are good is the caller's to judge.
#[derive(Clone, Copy, Debug)]
pub struct ClientAttestationPolicy<'a> {
    /// Keys of trusted attesters.
    pub attesters: &'a [PublicKey],
    /// Authorities of trusted attesters that send `x5c` (HAIP 1.0).
    pub anchors: &'a [TrustAnchor],
    /// The authorization server's identifier: the proof's only `aud`.
    pub audience: &'a str,
    /// Oldest `iat` of the proof, in seconds.
    pub max_age: i64,
    /// How far in the future times may lie, in seconds.
    pub skew: i64,
}

/// A client that proved what its provider attests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedClient {
    /// The client: `sub` of the attestation.
    pub client_id: String,
    /// The instance's key.
    pub key: PublicKey,
    /// `jti` of the proof, to be taken once.
    pub jti: String,
    /// `challenge` of the proof, when there is one.
    pub challenge: Option<String>,
    /// `iat` of the proof.
    pub issued_at: UnixTime,
}

/// Verifies the values of the headers `OAuth-Client-Attestation` and
/// `OAuth-Client-Attestation-PoP`, of which there MUST be exactly one each.
///
/// # Errors
/// [`ClientAttestationError`].
pub fn verify_client_attestation(
    attestation: &str,
    proof: &str,
    policy: &ClientAttestationPolicy<'_>,
    now: UnixTime,
) -> Result<VerifiedClient, ClientAttestationError> {
    use ClientAttestationError::{
        BadClaim, Expired, OtherAudience, OtherClient, OutsideTimeWindow,
    };
    let claims = trusted_claims(attestation, CLIENT_ATTESTATION_TYP, policy, now)?;
    let client_id = text(&claims, "sub").ok_or(BadClaim("sub"))?;
    let expires_at = instant(&claims, "exp").ok_or(BadClaim("exp"))?;
    if expires_at <= now {
        return Err(Expired);
    }
    for not_before in ["nbf", "iat"] {
        if claims.contains_key(not_before)
            && instant(&claims, not_before).ok_or(BadClaim(not_before))? > now.plus(policy.skew)
        {
            return Err(OutsideTimeWindow);
        }
    }
    let jwk = claims.get("cnf").and_then(|cnf| cnf.get("jwk")).ok_or(BadClaim("cnf"))?;
    let key = PublicKey::from_jwk(jwk)?;

    let proof = UnverifiedJws::parse(proof)?.into_verified(&key, CLIENT_ATTESTATION_POP_TYP)?;
    let proof = proof.claims();
    // Draft -07 has `iss`, the client; -10 has not.
    if proof.get("iss").is_some_and(|iss| iss != client_id) {
        return Err(OtherClient);
    }
    if text(proof, "aud") != Some(policy.audience) {
        return Err(OtherAudience);
    }
    let jti = jti(proof).ok_or(BadClaim("jti"))?.to_owned();
    let issued_at = instant(proof, "iat").ok_or(BadClaim("iat"))?;
    if !is_fresh(issued_at, now, policy.max_age, policy.skew) {
        return Err(OutsideTimeWindow);
    }
    let challenge = match proof.get("challenge") {
        None => None,
        Some(challenge) => Some(challenge.as_str().ok_or(BadClaim("challenge"))?.to_owned()),
    };
    Ok(VerifiedClient { client_id: client_id.to_owned(), key, jti, challenge, issued_at })
}

/// The claims of a token signed by one of the policy's attesters: by its key, or by a chain to one
/// of its authorities when the token carries `x5c`.
fn trusted_claims(
    token: &str,
    typ: &str,
    policy: &ClientAttestationPolicy<'_>,
    now: UnixTime,
) -> Result<Map<String, Value>, ClientAttestationError> {
    let unverified = UnverifiedJws::parse(token)?;
    let key = match unverified.header().x5c()? {
        Some(chain) => x5c::verify(&chain, policy.anchors, now)?.key().clone(),
        None => {
            let kid = unverified.header().kid.as_deref();
            let fits = |key: &&PublicKey| {
                key.algorithm().is_named(&unverified.header().alg)
                    && kid.is_none_or(|kid| key.kid() == kid || key.thumbprint().to_string() == kid)
            };
            // A `kid` of the attester's own says nothing here; then there must be one key only.
            let mut fitting = policy.attesters.iter().filter(fits);
            match (fitting.next(), fitting.next(), policy.attesters) {
                (Some(key), None, _) | (None, None, [key]) => key.clone(),
                _ => return Err(ClientAttestationError::UnknownAttester),
            }
        }
    };
    Ok(unverified.into_verified(&key, typ)?.into_claims())
}

/// Why a client is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientAttestationError {
    /// A token itself: form, `typ`, `alg`, signature.
    #[error("client attestation refused")]
    Jws(#[from] JwsError),
    /// The instance's key is not usable.
    #[error("the attested key is refused")]
    Key(#[from] JwkError),
    /// The attester's certificates lead to no trusted authority.
    #[error("the attester's certificates are refused")]
    Chain(#[from] ChainError),
    /// No trusted attester fits.
    #[error("the attester is not trusted here")]
    UnknownAttester,
    /// A claim is missing or of the wrong type.
    #[error("claim {0:?} of the client attestation is missing or of the wrong type")]
    BadClaim(&'static str),
    /// The attestation's time is over: `use_fresh_attestation`.
    #[error("the client attestation has expired")]
    Expired,
    /// A time is too old or in the future.
    #[error("a time of the client attestation lies outside the window")]
    OutsideTimeWindow,
    /// The proof is for another authorization server.
    #[error("aud of the client attestation proof is not this server")]
    OtherAudience,
    /// The proof names another client.
    #[error("iss of the client attestation proof is another client")]
    OtherClient,
}
