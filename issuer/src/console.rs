//! HR's console: pages over the same functions as the API.

mod account;
mod acts;
mod approve;
mod data;
mod erase;
pub(crate) mod form;
mod home;
mod import;
mod movements;
mod offer;
mod search;
mod show;
mod write;

use axum::Router;
use axum::routing::{get, post};
use server::caller::SignedIn;
use server::tokens::Scope;

use crate::passports::WritePassports;
use crate::state::AppState;

/// The texts of these pages.
pub const TEXTS: &str = include_str!("../texts/en.ftl");

/// Where phones reach the wallet; `pages().layer(Extension(WalletOrigin(…)))` tells it to the offer
/// screen.
#[derive(Clone, Debug)]
pub struct WalletOrigin(pub String);

/// Every page. They need the layers of `server::sign_in` around them.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/console", get(home::home))
        .merge(import::routes())
        .route("/console/passports", get(search::search))
        .route("/console/passports/new", get(write::begin).post(write::begun))
        .route("/console/passports/{id}", get(show::show))
        .route("/console/passports/{id}/edit", get(write::edit).post(write::edited))
        .route("/console/passports/{id}/offer", get(offer::offer).post(offer::compare))
        .route("/console/passports/{id}/offer/events", get(offer::events))
        .route("/console/movements", get(movements::list))
        .route("/console/movements/{id}", post(movements::decide))
        .route("/console/passports/{id}/approve", get(approve::ask).post(approve::decide))
        .route("/console/passports/{id}/erase", get(erase::ask).post(erase::act))
        .route("/console/passports/{id}/account", get(account::ask).post(account::act))
        .route("/console/passports/{id}/{act}", get(acts::ask).post(acts::act))
}

/// Whether to show what only writers may press.
fn may_write(person: &SignedIn) -> bool {
    person.may(WritePassports::NAME)
}

#[cfg(test)]
mod tests;
