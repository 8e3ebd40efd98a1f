//! Who may call the endpoints behind an access token (RFC 6750, 2.1).

use axum::http::{HeaderMap, header};
use vc::oid4vci::BearerErrorCode;

use crate::oid4vci::error::ProtocolError;
use crate::state::Issuer;
use crate::store::{Grant, SecretHash};

/// The token of `Authorization: Bearer` (RFC 6750, 2.1).
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, ProtocolError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ProtocolError::unauthorised(None))?
        .to_str()
        .unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ProtocolError::unauthorised(None)),
    }
}

/// What a live access token allows.
pub(super) async fn grant(issuer: &Issuer, token: &SecretHash) -> Result<Grant, ProtocolError> {
    issuer
        .store
        .grant(token)
        .await?
        .filter(|grant| issuer.clock.now() < grant.expires_at)
        .ok_or_else(|| ProtocolError::unauthorised(Some(BearerErrorCode::InvalidToken)))
}

/// The refusal of a token that does not stand.
pub(super) fn refused() -> ProtocolError {
    ProtocolError::unauthorised(Some(BearerErrorCode::InvalidToken))
}
