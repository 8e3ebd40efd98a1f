//! Oversight of the issuer: who did what, provably.

pub mod audit;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// The routes of oversight under the base URL's path.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/audit/export", get(audit::export))
        .route("/api/v1/audit/verify", get(audit::verify))
}
