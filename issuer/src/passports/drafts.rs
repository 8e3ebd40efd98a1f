//! Drafts: HR saves what there is, faults and all, and finishes later.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::Serialize;
use server::problem::Fault;
use server::{Authorised, Problem, StrictJson};

use crate::checks;
use crate::oid4vci::NO_STORE;
use crate::passports::create::{begin, document, to_bytes};
use crate::passports::offers::Claims;
use crate::passports::{MAX_BODY_BYTES, WritePassports, done, id_of, instant, known};
use crate::state::Issuer;
use crate::store::{Amendment, PassportId, PassportState};

/// A draft as it was saved.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Draft {
    /// Its id.
    pub id: PassportId,
    /// The person.
    pub subject_ref: String,
    /// DRAFTED.
    pub state: PassportState,
    /// When it was made.
    pub created_at: String,
    /// What is still wrong; nothing when it may be offered.
    #[schema(value_type = Vec<crate::openapi::FaultView>)]
    pub faults: Vec<Fault>,
}

/// Saves a new draft, or the one with `id` anew. What was refused, withdrawn or has expired
/// becomes a draft again.
///
/// # Errors
/// 404; 409 when it is no draft any more; 413 when it is too long.
pub async fn save(
    issuer: &Arc<Issuer>,
    who: &str,
    id: Option<PassportId>,
    claims: Claims,
) -> Result<Draft, Problem> {
    let now_ms = issuer.clock.now_ms();
    let now = issuer.clock.now();
    let (checks, faults) = match checks::judge(claims.clone(), &issuer.settings, now) {
        Ok(checks) => (checks, vec![]),
        Err(faults) => (claims, faults),
    };
    let whole = faults.is_empty();
    let bytes = to_bytes(&checks)?;
    let Some(id) = id else {
        let mut draft = begin(issuer, who, &checks, whole, now_ms)?;
        let (person, wrapped_key) = issuer.new_person(&draft.subject_ref);
        draft.wrapped_key = wrapped_key;
        draft.document.sealed = person.seal_document(&bytes);
        let (id, subject_ref) = (draft.id, draft.subject_ref.clone());
        issuer.store.draft_passport(draft).await?;
        issuer.watch.changed(id);
        let (state, created_at) = (PassportState::Drafted, instant(now));
        return Ok(Draft { id, subject_ref, state, created_at, faults });
    };

    let passport = known(issuer, id).await?;
    let person = issuer.person(&passport.subject_ref).await?;
    let mut document = document(issuer, &checks, whole);
    document.sealed = person.seal_document(&bytes);
    let amendment = Amendment {
        id,
        revision: passport.revision,
        document,
        kind: None,
        who: who.to_owned(),
        note: None,
        now,
    };
    let passport = done(issuer, issuer.store.amend_passport(amendment).await?).await?;
    Ok(Draft {
        id,
        subject_ref: passport.subject_ref,
        state: passport.state,
        created_at: instant(passport.created_at_ms.div_euclid(1000)),
        faults,
    })
}

/// `PUT /api/v1/passports/{id}/checks`: the whole document anew.
pub async fn put(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<Claims, MAX_BODY_BYTES>,
) -> Result<impl IntoResponse, Problem> {
    let draft = save(&issuer, &caller.caller.who(), Some(id_of(&id)?), body).await?;
    Ok(([NO_STORE], Json(draft)))
}
