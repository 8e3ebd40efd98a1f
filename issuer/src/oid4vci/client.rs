//! Who the wallet is (draft-ietf-oauth-attestation-based-client-auth): anonymous, or attested by
//! its provider. Drafts -07, which OpenID4VCI 1.0 pins, and -10 are read.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;
use vc::oauth::{ClientAttestationError, ClientAttestationPolicy, verify_client_attestation};
use vc::time::UnixTime;

use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{NO_STORE, dpop};
use crate::secrets;
use crate::state::Issuer;
use crate::store::Attested;

/// Carries what the provider attests.
pub(crate) const ATTESTATION: HeaderName = HeaderName::from_static("oauth-client-attestation");
/// Carries the instance's proof.
pub(crate) const ATTESTATION_POP: HeaderName =
    HeaderName::from_static("oauth-client-attestation-pop");
/// Carries a challenge for the next proof.
pub(crate) const CHALLENGE: HeaderName =
    HeaderName::from_static("oauth-client-attestation-challenge");
/// Authentication method in metadata.
pub(super) const METHOD: &str = "attest_jwt_client_auth";
/// Oldest proof in seconds.
const MAX_AGE: i64 = 5 * 60;
/// How far a wallet's clock may be ahead, in seconds.
const SKEW: i64 = 60;
/// Life of a challenge in seconds.
const CHALLENGE_SECONDS: i64 = 5 * 60;

/// `POST /challenge`: a challenge for the proof beside an attestation.
pub(crate) async fn challenge(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    let (_, challenge) = fresh_challenge(&issuer);
    ([NO_STORE], Json(json!({ "attestation_challenge": challenge })))
}

fn fresh_challenge(issuer: &Issuer) -> (HeaderName, String) {
    let expires_at = issuer.clock.now().saturating_add(CHALLENGE_SECONDS);
    (CHALLENGE, issuer.secrets.challenge(expires_at, &mut secrets::rng()))
}

/// Who asks, where the request says so by an attestation; anonymous wallets have none. An
/// attestation that is not believed is refused, whether one is needed or not.
pub(super) async fn attested(
    issuer: &Issuer,
    headers: &HeaderMap,
    client_id: Option<&str>,
) -> Result<Option<Attested>, ProtocolError> {
    let one = |name| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| invalid("it is no text")),
            (Some(_), Some(_)) => Err(invalid("it comes more than once")),
        }
    };
    let (attestation, pop) = match (one(ATTESTATION)?, one(ATTESTATION_POP)?) {
        (None, None) => return Ok(None),
        (Some(attestation), Some(pop)) => (attestation, pop),
        _ => return Err(invalid("the attestation and its proof come together")),
    };
    let policy = &issuer.settings.policy;
    let policy = ClientAttestationPolicy {
        attesters: &policy.wallet_attesters,
        anchors: &policy.wallet_attester_roots,
        audience: issuer.settings.base_url.as_str(),
        max_age: MAX_AGE,
        skew: SKEW,
    };
    let now = issuer.clock.now();
    let client =
        verify_client_attestation(attestation, pop, &policy, UnixTime(now)).map_err(|error| {
            tracing::debug!(%error, "a client attestation is refused");
            refused(&error)
        })?;
    if client_id.is_some_and(|client_id| client_id != client.client_id) {
        return Err(invalid("client_id is another client"));
    }
    let ours = |challenge: &str| issuer.secrets.is_challenge(challenge, now);
    if !client.challenge.as_deref().is_some_and(ours) {
        return Err(ProtocolError::new(StatusCode::BAD_REQUEST, "use_attestation_challenge")
            .describe("the proof needs the challenge of OAuth-Client-Attestation-Challenge")
            .header(fresh_challenge(issuer)));
    }
    let key = client.key.thumbprint();
    let expires_at = client.issued_at.0.saturating_add(MAX_AGE).saturating_add(1);
    let once = dpop::once("attestation", &key, &client.jti, expires_at);
    if !issuer.store.use_once(once, now).await? {
        return Err(invalid("the proof was used before"));
    }
    Ok(Some(Attested { client_id: client.client_id, key: key.to_string() }))
}

fn refused(error: &ClientAttestationError) -> ProtocolError {
    match error {
        ClientAttestationError::Expired => {
            ProtocolError::new(StatusCode::BAD_REQUEST, "use_fresh_attestation")
                .describe("the attestation has expired")
        }
        ClientAttestationError::UnknownAttester => invalid("its attester is not trusted here"),
        ClientAttestationError::Jws(_)
        | ClientAttestationError::Key(_)
        | ClientAttestationError::Chain(_)
        | ClientAttestationError::BadClaim(_)
        | ClientAttestationError::OutsideTimeWindow
        | ClientAttestationError::OtherAudience
        | ClientAttestationError::OtherClient => {
            invalid("it is not by the right keys, for this server and of this time")
        }
    }
}

fn invalid(why: &str) -> ProtocolError {
    ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_client_attestation")
        .describe(&format!("the client attestation is refused: {why}"))
}
