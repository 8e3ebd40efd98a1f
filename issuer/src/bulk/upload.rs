//! What every import route takes: a file as the body, a mapping by name.

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use serde::Deserialize;
use server::Problem;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::bulk::mapping::{Columns, Mapping};
use crate::bulk::sheet::{MAX_FILE_BYTES, Sheet, SheetError};

const UNREADABLE: &str = "The address takes mapping (template or esr), confirm_key (true or false) and offer_days (1 to 7), each at most once, and nothing else.";

/// What the address may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportQuery {
    #[serde(default = "template")]
    pub(crate) mapping: String,
    pub(crate) confirm_key: Option<bool>,
    pub(crate) offer_days: Option<u32>,
}

fn template() -> String {
    "template".to_owned()
}

/// A file that can be read: its headings are known.
pub(crate) struct Upload {
    pub(crate) file: Bytes,
    pub(crate) sheet: Sheet,
    pub(crate) columns: Columns,
    pub(crate) mapping: Mapping,
    /// Kept as long as the file is.
    _place: SemaphorePermit<'static>,
}

/// Files that are in memory at once; others wait to send theirs.
static PLACES: Semaphore = Semaphore::const_new(2);

/// The routes' own limit on a body, instead of the one for JSON.
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_FILE_BYTES)
}

/// The query, or what it may be.
pub(crate) fn query(
    query: Result<Query<ImportQuery>, QueryRejection>,
) -> Result<ImportQuery, Problem> {
    let Query(query) =
        query.map_err(|error| Problem::bad_request("BAD_QUERY", UNREADABLE).logged(error))?;
    if query.offer_days.is_some_and(|days| !(1..=7).contains(&days)) {
        return Err(Problem::bad_request("BAD_QUERY", UNREADABLE));
    }
    Ok(query)
}

/// The preset of a name.
pub(crate) fn preset(name: &str) -> Result<Mapping, Problem> {
    Mapping::presets()
        .map_err(Problem::internal)?
        .into_iter()
        .find(|preset| preset.name == name)
        .ok_or_else(|| Problem::bad_request("BAD_QUERY", UNREADABLE))
}

/// Leave to hold a file in memory.
pub(crate) async fn place() -> Result<SemaphorePermit<'static>, Problem> {
    PLACES.acquire().await.map_err(Problem::internal)
}

/// Reads the body as a file under a mapping.
pub(crate) async fn receive(body: Body, mapping: &str) -> Result<Upload, Problem> {
    let mapping = preset(mapping)?;
    let place = place().await?;
    let file = whole(body).await.map_err(|error| {
        let error = SheetError::TooLarge(MAX_FILE_BYTES).to_string() + &format!(" ({error})");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE", "The file is too large")
            .detail(sentence(&SheetError::TooLarge(MAX_FILE_BYTES)))
            .logged(error)
    })?;
    opened(file, mapping, place).await
}

/// A body in one piece, written once where it stays: collecting it first would hold it twice.
async fn whole(body: Body) -> Result<Bytes, axum::Error> {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(MAX_FILE_BYTES);
    // Memory that nothing is written to is not taken.
    let mut file = Vec::with_capacity(declared.min(MAX_FILE_BYTES));
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if file.len().saturating_add(piece.len()) > MAX_FILE_BYTES {
            return Err(axum::Error::new(SheetError::TooLarge(MAX_FILE_BYTES)));
        }
        file.extend_from_slice(&piece);
    }
    Ok(Bytes::from(file))
}

/// A file under a mapping.
pub(crate) async fn opened(
    file: Bytes,
    mapping: Mapping,
    place: SemaphorePermit<'static>,
) -> Result<Upload, Problem> {
    let (file, sheet) = tokio::task::spawn_blocking(move || {
        let sheet = Sheet::open(file.clone()).and_then(|sheet| {
            // To its end, so that a file which can't be read is refused before a row of it is used.
            sheet.rows().try_for_each(|row| row.map(|_| ()))?;
            Ok(sheet)
        });
        (file, sheet)
    })
    .await
    .map_err(Problem::internal)?;
    let sheet = sheet.map_err(|error| unreadable(&error))?;
    let columns = mapping.columns(&sheet.headings).map_err(|unknown| {
        let shown: Vec<String> =
            unknown.0.iter().take(10).map(|heading| format!("{heading:?}")).collect();
        let sentence = format!(
            "{} of the headings are not known to the mapping {}: {}. Rename or remove the columns.",
            unknown.0.len(),
            mapping.name,
            shown.join(", ")
        );
        Problem::bad_request("UNKNOWN_HEADINGS", sentence)
    })?;
    Ok(Upload { file, sheet, columns, mapping, _place: place })
}

/// A file that is no table.
pub(crate) fn unreadable(error: &SheetError) -> Problem {
    Problem::bad_request("BAD_FILE", sentence(error))
}

fn sentence(error: &SheetError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
