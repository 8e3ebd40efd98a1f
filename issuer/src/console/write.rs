//! Creating a passport and changing one: form, faults, review, save. The form travels with the
//! pages; nothing is stored before HR says so.

mod pages;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use server::pages::{OnPage, PageError, PageForm, Shell, see_other};
use server::problem::Problem;

use self::pages::{edit_page, review_page};
use super::data::{self, Row, Whole};
use super::form::{Entered, Fault, Faults, claims, faults};
use crate::checks;
use crate::life::{Deed, after};
use crate::passports::approve::{self, Request};
use crate::passports::change::update_check;
use crate::passports::offers::offer;
use crate::passports::{WritePassports, drafts};
use crate::search;
use crate::state::Issuer;
use crate::store::{
    ChangeKind, ConfirmKey, Listed, OfferReason, PageRequest, PassportId, PassportState,
};

const NEW: &str = "/console/passports/new";
/// Rows that "Add more rows" adds.
const MORE_ROWS: usize = 5;
const KIND: &str = "change.kind";
const NOTE: &str = "change.note";

/// What is being written.
enum Work {
    /// Nothing is stored yet.
    New,
    /// A draft, or a passport that may become one again.
    Draft(PassportId),
    /// A passport that phones may hold copies of, and what it says now.
    Change(PassportId, Map<String, Value>),
}

/// What the browser sent.
struct Sent {
    press: String,
    waive: bool,
    kind: Option<ChangeKind>,
    note: String,
    entered: Entered,
}

/// Another passport to take the job from.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Like {
    like: Option<String>,
}

/// An empty form, or one with what is harmless of another passport.
pub(super) async fn begin(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    query: Result<Query<Like>, QueryRejection>,
) -> Result<Response, PageError> {
    let like = query.ok().and_then(|Query(query)| query.like);
    let mut entered = Entered::fresh();
    let mut lead = on.shell.t("new-lead");
    if let Some(id) = like {
        let whole = data::whole(&issuer, &id).await?;
        entered.take_job_of(&whole.claims);
        lead = on.shell.t("new-like-lead");
    }
    let sent = Sent::of(entered);
    Ok(edit_page(&on.shell, &Work::New, &sent, &lead, Faults::default(), StatusCode::OK))
}

/// The form of a new passport came back.
pub(super) async fn begun(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    PageForm(pairs): PageForm<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    went_on(on, issuer, Work::New, Sent::read(pairs)).await
}

/// The form of a passport that is there.
pub(super) async fn edit(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    let work = work(&whole, &on.shell)?;
    let form = match work {
        Work::Draft(_) | Work::New => Entered::of_draft(&whole.claims),
        Work::Change(..) => Entered::of_passport(&whole.claims, &issuer.settings.ods),
    };
    let sent = Sent::of(form);
    let lead = lead(&work, &on.shell);
    Ok(edit_page(&on.shell, &work, &sent, &lead, Faults::default(), StatusCode::OK))
}

/// The form of a passport that is there came back.
pub(super) async fn edited(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(pairs): PageForm<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    let work = work(&whole, &on.shell)?;
    went_on(on, issuer, work, Sent::read(pairs)).await
}

fn work(whole: &Whole, shell: &Shell) -> Result<Work, Problem> {
    let state = whole.passport.state;
    if after(state, Deed::Save).is_some() {
        Ok(Work::Draft(whole.passport.id))
    } else if after(state, Deed::ChangeBenignly).is_some() {
        Ok(Work::Change(whole.passport.id, whole.claims.clone()))
    } else {
        Err(not_now(state, shell))
    }
}

/// 409: the state does not allow it.
pub(super) fn not_now(state: PassportState, shell: &Shell) -> Problem {
    let state = shell.t(&format!("state-{}", state.name()));
    Problem::conflict("STATE_FORBIDS", shell.ta("act-refused", &[("state", &state)]))
}

fn lead(work: &Work, shell: &Shell) -> String {
    shell.t(match work {
        Work::New | Work::Draft(_) => "new-lead",
        Work::Change(..) => "edit-lead",
    })
}

async fn went_on(
    on: OnPage<WritePassports>,
    issuer: Arc<Issuer>,
    work: Work,
    mut sent: Sent,
) -> Result<Response, PageError> {
    let lead = lead(&work, &on.shell);
    let again =
        |sent: &Sent| edit_page(&on.shell, &work, sent, &lead, Faults::default(), StatusCode::OK);
    if sent.press == "rows" {
        sent.entered.add_rows(MORE_ROWS);
        return Ok(again(&sent));
    }
    if sent.press == "change" {
        return Ok(again(&sent));
    }
    if let Some(row) = sent.press.strip_prefix("remove-").and_then(|row| row.parse().ok()) {
        sent.entered.remove_row(row);
        return Ok(again(&sent));
    }
    let built = claims(&sent.entered);
    if sent.press == "draft" && !matches!(work, Work::Change(..)) {
        let id = match &work {
            Work::Draft(id) => Some(*id),
            Work::New | Work::Change(..) => None,
        };
        let draft = drafts::save(&issuer, &on.person.who(), id, built.claims).await?;
        on.say("draft-saved", &[]).await?;
        return Ok(see_other(&format!("/console/passports/{}", draft.id)));
    }

    let say = |key: &str, values: &[(&str, &str)]| on.shell.ta(key, values);
    let checked = checks::accept(built.claims.clone(), &issuer.settings, issuer.clock.now());
    let accepted = match checked {
        Ok(accepted) => accepted,
        Err(problem) if problem.body_faults().is_empty() => return Err(problem.into()),
        Err(problem) => {
            let faults = faults(problem.body_faults(), &built, &sent.entered, &say);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(edit_page(&on.shell, &work, &sent, &lead, faults, status));
        }
    };
    let unanswered = faults(&[], &built, &sent.entered, &say);
    if !unanswered.0.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(edit_page(&on.shell, &work, &sent, &lead, unanswered, status));
    }
    if let Work::Change(_, now) = &work {
        let key = if sent.kind.is_none() {
            Some("change-kind-missing")
        } else if changed(now, &accepted).is_empty() {
            Some("change-nothing")
        } else {
            None
        };
        if let Some(key) = key {
            let text = on.shell.t(key);
            let href = format!("#{KIND}");
            let fault = Fault { field: KIND.to_owned(), href, beside: text.clone(), text };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let faults = Faults(vec![fault]);
            return Ok(edit_page(&on.shell, &work, &sent, &lead, faults, status));
        }
    }
    if sent.press != "create" {
        let same = same(&issuer, &work, &accepted, &on.shell).await?;
        return Ok(review_page(&on.shell, &issuer, &work, &sent, (&accepted, same)));
    }

    let who = on.person.who();
    match work {
        Work::New | Work::Draft(_) => {
            let id = match work {
                Work::Draft(id) => Some(id),
                Work::New | Work::Change(..) => None,
            };
            let draft = drafts::save(&issuer, &who, id, built.claims).await?;
            let confirm = if sent.waive { ConfirmKey::Waived } else { ConfirmKey::Compare };
            if issuer.settings.two_people {
                let asked = Request::Offer(OfferReason::First, confirm.into());
                approve::ask(&issuer, &who, draft.id, asked, None).await?;
                on.say("approve-asked", &[]).await?;
                return Ok(see_other(&format!("/console/passports/{}", draft.id)));
            }
            let offered = offer(&issuer, &who, draft.id, OfferReason::First, confirm).await?;
            Ok(see_other(&format!("/console/passports/{}/offer", offered.id)))
        }
        Work::Change(id, now) => {
            let kind = sent.kind.unwrap_or(ChangeKind::Doubt);
            let note = (!sent.note.is_empty()).then_some(sent.note);
            if issuer.settings.two_people && kind == ChangeKind::Benign {
                let asked = Request::Change(changed(&now, &accepted));
                approve::ask(&issuer, &who, id, asked, note).await?;
                on.say("approve-asked", &[]).await?;
                return Ok(see_other(&format!("/console/passports/{id}")));
            }
            update_check(&issuer, &who, id, changed(&now, &accepted), kind, note).await?;
            on.say("changed", &[]).await?;
            Ok(see_other(&format!("/console/passports/{id}")))
        }
    }
}

/// Other passports of the same registration number that are not over.
async fn same(
    issuer: &Arc<Issuer>,
    work: &Work,
    accepted: &Map<String, Value>,
    shell: &Shell,
) -> Result<Vec<Row>, Problem> {
    let number = data::text(accepted, "professional_registration", "number");
    let own = match work {
        Work::New => None,
        Work::Draft(id) | Work::Change(id, _) => Some(*id),
    };
    let tokens = search::question(&issuer.secrets, number);
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let request = PageRequest { tokens, ..super::search::anything(issuer) };
    let mut same = Vec::new();
    for listed in issuer.store.passports(request).await?.items {
        let Listed::Passport(passport) = &listed else { continue };
        let over = matches!(passport.state, PassportState::Revoked | PassportState::Superseded);
        if !over && Some(passport.id) != own {
            same.push(data::row(issuer, &listed, shell).await);
        }
    }
    Ok(same)
}

/// The members that differ; `null` for one that is gone.
fn changed(now: &Map<String, Value>, new: &Map<String, Value>) -> Map<String, Value> {
    let mut changed: Map<String, Value> = new
        .iter()
        .filter(|(name, value)| now.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for name in now.keys().filter(|name| !new.contains_key(*name)) {
        changed.insert(name.clone(), Value::Null);
    }
    // Filled in anew with today's date on every change: alone it is none.
    if changed.keys().all(|name| name == "assurance") && only_refreshed(now, new) {
        changed.clear();
    }
    changed
}

fn only_refreshed(now: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    let without_day = |claims: &Map<String, Value>| {
        let mut assurance = claims.get("assurance").cloned().unwrap_or_default();
        if let Some(members) = assurance.as_object_mut() {
            members.remove("last_refresh");
        }
        assurance
    };
    without_day(now) == without_day(new)
}

impl Sent {
    fn of(entered: Entered) -> Self {
        Self { press: String::new(), waive: false, kind: None, note: String::new(), entered }
    }

    fn read(pairs: Vec<(String, String)>) -> Self {
        let of = |wanted: &str| {
            let found = pairs.iter().find(|(name, _)| name == wanted);
            found.map(|(_, text)| text.trim().to_owned()).unwrap_or_default()
        };
        Self {
            press: of("do"),
            waive: of("waive") == "yes",
            kind: of(KIND).parse().ok(),
            note: of(NOTE),
            entered: Entered::from_pairs(pairs),
        }
    }
}
