//! I25, I15 and the DPoP part of I4 (RFC 9449).

use axum::http::{StatusCode, header};
use serde_json::json;
use vc::oid4vci::PRE_AUTHORIZED_CODE_GRANT;

use crate::client::{Client, ProofOf, Tokens, credential_request};
use crate::world::{Reply, Wallet, World};

/// A proof at the token endpoint, in a request that would redeem the code.
async fn token_with(world: &World, code: &str, tx_code: &str, proofs: &[&str]) -> Reply {
    let pairs = [
        ("grant_type", PRE_AUTHORIZED_CODE_GRANT),
        ("pre-authorized_code", code),
        ("tx_code", tx_code),
    ];
    let headers: Vec<(&str, &str)> = proofs.iter().map(|proof| ("dpop", *proof)).collect();
    world.form_with("/token", &pairs, &headers).await
}

/// I15 I25
#[tokio::test]
async fn i25_a_proof_binds_the_token_which_may_then_live_longer_than_five_minutes() {
    let (world, client) = (World::new().await, Client::new());

    let reply = client.redeem(&world, &world.created().await).await;

    let body = reply.json();
    assert_eq!((reply.status, &body["token_type"]), (StatusCode::OK, &json!("DPoP")));
    assert_eq!(body["expires_in"], 3600);
    assert!(!reply.header("dpop-nonce").is_empty());
    let access = Tokens::of(&reply).access;
    world.clock.advance(3599);
    world.verified(&client.ask(&world, &access, &Wallet::new()).await);
}

#[tokio::test]
async fn i25_a_bound_token_as_a_bearer_token_fails_at_every_endpoint() {
    let (world, client) = (World::new().await, Client::new());
    let access = Tokens::of(&client.redeem(&world, &world.created().await).await).access;

    for path in ["/credential", "/deferred-credential", "/notification"] {
        let body = credential_request(&world.proof(&Wallet::new()).await);
        let proof = client.sign(&client.proof_of(&world, path, Some(&access)).await);
        for proof in [None, Some(proof.as_str())] {
            let reply = world.json_with(&format!("Bearer {access}"), path, &body, proof).await;
            reply.is_error(401, "invalid_token");
            assert!(reply.header(header::WWW_AUTHENTICATE).starts_with("DPoP "));
        }
    }
}

#[tokio::test]
async fn i25_a_bearer_token_is_not_taken_as_a_bound_one() {
    let (world, client) = (World::new().await, Client::new());
    let access = world.access(&world.created().await).await;

    let reply = client.ask(&world, &access, &Wallet::new()).await;

    reply.is_error(401, "invalid_token");
}

#[tokio::test]
async fn i25_a_proof_without_a_nonce_of_ours_is_told_to_use_one() {
    let (world, client) = (World::new().await, Client::new());
    let created = world.created().await;
    let code = world.code(&created).await;
    let bare = ProofOf { nonce: None, ..client.proof_of(&world, "/token", None).await };

    let reply = token_with(&world, &code, &created.tx_code, &[&client.sign(&bare)]).await;

    reply.is_error(400, "use_dpop_nonce");
    let nonce = Some(reply.header("dpop-nonce").to_owned());
    let good = client.sign(&ProofOf { nonce, ..bare.clone() });
    let access = Tokens::of(&token_with(&world, &code, &created.tx_code, &[&good]).await).access;

    let bare = ProofOf {
        nonce: Some("invented".to_owned()),
        ..client.proof_of(&world, "/credential", Some(&access)).await
    };
    let body = credential_request(&world.proof(&Wallet::new()).await);
    let with = async |proof: &ProofOf<'_>| {
        let proof = client.sign(proof);
        world.json_with(&format!("DPoP {access}"), "/credential", &body, Some(&proof)).await
    };
    let reply = with(&bare).await;
    reply.is_error(401, "use_dpop_nonce");
    assert!(reply.header(header::WWW_AUTHENTICATE).contains("error=\"use_dpop_nonce\""));
    let nonce = Some(reply.header("dpop-nonce").to_owned());
    world.verified(&with(&ProofOf { nonce, ..bare.clone() }).await);
}

#[tokio::test]
async fn i25_a_nonce_expires_after_five_minutes() {
    let (world, client) = (World::new().await, Client::new());
    let created = world.created().await;
    let code = world.code(&created).await;
    let old = client.proof_of(&world, "/token", None).await;

    world.clock.advance(300);
    let proof = client.sign(&ProofOf { iat: world.clock.now(), ..old });
    let reply = token_with(&world, &code, &created.tx_code, &[&proof]).await;

    reply.is_error(400, "use_dpop_nonce");
}

#[tokio::test]
async fn i25_a_proof_for_another_request_or_time_gives_no_token() {
    let (world, client) = (World::new().await, Client::new());
    let created = world.created().await;
    let code = world.code(&created).await;
    let good = client.proof_of(&world, "/token", None).await;
    let now = world.clock.now();

    let bad = [
        ProofOf { method: "GET", ..good.clone() },
        ProofOf { address: format!("{}/credential", world.base_url), ..good.clone() },
        ProofOf { address: "https://elsewhere.example/token".to_owned(), ..good.clone() },
        ProofOf { iat: now - 301, ..good.clone() },
        ProofOf { iat: now + 61, ..good.clone() },
        ProofOf { jti: String::new(), ..good.clone() },
    ];
    for proof in bad {
        let reply = token_with(&world, &code, &created.tx_code, &[&client.sign(&proof)]).await;
        reply.is_error(400, "invalid_dpop_proof");
    }
    let (one, two) = (client.sign(&good), client.sign(&good));
    for proofs in [vec![one.as_str(), two.as_str()], vec!["nonsense"], vec![""]] {
        let reply = token_with(&world, &code, &created.tx_code, &proofs).await;
        reply.is_error(400, "invalid_dpop_proof");
    }

    // A query does not count, and none of these has burnt the code.
    let good = ProofOf { address: format!("{}?a=b#c", good.address), ..good };
    let reply = token_with(&world, &code, &created.tx_code, &[&client.sign(&good)]).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
}

#[tokio::test]
async fn i25_a_proof_by_another_key_or_for_another_token_opens_nothing() {
    let (world, client) = (World::new().await, Client::new());
    let access = Tokens::of(&client.redeem(&world, &world.created().await).await).access;
    let other = Tokens::of(&client.redeem(&world, &world.created().await).await).access;
    let body = credential_request(&world.proof(&Wallet::new()).await);
    let good = client.proof_of(&world, "/credential", Some(&access)).await;
    let send = async |proof: Option<&str>| {
        world.json_with(&format!("DPoP {access}"), "/credential", &body, proof).await
    };

    let bad = [
        Some(Client::new().sign(&good)),
        Some(client.sign(&ProofOf { token: Some(&other), ..good.clone() })),
        Some(client.sign(&ProofOf { token: None, ..good.clone() })),
        None,
    ];
    for proof in bad {
        let reply = send(proof.as_deref()).await;
        reply.is_error(401, "invalid_dpop_proof");
        let challenge = reply.header(header::WWW_AUTHENTICATE);
        assert!(challenge.contains("algs=\"EdDSA Ed25519 ES256\""), "{challenge}");
    }

    world.verified(&send(Some(&client.sign(&good))).await);
}

/// I4: "replay DPoP jti -> reject, replay set survives restart".
#[tokio::test]
async fn i4_a_proof_is_good_once_also_after_a_restart() {
    let (world, client) = (World::new().await, Client::new());
    let access = Tokens::of(&client.redeem(&world, &world.created().await).await).access;
    let proof = client.sign(&client.proof_of(&world, "/credential", Some(&access)).await);
    let authorization = format!("DPoP {access}");
    let wallet = Wallet::new();
    let body = credential_request(&world.proof(&wallet).await);
    let reply = world.json_with(&authorization, "/credential", &body, Some(&proof)).await;
    world.verified(&reply);

    let body = credential_request(&world.proof(&wallet).await);
    let again = world.json_with(&authorization, "/credential", &body, Some(&proof)).await;
    again.is_error(401, "invalid_dpop_proof");
    let world = world.restarted().await;
    let again = world.json_with(&authorization, "/credential", &body, Some(&proof)).await;

    again.is_error(401, "invalid_dpop_proof");
    world.verified(&client.ask(&world, &access, &wallet).await);
}

#[tokio::test]
async fn i25_deferred_and_notification_take_a_bound_token_with_its_proof() {
    let (world, client) = (World::new().await, Client::new());
    let created = world.created_by(&world.attended, &world.nurse()).await;
    let access = Tokens::of(&client.redeem(&world, &created).await).access;

    let reply = client.ask(&world, &access, &Wallet::new()).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{:?}", reply.body);
    let body = json!({ "transaction_id": reply.json()["transaction_id"], "notifies": true });
    let progress = world.progress(&created.id).await;
    world.done(&created.id, "confirm-key", &json!({ "digits": progress["digits"] })).await;
    let bearer = format!("Bearer {access}");
    let reply = world.json_with(&bearer, "/deferred-credential", &body, None).await;
    reply.is_error(401, "invalid_token");
    let reply = client.json(&world, &access, "/deferred-credential", &body).await;
    world.verified(&reply);

    let body = json!({
        "notification_id": reply.json()["notification_id"], "event": "credential_accepted"
    });
    let reply = client.json(&world, &access, "/notification", &body).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{:?}", reply.body);
}

/// I8 I16
#[tokio::test]
async fn i16_the_nonce_endpoint_gives_a_nonce_for_dpop_too() {
    let world = World::new().await;

    let (one, two) = (world.dpop_nonce().await, world.dpop_nonce().await);

    assert!(one.len() >= 22 && one != two);
    let metadata = world.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["EdDSA", "Ed25519", "ES256"]));
}
