//! What HR does to a passport, each with a page that says what follows and asks why.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use server::Problem;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page_with, see_other};

use super::data::{self, Whole};
use super::form::{Fault, Opt};
use super::write::not_now;
use crate::life::{Deed, after};
use crate::passports::approve::{self, Request};
use crate::passports::{WritePassports, life, offers};
use crate::state::Issuer;
use crate::store::{
    ArchiveReason, ConfirmKey, OfferReason, OfferStep, Passport, PassportState,
    ReinstatementReason, RevocationReason, SuspensionReason, WithdrawalReason,
};

/// Longest note.
const MAX_NOTE: usize = 500;

/// An act and its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HrAct {
    Reoffer,
    Withdraw,
    Suspend,
    Reinstate,
    Revoke,
    Archive,
}

impl HrAct {
    /// In the order of the passport's page.
    pub(super) const ALL: [Self; 6] = [
        Self::Reoffer,
        Self::Withdraw,
        Self::Suspend,
        Self::Reinstate,
        Self::Revoke,
        Self::Archive,
    ];

    /// In addresses and texts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Reoffer => "reoffer",
            Self::Withdraw => "withdraw",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Revoke => "revoke",
            Self::Archive => "archive",
        }
    }

    fn of(name: &str) -> Result<Self, Problem> {
        let act = Self::ALL.into_iter().find(|act| act.name() == name);
        act.ok_or_else(|| Problem::not_found("There is no such page"))
    }

    /// Whether the passport allows it now.
    pub(super) fn allowed(self, passport: &Passport) -> bool {
        let state = passport.state;
        match self {
            Self::Reoffer => state != PassportState::Drafted && may_reoffer(state),
            Self::Withdraw => after(state, Deed::Withdraw).is_some() && has_open_offer(passport),
            Self::Suspend => after(state, Deed::Suspend).is_some(),
            Self::Reinstate => after(state, Deed::Reinstate).is_some(),
            // Once is enough.
            Self::Revoke => state != PassportState::Revoked && after(state, Deed::Revoke).is_some(),
            Self::Archive => after(state, Deed::Archive).is_some(),
        }
    }

    /// Whether it cannot be undone.
    pub(super) fn is_grave(self) -> bool {
        matches!(self, Self::Suspend | Self::Revoke | Self::Archive)
    }

    fn reasons(self, state: PassportState) -> Vec<&'static str> {
        match self {
            Self::Reoffer => offer_reasons(state).into_iter().map(OfferReason::name).collect(),
            Self::Withdraw => WithdrawalReason::ALL.iter().map(|it| it.name()).collect(),
            Self::Suspend => SuspensionReason::ALL.iter().map(|it| it.name()).collect(),
            Self::Reinstate => ReinstatementReason::ALL.iter().map(|it| it.name()).collect(),
            Self::Revoke => RevocationReason::ALL.iter().map(|it| it.name()).collect(),
            Self::Archive => ArchiveReason::ALL.iter().map(|it| it.name()).collect(),
        }
    }
}

pub(super) fn may_reoffer(state: PassportState) -> bool {
    after(state, Deed::Offer).is_some()
}

fn offer_reasons(state: PassportState) -> Vec<OfferReason> {
    match state {
        PassportState::Active => vec![OfferReason::NewDevice, OfferReason::LostDevice],
        PassportState::Revoked => vec![OfferReason::LostDevice, OfferReason::Corrected],
        PassportState::Drafted => vec![OfferReason::First],
        PassportState::Rejected => vec![OfferReason::Corrected, OfferReason::Again],
        PassportState::Offered
        | PassportState::Withdrawn
        | PassportState::Expired
        | PassportState::Suspended
        | PassportState::Superseded
        | PassportState::Archived => vec![OfferReason::Again, OfferReason::NewDevice],
    }
}

fn has_open_offer(passport: &Passport) -> bool {
    passport.latest.as_ref().is_some_and(|offer| {
        matches!(offer.step, OfferStep::Waiting | OfferStep::Collected | OfferStep::Confirm)
    })
}

#[derive(Template)]
#[template(path = "console/act.html")]
struct ActPage {
    shell: Shell,
    id: String,
    name: String,
    act: &'static str,
    heading: String,
    text: String,
    more: String,
    go: String,
    grave: bool,
    reasons: Vec<Opt>,
    note: String,
    can_note: bool,
    can_waive: bool,
    errors: Vec<Fault>,
    error: String,
}

/// What the page sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    waive: String,
}

/// What follows, and why?
pub(super) async fn ask(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path((id, act)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let act = HrAct::of(&act)?;
    let whole = allowed(&issuer, &id, act, &on.shell).await?;
    Ok(act_page(&on.shell, act, &whole, &Given::default(), false))
}

/// Does it.
pub(super) async fn act(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path((id, act)): Path<(String, String)>,
    PageForm(given): PageForm<Given>,
) -> Result<Response, PageError> {
    let act = HrAct::of(&act)?;
    let whole = allowed(&issuer, &id, act, &on.shell).await?;
    if !act.reasons(whole.passport.state).contains(&given.reason.as_str()) {
        return Ok(act_page(&on.shell, act, &whole, &given, true));
    }
    let (id, who) = (whole.passport.id, on.person.who());
    let note: String = given.note.trim().chars().take(MAX_NOTE).collect();
    let note = (!note.is_empty()).then_some(note);
    let reason = given.reason.as_str();
    let bad = || Problem::bad_request("FORM_UNREADABLE", "No such reason.");
    if issuer.settings.two_people && matches!(act, HrAct::Reoffer | HrAct::Reinstate) {
        let asked = match act {
            HrAct::Reoffer => Request::Offer(
                reason.parse().map_err(|_| bad())?,
                (if given.waive == "yes" { ConfirmKey::Waived } else { ConfirmKey::Compare })
                    .into(),
            ),
            _ => Request::Reinstate(reason.parse().map_err(|_| bad())?),
        };
        approve::ask(&issuer, &who, id, asked, note).await?;
        on.say("approve-asked", &[]).await?;
        return Ok(see_other(&format!("/console/passports/{id}")));
    }
    match act {
        HrAct::Reoffer => {
            let reason = reason.parse().map_err(|_| bad())?;
            let confirm =
                if given.waive == "yes" { ConfirmKey::Waived } else { ConfirmKey::Compare };
            offers::offer(&issuer, &who, id, reason, confirm).await?;
            return Ok(see_other(&format!("/console/passports/{id}/offer")));
        }
        HrAct::Withdraw => {
            offers::withdraw(&issuer, &who, id, reason.parse().map_err(|_| bad())?, note).await?;
        }
        HrAct::Suspend => {
            life::suspend(&issuer, &who, id, reason.parse().map_err(|_| bad())?, note).await?;
        }
        HrAct::Reinstate => {
            life::reinstate(&issuer, &who, id, reason.parse().map_err(|_| bad())?, note).await?;
        }
        HrAct::Revoke => {
            life::revoke(&issuer, &who, id, reason.parse().map_err(|_| bad())?, note).await?;
        }
        HrAct::Archive => {
            life::archive(&issuer, &who, id, reason.parse().map_err(|_| bad())?, note).await?;
        }
    }
    on.say(&format!("act-{}-done", act.name()), &[]).await?;
    Ok(see_other(&format!("/console/passports/{id}")))
}

async fn allowed(
    issuer: &Arc<Issuer>,
    id: &str,
    act: HrAct,
    shell: &Shell,
) -> Result<Whole, Problem> {
    let whole = data::whole(issuer, id).await?;
    if act.allowed(&whole.passport) { Ok(whole) } else { Err(not_now(whole.passport.state, shell)) }
}

fn act_page(shell: &Shell, act: HrAct, whole: &Whole, given: &Given, missing: bool) -> Response {
    let name = act.name();
    let state = whole.passport.state;
    let maybe = |key: &str| {
        let text = shell.t(key);
        if text == key { String::new() } else { text }
    };
    let reasons: Vec<Opt> = act
        .reasons(state)
        .into_iter()
        .map(|reason| Opt {
            value: reason.to_owned(),
            text: shell.t(&format!("reason-{reason}")),
            hint: if act == HrAct::Reoffer {
                String::new()
            } else {
                maybe(&format!("reason-{reason}-hint"))
            },
            checked: given.reason == reason,
        })
        .collect();
    let error = if missing { shell.t("act-reason-missing") } else { String::new() };
    let errors = if missing {
        let field = "reason".to_owned();
        let href = "#reason".to_owned();
        vec![Fault { field, href, text: error.clone(), beside: error.clone() }]
    } else {
        Vec::new()
    };
    let status = if missing { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = ActPage {
        id: whole.passport.id.to_string(),
        name: data::name(&whole.claims, shell),
        act: name,
        heading: shell.t(&format!("act-{name}-heading")),
        text: shell.t(&format!("act-{name}-text")),
        more: maybe(&format!("act-{name}-{}", state.name())),
        go: shell.t(&format!("act-{name}-go")),
        grave: act.is_grave(),
        reasons,
        note: given.note.clone(),
        can_note: act != HrAct::Reoffer,
        can_waive: act == HrAct::Reoffer,
        errors,
        error,
        shell: shell.clone(),
    };
    page_with(status, Allow::default(), &template)
}
