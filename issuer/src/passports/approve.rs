//! Two people: what one asks for by hand, another approves (SECURITY H1). It holds for what makes a
//! passport valid or more trusted: offers, changes that copies will carry, the end of a suspension,
//! doing without the digits. What takes validity away never waits.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use server::tokens::Scope;
use server::{Authorised, Caller, Problem, StrictJson};

use crate::checks;
use crate::oid4vci::NO_STORE;
use crate::passports::create::{document, to_bytes};
use crate::passports::offers::{Claims, new_offer};
use crate::passports::terms::Terms;
use crate::passports::{
    IssueUnattended, PassportView, WritePassports, done, done_to_the_end, id_of, known, sealed_note,
};
use crate::state::Issuer;
use crate::store::{
    Approving, Asked, AskedAct, AskedOffer, Asking, OfferReason, Passport, PassportId, Refusing,
    ReinstatementReason,
};

/// What somebody asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// An offer.
    Offer(OfferReason, Terms),
    /// Doing without the digits.
    Waive,
    /// New checks in the place of old ones; `null` removes one.
    Change(Claims),
    /// The end of a suspension.
    Reinstate(ReinstatementReason),
}

/// Whether a caller may do it alone: the trust says so, or the caller is a machine with the scope
/// for it.
pub fn alone(issuer: &Issuer, caller: &Caller) -> bool {
    let unattended = matches!(caller, Caller::Token(token)
        if token.scopes.iter().any(|scope| scope == IssueUnattended::NAME));
    unattended || !issuer.settings.two_people
}

/// Whether a caller may send a file at all: a person may, and waits for a colleague.
///
/// # Errors
/// 403 for a program without the scope.
pub(crate) fn may_send(issuer: &Issuer, caller: &Caller) -> Result<(), Problem> {
    may_import(alone(issuer, caller) || matches!(caller, Caller::Person(_)))
}

/// An import offers at once: where two people issue, a program needs the scope to do it alone.
///
/// # Errors
/// 403.
pub(crate) fn may_import(alone: bool) -> Result<(), Problem> {
    if alone {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "TWO_PEOPLE_ISSUE", "Not allowed").detail(
        "Two people issue here, and an import offers at once. Import with a token that has the \
         scope passports:issue-unattended.",
    ))
}

/// Asks a second person.
///
/// # Errors
/// 404; 409 when the state does not allow what is asked for, or something waits already; 422 for
/// checks with faults.
pub async fn ask(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    request: Request,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let now = issuer.clock.now();
    let passport = known(issuer, id).await?;
    let person = issuer.person(&passport.subject_ref).await?;
    let mut asked = Asked {
        act: AskedAct::Waive,
        by: who.to_owned(),
        at: now,
        revision: passport.revision,
        offer: None,
        reinstate: None,
        note: sealed_note(&person, note)?,
    };
    let mut proposal = None;
    match request {
        Request::Offer(reason, Terms { confirm_key, profile }) => {
            asked.act = AskedAct::Offer;
            let configurations = issuer.configurations(&passport.configuration, profile)?;
            asked.offer = Some(AskedOffer { reason, confirm_key, configurations });
        }
        Request::Waive => {}
        Request::Change(checks) => {
            asked.act = AskedAct::Change;
            let mut claims = person.claims()?;
            merge(&mut claims, checks);
            let claims = checks::accept(claims, &issuer.settings, now)?;
            proposal = Some(person.seal_document(&to_bytes(&claims)?));
        }
        Request::Reinstate(reason) => {
            asked.act = AskedAct::Reinstate;
            asked.reinstate = Some(reason);
        }
    }
    let answer = issuer.store.ask(Asking { id, asked, proposal }).await?;
    let passport = done(issuer, answer).await?;
    PassportView::new(issuer, passport).await
}

/// Puts members in the place of others; `null` removes one.
pub(super) fn merge(claims: &mut Claims, checks: Claims) {
    for (name, value) in checks {
        if value.is_null() {
            claims.remove(&name);
        } else {
            claims.insert(name, value);
        }
    }
}

/// The checks that a change was asked for with.
///
/// # Errors
/// 500 or 503.
pub async fn proposed(issuer: &Issuer, passport: &Passport) -> Result<Option<Claims>, Problem> {
    let Some(sealed) = issuer.store.proposal(&passport.id).await? else { return Ok(None) };
    let person = issuer.person(&passport.subject_ref).await?;
    Ok(Some(person.open_document(&sealed)?))
}

/// The second person approves: it is done.
///
/// # Errors
/// 403 for whoever asked; 404; 409 when nothing waits, or something has changed meanwhile.
pub async fn approve(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
) -> Result<PassportView, Problem> {
    let now = issuer.clock.now();
    let passport = known(issuer, id).await?;
    let Some(asked) = passport.asked.clone() else {
        let sentence = "Nothing about this passport waits for approval.";
        return Err(Problem::conflict("NOTHING_TO_APPROVE", sentence));
    };
    let person = issuer.person(&passport.subject_ref).await?;
    let offer = match asked.offer.clone() {
        Some(AskedOffer { reason, confirm_key, configurations }) => {
            let (mut offer, _) = new_offer(issuer, &person, reason, confirm_key, now);
            offer.configurations = configurations;
            Some(offer)
        }
        None => None,
    };
    let document = match proposed(issuer, &passport).await? {
        Some(claims) => {
            // What has run out while it waited is refused now.
            let claims = checks::accept(claims, &issuer.settings, now)?;
            let mut document = document(issuer, &claims, true);
            document.sealed = person.seal_document(&to_bytes(&claims)?);
            Some(document)
        }
        None => None,
    };
    let approving = Approving { id, asked, offer, document, who: who.to_owned(), now };
    let passport =
        done_to_the_end(issuer, |issuer| async move { issuer.store.approve(approving).await })
            .await?;
    PassportView::new(issuer, passport).await
}

/// The second person says no, or the first takes it back.
///
/// # Errors
/// 404; 409 when nothing waits.
pub async fn refuse(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let passport = known(issuer, id).await?;
    let note = sealed_note(&issuer.person(&passport.subject_ref).await?, note)?;
    let refusing = Refusing { id, who: who.to_owned(), note, now: issuer.clock.now() };
    let passport = done(issuer, issuer.store.refuse_asked(refusing).await?).await?;
    PassportView::new(issuer, passport).await
}

/// Only a person is a second person.
fn person(caller: &Caller) -> Result<String, Problem> {
    match caller {
        Caller::Person(person) => Ok(person.who()),
        Caller::Token(_) => {
            Err(Problem::new(StatusCode::FORBIDDEN, "PERSON_NEEDED", "Not allowed")
                .detail("A signed-in person approves; a token can't."))
        }
    }
}

/// 202: it waits for a second person.
pub(super) fn waits(view: PassportView) -> impl IntoResponse {
    (StatusCode::ACCEPTED, [NO_STORE], Json(view))
}

/// `POST /api/v1/passports/{id}/approve`
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = id_of(&id)?;
    known(&issuer, id).await?;
    let view = approve(&issuer, &person(&caller.caller)?, id).await?;
    Ok(([NO_STORE], Json(view)))
}

/// In whose own words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseBody {
    note: Option<String>,
}

/// `POST /api/v1/passports/{id}/refuse-approval`
pub async fn post_refuse(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<RefuseBody>,
) -> Result<impl IntoResponse, Problem> {
    let view = refuse(&issuer, &caller.caller.who(), id_of(&id)?, body.note).await?;
    Ok(([NO_STORE], Json(view)))
}
