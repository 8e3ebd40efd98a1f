//! `POST /api/v1/imports/failed-rows`: the rows of a file that would fail, as a file to mend and
//! send again, with a last column that says why.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use server::{Authorised, Problem};

use crate::bulk::mapping::WHAT_IS_WRONG;
use crate::bulk::row;
use crate::bulk::sheet::FORMULA;
use crate::bulk::upload::{self, ImportQuery, Upload};
use crate::oid4vci::NO_STORE;
use crate::passports::WritePassports;
use crate::state::{Issuer, Settings};

/// The route.
pub(crate) async fn post(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<WritePassports>,
    query: Result<Query<ImportQuery>, QueryRejection>,
    body: Body,
) -> Result<Response, Problem> {
    let query = upload::query(query)?;
    let upload = upload::receive(body, &query.mapping).await?;
    answer(&issuer, upload).await
}

/// The file, as an answer.
///
/// # Errors
/// 400 for a file that is no table.
pub(crate) async fn answer(issuer: &Issuer, upload: Upload) -> Result<Response, Problem> {
    let (settings, now) = (issuer.settings.clone(), issuer.clock.now());
    let file = tokio::task::spawn_blocking(move || failed_rows(&upload, &settings, now))
        .await
        .map_err(Problem::internal)??;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"failed-rows.csv\""),
    ];
    Ok(([NO_STORE], headers, file).into_response())
}

fn failed_rows(upload: &Upload, settings: &Settings, now: i64) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let old = upload.sheet.headings.iter().position(|heading| heading == WHAT_IS_WRONG);
    let kept = |cells: &[String]| -> Vec<String> {
        let others = cells.iter().enumerate().filter(|(at, _)| Some(*at) != old);
        others.map(|(_, cell)| inert(cell)).collect()
    };
    let mut headings = kept(&upload.sheet.headings);
    headings.push(WHAT_IS_WRONG.to_owned());
    writer.write_record(&headings).map_err(Problem::internal)?;
    for row in upload.sheet.rows() {
        let row = row.map_err(|error| upload::unreadable(&error))?;
        let judged = row::read(&row, &upload.columns, &upload.mapping, settings, now);
        if let Err(faults) = judged {
            let mut cells = kept(&row.cells);
            let messages: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
            cells.push(messages.join("; "));
            writer.write_record(&cells).map_err(Problem::internal)?;
        }
    }
    writer.into_inner().map_err(|error| Problem::internal(error.to_string()))
}

/// A cell that no spreadsheet program takes for a formula.
fn inert(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}
