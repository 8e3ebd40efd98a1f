//! I12 and I14, and of SECURITY I1, I2 and I5: the authorization code flow.

use axum::http::StatusCode;
use issuer::oid4vci::policy::Policy;
use serde_json::json;
use server::testing::{Browser, Seen};
use tokio::task::JoinSet;
use vc::oauth::CodeChallenge;
use vc::oid4vci::{CredentialOffer, Transport};

use crate::client::{Client, Tokens};
use crate::world::{Created, PAGES_URL, Reply, Wallet, World};

pub(crate) const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";
const BACK: &str = "https://wallet.example/back?from=issuer";
pub(crate) const CLIENT_ID: &str = "https://wallet.example";

/// What a wallet pushes; tests change one thing.
pub(crate) struct Ask {
    pairs: Vec<(String, String)>,
}

impl Ask {
    pub(crate) fn new() -> Self {
        let ask = Self { pairs: vec![] };
        ask.with("response_type", "code")
            .with("client_id", CLIENT_ID)
            .with("redirect_uri", BACK)
            .with("state", "the wallet's state")
            .with("code_challenge", &CodeChallenge::of(VERIFIER).unwrap().to_text())
            .with("code_challenge_method", "S256")
            .with("scope", "employment-checks-1")
    }

    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let mut without = self.without(name);
        without.pairs.push((name.to_owned(), value.to_owned()));
        without
    }

    fn without(mut self, name: &str) -> Self {
        self.pairs.retain(|(its, _)| its != name);
        self
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    async fn push(&self, world: &World) -> Reply {
        world.post_form("/par", &self.pairs()).await
    }

    pub(crate) async fn request_uri(&self, world: &World) -> String {
        let reply = self.push(world).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
        reply.json()["request_uri"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn issuer_state(world: &World, created: &Created) -> String {
    let reply = world.get(&created.offer_path()).await;
    let offer = CredentialOffer::parse(&reply.body, Transport::LoopbackHttp).unwrap();
    offer.grants.unwrap().authorization_code.unwrap().issuer_state.unwrap()
}

async fn world() -> World {
    World::with_pages(Policy::default()).await
}

fn browser(world: &World) -> Browser {
    Browser::new(world.router.clone(), PAGES_URL)
}

pub(crate) fn address(client_id: &str, request_uri: &str) -> String {
    let query = [("client_id", client_id), ("request_uri", request_uri)];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("/authorize?{query}")
}

/// The staff member opens the page and presses a button.
pub(crate) async fn presses(
    browser: &mut Browser,
    request_uri: &str,
    (reference, code): (&str, &str),
    button: &str,
) -> Seen {
    let seen = browser.get(&address(CLIENT_ID, request_uri)).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let fields = [
        ("client_id", CLIENT_ID),
        ("request_uri", request_uri),
        ("reference", reference),
        ("code", code),
        ("do", button),
    ];
    browser.post("/authorize", &fields).await
}

/// A parameter of where the browser is sent.
#[track_caller]
pub(crate) fn answered(seen: &Seen, name: &str) -> Option<String> {
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    let url = url::Url::parse(seen.location()).unwrap();
    assert_eq!(url.host_str(), Some("wallet.example"));
    url.query_pairs().find(|(its, _)| its == name).map(|(_, value)| value.into_owned())
}

/// From an offer to a code.
async fn code(world: &World, created: &Created, ask: Ask) -> String {
    let state = issuer_state(world, created).await;
    let request_uri = ask.with("issuer_state", &state).request_uri(world).await;
    let mut browser = browser(world);
    let seen = presses(&mut browser, &request_uri, ("", &created.tx_code), "go").await;
    answered(&seen, "code").unwrap()
}

pub(crate) fn redeeming<'a>(code: &'a str, verifier: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", verifier),
        ("client_id", CLIENT_ID),
    ]
}

#[tokio::test]
async fn i12_a_staff_member_signs_in_and_her_wallet_gets_the_passport() {
    let (world, client) = (world().await, Client::new());
    let created = world.created().await;
    let state = issuer_state(&world, &created).await;
    let pushed = Ask::new().with("issuer_state", &state).push(&world).await;
    assert_eq!(pushed.header("cache-control"), "no-store");
    assert!((5..=600).contains(&pushed.json()["expires_in"].as_u64().unwrap()));
    let request_uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();

    let mut browser = browser(&world);
    let shown = browser.get(&address(CLIENT_ID, &request_uri)).await;
    let policy = shown.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://wallet.example;"), "{policy}");
    assert!(shown.body.contains("wallet.example") && !shown.body.contains("name=\"reference\""));
    let seen = presses(&mut browser, &request_uri, ("", &created.tx_code), "go").await;

    assert!(seen.location().starts_with("https://wallet.example/back?from=issuer&"));
    assert_eq!(answered(&seen, "iss").as_deref(), Some(PAGES_URL));
    assert_eq!(answered(&seen, "state").as_deref(), Some("the wallet's state"));
    let code = answered(&seen, "code").unwrap();
    let reply = client.form(&world, "/token", &redeeming(&code, VERIFIER)).await;
    let tokens = Tokens::of(&reply);
    assert_eq!(reply.json()["token_type"], "DPoP");
    let wallet = Wallet::new();
    world.verified(&client.ask(&world, &tokens.access, &wallet).await);
    let tokens = Tokens::of(&client.refresh(&world, &tokens.refresh).await);
    world.verified(&client.ask(&world, &tokens.access, &wallet).await);
}

#[tokio::test]
async fn i12_a_wallet_that_begins_by_itself_asks_for_the_reference() {
    let world = world().await;
    let reply = world.post_json(&world.token, "/api/v1/passports", &world.nurse()).await;
    let reference = reply.json()["offer"]["reference"].as_str().unwrap().to_lowercase();
    let created = Created::of(&reply);
    let request_uri = Ask::new().request_uri(&world).await;
    let mut browser = browser(&world);
    let code = created.tx_code.as_str();

    let shown = browser.get(&address(CLIENT_ID, &request_uri)).await;
    assert!(shown.body.contains("name=\"reference\""));
    let wrong = presses(&mut browser, &request_uri, ("0000-0000", code), "go").await;
    let right = presses(&mut browser, &request_uri, (&reference, code), "go").await;

    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answered(&right, "code").is_some());
}

#[tokio::test]
async fn i12_an_invented_issuer_state_leads_to_nothing() {
    let world = world().await;
    let ask = Ask::new().with("issuer_state", "' OR 1=1 --");

    let request_uri = ask.request_uri(&world).await;

    let shown = browser(&world).get(&address(CLIENT_ID, &request_uri)).await;
    assert!(shown.body.contains("name=\"reference\"") && !shown.body.contains("OR 1=1"));
}

#[tokio::test]
async fn i12_unknown_scopes_and_parameters_are_ignored() {
    let world = world().await;
    let push = async |ask: Ask| ask.push(&world).await;

    let reply = push(Ask::new().with("scope", "x employment-checks-1 y").with("a", "b")).await;
    assert_eq!(reply.status, StatusCode::CREATED);

    push(Ask::new().with("scope", "unknown")).await.is_error(400, "invalid_scope");
    push(Ask::new().without("scope")).await.is_error(400, "invalid_scope");
}

/// "authorization_details wins over scope for the same type"; I14
#[tokio::test]
async fn i14_authorization_details_win_over_scope_and_give_identifiers() {
    let (world, client) = (world().await, Client::new());
    let created = world.created().await;
    let id = "employment-checks-1";
    let details = |id: &str, more: serde_json::Value| {
        let mut detail = json!({ "type": "openid_credential", "credential_configuration_id": id });
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Ask::new().with("authorization_details", &json!([detail]).to_string())
    };
    let unknown = details("unknown", json!({})).push(&world).await;
    unknown.is_error(400, "invalid_authorization_details");
    let elsewhere = details(id, json!({ "locations": ["https://other.example"] }));
    elsewhere.push(&world).await.is_error(400, "invalid_authorization_details");

    let ask = details(id, json!({ "locations": [PAGES_URL] }));
    let code = code(&world, &created, ask).await;
    let reply = client.form(&world, "/token", &redeeming(&code, VERIFIER)).await;

    let access = Tokens::of(&reply).access;
    let wallet = Wallet::new();
    let by_configuration = client.ask(&world, &access, &wallet).await;
    by_configuration.is_error(400, "invalid_credential_request");
    let body = json!({
        "credential_identifier": reply.json()["authorization_details"][0]
            ["credential_identifiers"][0],
        "proofs": { "jwt": [world.proof(&wallet).await] },
    });
    world.verified(&client.json(&world, &access, "/credential", &body).await);
}

#[tokio::test]
async fn i5_a_request_without_s256_is_refused_and_a_code_without_its_verifier_too() {
    let world = world().await;
    for ask in [
        Ask::new().without("code_challenge"),
        Ask::new().without("code_challenge_method"),
        Ask::new().with("code_challenge_method", "plain"),
        Ask::new().with("code_challenge", "short"),
    ] {
        ask.push(&world).await.is_error(400, "invalid_request");
    }
    let code = code(&world, &world.created().await, Ask::new()).await;

    let other = "another-verifier-of-forty-three-characters-or-more";
    world.post_form("/token", &redeeming(&code, other)).await.is_error(400, "invalid_grant");
    let mut without = redeeming(&code, VERIFIER);
    without.retain(|(name, _)| *name != "code_verifier");
    world.post_form("/token", &without).await.is_error(400, "invalid_grant");

    let reply = world.post_form("/token", &redeeming(&code, VERIFIER)).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
}

#[tokio::test]
async fn i5_nothing_redirects_to_an_address_that_was_not_pushed() {
    let world = world().await;
    for bad in ["http://evil.example/", "javascript:alert(1)", "https://a.example/#x", "evil:x", ""]
    {
        let reply = Ask::new().with("redirect_uri", bad).push(&world).await;
        reply.is_error(400, "invalid_request");
    }
    let request_uri = Ask::new().request_uri(&world).await;
    let mut browser = browser(&world);
    let evil = "&redirect_uri=https%3A%2F%2Fevil.example";

    for bad in [
        format!("{}{evil}", address("another client", &request_uri)),
        format!("{}{evil}", address(CLIENT_ID, "urn:ietf:params:oauth:request_uri:invented")),
        format!("/authorize?response_type=code&client_id=x{evil}"),
    ] {
        let seen = browser.get(&bad).await;
        assert_eq!((seen.status, seen.location()), (StatusCode::BAD_REQUEST, ""));
    }
    let code = code(&world, &world.created().await, Ask::new()).await;
    let mut elsewhere = redeeming(&code, VERIFIER);
    elsewhere[2].1 = "https://wallet.example/back";
    world.post_form("/token", &elsewhere).await.is_error(400, "invalid_grant");
}

/// I5: "mix-up, iss missing": the refusal says who refuses, too.
#[tokio::test]
async fn i5_a_staff_member_who_stops_is_sent_back_with_access_denied_and_iss() {
    let world = world().await;
    let request_uri = Ask::new().request_uri(&world).await;
    let mut browser = browser(&world);

    let seen = presses(&mut browser, &request_uri, ("", ""), "cancel").await;

    assert_eq!(answered(&seen, "error").as_deref(), Some("access_denied"));
    assert_eq!(answered(&seen, "iss").as_deref(), Some(PAGES_URL));
    assert_eq!(answered(&seen, "state").as_deref(), Some("the wallet's state"));
    let again = browser.get(&address(CLIENT_ID, &request_uri)).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

/// I2: "redeem one code 1,000x at once -> exactly 1 token".
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i2_one_code_redeemed_a_thousand_times_at_once_gives_one_token() {
    let world = world().await;
    let code = code(&world, &world.created().await, Ask::new()).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(redeeming(&code, VERIFIER))
        .finish();

    let mut tasks = JoinSet::new();
    for _ in 0..1000 {
        let request = axum::http::Request::post("/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(form.clone()))
            .unwrap();
        let router = world.router.clone();
        tasks.spawn(
            async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() },
        );
    }
    let answers = tasks.join_all().await;

    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    let world = world.restarted().await;
    let after = world.post_form("/token", &redeeming(&code, VERIFIER)).await;
    after.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn i12_a_code_lives_sixty_seconds_and_ends_with_its_offer() {
    let world = world().await;
    let (late, taken_back) = (world.created().await, world.created().await);
    let late = code(&world, &late, Ask::new()).await;

    world.clock.advance(60);
    world.post_form("/token", &redeeming(&late, VERIFIER)).await.is_error(400, "invalid_grant");
    let its_code = code(&world, &taken_back, Ask::new()).await;
    world.done(&taken_back.id, "withdraw", &json!({ "reason": "MISTAKE" })).await;

    world.post_form("/token", &redeeming(&its_code, VERIFIER)).await.is_error(400, "invalid_grant");
}

/// I1: "5 wrong tx_code -> dead; the first wrong one must not burn it": here and at the token
/// endpoint together.
#[tokio::test]
async fn i1_five_wrong_codes_kill_the_offer_wherever_they_are_tried() {
    let world = world().await;
    let created = world.created().await;
    let pre_authorized = world.code(&created).await;
    let wrong = if created.tx_code == "000000" { "000001" } else { "000000" };
    let state = issuer_state(&world, &created).await;
    let request_uri = Ask::new().with("issuer_state", &state).request_uri(&world).await;
    let mut browser = browser(&world);

    for _ in 0..2 {
        world.redeem(&pre_authorized, Some(wrong)).await.is_error(400, "invalid_grant");
    }
    // What is not six digits is no try.
    for typed in ["", "12345", "1234567"] {
        let seen = presses(&mut browser, &request_uri, ("", typed), "go").await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for _ in 0..3 {
        let seen = presses(&mut browser, &request_uri, ("", wrong), "go").await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    let seen = presses(&mut browser, &request_uri, ("", &created.tx_code), "go").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let dead = world.redeem(&pre_authorized, Some(&created.tx_code)).await;
    dead.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn i12_a_code_is_good_with_the_key_that_the_request_named() {
    let (world, client) = (world().await, Client::new());
    let key = client.key.public_key().thumbprint().to_string();
    let ask = || Ask::new().with("dpop_jkt", &key);
    let code = code(&world, &world.created().await, ask()).await;
    let proof = Client::new();
    let other = proof.sign(&proof.proof_of(&world, "/par", None).await);
    let reply = world.form_with("/par", &ask().pairs(), &[("dpop", &other)]).await;
    reply.is_error(400, "invalid_dpop_proof");

    world.post_form("/token", &redeeming(&code, VERIFIER)).await.is_error(400, "invalid_grant");
    let thief = Client::new().form(&world, "/token", &redeeming(&code, VERIFIER)).await;
    thief.is_error(400, "invalid_grant");

    Tokens::of(&client.form(&world, "/token", &redeeming(&code, VERIFIER)).await);
}

#[tokio::test]
async fn i12_the_proof_of_an_authorized_wallet_may_name_its_client() {
    let (world, client) = (world().await, Client::new());
    let code = code(&world, &world.created().await, Ask::new()).await;
    let access =
        Tokens::of(&client.form(&world, "/token", &redeeming(&code, VERIFIER)).await).access;
    let wallet = Wallet::new();
    let ask = async |iss| {
        let nonce = world.nonce().await;
        let proof = wallet.proof(PAGES_URL, Some(&nonce), world.clock.now(), Some(iss));
        let body = crate::client::credential_request(&proof);
        client.json(&world, &access, "/credential", &body).await
    };

    ask("https://other.example").await.is_error(400, "invalid_proof");
    world.verified(&ask(CLIENT_ID).await);
}

#[tokio::test]
async fn d3_the_form_is_taken_from_our_own_page_only() {
    let world = world().await;
    let created = world.created().await;
    let state = issuer_state(&world, &created).await;
    let request_uri = Ask::new().with("issuer_state", &state).request_uri(&world).await;
    let mut browser = browser(&world);
    browser.get(&address(CLIENT_ID, &request_uri)).await;
    let fields = [
        ("csrf", "invented"),
        ("client_id", CLIENT_ID),
        ("request_uri", request_uri.as_str()),
        ("code", created.tx_code.as_str()),
        ("do", "go"),
    ];

    let seen = browser.post_exactly("/authorize", &fields).await;

    assert_eq!(seen.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn i8_what_signing_in_needs_is_published_where_there_are_pages() {
    let world = world().await;

    let metadata = world.get("/.well-known/oauth-authorization-server").await.json();

    let at = |path: &str| json!(format!("{PAGES_URL}{path}"));
    assert_eq!(metadata["authorization_endpoint"], at("/authorize"));
    assert_eq!(metadata["pushed_authorization_request_endpoint"], at("/par"));
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&json!("authorization_code")));
    let without = World::new().await;
    let metadata = without.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata.get("authorization_endpoint"), None);
    Ask::new().push(&without).await.is_error(400, "unauthorized_client");
}

/// D1: strangers fill the disk with requests only so far, and wallets with a code go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d1_requests_that_anybody_may_push_are_bounded() {
    let world = world().await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(Ask::new().pairs())
        .finish();
    let mut tasks = JoinSet::new();
    for _ in 0..issuer::oid4vci::par::MAX_PUSHED {
        let request = axum::http::Request::post("/par")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(form.clone()))
            .unwrap();
        let router = world.router.clone();
        tasks.spawn(
            async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() },
        );
    }
    let taken = tasks.join_all().await;
    let taken = taken.iter().filter(|status| **status == StatusCode::CREATED).count();
    for _ in taken..issuer::oid4vci::par::MAX_PUSHED {
        assert_eq!(Ask::new().push(&world).await.status, StatusCode::CREATED);
    }

    let refused = Ask::new().push(&world).await;

    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "600");
    world.receive(&world.created().await, &Wallet::new()).await;
    world.clock.advance(600);
    assert_eq!(Ask::new().push(&world).await.status, StatusCode::CREATED);
}
