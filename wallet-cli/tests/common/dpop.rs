//! The fake issuer when it binds tokens to keys: nonces, proofs and refresh tokens that are good
//! once (RFC 9449; RFC 9700, 4.14.2).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use vc::jwk::Thumbprint;
use vc::oauth::{DpopPolicy, verify_dpop};
use vc::oid4vci::TokenGrant;

use super::Shared;

/// What it remembers.
#[derive(Clone, Default)]
pub struct Binding {
    /// The client's key, from its first token request on.
    pub key: Option<String>,
    /// Proofs that it has taken.
    pub used: Vec<String>,
    /// Number of the refresh token that is good.
    pub newest: usize,
    /// A refresh token came twice, or HR has ended it.
    pub ended: bool,
    /// Credential requests are never answered.
    pub silent: bool,
    /// What the next copy says.
    pub family_name: Option<String>,
    pub subject_ref: Option<String>,
}

const NONCE: &str = "a-nonce-of-the-server";

fn refused(status: StatusCode, code: &str) -> Response {
    let body = json!({ "error": code }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    response.headers_mut().insert("dpop-nonce", HeaderValue::from_static(NONCE));
    response
}

/// A resource server says it in the challenge alone.
fn challenged(code: &str) -> Response {
    let challenge = format!("DPoP error=\"{code}\"");
    let headers = [("dpop-nonce", NONCE.to_owned()), ("www-authenticate", challenge)];
    (StatusCode::UNAUTHORIZED, headers).into_response()
}

fn proven(
    shared: &Shared,
    headers: &HeaderMap,
    path: &str,
    access_token: Option<&str>,
) -> Result<Thumbprint, &'static str> {
    let proof = headers.get("dpop").ok_or("invalid_dpop_proof")?.to_str().expect("text");
    let policy = DpopPolicy {
        method: "POST",
        address: &format!("{}{path}", shared.issuer()),
        access_token,
        bound_to: None,
        max_age: 60,
        skew: 60,
    };
    let proof = verify_dpop(proof, &policy, shared.now()).map_err(|_| "invalid_dpop_proof")?;
    if proof.nonce.as_deref() != Some(NONCE) {
        return Err("use_dpop_nonce");
    }
    let mut settings = shared.settings.lock().expect("lock");
    let binding = settings.binding.as_mut().expect("an issuer that binds");
    assert!(!binding.used.contains(&proof.jti), "a proof comes once");
    binding.used.push(proof.jti);
    let key = proof.key.thumbprint();
    let first = binding.key.get_or_insert_with(|| key.to_string());
    if *first != key.to_string() {
        return Err("invalid_dpop_proof");
    }
    Ok(key)
}

/// The token endpoint, before any grant is looked at.
pub(super) fn at_token(shared: &Shared, headers: &HeaderMap) -> Result<(), Response> {
    match proven(shared, headers, "/token", None) {
        Ok(_) => Ok(()),
        Err(code) => Err(refused(StatusCode::BAD_REQUEST, code)),
    }
}

/// An endpoint behind the token.
pub(super) fn at_resource(
    shared: &Shared,
    headers: &HeaderMap,
    path: &str,
) -> Result<(), Response> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("DPoP "));
    if token != Some("the-token") {
        return Err(challenged("invalid_token"));
    }
    proven(shared, headers, path, token).map(drop).map_err(challenged)
}

/// Spends a refresh token; what its answer gives.
pub(super) fn refresh(shared: &Shared, grant: &TokenGrant) -> Result<(), Response> {
    let TokenGrant::RefreshToken { refresh_token } = grant else { return Ok(()) };
    let mut settings = shared.settings.lock().expect("lock");
    let binding = settings.binding.as_mut().expect("an issuer that binds");
    let good = refresh_token.expose() == format!("refresh-{}", binding.newest);
    if !good || binding.ended {
        binding.ended = true;
        drop(settings);
        return Err(refused(StatusCode::BAD_REQUEST, "invalid_grant"));
    }
    binding.newest += 1;
    Ok(())
}

/// What a token answer carries.
pub(super) fn give(shared: &Shared, answer: &mut Value) {
    let Some(binding) = shared.settings().binding else { return };
    answer["token_type"] = json!("DPoP");
    answer["refresh_token"] = json!(format!("refresh-{}", binding.newest));
}
