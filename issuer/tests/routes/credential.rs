use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::oid4vci::PROOF_TYP;
use vc::status_list::{Status, reference};

use crate::world::{BASE_URL, NOW, Wallet, World};

const DAY: i64 = 24 * 60 * 60;

/// An issuer with an access token at hand.
async fn with_access() -> (World, String) {
    let world = World::new().await;
    let created = world.created().await;
    let access = world.access(&created).await;
    (world, access)
}

#[tokio::test]
async fn a_wallet_receives_what_hr_recorded() {
    let world = World::new().await;
    let nurse = world.nurse();
    let created = world.create(&nurse).await;
    let wallet = Wallet::new();

    let credential = world.receive(&created, &wallet).await;

    let claims = credential.claims();
    for (name, value) in nurse.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    assert_eq!(claims["iss"], BASE_URL);
    assert_eq!(claims["vct"], "urn:staff-passport:employment-checks:1");
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(NOW), &json!(NOW + 90 * DAY)));
    assert_eq!(claims["subject_ref"], created.subject_ref);
    assert_eq!(
        claims["employer"],
        json!({ "ods": "RBV", "name": "The Christie NHS Foundation Trust" })
    );
    assert_eq!(claims["assurance"]["provider"], "RBV");
    assert_eq!(credential.holder(), Some(wallet.key.public_key()));
    let status = reference(claims).unwrap().unwrap();
    let list = world.list(&status.uri).await;
    assert_eq!(list.status(status.idx), Ok(Status::Valid));
}

#[tokio::test]
async fn the_credential_hides_what_its_type_says() {
    let world = World::new().await;
    let created = world.created().await;

    let credential = world.receive(&created, &Wallet::new()).await;

    let hidden: Vec<String> =
        credential.disclosable().into_iter().map(ClaimPath::to_string).collect();
    for object in [
        "/identity",
        "/right_to_work",
        "/professional_registration",
        "/employment_history",
        "/criminal_record",
        "/work_health",
        "/assignment",
        "/core_skills",
    ] {
        assert!(hidden.contains(&object.to_owned()), "{object} in {hidden:?}");
    }
    let bare = credential.disclose(&[]).unwrap();
    let bare = vc::sd_jwt::UnverifiedSdJwt::parse(&bare).unwrap();
    let shown = bare.verify_issuer(&world.issuer_key).unwrap();
    let names: Vec<&String> = shown.claims().keys().collect();
    for name in names {
        assert!(
            ["iss", "vct", "iat", "exp", "status", "cnf", "subject_ref", "employer", "assurance"]
                .contains(&name.as_str()),
            "{name} is shown"
        );
    }
}

#[tokio::test]
async fn a_p256_key_is_taken_as_well() {
    let (world, access) = with_access().await;
    let wallet = Wallet::of(Algorithm::Es256);

    let reply = world.ask(&access, &world.proof(&wallet).await).await;

    assert_eq!(world.verified(&reply).holder(), Some(wallet.key.public_key()));
}

#[tokio::test]
async fn i21_the_answer_is_one_credential_that_nobody_may_keep_on_the_way() {
    let (world, access) = with_access().await;

    let reply = world.ask(&access, &world.proof(&Wallet::new()).await).await;

    assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(reply.json()["credentials"].as_array().unwrap().len(), 1);
    assert!(reply.json()["notification_id"].is_string());
}

#[tokio::test]
async fn i18_a_missing_or_bad_token_is_401_with_a_challenge() {
    let (world, access) = with_access().await;
    let ask = async |authorization: Option<String>| {
        let mut request =
            Request::post("/credential").header(header::CONTENT_TYPE, "application/json");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        world.send(request.body(Body::from("{}")).unwrap()).await
    };

    let without = ask(None).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED);
    assert_eq!(without.header(header::WWW_AUTHENTICATE), "Bearer");
    for bad in ["Bearer nonsense".to_owned(), format!("Bearer {}", world.token)] {
        let reply = ask(Some(bad)).await;
        reply.is_error(401, "invalid_token");
        assert!(reply.header(header::WWW_AUTHENTICATE).contains("invalid_token"));
    }
    assert_eq!(ask(Some(format!("Basic {access}"))).await.status, StatusCode::UNAUTHORIZED);
    world.clock.advance(300);
    ask(Some(format!("Bearer {access}"))).await.is_error(401, "invalid_token");
}

#[tokio::test]
async fn i17_proofs_must_be_one_type_with_one_proof() {
    let (world, access) = with_access().await;
    let wallet = Wallet::new();
    let proof = world.proof(&wallet).await;
    let ask = async |proofs: Option<Value>| {
        let mut body = json!({ "credential_configuration_id": "employment-checks-1" });
        if let Some(proofs) = proofs {
            body["proofs"] = proofs;
        }
        world.post_json(&access, "/credential", &body).await
    };

    ask(None).await.is_error(400, "invalid_proof");
    ask(Some(json!({ "jwt": [] }))).await.is_error(400, "invalid_proof");
    ask(Some(json!({ "jwt": [&proof, &proof] }))).await.is_error(400, "invalid_proof");
    ask(Some(json!({ "attestation": ["x"] }))).await.is_error(400, "invalid_proof");
    ask(Some(json!({ "jwt": ["x.y.z"] }))).await.is_error(400, "invalid_proof");
    let both = ask(Some(json!({ "jwt": [&proof], "di_vp": [] }))).await;
    both.is_error(400, "invalid_credential_request");
    world.verified(&ask(Some(json!({ "jwt": [&proof] }))).await);
}

#[tokio::test]
async fn i17_unknown_members_are_ignored() {
    let (world, access) = with_access().await;
    let proof = world.proof(&Wallet::new()).await;
    let body = json!({
        "credential_configuration_id": "employment-checks-1",
        "proofs": { "jwt": [proof] },
        "colour": { "deep": ["blue"] },
    });

    world.verified(&world.post_json(&access, "/credential", &body).await);
}

#[tokio::test]
async fn i18_each_bad_request_has_its_code_and_the_next_good_one_works() {
    let (world, access) = with_access().await;
    let post = async |body: String| world.post(&access, "/credential", body).await;

    post("nonsense".to_owned()).await.is_error(400, "invalid_credential_request");
    post("{}".to_owned()).await.is_error(400, "invalid_credential_request");
    post("[".repeat(10_000)).await.is_error(400, "invalid_credential_request");
    let duplicate = r#"{"credential_configuration_id":"a","credential_configuration_id":"b"}"#;
    post(duplicate.to_owned()).await.is_error(400, "invalid_credential_request");
    post("x".repeat(1 << 20)).await.is_error(413, "invalid_credential_request");
    let unknown = r#"{"credential_configuration_id":"other"}"#;
    post(unknown.to_owned()).await.is_error(400, "unknown_credential_configuration");
    let unknown = r#"{"credential_identifier":"other"}"#;
    post(unknown.to_owned()).await.is_error(400, "unknown_credential_identifier");
    let encrypted = json!({
        "credential_configuration_id": "employment-checks-1",
        "credential_response_encryption": { "jwk": {}, "enc": "A256GCM" },
    });
    post(encrypted.to_string()).await.is_error(400, "invalid_encryption_parameters");
    let wrong_type = Request::post("/credential")
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from("{}"));
    world.send(wrong_type.unwrap()).await.is_error(400, "invalid_credential_request");
    world.method(Method::GET, "/credential").await.is_error(405, "invalid_request");

    world.verified(&world.ask(&access, &world.proof(&Wallet::new()).await).await);
}

#[tokio::test]
async fn i19_a_proof_that_breaks_any_rule_is_refused() {
    let (world, access) = with_access().await;
    let wallet = Wallet::new();
    let jwk = wallet.key.public_key().to_jwk();
    let nonce = world.nonce().await;
    let header = json!({ "alg": "EdDSA", "typ": PROOF_TYP, "jwk": jwk });
    let claims = json!({ "aud": BASE_URL, "iat": NOW, "nonce": nonce });
    let with = |base: &Value, name: &str, value: Value| {
        let mut changed = base.clone();
        changed[name] = value;
        changed
    };
    let without = |base: &Value, name: &str| {
        let mut changed = base.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed
    };
    let mut private = jwk.clone();
    private["d"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let other = Wallet::new().key.public_key().to_jwk();
    let bad = [
        ("typ", with(&header, "typ", json!("JWT")), claims.clone()),
        ("no typ", without(&header, "typ"), claims.clone()),
        ("alg none", with(&header, "alg", json!("none")), claims.clone()),
        ("alg HS256", with(&header, "alg", json!("HS256")), claims.clone()),
        ("alg of another key", with(&header, "alg", json!("ES256")), claims.clone()),
        ("no key", without(&header, "jwk"), claims.clone()),
        ("kid beside jwk", with(&header, "kid", json!("x")), claims.clone()),
        ("x5c beside jwk", with(&header, "x5c", json!(["x"])), claims.clone()),
        ("private key", with(&header, "jwk", private), claims.clone()),
        ("another's key", with(&header, "jwk", other), claims.clone()),
        ("crit", with(&header, "crit", json!(["exp"])), claims.clone()),
        ("aud", header.clone(), with(&claims, "aud", json!("https://other.example"))),
        ("aud with a slash", header.clone(), with(&claims, "aud", json!(format!("{BASE_URL}/")))),
        ("no aud", header.clone(), without(&claims, "aud")),
        ("too old", header.clone(), with(&claims, "iat", json!(NOW - 301))),
        ("from the future", header.clone(), with(&claims, "iat", json!(NOW + 61))),
        ("no iat", header.clone(), without(&claims, "iat")),
        ("no nonce", header.clone(), without(&claims, "nonce")),
        ("iss in anonymous access", header.clone(), with(&claims, "iss", json!("wallet"))),
    ];

    for (rule, header, claims) in &bad {
        let reply = world.ask(&access, &wallet.forge(header, claims)).await;
        assert_eq!(reply.json()["error"], "invalid_proof", "{rule}: {:?}", reply.body);
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{rule}");
    }

    // The same header and claims unchanged are good: each row above broke one rule.
    world.verified(&world.ask(&access, &wallet.forge(&header, &claims)).await);
}

#[tokio::test]
async fn i18_a_nonce_that_is_not_ours_or_has_expired_is_an_invalid_nonce() {
    let (world, access) = with_access().await;
    let wallet = Wallet::new();
    let foreign = wallet.proof(BASE_URL, Some("nonsense"), NOW, None);

    world.ask(&access, &foreign).await.is_error(400, "invalid_nonce");

    let world = World::new().await;
    let nonce = world.nonce().await;
    world.clock.advance(300);
    let access = world.access(&world.created().await).await;
    let late = wallet.proof(BASE_URL, Some(&nonce), NOW + 300, None);
    world.ask(&access, &late).await.is_error(400, "invalid_nonce");
}

#[tokio::test]
async fn i16_nonces_differ_and_are_not_kept_on_the_way() {
    let world = World::new().await;

    let reply = world.method(Method::POST, "/nonce").await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert_ne!(reply.json()["c_nonce"], world.nonce().await);
    assert_eq!(world.get("/nonce").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_nonce_is_used_once_also_after_a_restart() {
    let world = World::new().await;
    let (first, second) = (world.created().await, world.created().await);
    let (first, second) = (world.access(&first).await, world.access(&second).await);
    let proof = world.proof(&Wallet::new()).await;

    world.verified(&world.ask(&first, &proof).await);
    world.ask(&first, &proof).await.is_error(400, "invalid_nonce");
    world.ask(&second, &proof).await.is_error(400, "invalid_nonce");
    let world = world.restarted().await;

    world.ask(&second, &proof).await.is_error(400, "invalid_nonce");
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_key_only() {
    let (world, access) = with_access().await;
    let wallet = Wallet::new();
    let first = world.verified(&world.ask(&access, &world.proof(&wallet).await).await);
    world.clock.advance(10);

    let again = world.verified(&world.ask(&access, &world.proof(&wallet).await).await);
    let other = world.ask(&access, &world.proof(&Wallet::new()).await).await;

    assert_eq!(again.claims(), first.claims());
    other.is_error(400, "credential_request_denied");
}

#[tokio::test]
async fn a_passport_revoked_before_it_is_collected_is_not_issued() {
    let world = World::new().await;
    let created = world.created().await;
    let access = world.access(&created).await;

    assert_eq!(world.revoke(&created.id, "ISSUED_IN_ERROR").await.status, StatusCode::OK);

    let reply = world.ask(&access, &world.proof(&Wallet::new()).await).await;
    reply.is_error(400, "credential_request_denied");
}

#[tokio::test]
async fn nothing_is_signed_while_the_clock_is_behind_what_was_recorded() {
    let (world, access) = with_access().await;
    let wallet = Wallet::new();
    world.clock.advance(-3600);

    let proof = world.proof(&wallet).await;
    let reply = world.ask(&access, &proof).await;

    reply.is_error(503, "temporarily_unavailable");
    assert_ne!(reply.header(header::RETRY_AFTER), "");
    world.clock.set(NOW);
    world.verified(&world.ask(&access, &world.proof(&wallet).await).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wallets_at_once_get_an_index_each() {
    let world = Arc::new(World::new().await);
    let mut requests = Vec::new();
    for _ in 0..20 {
        let created = world.created().await;
        requests.push((world.access(&created).await, world.proof(&Wallet::new()).await));
    }

    let mut tasks = JoinSet::new();
    for (access, proof) in requests {
        let world = Arc::clone(&world);
        tasks.spawn(async move {
            let credential = world.verified(&world.ask(&access, &proof).await);
            reference(credential.claims()).unwrap().unwrap()
        });
    }
    let seen: HashSet<_> = tasks.join_all().await.into_iter().collect();

    assert_eq!(seen.len(), 20);
}
