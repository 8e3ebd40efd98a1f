//! `/console/movements`: who is asked for, and where our people are now.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use server::Problem;
use server::pages::{OnPage, PageError, PageForm, Shell, page, see_other};

use super::data;
use super::form::Opt;
use crate::oversight::movements::{self, MovementView, Word};
use crate::passports::{ReadPassports, WritePassports};
use crate::state::Issuer;
use crate::store::{MovementState, MovementsRequest, RefusedRelease};

#[derive(Template)]
#[template(path = "console/movements.html")]
struct MovementsPage {
    shell: Shell,
    waiting: Vec<Line>,
    away: Vec<Line>,
    reasons: Vec<Opt>,
    may_write: bool,
}

/// A movement in words.
struct Line {
    id: String,
    href: String,
    name: String,
    host: String,
    kind: String,
    days: String,
    known: bool,
}

fn line(view: MovementView, shell: &Shell) -> Line {
    let names: Vec<&str> =
        [&view.given_name, &view.family_name].into_iter().filter_map(|it| it.as_deref()).collect();
    let (start, end) = (passport::day::words(view.start), passport::day::words(view.end));
    Line {
        href: view
            .passport
            .as_ref()
            .map(|id| format!("/console/passports/{id}"))
            .unwrap_or_default(),
        known: view.passport.is_some(),
        name: if names.is_empty() {
            shell.t("movement-nobody")
        } else {
            shell.inert(&names.join(" "))
        },
        host: view.host,
        kind: view.kind.replace('_', " ").to_lowercase(),
        days: shell.ta("movement-days", &[("start", &start), ("end", &end)]),
        id: view.id,
    }
}

/// Both lists.
pub(super) async fn list(
    on: OnPage<ReadPassports>,
    State(issuer): State<Arc<Issuer>>,
) -> Result<Response, PageError> {
    let state = Some(MovementState::Waiting);
    let waiting = MovementsRequest { state, on: None, after: None, limit: movements::LIMIT };
    let mut lists = Vec::new();
    for request in [waiting, movements::away_now(&issuer)] {
        let (views, _) = movements::page(&issuer, request).await.map_err(Problem::from)?;
        lists.push(views.into_iter().map(|view| line(view, &on.shell)).collect::<Vec<_>>());
    }
    let away = lists.pop().unwrap_or_default();
    let reasons = RefusedRelease::ALL.iter().map(|reason| Opt {
        value: reason.name().to_owned(),
        text: on.shell.t(&format!("reason-{}", reason.name())),
        hint: String::new(),
        checked: false,
    });
    Ok(page(&MovementsPage {
        waiting: lists.pop().unwrap_or_default(),
        away,
        reasons: reasons.collect(),
        may_write: super::may_write(&on.person),
        shell: on.shell,
    }))
}

/// What the buttons send.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    #[serde(rename = "do")]
    press: String,
    #[serde(default)]
    reason: String,
}

/// HR's word.
pub(super) async fn decide(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(pressed): PageForm<Pressed>,
) -> Result<Response, PageError> {
    let (word, said) = match pressed.press.as_str() {
        "approve" => (Word::Approve, "movement-approved"),
        "refuse" => {
            let Ok(reason) = pressed.reason.parse() else {
                on.say("movement-reason-missing", &[]).await?;
                return Ok(see_other("/console/movements"));
            };
            (Word::Refuse(reason), "movement-refused")
        }
        "end" => (Word::End(data::today(&issuer)), "movement-ended"),
        _ => return Err(Problem::bad_request("FORM_UNREADABLE", "No such button.").into()),
    };
    movements::decide(&issuer, &on.person.who(), &id, word, None).await?;
    on.say(said, &[]).await?;
    Ok(see_other("/console/movements"))
}
