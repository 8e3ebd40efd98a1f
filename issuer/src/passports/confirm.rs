//! The six digits: HR compares them with the phone in front of it before the passport leaves.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use server::{Authorised, Problem, StrictJson};

use crate::oid4vci::NO_STORE;
use crate::passports::approve::{Request, alone, ask, waits};
use crate::passports::progress::{Progress, of};
use crate::passports::{WritePassports, done, id_of, known, sealed_note};
use crate::state::Issuer;
use crate::store::{KeyDecision, KeyVerdict, PassportId};

/// HR has compared: these are the digits on the phone. Blanks do not count.
///
/// # Errors
/// 404; 409 when nothing waits for it; 422 when they are not the digits of the phone that asked.
pub async fn confirm(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    digits: &str,
) -> Result<Progress, Problem> {
    let digits = digits.chars().filter(|c| !c.is_whitespace()).collect();
    decide(issuer, who, id, KeyVerdict::Confirmed { digits }, None).await
}

/// The digits differ: the phone that asked gets nothing, and the offer is dead.
///
/// # Errors
/// 404; 409 when nothing waits for it.
pub async fn refuse(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    note: Option<String>,
) -> Result<Progress, Problem> {
    decide(issuer, who, id, KeyVerdict::Refused, note).await
}

/// HR does without comparing for this one offer (other people's wallets can't show the digits);
/// audited.
///
/// # Errors
/// 404; 409 when no offer waits for it.
pub async fn waive(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    note: Option<String>,
) -> Result<Progress, Problem> {
    decide(issuer, who, id, KeyVerdict::Waived, note).await
}

async fn decide(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    verdict: KeyVerdict,
    note: Option<String>,
) -> Result<Progress, Problem> {
    let passport = known(issuer, id).await?;
    let note = match note {
        Some(_) => sealed_note(&issuer.person(&passport.subject_ref).await?, note)?,
        None => None,
    };
    let now = issuer.clock.now();
    let decision = KeyDecision { id, verdict, who: who.to_owned(), note, now };
    let passport = done(issuer, issuer.store.decide_key(decision).await?).await?;
    of(issuer, &passport).await
}

/// The digits on the phone.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigitsBody {
    digits: String,
}

/// `POST /api/v1/passports/{id}/confirm-key`
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<DigitsBody>,
) -> Result<impl IntoResponse, Problem> {
    let progress = confirm(&issuer, &caller.caller.who(), id_of(&id)?, &body.digits).await?;
    Ok(([NO_STORE], Json(progress)))
}

/// In whose own words.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    note: Option<String>,
}

/// `POST /api/v1/passports/{id}/refuse-key`
pub async fn post_refuse(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<NoteBody>,
) -> Result<impl IntoResponse, Problem> {
    let progress = refuse(&issuer, &caller.caller.who(), id_of(&id)?, body.note).await?;
    Ok(([NO_STORE], Json(progress)))
}

/// `POST /api/v1/passports/{id}/waive-key`: a person decides it, or a machine that need not
/// compare at all.
pub async fn post_waive(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<NoteBody>,
) -> Result<Response, Problem> {
    crate::passports::offers::confirm_key(&caller.caller, Some(false))?;
    let (who, id) = (caller.caller.who(), id_of(&id)?);
    if !alone(&issuer, &caller.caller) {
        return Ok(waits(ask(&issuer, &who, id, Request::Waive, body.note).await?).into_response());
    }
    let progress = waive(&issuer, &who, id, body.note).await?;
    Ok(([NO_STORE], Json(progress)).into_response())
}
