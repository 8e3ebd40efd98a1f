//! `POST /nonce` (OpenID4VCI 1.0, "Nonce Endpoint"): needs no token, keeps nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use vc::oid4vci::NonceResponse;

use crate::oid4vci::{NO_STORE, dpop};
use crate::secrets;
use crate::state::Issuer;

/// Life of a nonce.
pub const NONCE_SECONDS: i64 = 5 * 60;

/// Gives a nonce for one proof.
pub async fn nonce(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    let expires_at = issuer.clock.now().saturating_add(NONCE_SECONDS);
    let c_nonce = issuer.secrets.nonce(expires_at, &mut secrets::rng());
    // For the proof beside the credential request that follows (RFC 9449, 8.2).
    ([NO_STORE], [dpop::nonce(&issuer)], Json(NonceResponse { c_nonce }))
}
