//! `/healthz`: the process answers. `/readyz`: it can do its work.

use std::sync::Arc;

use axum::Router;

/// Says why the service is not ready, or nothing when it is.
pub type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Both routes; `ready` is asked each time.
pub fn router<S: Clone + Send + Sync + 'static>(ready: Readiness) -> Router<S> {
    todo!()
}
