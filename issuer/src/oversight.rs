//! Oversight of the issuer: who did what, provably; who may go where; whose traces go.

pub mod audit;
pub mod erase;
pub mod events;
pub mod movements;
pub mod roots;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::state::AppState;

/// The routes of oversight under the base URL's path.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/audit/export", get(audit::export))
        .route("/api/v1/audit/verify", get(audit::verify))
        .route("/api/v1/movements", get(movements::list))
        .route("/api/v1/movements/{id}/approve", post(movements::post_approve))
        .route("/api/v1/movements/{id}/refuse", post(movements::post_refuse))
        .route("/api/v1/movements/{id}/end", post(movements::post_end))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/webhooks", get(events::list).post(events::add))
        .route("/api/v1/webhooks/{id}", delete(events::remove))
        .route("/api/v1/impact", get(movements::impact))
        .route("/api/v1/passports/{id}/erase", post(erase::post))
}

/// The routes for hosts.
pub fn protocol() -> Router<AppState> {
    Router::new()
        .route("/movements", post(movements::notice))
        .route("/movements/{id}", get(movements::answer))
}
