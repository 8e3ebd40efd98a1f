//! `GET /api/v1/imports/template`: an empty file with every heading.

use axum::http::header;
use axum::response::IntoResponse;
use server::{Authorised, Problem};

use crate::bulk::mapping::template_headings;
use crate::passports::WritePassports;

/// The route.
pub(crate) async fn get(_caller: Authorised<WritePassports>) -> Result<impl IntoResponse, Problem> {
    // The mark tells spreadsheet programs that it is UTF-8.
    let mut file = b"\xef\xbb\xbf".to_vec();
    let mut writer = csv::Writer::from_writer(&mut file);
    writer.write_record(template_headings()).map_err(Problem::internal)?;
    writer.flush().map_err(Problem::internal)?;
    drop(writer);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"passports.csv\""),
    ];
    Ok((headers, file))
}
