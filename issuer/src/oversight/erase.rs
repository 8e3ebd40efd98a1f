//! `POST /api/v1/passports/{id}/erase`: nothing personal of a person is kept any more.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use server::{Authorised, Problem, StrictJson};

use crate::oid4vci::NO_STORE;
use crate::passports::{WritePassports, id_of};
use crate::state::{Issuer, to_the_end};
use crate::store::{Erased, Erasing, PassportId};

/// Erases the person of a passport that is over.
///
/// # Errors
/// 404; 409 while the passport is offered or in use.
pub async fn erase(issuer: &Arc<Issuer>, who: &str, id: PassportId) -> Result<(), Problem> {
    let erasing = Erasing { id, who: who.to_owned(), now: issuer.clock.now() };
    let issuer = Arc::clone(issuer);
    to_the_end(async move {
        match issuer.store.erase_person(erasing).await? {
            Erased::Done(changed) => {
                issuer.status.change(changed).await.map_err(Problem::internal)?;
                issuer.watch.changed(id);
                tracing::info!(passport.id = %id, "the person of passport {id} is erased");
                Ok(())
            }
            Erased::Unknown => Err(Problem::not_found("There is no such passport")),
            Erased::State(state) => Err(Problem::conflict(
                "STILL_IN_USE",
                format!(
                    "The passport is {}: withdraw or revoke it first, then erase the person.",
                    state.name()
                ),
            )),
        }
    })
    .await
    .map_err(Problem::internal)?
}

/// So that nobody erases by a slip: the body says it once more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EraseBody {
    /// The passport's id again.
    confirm: PassportId,
}

/// The route.
pub async fn post(
    State(issuer): State<Arc<Issuer>>,
    caller: Authorised<WritePassports>,
    Path(id): Path<String>,
    StrictJson(body): StrictJson<EraseBody>,
) -> Result<impl IntoResponse, Problem> {
    let id = id_of(&id)?;
    if body.confirm != id {
        let sentence = "confirm is the id of the passport whose person is to be erased.";
        return Err(Problem::bad_request("NOT_CONFIRMED", sentence));
    }
    erase(&issuer, &caller.caller.who(), id).await?;
    Ok((StatusCode::NO_CONTENT, [NO_STORE]))
}
