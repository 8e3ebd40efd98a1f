//! The description of the HTTP API (OpenAPI 3.1), made from the types that the handlers take and
//! give. A test holds it to the router, both ways, and to real answers.

mod operation;
mod operations;

use std::future::{Ready, ready};

use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};
use server::config::BaseUrl;
use server::etag::Tagged;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, SchemaFormat};

use self::operation::Takes;
use crate::state::AppState;

const DESCRIPTION: &str = "HR's API needs a token in `Authorization: Bearer`, or a signed-in \
    person's session with her page's token in `X-CSRF-Token`; each operation names the scope. \
    Faults come as problems (RFC 9457). Wallets and verifiers use OpenID4VCI 1.0 and Token Status \
    Lists: those endpoints need no token of ours and answer errors of OAuth 2.0.";

/// The document of an issuer at an address.
pub fn document(base_url: &BaseUrl) -> Value {
    let base_path = base_url.url().path().trim_end_matches('/');
    let origin = base_url.as_str().strip_suffix(base_path).unwrap_or(base_url.as_str());
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for operation in operations::all() {
        let at_origin = operation.is_at_origin();
        let path = match operation.path.strip_prefix("/.well-known/") {
            Some(_) => format!("{}{base_path}", operation.path),
            None => operation.path.to_owned(),
        };
        let item = paths.entry(path).or_insert_with(|| json!({}));
        let Some(item) = item.as_object_mut() else { continue };
        if at_origin && !base_path.is_empty() {
            item.insert("servers".to_owned(), json!([{ "url": origin }]));
        }
        for (name, schema) in &operation.schemas {
            schemas.entry(name.clone()).or_insert_with(|| schema.clone());
        }
        item.insert(operation.method.to_owned(), operation.to_json());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Staff passport issuer",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": base_url.as_str() }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "header", "name": "X-CSRF-Token" },
                "access_token": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

/// `GET /api/v1/openapi.json`
pub(crate) fn serve(
    state: &AppState,
) -> impl Fn(HeaderMap) -> Ready<Response> + Clone + Send + Sync + 'static {
    let document = Tagged::new(document(&state.issuer.settings.base_url).to_string());
    move |request: HeaderMap| ready(document.answer(&request, "application/json"))
}

/// The schema of a closed set of words.
pub(crate) fn words(words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
}

/// The schema of an identifier.
pub(crate) fn uuid() -> RefOr<Schema> {
    let format = SchemaFormat::Custom("uuid".to_owned());
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}

/// One fault of a body.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = Fault)]
pub(crate) struct FaultView {
    /// Where, as a JSON pointer (RFC 6901).
    pointer: String,
    /// Stable code.
    code: String,
    /// Plain words.
    message: String,
}

/// Bodies of the document's operations that take JSON, as `METHOD path`, for its test.
pub fn examples() -> Vec<(String, Value)> {
    operations::all()
        .into_iter()
        .filter_map(|operation| {
            let name = format!("{} {}", operation.method.to_uppercase(), operation.path);
            match operation.takes {
                Takes::Json { example, .. } => Some((name, example)),
                Takes::Nothing | Takes::Form(_) | Takes::File => None,
            }
        })
        .collect()
}
