//! `GET /api/v1/passports` and `GET /api/v1/passports/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use server::Problem;
use server::Authorised;

use crate::oid4vci::NO_STORE;
use crate::passports::{PassportView, ReadPassports, instant};
use crate::search;
use crate::state::Issuer;
use crate::store::{Cursor, PageRequest, PassportId, PassportState};

const LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;
const UNREADABLE: &str = "The address takes state (OFFERED, ACTIVE or REVOKED), q, limit and cursor, each at most once, and nothing else.";

/// Which passports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    state: Option<PassportState>,
    q: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A page.
#[derive(Debug, Serialize)]
pub struct ListPage {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct Item {
    id: String,
    subject_ref: String,
    state: PassportState,
    created_at: String,
    given_name: Option<String>,
    family_name: Option<String>,
}

/// Newest first.
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(query) =
        query.map_err(|error| Problem::bad_request("BAD_QUERY", UNREADABLE).logged(error))?;
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let sentence = format!("limit is a number from 1 to {MAX_LIMIT}.");
        return Err(Problem::bad_request("BAD_QUERY", sentence));
    }
    let after =
        query.cursor.map(|cursor| cursor.parse::<Cursor>()).transpose().map_err(|_| {
            Problem::bad_request("BAD_QUERY", "cursor is not one that a page gave.")
        })?;
    let tokens = query.q.as_deref().map(|text| search::question(&issuer.secrets, text));
    if tokens.as_ref().is_some_and(Vec::is_empty) {
        return Err(Problem::bad_request("BAD_QUERY", "q has no word to look for."));
    }

    let tokens = tokens.unwrap_or_default();
    let page =
        issuer.store.passports(PageRequest { state: query.state, tokens, after, limit }).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for passport in page.items {
        let checks = issuer.claims_of_person(&passport.subject_ref).await?;
        items.push(Item {
            id: passport.id.to_string(),
            state: passport.state,
            created_at: instant(passport.created_at_ms.div_euclid(1000)),
            given_name: name(&checks, "given_name"),
            family_name: name(&checks, "family_name"),
            subject_ref: passport.subject_ref,
        });
    }
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(([NO_STORE], Json(ListPage { items, next_cursor })))
}

/// One passport, whole.
pub async fn read(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let passport = match id.parse::<PassportId>() {
        Ok(id) => issuer.store.passport(&id).await?,
        Err(_) => None,
    };
    let passport = passport.ok_or_else(|| Problem::not_found("There is no such passport"))?;
    let view = PassportView::new(&issuer, passport).await?;
    Ok(([NO_STORE], Json(view)))
}

fn name(checks: &Map<String, Value>, which: &str) -> Option<String> {
    Some(checks.get("identity")?.get(which)?.as_str()?.to_owned())
}
