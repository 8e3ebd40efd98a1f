//! What OpenID4VCI 1.0 takes from OAuth 2.0, without HTTP: authorization requests (RFC 6749 and
//! RFC 9126), PKCE (RFC 7636), DPoP (RFC 9449) and attestation-based client authentication
//! (draft-ietf-oauth-attestation-based-client-auth).

mod authorization;
mod client_attestation;
mod dpop;
mod pkce;

use serde_json::{Map, Value};
use url::Url;

use crate::time::UnixTime;

pub use authorization::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationRequest, AuthorizationResponse,
    MAX_AUTHORIZATION_REQUEST_BYTES, ResponseRefused,
};
pub use client_attestation::{
    CLIENT_ATTESTATION_POP_TYP, CLIENT_ATTESTATION_TYP, ClientAttestationError,
    ClientAttestationPolicy, ClientAttestationPopInput, VerifiedClient, verify_client_attestation,
};
pub use dpop::{DPOP_TYP, DpopBound, DpopError, DpopInput, DpopPolicy, VerifiedDpop, verify_dpop};
pub use pkce::{CodeChallenge, PkceError};

/// Longest `jti` in bytes: it is remembered.
pub const MAX_JTI_BYTES: usize = 256;

/// A text claim that must be there.
fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn instant(claims: &Map<String, Value>, name: &str) -> Option<UnixTime> {
    claims.get(name).and_then(UnixTime::from_json)
}

/// `jti`, of a length that can be remembered.
fn jti(claims: &Map<String, Value>) -> Option<&str> {
    text(claims, "jti").filter(|jti| (1..=MAX_JTI_BYTES).contains(&jti.len()))
}

/// Whether `iat` is at most `max_age` seconds old and `skew` seconds ahead.
fn is_fresh(issued_at: UnixTime, now: UnixTime, max_age: i64, skew: i64) -> bool {
    issued_at <= now.plus(skew) && now.since(issued_at) <= max_age
}

/// An address without query and fragment, normalised as RFC 3986, 6.2.2 and 6.2.3 say.
fn bare(address: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}
