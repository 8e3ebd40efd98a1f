//! The routes of sign-in and accounts.

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};

use crate::sign_in::{audit_page, oidc, pages, passkey, people_pages};

/// Every route of [`own`], for tables of tests.
pub const TABLE: &[(Method, &str)] = &[
    (Method::GET, "/"),
    (Method::GET, "/sign-in"),
    (Method::POST, "/sign-in/passkey/start"),
    (Method::POST, "/sign-in/passkey/finish"),
    (Method::GET, "/sign-in/oidc/{provider}"),
    (Method::GET, "/sign-in/oidc/{provider}/callback"),
    (Method::GET, "/sign-in/oidc/{provider}/staff"),
    (Method::POST, "/sign-out"),
    (Method::GET, "/invitation/{secret}"),
    (Method::POST, "/invitation/{secret}/start"),
    (Method::POST, "/invitation/{secret}/finish"),
    (Method::GET, "/audit"),
    (Method::GET, "/people"),
    (Method::POST, "/people"),
    (Method::GET, "/people/{id}"),
    (Method::POST, "/people/{id}/roles"),
    (Method::POST, "/people/{id}/decision"),
    (Method::POST, "/people/{id}/disable"),
    (Method::POST, "/people/{id}/enable"),
    (Method::POST, "/people/{id}/link"),
];

pub(crate) fn own() -> Router {
    Router::new()
        .route("/", get(pages::start))
        .route("/sign-in", get(pages::sign_in))
        .route("/sign-in/passkey/start", post(passkey::start))
        .route("/sign-in/passkey/finish", post(passkey::finish))
        .route("/sign-in/oidc/{provider}", get(oidc::begin))
        .route("/sign-in/oidc/{provider}/callback", get(oidc::callback))
        .route("/sign-in/oidc/{provider}/staff", get(oidc::begin_staff))
        .route("/sign-out", post(pages::sign_out))
        .route("/invitation/{secret}", get(pages::invitation))
        .route("/invitation/{secret}/start", post(passkey::enrol_start))
        .route("/invitation/{secret}/finish", post(passkey::enrol_finish))
        .route("/audit", get(audit_page::list))
        .route("/people", get(people_pages::list).post(people_pages::invite))
        .route("/people/{id}", get(people_pages::show))
        .route("/people/{id}/roles", post(people_pages::roles))
        .route("/people/{id}/decision", post(people_pages::decide))
        .route("/people/{id}/disable", post(people_pages::disable))
        .route("/people/{id}/enable", post(people_pages::enable))
        .route("/people/{id}/link", post(people_pages::link))
}
