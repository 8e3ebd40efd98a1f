//! Many passports out of one file: CSV or a workbook, read row by row with every fault at its row
//! and column, under a mapping of headings that is data (`schemas/import`).

mod cells;
pub(crate) mod dry_run;
mod mapping;
pub(crate) mod refused;
pub(crate) mod row;
pub(crate) mod run;
pub(crate) mod second;
pub(crate) mod sheet;
mod template;
pub(crate) mod upload;
mod workbook;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Routes that take a file, as `server::serve::Limits` names them.
pub(crate) const FILE_ROUTES: &[&str] = &[
    "/api/v1/imports",
    "/api/v1/imports/dry-run",
    "/api/v1/imports/failed-rows",
    "/console/import",
];

/// Its routes, with their own limit on a body.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/imports", post(run::post))
        .route("/api/v1/imports/dry-run", post(dry_run::post))
        .route("/api/v1/imports/failed-rows", post(refused::post))
        .layer(upload::body_limit())
        .route("/api/v1/imports/template", get(template::get))
}

#[cfg(test)]
mod tests;
