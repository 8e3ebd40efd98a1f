use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;
use tokio::task::JoinSet;
use vc::oid4vci::PRE_AUTHORIZED_CODE_GRANT;

use crate::world::{Wallet, World};

#[tokio::test]
async fn i13_a_code_and_its_transaction_code_give_a_short_lived_token() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;

    let reply = world.redeem(&code, Some(&created.tx_code)).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let body = reply.json();
    assert_eq!(body["token_type"], "Bearer");
    // I15: a bearer token lives at most five minutes, and there is no c_nonce in 1.0.
    assert!(body["expires_in"].as_u64().unwrap() <= 300);
    assert_eq!(body.get("c_nonce"), None);
}

#[tokio::test]
async fn i13_a_missing_transaction_code_is_an_invalid_request() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;

    world.redeem(&code, None).await.is_error(400, "invalid_request");

    assert_eq!(world.redeem(&code, Some(&created.tx_code)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn i11_the_first_wrong_transaction_code_does_not_burn_the_offer() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let wrong = if created.tx_code == "000000" { "000001" } else { "000000" };

    world.redeem(&code, Some(wrong)).await.is_error(400, "invalid_grant");

    assert_eq!(world.redeem(&code, Some(&created.tx_code)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn i11_the_fifth_wrong_transaction_code_kills_the_offer() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let wrong = if created.tx_code == "000000" { "000001" } else { "000000" };

    for _ in 0..5 {
        world.redeem(&code, Some(wrong)).await.is_error(400, "invalid_grant");
    }

    world.redeem(&code, Some(&created.tx_code)).await.is_error(400, "invalid_grant");
    world.get(&created.offer_path()).await.is_error(404, "not_found");
}

#[tokio::test]
async fn i13_a_wrong_used_or_expired_code_is_an_invalid_grant() {
    let world = World::new().await;
    let (used, expired) = (world.created().await, world.created().await);
    let used_code = world.code(&used).await;
    let expired_code = world.code(&expired).await;

    world.redeem("nonsense", Some("123456")).await.is_error(400, "invalid_grant");
    assert_eq!(world.redeem(&used_code, Some(&used.tx_code)).await.status, StatusCode::OK);
    world.redeem(&used_code, Some(&used.tx_code)).await.is_error(400, "invalid_grant");
    world.clock.advance(900);
    world.redeem(&expired_code, Some(&expired.tx_code)).await.is_error(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i11_one_code_redeemed_a_hundred_times_at_once_gives_one_token() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let form = format!(
        "grant_type={PRE_AUTHORIZED_CODE_GRANT}&pre-authorized_code={code}&tx_code={}",
        created.tx_code
    );

    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let request = Request::post("/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.clone()))
            .unwrap();
        let router = world.router.clone();
        tasks.spawn(
            async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() },
        );
    }
    let answers = tasks.join_all().await;

    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1);
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count(), 99);
}

#[tokio::test]
async fn i14_authorization_details_give_an_identifier_that_must_be_used() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let detail = |id: &str| {
        json!([{ "type": "openid_credential", "credential_configuration_id": id }]).to_string()
    };
    let pairs = |details| {
        [
            ("grant_type", PRE_AUTHORIZED_CODE_GRANT.to_owned()),
            ("pre-authorized_code", code.clone()),
            ("tx_code", created.tx_code.clone()),
            ("authorization_details", details),
        ]
    };
    let redeem = async |details| {
        let pairs = pairs(details);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        world.post_form("/token", &pairs).await
    };

    redeem(detail("other")).await.is_error(400, "invalid_authorization_details");
    let reply = redeem(detail("employment-checks-1")).await;

    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let details = &reply.json()["authorization_details"][0];
    let identifier = details["credential_identifiers"][0].as_str().unwrap().to_owned();
    let access = reply.json()["access_token"].as_str().unwrap().to_owned();
    let wallet = Wallet::new();
    let by_configuration = world.ask(&access, &world.proof(&wallet).await).await;
    by_configuration.is_error(400, "invalid_credential_request");
    let request = async |identifier: &str| {
        let proofs = json!({ "jwt": [world.proof(&wallet).await] });
        let body = json!({ "credential_identifier": identifier, "proofs": proofs });
        world.post_json(&access, "/credential", &body).await
    };
    request("other").await.is_error(400, "unknown_credential_identifier");
    world.verified(&request(&identifier).await);
}

#[tokio::test]
async fn unknown_parameters_are_ignored() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let pairs = [
        ("grant_type", PRE_AUTHORIZED_CODE_GRANT),
        ("pre-authorized_code", &code),
        ("tx_code", &created.tx_code),
        ("colour", "blue"),
        ("client_id", "some wallet"),
    ];

    assert_eq!(world.post_form("/token", &pairs).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_token_request_is_refused_and_the_next_good_one_works() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;
    let send = async |content_type: &str, body: Vec<u8>| {
        let request = Request::post("/token").header(header::CONTENT_TYPE, content_type);
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    const FORM: &str = "application/x-www-form-urlencoded";

    send("application/json", b"{}".to_vec()).await.is_error(400, "invalid_request");
    send("", b"a=b".to_vec()).await.is_error(400, "invalid_request");
    send(FORM, vec![]).await.is_error(400, "invalid_request");
    send(FORM, b"grant_type=password".to_vec()).await.is_error(400, "unsupported_grant_type");
    send(FORM, b"grant_type=refresh_token&refresh_token=x".to_vec())
        .await
        .is_error(400, "invalid_grant");
    let twice = format!("grant_type={PRE_AUTHORIZED_CODE_GRANT}&tx_code=1&tx_code=2");
    send(FORM, twice.into_bytes()).await.is_error(400, "invalid_request");
    send(
        FORM,
        b"grant_type=urn%3aietf%3aparams%3aoauth%3agrant-type%3apre-authorized_code".to_vec(),
    )
    .await
    .is_error(400, "invalid_request");
    send(FORM, vec![0xff; 100]).await.is_error(400, "invalid_request");
    send(FORM, vec![b'a'; 1 << 20]).await.is_error(413, "invalid_request");
    world.method(Method::GET, "/token").await.is_error(405, "invalid_request");

    assert_eq!(world.redeem(&code, Some(&created.tx_code)).await.status, StatusCode::OK);
}
