//! `/console/passports/{id}/erase`: nothing personal is kept of somebody whose passport is over.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page, page_with, see_other};

use super::data::{self, Whole};
use super::form::Fault;
use crate::oversight::erase::erase;
use crate::passports::WritePassports;
use crate::state::Issuer;
use crate::store::PassportState;

#[derive(Template)]
#[template(path = "console/erase.html")]
struct ErasePage {
    shell: Shell,
    id: String,
    name: String,
    error: String,
    errors: Vec<Fault>,
}

/// What the page sends.
#[derive(Debug, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    sure: String,
}

/// Whether a passport is over, so that its person may be erased.
pub(super) fn allowed(state: PassportState) -> bool {
    !matches!(state, PassportState::Offered | PassportState::Active | PassportState::Suspended)
}

/// What follows, and whether HR is sure.
pub(super) async fn ask(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    Ok(page(&erase_page(on.shell, &whole, String::new())))
}

/// Erases.
pub(super) async fn act(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(given): PageForm<Given>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    if given.sure != "yes" {
        let error = on.shell.t("erase-not-sure");
        let page = erase_page(on.shell, &whole, error);
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, Allow::default(), &page));
    }
    erase(&issuer, &on.person.who(), whole.passport.id).await?;
    on.say("erase-done", &[]).await?;
    Ok(see_other("/console/passports"))
}

fn erase_page(shell: Shell, whole: &Whole, error: String) -> ErasePage {
    let errors = match error.as_str() {
        "" => vec![],
        _ => vec![Fault {
            field: "sure".to_owned(),
            href: "#sure".to_owned(),
            beside: error.clone(),
            text: error.clone(),
        }],
    };
    let name = data::name(&whole.claims, &shell);
    ErasePage { id: whole.passport.id.to_string(), name, error, errors, shell }
}
