//! `/console/passports/{id}/approve`: what a colleague asked for, and the second person's word.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use server::Problem;
use server::pages::{OnPage, PageError, PageForm, Shell, page, see_other};

use super::data;
use super::form::{ReviewSection, review};
use crate::passports::{WritePassports, approve};
use crate::state::Issuer;
use crate::store::AskedAct;

#[derive(Template)]
#[template(path = "console/approve.html")]
struct ApprovePage {
    shell: Shell,
    id: String,
    name: String,
    what: String,
    why: String,
    by: String,
    at: String,
    note: String,
    account: String,
    own: bool,
    sections: Vec<ReviewSection>,
}

/// What the buttons send.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    #[serde(rename = "do")]
    press: String,
    #[serde(default)]
    note: String,
}

/// What was asked for, with what the passport says or would say.
pub(super) async fn ask(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let shell = &on.shell;
    let whole = data::whole(&issuer, &id).await?;
    let passport = &whole.passport;
    let Some(asked) = &passport.asked else {
        return Ok(see_other(&format!("/console/passports/{}", passport.id)));
    };
    let person = issuer.person(&passport.subject_ref).await.map_err(Problem::from)?;
    let proposed = approve::proposed(&issuer, passport).await?;
    let say = |key: &str, values: &[(&str, &str)]| shell.ta(key, values);
    let reason = match (&asked.offer, asked.reinstate) {
        (Some(offer), _) => Some(offer.reason.name()),
        (None, Some(reason)) => Some(reason.name()),
        (None, None) => None,
    };
    Ok(page(&ApprovePage {
        id: passport.id.to_string(),
        name: data::name(&whole.claims, shell),
        what: shell.t(match asked.act {
            AskedAct::Offer => "approve-offer",
            AskedAct::Waive => "approve-waive",
            AskedAct::Change => "approve-change",
            AskedAct::Reinstate => "approve-reinstate",
        }),
        why: reason.map(|reason| shell.t(&format!("reason-{reason}"))).unwrap_or_default(),
        by: on.name_of(&asked.by)?.unwrap_or_else(|| asked.by.clone()),
        at: data::moment(asked.at, shell),
        note: asked.note.as_deref().and_then(|note| person.open_note(note)).unwrap_or_default(),
        account: data::account(&issuer, &whole).await?,
        own: asked.by == on.person.who(),
        sections: review(proposed.as_ref().unwrap_or(&whole.claims), data::today(&issuer), &say),
        shell: on.shell,
    }))
}

/// The word.
pub(super) async fn decide(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(pressed): PageForm<Pressed>,
) -> Result<Response, PageError> {
    let id = data::id_of(&id)?;
    let who = on.person.who();
    let offers = issuer
        .store
        .passport(&id)
        .await
        .map_err(Problem::from)?
        .and_then(|passport| passport.asked)
        .is_some_and(|asked| asked.act == AskedAct::Offer);
    match pressed.press.as_str() {
        "approve" => {
            approve::approve(&issuer, &who, id).await?;
            on.say("approve-done", &[]).await?;
            let to = if offers { "/offer" } else { "" };
            Ok(see_other(&format!("/console/passports/{id}{to}")))
        }
        "refuse" => {
            let note = Some(pressed.note).filter(|note| !note.trim().is_empty());
            approve::refuse(&issuer, &who, id, note).await?;
            on.say("approve-refused", &[]).await?;
            Ok(see_other(&format!("/console/passports/{id}")))
        }
        _ => Err(Problem::bad_request("FORM_UNREADABLE", "No such button.").into()),
    }
}
