//! I12: a staff member signs in at `/authorize` by her account at the trust's identity provider.

use axum::http::StatusCode;
use issuer::oid4vci::policy::Policy;
use serde_json::{Value, json};
use server::testing::provider::{CLIENT, Provider, SECRET};
use server::testing::{Browser, Seen};
use url::form_urlencoded::byte_serialize;

use crate::authorize::{Ask, CLIENT_ID, VERIFIER, address, answered, presses, redeeming};
use crate::client::{Client, Tokens};
use crate::world::{NOW, OIDC, PAGES_URL, Reply, Wallet, World};

const ADA: &str = "ada.lovelace@nhs.net";

struct Staff {
    world: World,
    provider: Provider,
    browser: Browser,
}

impl Staff {
    async fn new() -> Self {
        Self::with("staff_claim = \"preferred_username\"").await
    }

    /// A provider without roles, for staff only.
    async fn with(more: &str) -> Self {
        let world = World::with_pages(Policy::default()).await;
        let provider = Provider::start(NOW).await;
        let secret = world.dir.path().join("secret");
        std::fs::write(&secret, SECRET).unwrap();
        let settings = format!(
            "[[provider]]\nid = \"fake\"\npreset = \"generic\"\nlabel = \"Hospital account\"\n\
             issuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = {secret:?}\n{more}\n",
            provider.issuer()
        );
        std::fs::write(world.dir.path().join(OIDC), settings).unwrap();
        let world = world.restarted().await;
        let browser = Browser::new(world.router.clone(), PAGES_URL);
        let staff = Self { world, provider, browser };
        staff.is(json!({ "preferred_username": ADA }));
        staff
    }

    /// What the provider says of whoever signs in.
    fn is(&self, claims: Value) {
        self.provider.lie(|lies| {
            lies.claims = Box::new(move |all| {
                all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
            });
        });
    }

    async fn name(&self, id: &str, account: &str) -> Reply {
        let path = format!("/api/v1/passports/{id}/account");
        self.world.put_json(&self.world.token, &path, &json!({ "account": account })).await
    }

    /// Opens the page of a request, goes to the provider, and comes back to the page.
    async fn signs_in(&mut self, request_uri: &str) -> Seen {
        let page = address(CLIENT_ID, request_uri);
        let shown = self.browser.get(&page).await;
        let next: String = byte_serialize(page.as_bytes()).collect();
        let link = format!("/sign-in/oidc/fake/staff?next={next}");
        assert!(shown.body.contains(&link), "{}", shown.body);
        assert!(shown.body.contains("Sign in with Hospital account"));
        let away = self.browser.get(&link).await;
        let back = self.comes_back(&away).await;
        if back.status != StatusCode::SEE_OTHER {
            return back;
        }
        assert_eq!(back.location(), page);
        self.browser.get(&page).await
    }

    async fn comes_back(&mut self, away: &Seen) -> Seen {
        let (code, state) = self.provider.consent(away.location());
        let back = format!("/sign-in/oidc/fake/callback?code={code}&state={state}");
        self.browser.get(&back).await
    }
}

#[tokio::test]
async fn i12_a_staff_member_collects_by_her_account_without_a_code() {
    let mut staff = Staff::new().await;
    let created = staff.world.created().await;
    let named = staff.name(&created.id, " Ada.Lovelace@NHS.net ").await;
    assert_eq!(named.status, StatusCode::OK, "{:?}", named.body);
    assert_eq!(named.json()["account"], "Ada.Lovelace@NHS.net");
    let request_uri = Ask::new().request_uri(&staff.world).await;

    let shown = staff.signs_in(&request_uri).await;
    assert!(shown.body.contains(ADA) && shown.body.contains("wallet.example"), "{}", shown.body);
    assert!(!shown.body.contains("name=\"code\""), "{}", shown.body);
    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "account").await;

    assert_eq!(answered(&seen, "iss").as_deref(), Some(PAGES_URL));
    let code = answered(&seen, "code").unwrap();
    let client = Client::new();
    let reply = client.form(&staff.world, "/token", &redeeming(&code, VERIFIER)).await;
    let tokens = Tokens::of(&reply);
    staff.world.verified(&client.ask(&staff.world, &tokens.access, &Wallet::new()).await);
    // The proof has served: it is good for one passport, and makes nobody a colleague.
    let request_uri = Ask::new().request_uri(&staff.world).await;
    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "account").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("Your sign-in has run out"), "{}", seen.body);
    assert_eq!(staff.browser.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn i12_another_account_collects_nothing() {
    let mut staff = Staff::new().await;
    let created = staff.world.created().await;
    staff.name(&created.id, "grace.hopper@nhs.net").await;
    let state = crate::authorize::issuer_state(&staff.world, &created).await;
    let request_uri = Ask::new().with("issuer_state", &state).request_uri(&staff.world).await;

    let shown = staff.signs_in(&request_uri).await;
    assert!(shown.body.contains("No passport waits for this account"), "{}", shown.body);
    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "account").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);

    // She may still type the code that HR gave her.
    let seen = presses(&mut staff.browser, &request_uri, ("", &created.tx_code), "go").await;
    assert!(answered(&seen, "code").is_some());
}

#[tokio::test]
async fn i12_an_account_collects_only_while_its_offer_is_open() {
    let mut staff = Staff::new().await;
    let created = staff.world.created().await;
    staff.name(&created.id, ADA).await;
    let request_uri = Ask::new().request_uri(&staff.world).await;
    staff.signs_in(&request_uri).await;
    staff.world.done(&created.id, "withdraw", &json!({ "reason": "MISTAKE" })).await;

    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "account").await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("No passport waits for this account"), "{}", seen.body);
}

#[tokio::test]
async fn i12_the_proof_of_an_account_is_good_for_five_minutes_and_can_be_put_away() {
    let mut staff = Staff::new().await;
    let created = staff.world.created().await;
    staff.name(&created.id, ADA).await;
    let request_uri = Ask::new().request_uri(&staff.world).await;
    staff.signs_in(&request_uri).await;

    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "forget").await;
    assert_eq!(seen.location(), address(CLIENT_ID, &request_uri));
    assert!(!staff.browser.get(seen.location()).await.body.contains(ADA));
    staff.signs_in(&request_uri).await;
    staff.world.clock.advance(5 * 60);

    let seen = presses(&mut staff.browser, &request_uri, ("", ""), "account").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn i12_claims_that_name_no_one_account_prove_none() {
    for (more, claims) in [
        ("staff_claim = \"employee\"", json!({})),
        ("staff_claim = \"employee\"", json!({ "employee": ["one", "two"] })),
        ("staff_claim = \"employee\"", json!({ "employee": "  " })),
        ("staff_claim = \"email\"", json!({ "email": ADA, "email_verified": false })),
    ] {
        let mut staff = Staff::with(more).await;
        staff.is(claims.clone());
        let request_uri = Ask::new().request_uri(&staff.world).await;

        let seen = staff.signs_in(&request_uri).await;

        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{claims}");
        assert!(seen.body.contains("does not say which account"), "{}", seen.body);
    }
}

#[tokio::test]
async fn i6_signing_in_as_staff_gives_no_role_and_the_other_way_round() {
    let mut staff = Staff::new().await;
    // A provider for staff only is no way into HR's pages.
    assert!(!staff.browser.get("/sign-in").await.body.contains("Hospital account"));
    let seen = staff.browser.get("/sign-in/oidc/fake").await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    let away = staff.browser.get("/sign-in/oidc/fake/staff?next=%2Fconsole").await;

    let back = staff.comes_back(&away).await;

    assert_eq!(back.location(), "/console");
    let console = staff.browser.get("/console").await;
    assert!(console.location().starts_with("/sign-in"), "{}", console.body);
}

#[tokio::test]
async fn one_account_has_one_passport_and_what_is_no_account_is_refused() {
    let staff = Staff::new().await;
    let (one, other) = (staff.world.created().await, staff.world.created().await);
    staff.name(&one.id, ADA).await;

    let taken = staff.name(&other.id, "ADA.lovelace@nhs.net").await;
    taken.is_problem(409);
    assert_eq!(taken.json()["code"], "ACCOUNT_TAKEN");
    for bad in ["", "  ", "a\u{0}b", &"x".repeat(321)] {
        let reply = staff.name(&other.id, bad).await;
        reply.is_problem(422);
        assert_eq!(reply.faults(), ["/account"]);
    }
    let path = format!("/api/v1/passports/{}/account", one.id);
    let request = axum::http::Request::delete(&path)
        .header("authorization", format!("Bearer {}", staff.world.token))
        .body(axum::body::Body::empty());
    let removed = staff.world.send(request.unwrap()).await;
    assert_eq!(removed.json().get("account"), None);
    assert_eq!(staff.name(&other.id, ADA).await.status, StatusCode::OK);
    let acts: Vec<Value> = staff.world.show(&one.id).await["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["what"].clone())
        .collect();
    assert!(acts.ends_with(&[json!("ACCOUNT_NAMED"), json!("ACCOUNT_REMOVED")]), "{acts:?}");
}
