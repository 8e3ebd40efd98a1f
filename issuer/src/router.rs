//! Every route.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::routing::{get, post, put};
use server::health::{self, Readiness};
use tower_http::cors::{Any, CorsLayer};

use crate::bulk;
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::{
    client, credential, deferred, dpop, metadata, nonce, notification, offer, par, token,
};
use crate::openapi;
use crate::oversight;
use crate::passports::{
    account, approve, change, confirm, create, download, drafts, life, offers, progress, queues,
    read,
};
use crate::state::AppState;
use crate::status::serve;
use crate::types;

/// The routes under the base URL's path. The well-known ones stand before it.
pub fn router(state: AppState, ready: Readiness) -> Router {
    let base_path = state.issuer.settings.base_url.url().path().trim_end_matches('/').to_owned();
    let well_known = |name| format!("/.well-known/{name}{base_path}");

    let api = Router::new()
        .route("/api/v1/passports", post(create::post).get(read::list))
        .route("/api/v1/passports/{id}", get(read::read))
        .route("/api/v1/passports/{id}/checks", put(drafts::put).patch(change::patch))
        .route("/api/v1/passports/{id}/offer", get(offers::get).post(offers::post))
        .route("/api/v1/passports/{id}/account", put(account::put).delete(account::delete))
        .route("/api/v1/passports/{id}/withdraw", post(life::post_withdraw))
        .route("/api/v1/passports/{id}/suspend", post(life::post_suspend))
        .route("/api/v1/passports/{id}/reinstate", post(life::post_reinstate))
        .route("/api/v1/passports/{id}/supersede", post(life::post_supersede))
        .route("/api/v1/passports/{id}/revoke", post(life::post_revoke))
        .route("/api/v1/passports/{id}/archive", post(life::post_archive))
        .route("/api/v1/passports/{id}/vc-jwt", post(download::post))
        .route("/api/v1/passports/{id}/progress", get(progress::get))
        .route("/api/v1/passports/{id}/events", get(progress::events))
        .route("/api/v1/passports/{id}/confirm-key", post(confirm::post))
        .route("/api/v1/passports/{id}/refuse-key", post(confirm::post_refuse))
        .route("/api/v1/passports/{id}/waive-key", post(confirm::post_waive))
        .route("/api/v1/passports/{id}/approve", post(approve::post))
        .route("/api/v1/passports/{id}/refuse-approval", post(approve::post_refuse))
        .route("/api/v1/queues", get(queues::get))
        .route("/api/v1/openapi.json", get(openapi::serve(&state)))
        .merge(bulk::routes())
        .merge(oversight::routes());
    let protocol = Router::new()
        .route("/offers/{id}", get(offer::offer))
        .route("/token", post(token::token))
        .route("/par", post(par::par))
        .route("/challenge", post(client::challenge))
        .route("/nonce", post(nonce::nonce))
        .route("/credential", post(credential::credential))
        .route("/deferred-credential", post(deferred::deferred))
        .route("/notification", post(notification::notification))
        .route("/status-lists", get(serve::aggregation))
        .route("/status-lists/{number}", get(serve::list))
        .route("/bitstring-lists/{number}/{purpose}", get(serve::bitstring))
        .route("/types/{vct}", get(types::read))
        .merge(oversight::protocol());
    let documents = Router::new()
        .route(&well_known("openid-credential-issuer"), get(metadata::issuer))
        .route(&well_known("oauth-authorization-server"), get(metadata::authorization_server))
        .route(&well_known("jwt-vc-issuer"), get(metadata::jwt_vc_issuer));

    Router::new()
        .merge(under(&base_path, api))
        .merge(open(under(&base_path, protocol)))
        .merge(open(documents))
        .merge(health::router(ready))
        .with_state(state)
}

fn under(base_path: &str, routes: Router<AppState>) -> Router<AppState> {
    if base_path.is_empty() { routes } else { Router::new().nest(base_path, routes) }
}

/// For wallets and verifiers of any origin, without credentials.
fn open(routes: Router<AppState>) -> Router<AppState> {
    routes.method_not_allowed_fallback(method_not_allowed).layer(
        CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_NONE_MATCH,
                dpop::DPOP,
                client::ATTESTATION,
                client::ATTESTATION_POP,
            ])
            .expose_headers(EXPOSED),
    )
}

const EXPOSED: [HeaderName; 5] = [
    header::ETAG,
    header::WWW_AUTHENTICATE,
    header::RETRY_AFTER,
    dpop::DPOP_NONCE,
    client::CHALLENGE,
];

/// What [`open`] adds to an answer that no router gives.
pub(crate) fn open_headers() -> Vec<(HeaderName, HeaderValue)> {
    let exposed = EXPOSED.map(|name| name.to_string()).join(",");
    let mut headers = vec![(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))];
    let exposed = HeaderValue::try_from(exposed).ok();
    headers.extend(exposed.map(|exposed| (header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed)));
    headers
}

async fn method_not_allowed() -> ProtocolError {
    ProtocolError::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request")
        .describe("this address does not take the method")
}
