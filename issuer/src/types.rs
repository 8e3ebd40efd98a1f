//! `GET /types/{vct}`: type metadata (SD-JWT VC, "Type Metadata").

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use crate::oid4vci::error::ProtocolError;
use crate::state::Issuer;

const MAX_AGE: HeaderValue = HeaderValue::from_static("max-age=86400");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'");

/// The metadata of one type.
pub async fn read(
    State(issuer): State<Arc<Issuer>>,
    Path(vct): Path<String>,
) -> Result<impl IntoResponse, ProtocolError> {
    let kind = issuer
        .catalogue
        .by_vct(&vct)
        .ok_or_else(|| ProtocolError::not_found("no such type is issued here"))?;
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::CACHE_CONTROL, MAX_AGE),
        (header::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
    ];
    Ok((headers, kind.metadata.clone()))
}
