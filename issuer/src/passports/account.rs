//! `PUT` and `DELETE /api/v1/passports/{id}/account`: by which account at the trust's identity
//! provider the staff member may fetch her passport, instead of by HR's code.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use server::problem::Fault;
use server::{Authorised, Problem, StrictJson};

use crate::oid4vci::NO_STORE;
use crate::passports::approve::alone;
use crate::passports::{PassportView, WritePassports, done, id_of, known};
use crate::state::{Issuer, to_the_end};
use crate::store::{Named, Naming, NewAccount, Passport, PassportId};

/// Most characters of an account: those of an e-mail address.
pub const MAX_ACCOUNT_CHARS: usize = 320;

/// Names the account, or takes it away. `may_alone` says whether the caller could offer alone: if
/// not, an open offer has been approved without this account.
///
/// # Errors
/// 404; 409 when the account is another passport's, an offer is open, or the passport is over; 422.
pub async fn name(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    account: Option<&str>,
    may_alone: bool,
) -> Result<Passport, Problem> {
    let passport = known(issuer, id).await?;
    let person = issuer.person(&passport.subject_ref).await?;
    let account = match account.map(str::trim) {
        None => None,
        Some(account) => {
            let fits = (1..=MAX_ACCOUNT_CHARS).contains(&account.chars().count());
            if !fits || account.chars().any(char::is_control) {
                let message = format!(
                    "Give the account as your sign-in service writes it, in at most \
                     {MAX_ACCOUNT_CHARS} characters"
                );
                return Err(Problem::unprocessable(vec![Fault::new(
                    "/account",
                    "OUT_OF_RANGE",
                    message,
                )]));
            }
            let found_by = issuer.secrets.account_hash(account);
            Some(NewAccount { found_by, sealed: person.seal_note(account) })
        }
    };
    let naming = Naming {
        id,
        account,
        while_offered: may_alone,
        who: who.to_owned(),
        now: issuer.clock.now(),
    };
    let issuer = Arc::clone(issuer);
    to_the_end(async move {
        match issuer.store.name_account(naming).await? {
            Named::Done(answer) => done(&issuer, answer).await,
            Named::Taken => Err(Problem::conflict(
                "ACCOUNT_TAKEN",
                "Another passport has this account. Take it away there first.",
            )),
            Named::OfferOpen => Err(Problem::conflict(
                "OFFER_OPEN",
                "An offer is open, which a colleague approved without this account. Withdraw it, \
                 name the account, and offer again.",
            )),
        }
    })
    .await
    .map_err(Problem::internal)?
}

/// What a body says.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// As the identity provider's claim says it.
    #[schema(max_length = 320)]
    account: String,
}

/// The route.
pub async fn put(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<AccountBody>,
) -> Result<impl IntoResponse, Problem> {
    let (who, may_alone) = (caller.caller.who(), alone(&issuer, &caller.caller));
    let passport = name(&issuer, &who, id_of(&id)?, Some(&body.account), may_alone).await?;
    Ok(([NO_STORE], Json(PassportView::new(&issuer, passport).await?)))
}

/// The route.
pub async fn delete(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let passport = name(&issuer, &caller.caller.who(), id_of(&id)?, None, true).await?;
    Ok(([NO_STORE], Json(PassportView::new(&issuer, passport).await?)))
}
