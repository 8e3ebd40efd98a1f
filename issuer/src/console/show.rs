//! `/console/passports/{id}`: one passport, whole.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Days;
use passport::{
    Finding, Kind, Outcome, PlacementRequest, Presented, Requirements, Scan, StaffGroup, StatusAge,
    judge,
};
use serde_json::{Map, Value, json};
use server::pages::{OnPage, PageError, Shell, page};
use vc::status_list::Status;
use vc::time::UnixTime;

use super::acts::HrAct;
use super::data::{self, Tag, Whole};
use super::form::{Ends, ReviewSection, ends_of, review};
use crate::checks::due;
use crate::life::{Deed, after};
use crate::passports::ReadPassports;
use crate::passports::progress::progress;
use crate::state::Issuer;
use crate::store::{Copy, PassportState};

/// How far ahead a host's view looks: four weeks.
const HOST_VIEW_DAYS: u64 = 27;
/// Ends that are shown even when none is near.
const NEXT_ENDS: usize = 3;

#[derive(Template)]
#[template(path = "console/show.html")]
struct ShowPage {
    shell: Shell,
    id: String,
    title: String,
    state: Tag,
    born: String,
    number: String,
    job: String,
    subject_ref: String,
    account: String,
    can_name: bool,
    can_erase: bool,
    created: String,
    step: String,
    shows_offer: bool,
    rejection: String,
    rejection_words: String,
    edit: String,
    asked: bool,
    acts: Vec<ActLink>,
    may_write: bool,
    host: Option<HostView>,
    ends: Vec<EndLine>,
    sections: Vec<ReviewSection>,
    faults: Vec<String>,
    copies: Vec<CopyLine>,
    history: Vec<HistoryLine>,
}

struct ActLink {
    href: String,
    text: String,
    grave: bool,
}

struct HostView {
    outcome: Tag,
    findings: Vec<Finding>,
}

/// A check and the last day on which it stands.
struct EndLine {
    what: String,
    on: String,
    ends: Ends,
}

struct CopyLine {
    status: Tag,
    issued: String,
    until: String,
    key: String,
}

struct HistoryLine {
    at: String,
    what: String,
    reason: String,
    note: String,
    who: String,
}

/// The passport.
pub(super) async fn show(
    on: OnPage<ReadPassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    let shell = &on.shell;
    let say = |key: &str, values: &[(&str, &str)]| shell.ta(key, values);
    let claims = &whole.claims;
    let state = whole.passport.state;
    let may_write = super::may_write(&on.person);
    let now = progress(&issuer, whole.passport.id).await?;
    let is_draft = state == PassportState::Drafted;
    let rejection = now.rejection_reason.as_deref().map(|reason| format!("rejection-{reason}"));
    let copies = whole.passport.copies.iter().rev().map(|copy| copy_line(copy, shell)).collect();
    let mut history = Vec::new();
    for entry in data::history(&issuer, &whole).await? {
        let who = who(&on, &entry.who)?;
        history.push(HistoryLine {
            at: data::moment(entry.at, shell),
            what: shell.t(&format!("history-{}", entry.what.name())),
            reason: entry.reason.map(|it| shell.t(&format!("reason-{it}"))).unwrap_or_default(),
            note: entry.note.unwrap_or_default(),
            who,
        });
    }
    history.reverse();
    Ok(page(&ShowPage {
        title: shell.ta("passport-title", &[("name", &data::name(claims, shell))]),
        state: data::tag(state, shell),
        born: data::born(claims, shell),
        number: data::text(claims, "professional_registration", "number").to_owned(),
        job: data::job(claims),
        subject_ref: whole.passport.subject_ref.clone(),
        account: data::account(&issuer, &whole).await?,
        can_name: may_write && on.has_staff_sign_in(),
        can_erase: may_write && super::erase::allowed(state),
        created: data::moment(whole.passport.created_at_ms.div_euclid(1000), shell),
        step: shell.t(&format!("step-{}", super::offer::step_name(now.step))),
        shows_offer: whole.passport.latest.is_some(),
        rejection: if state == PassportState::Rejected {
            rejection.map(|key| shell.t(&key)).unwrap_or_default()
        } else {
            String::new()
        },
        rejection_words: now.rejection_words.unwrap_or_default(),
        edit: if may_write { edit(state, shell) } else { String::new() },
        asked: may_write && whole.passport.asked.is_some(),
        acts: if may_write { acts(&whole, shell) } else { Vec::new() },
        may_write,
        host: if is_draft { None } else { host_view(&issuer, claims, shell) },
        ends: if is_draft { Vec::new() } else { next_ends(&issuer, claims, shell) },
        sections: review(claims, data::today(&issuer), &say),
        faults: if is_draft { data::faults(&issuer, claims) } else { Vec::new() },
        copies,
        history,
        id: whole.passport.id.to_string(),
        shell: on.shell,
    }))
}

/// A colleague by name; programs and phones as what they are.
fn who(on: &OnPage<ReadPassports>, who: &str) -> Result<String, PageError> {
    let shell = &on.shell;
    if let Some(name) = on.name_of(who)? {
        return Ok(name);
    }
    Ok(match who.split_once(':') {
        Some(("token", id)) => shell.ta("history-token", &[("id", id)]),
        Some(("person", id)) => shell.ta("history-person", &[("id", id)]),
        _ if who == "wallet" => shell.t("history-wallet"),
        _ => shell.t("history-service"),
    })
}

/// What the link to the form says; empty when the state allows no change.
fn edit(state: PassportState, shell: &Shell) -> String {
    if state == PassportState::Drafted {
        shell.t("act-finish")
    } else if after(state, Deed::Save).is_some() || after(state, Deed::ChangeBenignly).is_some() {
        shell.t("act-edit")
    } else {
        String::new()
    }
}

fn acts(whole: &Whole, shell: &Shell) -> Vec<ActLink> {
    HrAct::ALL
        .into_iter()
        .filter(|act| act.allowed(&whole.passport))
        .map(|act| ActLink {
            href: format!("/console/passports/{}/{}", whole.passport.id, act.name()),
            text: shell.t(&format!("act-{}", act.name())),
            grave: act.is_grave(),
        })
        .collect()
}

fn copy_line(copy: &Copy, shell: &Shell) -> CopyLine {
    let (key, colour) = match copy.status {
        Status::Valid => ("copy-VALID", "green"),
        Status::Invalid => ("copy-INVALID", "red"),
        Status::Suspended => ("copy-SUSPENDED", "yellow"),
        Status::Superseded => ("copy-SUPERSEDED", "white"),
        Status::Other(_) => ("copy-OTHER", "grey"),
    };
    CopyLine {
        status: Tag { text: shell.t(key), colour },
        issued: data::moment(copy.issued_at, shell),
        until: data::moment(copy.expires_at, shell),
        key: copy.holder.chars().take(12).collect(),
    }
}

/// What ends first: what has ended or is near, and at least the next three.
fn next_ends(issuer: &Issuer, claims: &Map<String, Value>, shell: &Shell) -> Vec<EndLine> {
    let say = |key: &str, values: &[(&str, &str)]| shell.ta(key, values);
    let today = data::today(issuer);
    due(claims)
        .into_iter()
        .enumerate()
        .map(|(at, due)| (at, ends_of(due.on, today, &say), due))
        .take_while(|(at, ends, _)| *at < NEXT_ENDS || !ends.text.is_empty())
        .map(|(_, ends, due)| EndLine {
            what: subject_of(claims, &due.pointer, shell)
                .unwrap_or_else(|| what_ends(&due.pointer, shell)),
            on: data::day(due.on, shell),
            ends,
        })
        .collect()
}

/// A check without a last day of its own is too old after some time.
fn what_ends(pointer: &str, shell: &Shell) -> String {
    let mut steps = pointer.split('/').skip(1);
    let (section, member) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    if ["checked_on", "issued_on", "assessed_on"].contains(&member) {
        shell.ta("ends-check", &[("check", &shell.t(&format!("section-{section}")))])
    } else {
        passport::label_of(pointer)
    }
}

/// Training is called by its subject, not by its number.
fn subject_of(claims: &Map<String, Value>, pointer: &str, shell: &Shell) -> Option<String> {
    let index: usize = pointer.strip_prefix("/core_skills/")?.split('/').next()?.parse().ok()?;
    let subject = claims.get("core_skills")?.get(index)?.get("subject")?.as_str()?;
    let training = shell.t("section-core_skills");
    Some(format!("{training}, {}", shell.t(&format!("word-subject-{subject}"))))
}

/// The verdict that the shipped rules give for four weeks from today, by the same code as a host's.
fn host_view(issuer: &Issuer, claims: &Map<String, Value>, shell: &Shell) -> Option<HostView> {
    let now = UnixTime(issuer.clock.now());
    let start = data::today(issuer);
    let staff_group: StaffGroup = data::text(claims, "assignment", "staff_group").parse().ok()?;
    let end = start.checked_add_days(Days::new(HOST_VIEW_DAYS))?;
    let request = PlacementRequest { kind: Kind::TemporaryDeployment, staff_group, start, end };
    let placement = request.check(now).ok()?;
    let requirements = Requirements::shipped();
    let requirement = requirements.find(placement.kind(), placement.staff_group())?;
    let ods = issuer.settings.ods.as_str();
    let mut shown = claims.clone();
    shown.insert("subject_ref".to_owned(), json!("not-shown"));
    shown.insert("employer".to_owned(), json!({ "ods": ods, "name": issuer.settings.name }));
    let presented = Presented::dangerous_from_claims(&shown, ods, StatusAge::Fresh);
    let verdict = judge(&Scan::Shown(&presented), requirement, &placement, now);
    let (key, colour) = match verdict.outcome {
        Outcome::ClearToStart => ("outcome-CLEAR_TO_START", "green"),
        Outcome::ClearWithConditions => ("outcome-CLEAR_WITH_CONDITIONS", "yellow"),
        Outcome::NotYet => ("outcome-NOT_YET", "orange"),
        Outcome::DoNotStart => ("outcome-DO_NOT_START", "red"),
        Outcome::CannotTell => ("outcome-CANNOT_TELL", "grey"),
    };
    Some(HostView { outcome: Tag { text: shell.t(key), colour }, findings: verdict.findings })
}
