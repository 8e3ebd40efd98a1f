//! `GET /api/v1/passports` and `GET /api/v1/passports/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use server::{Authorised, Problem};

use crate::oid4vci::NO_STORE;
use crate::passports::queues::{MAX_SOON_DAYS, SOON_DAYS, until};
use crate::passports::{PassportView, ReadPassports, id_of, instant, known};
use crate::search;
use crate::state::Issuer;
use crate::store::{Cursor, Listed, PageRequest, Passport, PassportId, PassportState, Queue};

/// Rows of a page when nothing else is asked for.
pub const LIMIT: usize = 50;
/// Most rows of a page.
pub const MAX_LIMIT: usize = 200;
const UNREADABLE: &str = "The address takes state, queue, expiring_days, q, limit and cursor, each at most once, and nothing else.";

/// Which passports.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// In this state only; archived ones are shown only when asked for.
    pub state: Option<PassportState>,
    /// In this queue only.
    pub queue: Option<Queue>,
    /// What EXPIRING means; 30 days when left out.
    pub expiring_days: Option<u32>,
    /// Words of the name, or a registration number.
    pub q: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Out of the page before.
    pub cursor: Option<String>,
}

/// A page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ListPage {
    /// Newest first; those that run out in the order of their days.
    pub items: Vec<Item>,
    /// For the next page.
    pub next_cursor: Option<String>,
}

/// A passport in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Item {
    /// Its id.
    pub id: PassportId,
    /// The person; absent when the row cannot be read.
    pub subject_ref: Option<String>,
    /// Where it is.
    pub state: Option<PassportState>,
    /// When it was made.
    pub created_at: Option<String>,
    /// Of the person.
    pub given_name: Option<String>,
    /// Of the person.
    pub family_name: Option<String>,
    /// What the person does.
    pub job_role: Option<String>,
    /// When its first check or its copy runs out, of a passport in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_out_at: Option<String>,
    /// Why the staff member refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection_reason: Option<&'static str>,
    /// False when its row or its values cannot be read: ask the administrator.
    pub readable: bool,
}

/// A page of passports.
///
/// # Errors
/// 400 for a question that is not understood.
pub async fn page(issuer: &Arc<Issuer>, query: ListQuery) -> Result<ListPage, Problem> {
    let bad = |sentence: String| Problem::bad_request("BAD_QUERY", sentence);
    let limit = query.limit.unwrap_or(LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(bad(format!("limit is a number from 1 to {MAX_LIMIT}.")));
    }
    let days = query.expiring_days.unwrap_or(SOON_DAYS);
    if !(1..=MAX_SOON_DAYS).contains(&days) {
        return Err(bad(format!("expiring_days is a number from 1 to {MAX_SOON_DAYS}.")));
    }
    let after = query
        .cursor
        .map(|cursor| cursor.parse::<Cursor>())
        .transpose()
        .map_err(|_| bad("cursor is not one that a page gave.".to_owned()))?;
    let tokens = query.q.as_deref().map(|text| search::question(&issuer.secrets, text));
    if tokens.as_ref().is_some_and(Vec::is_empty) {
        return Err(bad("q has no word to look for.".to_owned()));
    }

    let request = PageRequest {
        state: query.state,
        queue: query.queue,
        expiring_until: until(issuer, days),
        tokens: tokens.unwrap_or_default(),
        after,
        limit,
    };
    let page = issuer.store.passports(request).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for listed in page.items {
        items.push(match listed {
            Listed::Passport(passport) => item(issuer, *passport).await,
            Listed::Unreadable(id) => unreadable(id),
        });
    }
    Ok(ListPage { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

/// Values that do not open leave the row nameless; the others of the page are shown.
async fn item(issuer: &Issuer, passport: Passport) -> Item {
    let claims = match passport.erased {
        true => Ok(Map::new()),
        false => issuer.claims_of_person(&passport.subject_ref).await,
    };
    if let Err(error) = &claims {
        let id = passport.id;
        tracing::error!(passport.id = %id, %error, "the values of passport {id} cannot be read");
    }
    let text = |section: &str, member: &str| {
        let value = claims.as_ref().ok()?.get(section)?.get(member)?.as_str()?;
        Some(value.to_owned())
    };
    Item {
        id: passport.id,
        state: Some(passport.state),
        created_at: Some(instant(passport.created_at_ms.div_euclid(1000))),
        given_name: text("identity", "given_name"),
        family_name: text("identity", "family_name"),
        job_role: text("assignment", "job_role"),
        runs_out_at: passport.runs_out_at().map(instant),
        rejection_reason: passport
            .rejection
            .as_ref()
            .and_then(|rejection| rejection.reason)
            .map(vc::oid4vci::RefusalReason::name),
        readable: claims.is_ok(),
        subject_ref: Some(passport.subject_ref).filter(|reference| !reference.is_empty()),
    }
}

fn unreadable(id: PassportId) -> Item {
    Item {
        id,
        subject_ref: None,
        state: None,
        created_at: None,
        given_name: None,
        family_name: None,
        job_role: None,
        runs_out_at: None,
        rejection_reason: None,
        readable: false,
    }
}

/// The checks of a passport, as HR gave them.
pub type Checks = Map<String, Value>;

/// `GET /api/v1/passports`
pub async fn list(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Query(query) =
        query.map_err(|error| Problem::bad_request("BAD_QUERY", UNREADABLE).logged(error))?;
    Ok(([NO_STORE], Json(page(&issuer, query).await?)))
}

/// One passport, whole.
///
/// # Errors
/// 404.
pub async fn view(issuer: &Arc<Issuer>, id: PassportId) -> Result<PassportView, Problem> {
    PassportView::new(issuer, known(issuer, id).await?).await
}

/// `GET /api/v1/passports/{id}`
pub async fn read(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    Ok(([NO_STORE], Json(view(&issuer, id_of(&id)?).await?)))
}
