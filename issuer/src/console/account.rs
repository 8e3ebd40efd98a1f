//! `/console/passports/{id}/account`: by which account the staff member may fetch her passport.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use server::Problem;
use server::pages::{Allow, OnPage, PageError, PageForm, Shell, page, page_with, see_other};

use super::data::{self, Whole};
use super::form::Fault;
use crate::passports::approve::alone;
use crate::passports::{WritePassports, account};
use crate::state::Issuer;

#[derive(Template)]
#[template(path = "console/account.html")]
struct AccountPage {
    shell: Shell,
    id: String,
    name: String,
    account: String,
    named: bool,
    error: String,
    errors: Vec<Fault>,
}

/// What the page sends.
#[derive(Debug, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    account: String,
    #[serde(rename = "do")]
    press: String,
}

/// The account as it is.
pub(super) async fn ask(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    let account = data::account(&issuer, &whole).await?;
    Ok(page(&account_page(on.shell, &whole, account, String::new())))
}

/// Another, or none.
pub(super) async fn act(
    on: OnPage<WritePassports>,
    State(issuer): State<Arc<Issuer>>,
    Path(id): Path<String>,
    PageForm(given): PageForm<Given>,
) -> Result<Response, PageError> {
    let whole = data::whole(&issuer, &id).await?;
    let id = whole.passport.id;
    let caller = on.caller();
    let (account, said) = match given.press.as_str() {
        "remove" => (None, "account-removed"),
        _ => (Some(given.account.as_str()), "account-named"),
    };
    let may_alone = account.is_none() || alone(&issuer, &caller);
    match account::name(&issuer, &caller.who(), id, account, may_alone).await {
        Ok(_) => {
            on.say(said, &[]).await?;
            Ok(see_other(&format!("/console/passports/{id}")))
        }
        // What was typed stands on.
        Err(problem) if refusal(&problem).is_some() => {
            let error = refusal(&problem).map(|key| on.shell.t(key)).unwrap_or_default();
            let status = problem.status();
            let page = account_page(on.shell, &whole, given.account, error);
            Ok(page_with(status, Allow::default(), &page))
        }
        Err(problem) => Err(problem.into()),
    }
}

/// What the page says beside the field.
fn refusal(problem: &Problem) -> Option<&'static str> {
    match problem.code() {
        _ if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => Some("account-bad"),
        "ACCOUNT_TAKEN" => Some("account-taken"),
        "OFFER_OPEN" => Some("account-offer-open"),
        _ => None,
    }
}

fn account_page(shell: Shell, whole: &Whole, account: String, error: String) -> AccountPage {
    let errors = if error.is_empty() {
        vec![]
    } else {
        vec![Fault {
            field: "account".to_owned(),
            href: "#account".to_owned(),
            beside: error.clone(),
            text: error.clone(),
        }]
    };
    AccountPage {
        id: whole.passport.id.to_string(),
        name: data::name(&whole.claims, &shell),
        account,
        named: whole.passport.account.is_some(),
        error,
        errors,
        shell,
    }
}
