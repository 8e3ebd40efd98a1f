//! `GET /status-lists` (aggregation), `GET /status-lists/{n}` and
//! `GET /bitstring-lists/{n}/{purpose}`, from memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vc::oid4vci::StatusListAggregation;

use crate::oid4vci::error::ProtocolError;
use crate::state::Issuer;
use crate::status::list_uri;
use crate::status::publish::Shown;
use crate::status::served::NO_CACHE;

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

    Ok(served.answer(&headers))
}

/// One Bitstring Status List.
pub async fn bitstring(
    State(issuer): State<Arc<Issuer>>,
    Path((number, purpose)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ProtocolError> {
    let served = number
        .parse()
        .ok()
        .zip(Shown::of_purpose(&purpose))
        .and_then(|(number, shown)| issuer.status.list(number, shown))
        .ok_or_else(|| ProtocolError::not_found("there is no such status list"))?;
    Ok(served.answer(&headers))
}
