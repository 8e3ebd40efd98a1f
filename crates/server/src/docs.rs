//! `/docs`: Swagger UI (brought by web/build) over the service's own `openapi.json`, under a strict
//! policy: nothing inline, nothing from elsewhere.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The asset that it needs.
pub(crate) const SCRIPT: &str = "swagger-ui-bundle.js";
/// What it answers without the pages' files.
const NOT_BUILT: &str = "The description of the API is at /api/v1/openapi.json. To read it here, \
                         run web/build, then start the service with --web-dir web/dist.\n";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>API – Staff passport</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/swagger-ui.css">
  <script src="/assets/swagger-ui-bundle.js" defer></script>
  <script type="module" src="/assets/docs.js"></script>
</head>
<body>
  <main id="docs" data-openapi="/api/v1/openapi.json">
    <noscript><p>The API's description is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>; reading it here needs script.</p></noscript>
  </main>
</body>
</html>
"#;

/// The page, or where the description is.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(built: bool) -> Router<S> {
    Router::new().route("/docs", get(async move || page(built)))
}

fn page(built: bool) -> Response {
    if !built {
        return ([(CONTENT_TYPE, "text/plain; charset=utf-8")], NOT_BUILT).into_response();
    }
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE).into_response()
}
