//! Who may call the endpoints behind an access token (RFC 6750, 2.1; RFC 9449, 7).

use axum::http::{HeaderMap, header};
use vc::oid4vci::BearerErrorCode;

use crate::oid4vci::dpop::{self, Bound, SCHEME};
use crate::oid4vci::error::ProtocolError;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{Grant, SecretHash};

/// A request that is allowed.
pub(super) struct Access {
    /// Hash of its access token.
    pub(super) token: SecretHash,
    /// What that allows.
    pub(super) grant: Grant,
}

/// What the request's access token allows, where it still does. A token that is bound to a key is
/// good beside a proof by that key only, and never as a bearer token.
pub(super) async fn authorise(
    issuer: &Issuer,
    headers: &HeaderMap,
    endpoint: &str,
) -> Result<Access, ProtocolError> {
    authorise_after(issuer, headers, endpoint, 0).await
}

/// The same for so many seconds after the token's end.
pub(super) async fn authorise_after(
    issuer: &Issuer,
    headers: &HeaderMap,
    endpoint: &str,
    seconds: i64,
) -> Result<Access, ProtocolError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ProtocolError::unauthorised(None))?
        .to_str()
        .unwrap_or_default();
    let (scheme, text) = value.split_once(' ').ok_or_else(|| ProtocolError::unauthorised(None))?;
    let proven = scheme.eq_ignore_ascii_case(SCHEME);
    if !proven && !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ProtocolError::unauthorised(None));
    }
    let refused = || if proven { dpop::challenged("invalid_token") } else { refused() };
    let text = text.trim();
    let token = secrets::hash(text);
    let grant = issuer
        .store
        .grant(&token)
        .await?
        .filter(|grant| issuer.clock.now() < grant.expires_at.saturating_add(seconds))
        .ok_or_else(refused)?;
    match (grant.client.dpop.as_deref(), proven) {
        (None, false) => {}
        (Some(key), true) => {
            let bound = Bound { access_token: Some(text), key: Some(key) };
            dpop::proven(issuer, headers, endpoint, bound)
                .await
                .map_err(|refused| refused.at_resource(issuer))?;
        }
        (Some(_), false) => return Err(dpop::challenged("invalid_token")),
        (None, true) => return Err(refused()),
    }
    Ok(Access { token, grant })
}

/// The refusal of a token that does not stand.
pub(super) fn refused() -> ProtocolError {
    ProtocolError::unauthorised(Some(BearerErrorCode::InvalidToken))
}
