//! I26: wallets that their providers attest, and `--require-haip`.

use axum::http::StatusCode;
use issuer::oid4vci::policy::Policy;
use issuer::secrets;
use serde_json::{Value, json};
use server::testing::Browser;
use vc::oauth::CodeChallenge;
use vc::oid4vci::{CredentialOffer, PRE_AUTHORIZED_CODE_GRANT, Transport};

use crate::client::{Client, Tokens};
use crate::world::{Created, PAGES_URL, Reply, Wallet, World};

const CLIENT_ID: &str = "https://wallet.example";
const BACK: &str = "https://wallet.example/back";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";
const ATTESTATION: &str = "oauth-client-attestation";
const POP: &str = "oauth-client-attestation-pop";

/// A wallet instance, and the provider that attests it.
struct Attested {
    provider: Wallet,
    instance: Wallet,
}

impl Attested {
    async fn new(require_haip: bool) -> (World, Self) {
        let it = Self { provider: Wallet::new(), instance: Wallet::new() };
        let wallet_attesters = vec![it.provider.key.public_key().clone()];
        let policy = Policy { wallet_attesters, require_haip, ..Policy::default() };
        (World::with_pages(policy).await, it)
    }

    fn claims(&self, world: &World) -> Value {
        let now = world.clock.now();
        json!({
            "sub": CLIENT_ID, "iat": now, "exp": now + 3600,
            "cnf": { "jwk": self.instance.key.public_key().to_jwk() },
        })
    }

    fn attestation(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "typ": "oauth-client-attestation+jwt" });
        self.provider.forge(&header, claims)
    }

    async fn pop_claims(world: &World) -> Value {
        let reply = world.method(axum::http::Method::POST, "/challenge").await;
        assert_eq!(reply.header("cache-control"), "no-store");
        json!({
            "aud": PAGES_URL, "iat": world.clock.now(),
            "jti": secrets::random_text::<16>(&mut secrets::rng()),
            "challenge": reply.json()["attestation_challenge"],
        })
    }

    fn pop(&self, claims: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "typ": "oauth-client-attestation-pop+jwt" });
        self.instance.forge(&header, claims)
    }

    /// A sound pair of headers, by draft -10.
    async fn headers(&self, world: &World) -> (String, String) {
        (self.attestation(&self.claims(world)), self.pop(&Self::pop_claims(world).await))
    }
}

/// A token request by pre-authorized code with these headers.
async fn redeem(world: &World, created: &Created, headers: &[(&str, &str)]) -> Reply {
    let code = world.code(created).await;
    let pairs = [
        ("grant_type", PRE_AUTHORIZED_CODE_GRANT),
        ("pre-authorized_code", &code),
        ("tx_code", &created.tx_code),
        ("client_id", CLIENT_ID),
    ];
    world.form_with("/token", &pairs, headers).await
}

#[tokio::test]
async fn i26_an_attested_wallet_is_known_by_both_drafts() {
    let (world, wallet) = Attested::new(false).await;

    let (attestation, pop) = wallet.headers(&world).await;
    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    let reply = redeem(&world, &world.created().await, &headers).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);

    // Draft -07 has `iss` in both.
    let mut claims = wallet.claims(&world);
    claims["iss"] = json!("https://provider.example");
    let attestation = wallet.attestation(&claims);
    let mut claims = Attested::pop_claims(&world).await;
    claims["iss"] = json!(CLIENT_ID);
    let pop = wallet.pop(&claims);
    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    let reply = redeem(&world, &world.created().await, &headers).await;

    // It may refresh, and nobody may who is not attested.
    let tokens = Tokens::of(&reply);
    let holder = Wallet::new();
    world.verified(&world.ask(&tokens.access, &world.proof(&holder).await).await);
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
    world.post_form("/token", &pairs).await.is_error(400, "invalid_grant");
    let (attestation, pop) = wallet.headers(&world).await;
    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    let tokens = Tokens::of(&world.form_with("/token", &pairs, &headers).await);
    world.verified(&world.ask(&tokens.access, &world.proof(&holder).await).await);
}

#[tokio::test]
async fn i26_a_proof_without_a_challenge_of_ours_is_told_to_use_one() {
    let (world, wallet) = Attested::new(false).await;
    let created = world.created().await;
    let attestation = wallet.attestation(&wallet.claims(&world));
    let mut claims = Attested::pop_claims(&world).await;

    for challenge in [Value::Null, json!("invented")] {
        claims["challenge"] = challenge;
        if claims["challenge"].is_null() {
            claims.as_object_mut().unwrap().remove("challenge");
        }
        let pop = wallet.pop(&claims);
        let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
        let reply = redeem(&world, &created, &headers).await;
        reply.is_error(400, "use_attestation_challenge");
        claims["challenge"] = json!(reply.header("oauth-client-attestation-challenge"));
    }

    let pop = wallet.pop(&claims);
    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    assert_eq!(redeem(&world, &created, &headers).await.status, StatusCode::OK);
}

#[tokio::test]
async fn i26_an_attestation_that_has_run_out_is_to_be_fetched_anew() {
    let (world, wallet) = Attested::new(false).await;
    let created = world.created().await;
    let mut claims = wallet.claims(&world);
    claims["exp"] = json!(world.clock.now());
    let pop = wallet.pop(&Attested::pop_claims(&world).await);
    let attestation = wallet.attestation(&claims);

    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    redeem(&world, &created, &headers).await.is_error(400, "use_fresh_attestation");
}

#[tokio::test]
async fn i26_an_attestation_that_is_not_believed_is_refused_also_where_none_is_needed() {
    let (world, wallet) = Attested::new(false).await;
    let created = world.created().await;
    let (attestation, pop) = wallet.headers(&world).await;
    let stranger = Attested { provider: Wallet::new(), instance: Wallet::new() };
    let claims = wallet.claims(&world);
    let changed = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        wallet.attestation(&claims)
    };
    let pop_claims = Attested::pop_claims(&world).await;
    let pop_with = |name: &str, value: Value| {
        let mut claims = pop_claims.clone();
        claims[name] = value;
        wallet.pop(&claims)
    };

    let bad: Vec<Vec<(&str, String)>> = vec![
        vec![(ATTESTATION, attestation.clone())],
        vec![(POP, pop.clone())],
        vec![
            (ATTESTATION, attestation.clone()),
            (ATTESTATION, attestation.clone()),
            (POP, pop.clone()),
        ],
        vec![(ATTESTATION, attestation.clone()), (POP, pop.clone()), (POP, pop.clone())],
        vec![(ATTESTATION, stranger.attestation(&claims)), (POP, pop.clone())],
        vec![(ATTESTATION, attestation.clone()), (POP, stranger.pop(&pop_claims))],
        vec![(ATTESTATION, changed("sub", json!("another"))), (POP, pop.clone())],
        vec![(ATTESTATION, changed("cnf", json!({}))), (POP, pop.clone())],
        vec![(ATTESTATION, pop.clone()), (POP, attestation.clone())],
        vec![
            (ATTESTATION, attestation.clone()),
            (POP, pop_with("aud", json!("https://x.example"))),
        ],
        vec![(ATTESTATION, attestation.clone()), (POP, pop_with("iss", json!("another")))],
        vec![
            (ATTESTATION, attestation.clone()),
            (POP, pop_with("iat", json!(world.clock.now() - 301))),
        ],
        vec![(ATTESTATION, attestation.clone()), (POP, pop_with("jti", json!("")))],
    ];
    for (at, headers) in bad.iter().enumerate() {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = redeem(&world, &created, &headers).await;
        assert_eq!(reply.json()["error"], "invalid_client_attestation", "{at}");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{at}");
    }

    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    assert_eq!(redeem(&world, &created, &headers).await.status, StatusCode::OK);
    // Once.
    let again = redeem(&world, &world.created().await, &headers).await;
    again.is_error(400, "invalid_client_attestation");
}

/// A passport that may be signed by certificates only, and what its offer says.
async fn es256(world: &World) -> (Created, CredentialOffer) {
    let path = "/api/v1/passports?profile=es256";
    let created = Created::of(&world.post_json(&world.token, path, &world.nurse()).await);
    let reply = world.get(&created.offer_path()).await;
    let offer = CredentialOffer::parse(&reply.body, Transport::LoopbackHttp).unwrap();
    (created, offer)
}

#[tokio::test]
async fn i26_under_haip_es256_needs_code_attestation_and_dpop_and_native_does_not() {
    let (world, wallet) = Attested::new(true).await;
    let client = Client::new();
    let (created, offer) = es256(&world).await;
    assert!(offer.pre_authorized().is_none());
    let state = offer.grants.unwrap().authorization_code.unwrap().issuer_state.unwrap();
    let challenge = CodeChallenge::of(VERIFIER).unwrap().to_text();
    let pairs = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", BACK),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("scope", "employment-checks-1-es256"),
        ("issuer_state", &state),
    ];
    world.post_form("/par", &pairs).await.is_error(401, "invalid_client");

    let (attestation, pop) = wallet.headers(&world).await;
    let headers = [(ATTESTATION, attestation.as_str()), (POP, pop.as_str())];
    let reply = world.form_with("/par", &pairs, &headers).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
    let request_uri = reply.json()["request_uri"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(world.router.clone(), PAGES_URL);
    let query = [("client_id", CLIENT_ID), ("request_uri", request_uri.as_str())];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    browser.get(&format!("/authorize?{query}")).await;
    let fields = [
        ("client_id", CLIENT_ID),
        ("request_uri", &request_uri),
        ("code", &created.tx_code),
        ("do", "go"),
    ];
    let seen = browser.post("/authorize", &fields).await;
    let back = url::Url::parse(seen.location()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();

    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("client_id", CLIENT_ID),
    ];
    let with = async |attested: bool, proven: bool| {
        let (attestation, pop) = wallet.headers(&world).await;
        let proof = client.sign(&client.proof_of(&world, "/token", None).await);
        let mut headers = vec![];
        if attested {
            headers.extend([(ATTESTATION, attestation.as_str()), (POP, pop.as_str())]);
        }
        if proven {
            headers.push(("dpop", proof.as_str()));
        }
        world.form_with("/token", &pairs, &headers).await
    };
    with(false, true).await.is_error(400, "invalid_grant");
    with(true, false).await.is_error(401, "invalid_client");
    let access = Tokens::of(&with(true, true).await).access;
    let body = json!({
        "credential_configuration_id": "employment-checks-1-es256",
        "proofs": { "jwt": [world.proof(&Wallet::new()).await] },
    });
    let reply = client.json(&world, &access, "/credential", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);

    // `native` stays with the pre-authorized code, and nobody gets es256 that way.
    let path = "/api/v1/passports?profile=any";
    let both = Created::of(&world.post_json(&world.token, path, &world.nurse()).await);
    let access = world.access(&both).await;
    let reply = world.post_json(&access, "/credential", &body).await;
    reply.is_error(400, "invalid_credential_request");
    world.verified(&world.ask(&access, &world.proof(&Wallet::new()).await).await);
}

#[tokio::test]
async fn i8_what_attested_wallets_need_is_published() {
    let (world, _) = Attested::new(true).await;

    let metadata = world.get("/.well-known/oauth-authorization-server").await.json();

    assert_eq!(
        metadata["token_endpoint_auth_methods_supported"],
        json!(["none", "attest_jwt_client_auth"])
    );
    assert_eq!(metadata["challenge_endpoint"], format!("{PAGES_URL}/challenge"));
    assert!(metadata["client_attestation_signing_alg_values_supported"].is_array());
}
