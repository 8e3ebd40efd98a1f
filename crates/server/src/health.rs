//! `/healthz`: the process answers. `/readyz`: it can do its work.

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::problem::Problem;

/// Says why the service is not ready, or nothing when it is.
pub type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Both routes; `ready` is asked each time.
pub fn router<S: Clone + Send + Sync + 'static>(ready: Readiness) -> Router<S> {
    Router::new().route("/healthz", get(async || "ok\n")).route(
        "/readyz",
        get(async move || match ready() {
            Ok(()) => "ready\n".into_response(),
            Err(why) => Problem::unavailable(why).into_response(),
        }),
    )
}
