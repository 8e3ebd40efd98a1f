//! The protocol endpoints of OpenID4VCI 1.0. Unknown members and parameters are ignored; errors
//! are the protocol's own.

mod accept;
mod access;
pub mod authorize;
pub(crate) mod client;
pub mod credential;
pub mod deferred;
pub(crate) mod dpop;
pub mod encryption;
pub mod error;
mod issue;
pub mod metadata;
pub mod nonce;
pub mod notification;
pub mod offer;
pub mod par;
pub mod policy;
mod proofs;
pub mod token;

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use vc::jwk::Algorithm;

/// Longest body of a protocol request in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Media type of the endpoints behind an access token.
const JSON: &str = "application/json";
/// Algorithms of holders' keys.
const HOLDER_ALGORITHMS: [Algorithm; 2] = [Algorithm::EdDsa, Algorithm::Es256];
/// For answers that hold something secret or of one moment.
pub(crate) const NO_STORE: (header::HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What is wrong with a body before anybody reads it.
enum BodyFault {
    /// Another media type.
    ContentType,
    /// Too long, or cut off.
    Length,
}

/// The body of a request, of one media type and bounded length.
async fn body(request: Request, media_type: &str) -> Result<Bytes, BodyFault> {
    if !is_of_type(request.headers(), media_type) {
        return Err(BodyFault::ContentType);
    }
    to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| BodyFault::Length)
}

fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}
