//! Routes.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::routing::{get, post};
use server::health;
use tower_http::cors::{Any, CorsLayer};

use crate::app::App;
use crate::{desk, requirements, scan};

pub(crate) fn table(app: App) -> Router {
    let trust = Arc::clone(&app.trust);
    // Open to any page, without credentials: a wallet reads what a host asks for.
    let open = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET])
        .allow_headers([IF_NONE_MATCH])
        .expose_headers([ETAG]);
    let published = Router::new()
        .route("/requirements", get(requirements::list))
        .route("/requirements/{kind}/{staff_group}", get(requirements::read))
        .layer(open);
    Router::new()
        .route("/api/v1/scan", post(scan::scan))
        .merge(published)
        .merge(health::router(Arc::new(move || trust.ready())))
        .with_state(app)
}

/// The desk's pages; they need the layers of [`server::sign_in`] around them.
pub(crate) fn pages(app: App) -> Router {
    desk::router().with_state(app)
}
