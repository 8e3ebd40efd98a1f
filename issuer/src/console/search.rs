//! `/console/passports`: search by name words and registration number, filters, pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use server::pages::{OnPage, PageError, Shell, page};

use super::data::{self, Row};
use super::form::Opt;
use crate::passports::ReadPassports;
use crate::passports::queues::{Queue, SOON_DAYS};
use crate::search;
use crate::state::Issuer;
use crate::store::{Cursor, PageRequest, PassportState};

const LIMIT: usize = 25;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Longest text to look for.
const MAX_TEXT: usize = 200;

/// What the address asks for; whatever cannot be read is as if it were not there.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage {
    shell: Shell,
    q: String,
    states: Vec<Opt>,
    queues: Vec<Opt>,
    asked: bool,
    results: String,
    nothing: String,
    rows: Vec<Row>,
    note: String,
    first: String,
    next: String,
    may_write: bool,
}

/// Every passport.
pub(super) fn anything(issuer: &Issuer) -> PageRequest {
    let soon = i64::from(SOON_DAYS).saturating_mul(DAY_SECONDS);
    PageRequest {
        state: None,
        queue: None,
        expiring_until: issuer.clock.now().saturating_add(soon),
        tokens: Vec::new(),
        after: None,
        limit: LIMIT,
    }
}

/// One page of what is found.
pub(super) async fn search(
    on: OnPage<ReadPassports>,
    State(issuer): State<Arc<Issuer>>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, PageError> {
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    let shell = &on.shell;
    let q: String = asked.q.trim().chars().take(MAX_TEXT).collect();
    let state = asked.state.parse::<PassportState>().ok();
    let queue = asked.queue.parse::<Queue>().ok();
    let after = asked.cursor.parse::<Cursor>().ok();
    let is_first = after.is_none();
    let tokens = search::question(&issuer.secrets, &q);
    // Signs alone find nothing; they don't find everything.
    let hopeless = !q.is_empty() && tokens.is_empty();

    let mut rows = Vec::new();
    let mut next = String::new();
    if !hopeless {
        let request = PageRequest { state, queue, tokens, after, ..anything(&issuer) };
        let found = issuer.store.passports(request).await?;
        for listed in &found.items {
            rows.push(data::row(&issuer, listed, shell).await);
        }
        if let Some(cursor) = found.next {
            next = address(&q, state, queue, Some(&cursor.to_string()));
        }
    }
    let asked_for = !q.is_empty() || state.is_some() || queue.is_some();
    let note = if is_first && !asked.cursor.is_empty() {
        shell.t("search-bad-cursor")
    } else {
        String::new()
    };
    Ok(page(&SearchPage {
        states: options(PassportState::ALL, state, "state", shell, PassportState::name),
        queues: options(Queue::ALL, queue, "queue", shell, Queue::name),
        results: shell.ta("search-results", &[("count", &rows.len().to_string())]),
        nothing: shell.t(if asked_for { "search-nothing" } else { "search-none-yet" }),
        first: if is_first { String::new() } else { address(&q, state, queue, None) },
        asked: asked_for,
        may_write: super::may_write(&on.person),
        q,
        rows,
        note,
        next,
        shell: on.shell,
    }))
}

fn options<T: Copy + PartialEq>(
    all: &[T],
    chosen: Option<T>,
    prefix: &str,
    shell: &Shell,
    name: impl Fn(T) -> &'static str,
) -> Vec<Opt> {
    all.iter()
        .map(|word| Opt {
            value: name(*word).to_owned(),
            text: shell.t(&format!("{prefix}-{}", name(*word))),
            hint: String::new(),
            checked: chosen == Some(*word),
        })
        .collect()
}

fn address(
    q: &str,
    state: Option<PassportState>,
    queue: Option<Queue>,
    cursor: Option<&str>,
) -> String {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    if !q.is_empty() {
        pairs.push(("q", q));
    }
    pairs.extend(state.map(|state| ("state", state.name())));
    pairs.extend(queue.map(|queue| ("queue", queue.name())));
    pairs.extend(cursor.map(|cursor| ("cursor", cursor)));
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    format!("/console/passports?{query}")
}
