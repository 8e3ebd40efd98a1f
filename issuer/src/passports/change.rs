//! Changing the checks of a passport that was offered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use server::{Authorised, Problem, StrictJson};

use crate::checks;
use crate::oid4vci::NO_STORE;
use crate::passports::approve::{Request, alone, ask, merge, waits};
use crate::passports::create::{document, to_bytes};
use crate::passports::offers::Claims;
use crate::passports::{
    MAX_BODY_BYTES, PassportView, WritePassports, done_to_the_end, id_of, known, sealed_note,
};
use crate::state::Issuer;
use crate::store::{Amendment, ChangeKind, PassportId};

/// Puts new checks in the place of old ones (`null` removes one) and lets the kind of the change
/// decide what becomes of the copies that are out.
///
/// # Errors
/// 404; 409 when its state does not allow it; 422 with the faults of the whole document.
pub async fn update_check(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    checks: Claims,
    kind: ChangeKind,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let now = issuer.clock.now();
    let passport = known(issuer, id).await?;
    let person = issuer.person(&passport.subject_ref).await?;
    let mut claims = person.claims()?;
    merge(&mut claims, checks);
    let claims = checks::accept(claims, &issuer.settings, now)?;
    let mut document = document(issuer, &claims, true);
    document.sealed = person.seal_document(&to_bytes(&claims)?);
    let amendment = Amendment {
        id,
        revision: passport.revision,
        document,
        kind: Some(kind),
        who: who.to_owned(),
        note: sealed_note(&person, note)?,
        now,
    };
    let passport =
        done_to_the_end(
            issuer,
            |issuer| async move { issuer.store.amend_passport(amendment).await },
        )
        .await?;
    PassportView::new(issuer, passport).await
}

/// What changes, and how it touches the copies that are out.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    #[schema(value_type = Object)]
    checks: Claims,
    kind: ChangeKind,
    note: Option<String>,
}

/// `PATCH /api/v1/passports/{id}/checks`
pub async fn patch(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<ChangeBody, MAX_BODY_BYTES>,
) -> Result<Response, Problem> {
    let who = caller.caller.who();
    // Bad news never waits.
    if body.kind == ChangeKind::Benign && !alone(&issuer, &caller.caller) {
        let asked = Request::Change(body.checks);
        return Ok(waits(ask(&issuer, &who, id_of(&id)?, asked, body.note).await?).into_response());
    }
    let view = update_check(&issuer, &who, id_of(&id)?, body.checks, body.kind, body.note).await?;
    Ok(([NO_STORE], Json(view)).into_response())
}
