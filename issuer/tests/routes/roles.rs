//! Every route by every role, by nobody and by tokens (SECURITY I6).

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use clock::Clock;
use issuer::oid4vci::policy::Policy;
use issuer::store::ListPolicy;
use issuer::store::sled::SledStore;
use issuer::{Parts, SCOPES, SERVICE, Settings, secrets};
use keys::{Purpose, Ring, Sealing};
use server::people::Role;
use server::serve::{Limits, layered};
use server::sign_in::{SignIn, SignInArgs};
use server::testing::Browser;
use server::testing::matrix::{Asker, Need, Route, SIGN_IN, hold, is_whole, route};
use server::{Durable, Tokens};
use vc::jwk::Algorithm;

use super::world::NOW;

const ORIGIN: &str = "http://localhost:8101";
const READ: &str = "passports:read";
const WRITE: &str = "passports:write";
const AUDIT: &str = "audit:read";
const WEBHOOKS: &str = "webhooks:manage";

const TABLE: &[Route] = &[
    // HR's API
    route("GET", "/api/v1/passports", Need::Api(READ)),
    route("POST", "/api/v1/passports", Need::Api(WRITE)),
    route("GET", "/api/v1/passports/{id}", Need::Api(READ)),
    route("PUT", "/api/v1/passports/{id}/checks", Need::Api(WRITE)),
    route("PATCH", "/api/v1/passports/{id}/checks", Need::Api(WRITE)),
    route("GET", "/api/v1/passports/{id}/offer", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/offer", Need::Api(WRITE)),
    route("PUT", "/api/v1/passports/{id}/account", Need::Api(WRITE)),
    route("DELETE", "/api/v1/passports/{id}/account", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/withdraw", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/suspend", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/reinstate", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/supersede", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/revoke", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/archive", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/vc-jwt", Need::Api(WRITE)),
    route("GET", "/api/v1/passports/{id}/progress", Need::Api(READ)),
    route("GET", "/api/v1/passports/{id}/events", Need::Api(READ)),
    route("POST", "/api/v1/passports/{id}/confirm-key", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/refuse-key", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/waive-key", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/approve", Need::Api(WRITE)),
    route("POST", "/api/v1/passports/{id}/refuse-approval", Need::Api(WRITE)),
    route("GET", "/api/v1/queues", Need::Api(READ)),
    route("POST", "/api/v1/imports", Need::Api(WRITE)),
    route("POST", "/api/v1/imports/dry-run", Need::Api(WRITE)),
    route("POST", "/api/v1/imports/failed-rows", Need::Api(WRITE)),
    route("GET", "/api/v1/imports/template", Need::Api(WRITE)),
    // Oversight
    route("GET", "/api/v1/audit", Need::Api(AUDIT)),
    route("GET", "/api/v1/audit/export", Need::Api(AUDIT)),
    route("GET", "/api/v1/audit/verify", Need::Api(AUDIT)),
    route("GET", "/api/v1/openapi.json", Need::Nobody),
    route("GET", "/api/v1/movements", Need::Api(READ)),
    route("POST", "/api/v1/movements/{id}/approve", Need::Api(WRITE)),
    route("POST", "/api/v1/movements/{id}/refuse", Need::Api(WRITE)),
    route("POST", "/api/v1/movements/{id}/end", Need::Api(WRITE)),
    route("GET", "/api/v1/events", Need::Api(READ)),
    route("GET", "/api/v1/webhooks", Need::Api(WEBHOOKS)),
    route("POST", "/api/v1/webhooks", Need::Api(WEBHOOKS)),
    route("DELETE", "/api/v1/webhooks/{id}", Need::Api(WEBHOOKS)),
    route("GET", "/api/v1/impact", Need::Api(READ)),
    route("POST", "/api/v1/passports/{id}/erase", Need::Api(WRITE)),
    // The console
    route("GET", "/console", Need::Page(READ)),
    route("GET", "/console/import", Need::Page(WRITE)),
    route("POST", "/console/import", Need::Page(WRITE)),
    route("GET", "/console/passports", Need::Page(READ)),
    route("GET", "/console/passports/new", Need::Page(WRITE)),
    route("POST", "/console/passports/new", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}", Need::Page(READ)),
    route("GET", "/console/passports/{id}/edit", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/edit", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}/offer", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/offer", Need::Page(WRITE)),
    // Read by the page's script, which follows no redirect to sign-in.
    route("GET", "/console/passports/{id}/offer/events", Need::Api(READ)),
    route("GET", "/console/movements", Need::Page(READ)),
    route("POST", "/console/movements/{id}", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}/approve", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/approve", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}/erase", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/erase", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}/account", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/account", Need::Page(WRITE)),
    route("GET", "/console/passports/{id}/{act}", Need::Page(WRITE)),
    route("POST", "/console/passports/{id}/{act}", Need::Page(WRITE)),
    // Wallets and verifiers
    route("GET", "/offers/{id}", Need::Nobody),
    route("POST", "/token", Need::Nobody),
    route("POST", "/par", Need::Nobody),
    route("GET", "/authorize", Need::Nobody),
    route("POST", "/authorize", Need::Nobody),
    route("POST", "/challenge", Need::Nobody),
    route("POST", "/nonce", Need::Nobody),
    route("POST", "/credential", Need::Nobody),
    route("POST", "/deferred-credential", Need::Nobody),
    route("POST", "/notification", Need::Nobody),
    route("GET", "/status-lists", Need::Nobody),
    route("GET", "/status-lists/{number}", Need::Nobody),
    route("GET", "/bitstring-lists/{number}/{purpose}", Need::Nobody),
    route("GET", "/types/{vct}", Need::Nobody),
    route("POST", "/movements", Need::Nobody),
    route("GET", "/movements/{id}", Need::Nobody),
    route("GET", "/.well-known/openid-credential-issuer", Need::Nobody),
    route("GET", "/.well-known/oauth-authorization-server", Need::Nobody),
    route("GET", "/.well-known/jwt-vc-issuer", Need::Nobody),
];

const SOURCES: &[&str] = &[
    include_str!("../../src/router.rs"),
    include_str!("../../src/console.rs"),
    include_str!("../../src/oid4vci/authorize.rs"),
    include_str!("../../../crates/server/src/sign_in/routes.rs"),
    include_str!("../../../crates/server/src/health.rs"),
    include_str!("../../src/bulk.rs"),
    include_str!("../../src/console/import.rs"),
    include_str!("../../src/oversight.rs"),
];

fn table() -> Vec<Route> {
    [TABLE, SIGN_IN].concat()
}

struct Service {
    _dir: tempfile::TempDir,
    sign_in: SignIn,
    tokens: Tokens,
    browser: Browser,
}

async fn service() -> Service {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = secrets::rng();
    let key_file = dir.path().join("key");
    keys::create_key_file(&key_file, &mut rng).unwrap();
    let sealing = Sealing::KeyFile(key_file);
    let mut ring = Ring::create(&dir.path().join("ring"), &sealing, &mut rng).unwrap();
    ring.generate(Purpose::Issuer, Algorithm::EdDsa, NOW, &mut rng);
    let clock = Clock::manual(NOW);
    let db = Durable::open(&dir.path().join("store")).unwrap();
    let tokens = Tokens::new(db.clone(), clock.clone(), SCOPES);
    let order = secrets::index_order(&ring);
    let store = SledStore::new(db.clone(), order, ListPolicy::default()).unwrap();
    let name = "The Christie NHS Foundation Trust";
    let settings = Settings {
        base_url: ORIGIN.parse().unwrap(),
        ods: "RBV".parse().unwrap(),
        name: name.to_owned(),
        offer_seconds: 900,
        policy: Policy::default(),
        two_people: false,
        network_roots: vec![],
    };
    let args = SignInArgs::default();
    let base_url = ORIGIN.parse().unwrap();
    let sign_in = SignIn::start(SERVICE, base_url, name, db, clock.clone(), &args).unwrap();
    let parts = Parts { store: Arc::new(store), tokens: tokens.clone(), ring, clock };
    let app = issuer::app(settings, parts).await.unwrap();
    let router = sign_in.around(app.router().merge(app.pages()));
    let browser = Browser::new(layered(router, &Limits::default()), ORIGIN);
    Service { _dir: dir, sign_in, tokens, browser }
}

#[test]
fn the_table_has_every_route() {
    is_whole(&table(), SOURCES);
}

#[tokio::test]
async fn i6_nobody_gets_past_sign_in() {
    let mut service = service().await;

    hold(&table(), &mut service.browser, &Asker::Nobody).await;
}

#[tokio::test]
async fn i6_each_role_opens_what_the_table_says_and_nothing_else() {
    let service = service().await;
    let roles: Vec<Role> = SERVICE.grants.roles().collect();
    assert_eq!(roles.len(), 3);
    for role in roles {
        let roles = [role];
        let people = service.sign_in.people();
        let invitation = people.invite("Somebody", &roles, None).await.unwrap();
        let mut browser = service.browser.another();
        browser.enrol(&invitation.secret).await;
        let scopes = SERVICE.grants.scopes(&roles);

        let asker = Asker::Person(&roles, scopes);
        assert_eq!(hold(&table(), &mut browser, &asker).await, table().len());
    }
}

#[tokio::test]
async fn i6_each_token_opens_what_its_scope_says_and_no_page() {
    let service = service().await;
    // Without the third a token may not waive what a person would compare.
    for scopes in [&[READ][..], &[READ, WRITE, "passports:issue-unattended"]] {
        let names: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let (secret, _) = service.tokens.create("T", &names, 1).await.unwrap();
        let asker = Asker::Token(secret.expose(), scopes);

        hold(&table(), &mut service.browser.another(), &asker).await;
    }
}

/// I6
#[tokio::test]
async fn i6_hr_of_one_trust_is_nobody_at_another() {
    let (mut home, mut other) = (service().await, service().await);
    let scopes = [READ, WRITE, "passports:issue-unattended"].map(str::to_owned);
    let (secret, _) = home.tokens.create("T", &scopes, 1).await.unwrap();
    let ask = || {
        let bearer = format!("Bearer {}", secret.expose());
        let request = Request::post("/api/v1/passports").header("authorization", bearer);
        request.header("content-type", "application/json").body(Body::from("{}")).unwrap()
    };

    let (at_home, elsewhere) =
        (home.browser.send(ask()).await.status, other.browser.send(ask()).await.status);

    // Allowed, and without a single check.
    assert_eq!((at_home, elsewhere), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNAUTHORIZED));
}

#[test]
fn i6_an_administrator_sees_no_passport_and_an_auditor_changes_none() {
    let scopes = |role| SERVICE.grants.scopes(&[role]);

    assert_eq!(scopes(Role::Administrator), ["people:manage", WEBHOOKS]);
    assert!(!scopes(Role::Auditor).contains(&WRITE));
    assert!(scopes(Role::HrVerifier).is_empty());
}
