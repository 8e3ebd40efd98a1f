//! `POST /api/v1/imports/dry-run`: what an import of the file would do. Nothing is stored.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Serialize;
use server::{Authorised, Problem};

use crate::bulk::row::{self, RowFault};
use crate::bulk::upload::{self, ImportQuery, Upload};
use crate::oid4vci::NO_STORE;
use crate::passports::WritePassports;
use crate::state::{Issuer, Settings};

/// Most faults that one answer lists; the file of the failed rows has all.
const MAX_FAULTS: usize = 1000;

/// What an import would do.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub(crate) struct Forecast {
    /// Rows with something in them.
    pub(crate) rows: usize,
    /// Those that would become passports.
    pub(crate) good: usize,
    /// Those that would not.
    pub(crate) bad: usize,
    /// Why, by row and column.
    pub(crate) faults: Vec<RowFault>,
    /// How many more faults there are.
    pub(crate) faults_left_out: usize,
}

/// The route.
pub(crate) async fn post(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<WritePassports>,
    query: Result<Query<ImportQuery>, QueryRejection>,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    let query = upload::query(query)?;
    let upload = upload::receive(body, &query.mapping).await?;
    Ok(([NO_STORE], Json(forecast(&issuer, upload).await?)))
}

/// What an import of the file would do.
///
/// # Errors
/// 400 for a file that is no table.
pub(crate) async fn forecast(issuer: &Issuer, upload: Upload) -> Result<Forecast, Problem> {
    let (settings, now) = (issuer.settings.clone(), issuer.clock.now());
    tokio::task::spawn_blocking(move || judged(&upload, &settings, now))
        .await
        .map_err(Problem::internal)?
}

fn judged(upload: &Upload, settings: &Settings, now: i64) -> Result<Forecast, Problem> {
    let mut forecast = Forecast::default();
    for row in upload.sheet.rows() {
        let row = row.map_err(|error| upload::unreadable(&error))?;
        forecast.rows = forecast.rows.saturating_add(1);
        match row::read(&row, &upload.columns, &upload.mapping, settings, now) {
            Ok(_) => forecast.good = forecast.good.saturating_add(1),
            Err(faults) => {
                forecast.bad = forecast.bad.saturating_add(1);
                let room = MAX_FAULTS.saturating_sub(forecast.faults.len());
                forecast.faults_left_out =
                    forecast.faults_left_out.saturating_add(faults.len().saturating_sub(room));
                forecast.faults.extend(faults.into_iter().take(room));
            }
        }
    }
    Ok(forecast)
}
