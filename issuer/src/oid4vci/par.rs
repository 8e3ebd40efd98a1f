//! `POST /par`: authorization requests are pushed (RFC 9126), by clients that authenticate as the
//! policy asks, with PKCE (RFC 7636). Unknown scopes and parameters are ignored.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::{Host, Url};
use vc::oauth::{AuthorizationError, AuthorizationErrorCode, AuthorizationRequest};

use crate::oid4vci::dpop::{self, Bound, Refused};
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{NO_STORE, body, client};
use crate::secrets;
use crate::state::Issuer;
use crate::store::{Client, PushedRequest};

/// Life of a pushed request in seconds: the staff member types a code meanwhile.
pub const REQUEST_SECONDS: u32 = 10 * 60;
/// What `request_uri` begins with (RFC 9126, 2.2).
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";
/// Requests that are pushed within the life of one: anybody may push, and each is a row on disk.
pub const MAX_PUSHED: usize = 5_000;
const PATH: &str = "/par";
const FORM: &str = "application/x-www-form-urlencoded";
/// Longest `client_id`, `redirect_uri` and `state` in bytes: they are kept.
const MAX_KEPT_BYTES: usize = 2048;
const ID_BYTES: usize = 32;

/// When requests were pushed, as far back as one lives.
#[derive(Debug, Default)]
pub struct Pushes(Mutex<VecDeque<i64>>);

impl Pushes {
    /// Counts one more; or tells in how many seconds there is room again.
    fn count(&self, now: i64) -> Result<(), u32> {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = |at: i64| at.saturating_add(i64::from(REQUEST_SECONDS));
        while times.front().is_some_and(|at| ends(*at) <= now) {
            times.pop_front();
        }
        if times.len() < MAX_PUSHED {
            times.push_back(now);
            return Ok(());
        }
        let oldest = times.front().copied().unwrap_or(now);
        Err(u32::try_from(ends(oldest).saturating_sub(now)).unwrap_or(REQUEST_SECONDS))
    }
}

/// Takes a request.
pub async fn par(
    State(issuer): State<Arc<Issuer>>,
    request: Request,
) -> Result<Response, ProtocolError> {
    use AuthorizationErrorCode::{InvalidClient, InvalidRequest};
    if !issuer.settings.policy.authorization_code {
        let code = AuthorizationErrorCode::UnauthorizedClient;
        return Err(refused(code, "there is no sign-in here: use a pre-authorized code"));
    }
    let headers = request.headers().clone();
    let form = body(request, FORM)
        .await
        .map_err(|fault| ProtocolError::of_body(&fault, "invalid_request", FORM))?;
    let request = AuthorizationRequest::parse(&form)?;
    let attested = client::attested(&issuer, &headers, Some(&request.client_id)).await?;
    let proven = match dpop::proven(&issuer, &headers, PATH, Bound::default()).await {
        Ok(key) => Some(key.to_string()),
        Err(Refused::Missing) => None,
        Err(refused) => return Err(refused.at_token(&issuer)),
    };
    // RFC 9449, 10.1: both, when there are both.
    if let (Some(proven), Some(named)) = (&proven, &request.dpop_jkt)
        && proven != named
    {
        return Err(ProtocolError::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof")
            .describe("the DPoP proof is not by the key that dpop_jkt names"));
    }
    let (wanted, by_identifier) = wanted(&issuer, &request)?;
    let policy = &issuer.settings.policy;
    if attested.is_none() && wanted.iter().all(|it| policy.requires_haip(it)) {
        return Err(refused(InvalidClient, "this credential needs a client attestation"));
    }
    let redirect_uri = request.redirect_uri.unwrap_or_default();
    if !is_redirect_uri(&redirect_uri) {
        let sentence = "redirect_uri must be https, loopback, or a scheme of the app's own domain";
        return Err(refused(InvalidRequest, sentence));
    }
    let kept = [Some(&request.client_id), Some(&redirect_uri), request.state.as_ref()];
    if kept.into_iter().flatten().any(|text| text.len() > MAX_KEPT_BYTES) {
        let sentence = "client_id, redirect_uri and state have 2048 bytes at most";
        return Err(refused(InvalidRequest, sentence));
    }
    issuer.pushes.count(issuer.clock.now()).map_err(ProtocolError::busy)?;
    let id = secrets::random_text::<ID_BYTES>(&mut secrets::rng());
    let now = issuer.clock.now();
    let pushed = PushedRequest {
        client_id: request.client_id,
        client: Client { dpop: proven.or(request.dpop_jkt), attested },
        redirect_uri,
        state: request.state,
        challenge: request.code_challenge.to_text(),
        wanted,
        by_identifier,
        issuer_state: request.issuer_state.map(|state| secrets::hash(state.expose())),
        expires_at: now.saturating_add(i64::from(REQUEST_SECONDS)),
        answered: false,
    };
    issuer.store.push_request(secrets::hash(&id), pushed, now).await?;
    let answer =
        json!({ "request_uri": format!("{REQUEST_URI}{id}"), "expires_in": REQUEST_SECONDS });
    Ok((StatusCode::CREATED, [NO_STORE], Json(answer)).into_response())
}

/// The credential configurations that a request asks for; `authorization_details` wins over
/// `scope` ("Using scope Parameter to Request Issuance of a Credential").
fn wanted(
    issuer: &Issuer,
    request: &AuthorizationRequest,
) -> Result<(Vec<String>, bool), ProtocolError> {
    use AuthorizationErrorCode::{InvalidAuthorizationDetails, InvalidScope};
    let known = |id: &str| {
        issuer
            .catalogue
            .by_configuration(id)
            .is_some_and(|(_, profile)| issuer.signers.kid(profile).is_some())
    };
    if !request.authorization_details.is_empty() {
        let here = issuer.settings.base_url.as_str();
        for detail in &request.authorization_details {
            if !known(&detail.credential_configuration_id) {
                let sentence = "no such credential_configuration_id";
                return Err(refused(InvalidAuthorizationDetails, sentence));
            }
            if !detail.locations.is_empty() && !detail.locations.iter().any(|it| it == here) {
                let sentence = "locations is another issuer";
                return Err(refused(InvalidAuthorizationDetails, sentence));
            }
        }
        let details = request.authorization_details.iter();
        let ids = details.map(|detail| detail.credential_configuration_id.clone()).collect();
        return Ok((ids, true));
    }
    // The scope of a configuration is its id.
    let ids: Vec<String> = request.scopes.iter().filter(|scope| known(scope)).cloned().collect();
    if ids.is_empty() {
        return Err(refused(InvalidScope, "no scope that is known, and no authorization_details"));
    }
    Ok((ids, false))
}

/// Where an answer may be sent: https; this machine (RFC 8252, 7.3); a private-use scheme made of a
/// domain name (RFC 8252, 7.1), which no script's or data's is. Never with a fragment or a password.
pub(super) fn is_redirect_uri(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback(),
        ("http", Some(Host::Ipv6(ip))) => ip.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        (scheme, _) => scheme.contains('.'),
    }
}

fn refused(code: AuthorizationErrorCode, sentence: &str) -> ProtocolError {
    let status = match code {
        AuthorizationErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    ProtocolError::new(status, code.as_str()).describe(sentence)
}

impl From<AuthorizationError> for ProtocolError {
    fn from(error: AuthorizationError) -> Self {
        refused(error.code, error.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i5_an_answer_goes_to_a_wallet_and_nowhere_else() {
        for good in [
            "https://wallet.example/cb?x=1",
            "http://127.0.0.1:4711/cb",
            "http://[::1]:4711/cb",
            "http://localhost/cb",
            "com.example.wallet:/cb",
            "eu.europa.ec.euidi://authorization",
        ] {
            assert!(is_redirect_uri(good), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "http://wallet.example/cb",
            "https://wallet.example/cb#x",
            "https://hr@wallet.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "wallet://cb",
            "file:///etc/passwd",
        ] {
            assert!(!is_redirect_uri(bad), "{bad}");
        }
    }
}
