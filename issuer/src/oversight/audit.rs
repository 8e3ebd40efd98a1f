//! `GET /api/v1/audit`: the logs of passports and of accounts and their signed heads, for
//! auditors. No name and no value of a check stands in them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use server::audit::heads::HeadsError;
use server::audit::office::{Auditor, MAX_LINES};
use server::sign_in::ReadAudit;
use server::{Authorised, Problem};

use crate::oid4vci::NO_STORE;
use crate::state::Issuer;

/// Lines of a page when nothing else is asked for.
const LIMIT: usize = 100;
const UNREADABLE: &str = "The address takes limit and cursor, each at most once, and nothing else.";

/// What the address may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Some entries.
#[derive(Serialize)]
struct Page {
    /// Oldest first: the log of passports, then that of accounts, then the signed heads.
    items: Vec<Value>,
    /// For the next page; asked for again later it gives what has come since.
    next_cursor: Option<String>,
}

/// `GET /api/v1/audit`
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadAudit>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let bad = |sentence: String| Problem::bad_request("BAD_QUERY", sentence);
    let Query(query) = query.map_err(|error| bad(UNREADABLE.to_owned()).logged(error))?;
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=MAX_LINES).contains(&limit) {
        return Err(bad(format!("limit is a number from 1 to {MAX_LINES}.")));
    }
    let auditor = auditor(&issuer);
    if query.cursor.as_ref().is_some_and(|cursor| !auditor.is_place(cursor)) {
        return Err(bad("cursor is not one that a page gave.".to_owned()));
    }
    let page = lines(auditor, query.cursor, limit).await?;
    let (text, next_cursor) = page.map_or((String::new(), None), |(text, next)| (text, Some(next)));
    let items = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(Problem::internal)?;
    Ok(([NO_STORE], Json(Page { items, next_cursor })))
}

/// `GET /api/v1/audit/export`: everything, a line of JSON each.
pub async fn export(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadAudit>,
) -> Result<impl IntoResponse, Problem> {
    let auditor = auditor(&issuer);
    let pages = stream::try_unfold(None, move |after: Option<String>| {
        let auditor = auditor.clone();
        async move {
            let page = lines(auditor, after, MAX_LINES).await;
            // What has begun can only break off.
            let page = page.map_err(|_| std::io::Error::other("the log cannot be read"))?;
            Ok::<_, std::io::Error>(page.map(|(text, next)| (text, Some(next))))
        }
    });
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    Ok(([NO_STORE, kind], Body::from_stream(pages)))
}

/// What a check found.
#[derive(Serialize)]
struct Found {
    whole: bool,
    /// Lines for people; the one that does not stand is named.
    report: String,
}

/// `GET /api/v1/audit/verify`: the check of `issuer audit verify`.
pub async fn verify(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadAudit>,
) -> Result<impl IntoResponse, Problem> {
    let auditor = auditor(&issuer);
    let report = tokio::task::spawn_blocking(move || auditor.report(None))
        .await
        .map_err(Problem::internal)?;
    let found = match report {
        Ok(report) => Found { whole: true, report },
        Err(HeadsError::Read(error)) => return Err(error.into()),
        Err(error) => Found { whole: false, report: error.to_string() },
    };
    Ok(([NO_STORE], Json(found)))
}

fn auditor(issuer: &Issuer) -> Auditor {
    issuer.store.auditor(Arc::clone(&issuer.ring))
}

async fn lines(
    auditor: Auditor,
    after: Option<String>,
    most: usize,
) -> Result<Option<(String, String)>, Problem> {
    tokio::task::spawn_blocking(move || auditor.lines(after.as_deref(), most))
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)
}
