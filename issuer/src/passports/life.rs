//! Acts of HR on a passport that is out, each with a reason that stays here: durable first, then
//! public, then answered.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use server::{Authorised, Problem, StrictJson};

use crate::oid4vci::NO_STORE;
use crate::passports::approve::{Request, alone, ask, waits};
use crate::passports::{PassportView, WritePassports, done_to_the_end, id_of, known, sealed_note};
use crate::state::Issuer;
use crate::store::{
    ArchiveReason, HrAct, HrDeed, PassportId, ReinstatementReason, RevocationReason,
    SuspensionReason, WithdrawalReason,
};

/// Does it, makes it public, and gives the passport as it is now.
async fn act(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    act: HrAct,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let note = match note.filter(|note| !note.trim().is_empty()) {
        Some(note) => {
            let passport = known(issuer, id).await?;
            sealed_note(&issuer.person(&passport.subject_ref).await?, Some(note))?
        }
        None => None,
    };
    let deed = HrDeed { id, act, who: who.to_owned(), note, now: issuer.clock.now() };
    let passport =
        done_to_the_end(issuer, |issuer| async move { issuer.store.act_on_passport(deed).await })
            .await?;
    PassportView::new(issuer, passport).await
}

/// What a body says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because<R> {
    reason: R,
    note: Option<String>,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $post:ident $act:ident($reason:ty);)+) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// 404; 409 when its state does not allow it.
            pub async fn $name(
                issuer: &Arc<Issuer>,
                who: &str,
                id: PassportId,
                reason: $reason,
                note: Option<String>,
            ) -> Result<PassportView, Problem> {
                act(issuer, who, id, HrAct::$act(reason), note).await
            }

            /// The route of the act.
            pub async fn $post(
                State(issuer): State<Arc<Issuer>>,
                caller: Authorised<WritePassports>,
                Path(id): Path<String>,
                StrictJson(body): StrictJson<Because<$reason>>,
            ) -> Result<impl IntoResponse, Problem> {
                let who = caller.caller.who();
                let view = $name(&issuer, &who, id_of(&id)?, body.reason, body.note).await?;
                Ok(([NO_STORE], Json(view)))
            }
        )+
    };
}

acts! {
    /// Cancels every copy for good. The same reason again changes nothing and publishes again.
    revoke post_revoke Revoke(RevocationReason);
    /// Every copy is in doubt until it is reinstated; an open offer dies.
    suspend post_suspend Suspend(SuspensionReason);
    /// Takes an open offer back. A passport that no wallet has is WITHDRAWN then; one that a
    /// wallet has stays as it is.
    withdraw post_withdraw Withdraw(WithdrawalReason);
    /// Puts a passport that is over out of sight.
    archive post_archive Archive(ArchiveReason);
}

/// Ends a suspension: copies are valid again.
///
/// # Errors
/// 404; 409 when its state does not allow it.
pub async fn reinstate(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    reason: ReinstatementReason,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    act(issuer, who, id, HrAct::Reinstate(reason), note).await
}

/// `POST /api/v1/passports/{id}/reinstate`
pub async fn post_reinstate(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<Because<ReinstatementReason>>,
) -> Result<Response, Problem> {
    let (who, id) = (caller.caller.who(), id_of(&id)?);
    if !alone(&issuer, &caller.caller) {
        let view = ask(&issuer, &who, id, Request::Reinstate(body.reason), body.note).await?;
        return Ok(waits(view).into_response());
    }
    let view = reinstate(&issuer, &who, id, body.reason, body.note).await?;
    Ok(([NO_STORE], Json(view)).into_response())
}

/// Puts another passport of the same person in its place: its copies are superseded.
///
/// # Errors
/// 404; 409 when its state does not allow it, or the other is not in use.
pub async fn supersede(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    by: PassportId,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    act(issuer, who, id, HrAct::Supersede(by), note).await
}

/// What takes its place.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupersedeBody {
    by: PassportId,
    note: Option<String>,
}

/// `POST /api/v1/passports/{id}/supersede`
pub async fn post_supersede(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<SupersedeBody>,
) -> Result<impl IntoResponse, Problem> {
    let who = caller.caller.who();
    let view = supersede(&issuer, &who, id_of(&id)?, body.by, body.note).await?;
    Ok(([NO_STORE], Json(view)))
}
