//! `GET /status-lists` (aggregation), `GET /status-lists/{n}` and
//! `GET /bitstring-lists/{n}/{purpose}`, from memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vc::oid4vci::StatusListAggregation;

use crate::oid4vci::error::ProtocolError;
use crate::state::Issuer;
use crate::status::list_uri;
use crate::status::publish::{Served, Shown};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/statuslist+jwt");
const VC_JWT: HeaderValue = HeaderValue::from_static("application/vc+jwt");
/// May be kept, must be asked about: an `ETag` makes asking cheap.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Every list of this issuer.
pub async fn aggregation(State(issuer): State<Arc<Issuer>>) -> impl IntoResponse {
    let base_url = issuer.settings.base_url.as_str();
    let numbers = issuer.status.numbers();
    let status_lists = numbers.into_iter().map(|number| list_uri(base_url, number)).collect();
    ([(header::CACHE_CONTROL, NO_CACHE)], Json(StatusListAggregation { status_lists }))
}

/// One list.
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ProtocolError> {
    let asks_for_time =
        query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("time=")));
    if asks_for_time {
        // "If the Server does not support the additional query parameter, it SHOULD return 501".
        return Err(ProtocolError::new(StatusCode::NOT_IMPLEMENTED, "time_not_supported"));
    }
    let served = number
        .parse()
        .ok()
        .and_then(|number| issuer.status.list(number, Shown::Token))
        .ok_or_else(|| ProtocolError::not_found("there is no such status list"))?;

    Ok(answer(&headers, &served, MEDIA_TYPE))
}

/// One Bitstring Status List.
pub async fn bitstring(
    State(issuer): State<Arc<Issuer>>,
    Path((number, purpose)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ProtocolError> {
    let shown = match purpose.as_str() {
        "revocation" => Some(Shown::Revocation),
        "suspension" => Some(Shown::Suspension),
        _ => None,
    };
    let served = number
        .parse()
        .ok()
        .zip(shown)
        .and_then(|(number, shown)| issuer.status.list(number, shown))
        .ok_or_else(|| ProtocolError::not_found("there is no such status list"))?;
    Ok(answer(&headers, &served, VC_JWT))
}

fn answer(headers: &HeaderMap, served: &Served, media_type: HeaderValue) -> Response {
    let caching = [(header::ETAG, served.etag.clone()), (header::CACHE_CONTROL, NO_CACHE)];
    if is_current(headers, &served.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, media_type)], served.body.clone()).into_response()
}

/// Whether `If-None-Match` names the entity (RFC 9110, 13.1.2: weak comparison).
fn is_current(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| {
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes()
        })
}
