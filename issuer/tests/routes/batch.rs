//! Several keys in one request, and key attestations (OpenID4VCI 1.0, I20 and I21).

use std::collections::HashSet;

use axum::http::StatusCode;
use issuer::oid4vci::policy::{BATCH_SIZE, Policy};
use keys::SigningKey;
use serde_json::{Value, json};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::oid4vci::{KEY_ATTESTATION_TYP, PROOF_TYP};
use vc::sd_jwt::{UnverifiedSdJwt, VerifiedSdJwt};
use vc::status_list::{Status, reference};

use crate::world::{BASE_URL, NOW, Reply, Wallet, World};

async fn ask(world: &World, access: &str, proofs: Value) -> Reply {
    let body = json!({ "credential_configuration_id": "employment-checks-1", "proofs": proofs });
    world.post_json(access, "/credential", &body).await
}

fn proofs(wallets: &[Wallet], nonce: &str) -> Value {
    let proofs: Vec<String> =
        wallets.iter().map(|wallet| wallet.proof(BASE_URL, Some(nonce), NOW, None)).collect();
    json!({ "jwt": proofs })
}

fn all(world: &World, reply: &Reply) -> Vec<VerifiedSdJwt> {
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let body = reply.json();
    let credentials = body["credentials"].as_array().unwrap();
    let text = |one: &Value| one["credential"].as_str().unwrap().to_owned();
    let verified = |text: String| {
        UnverifiedSdJwt::parse(&text).unwrap().verify_issuer(&world.issuer_key).unwrap()
    };
    credentials.iter().map(text).map(verified).collect()
}

fn holders(credentials: &[VerifiedSdJwt]) -> Vec<String> {
    credentials.iter().map(|one| one.holder().unwrap().thumbprint().to_string()).collect()
}

fn keys(wallets: &[Wallet]) -> Vec<String> {
    wallets.iter().map(|wallet| wallet.key.public_key().thumbprint().to_string()).collect()
}

fn wallets(n: usize) -> Vec<Wallet> {
    (0..n).map(|_| Wallet::new()).collect()
}

/// I6, I21
#[tokio::test]
async fn i21_each_key_gets_a_copy_that_shares_nothing_with_the_others() {
    let world = World::new().await;
    let metadata = world.get("/.well-known/openid-credential-issuer").await.json();
    assert_eq!(metadata["batch_credential_issuance"]["batch_size"], BATCH_SIZE);
    let created = world.created().await;
    let access = world.access(&created).await;
    let wallets = wallets(BATCH_SIZE);

    let reply = ask(&world, &access, proofs(&wallets, &world.nonce().await)).await;

    let credentials = all(&world, &reply);
    assert_eq!(holders(&credentials), keys(&wallets));
    let entries: HashSet<_> =
        credentials.iter().map(|one| reference(one.claims()).unwrap().unwrap()).collect();
    assert_eq!(entries.len(), BATCH_SIZE);
    let body = reply.json();
    let texts: Vec<&str> = body["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["credential"].as_str().unwrap())
        .collect();
    let parts: Vec<&str> = texts.iter().flat_map(|text| text.split('~')).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    assert_eq!(parts.iter().collect::<HashSet<_>>().len(), parts.len(), "a salt came twice");
    assert!(reply.json()["notification_id"].is_string());
}

#[tokio::test]
async fn a_lost_batch_is_given_again_and_other_keys_get_none() {
    let world = World::new().await;
    let access = world.access(&world.created().await).await;
    let wallets = wallets(3);
    let first = ask(&world, &access, proofs(&wallets, &world.nonce().await)).await;

    let again = ask(&world, &access, proofs(&wallets, &world.nonce().await)).await;
    let fewer = ask(&world, &access, proofs(&wallets[..2], &world.nonce().await)).await;

    let entries = |reply: &Reply| -> Vec<_> {
        let credentials = all(&world, reply);
        credentials.iter().map(|one| reference(one.claims()).unwrap().unwrap()).collect()
    };
    assert_eq!(entries(&again), entries(&first));
    fewer.is_error(400, "credential_request_denied");
}

#[tokio::test]
async fn a_batch_lives_and_dies_together() {
    let world = World::new().await;
    let created = world.created().await;
    let access = world.access(&created).await;
    let reply = ask(&world, &access, proofs(&wallets(3), &world.nonce().await)).await;
    let credentials = all(&world, &reply);

    world.done(&created.id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;
    for credential in &credentials {
        assert_eq!(world.status(credential).await, Status::Suspended);
    }
    world.done(&created.id, "reinstate", &json!({ "reason": "CLEARED" })).await;
    let id = reply.json()["notification_id"].clone();
    let deleted = json!({ "notification_id": id, "event": "credential_deleted" });
    assert_eq!(world.notify(&access, &deleted).await.status, StatusCode::NO_CONTENT);

    for credential in &credentials {
        assert_eq!(world.status(credential).await, Status::Invalid);
    }
}

/// I17, I18, I21
#[tokio::test]
async fn i21_a_batch_of_too_many_or_equal_keys_is_refused_and_burns_nothing() {
    let world = World::new().await;
    let access = world.access(&world.created().await).await;
    let nonce = world.nonce().await;
    let many = wallets(BATCH_SIZE + 1);
    let [one] = wallets(1).try_into().ok().unwrap();
    let twice: Vec<String> =
        (0..2).map(|n| one.proof(BASE_URL, Some(&nonce), NOW - n, None)).collect();
    let mut one_bad = proofs(&many[..3], &nonce);
    one_bad["jwt"][1] = json!(many[1].proof("https://other.example", Some(&nonce), NOW, None));

    ask(&world, &access, proofs(&many, &nonce)).await.is_error(400, "invalid_proof");
    ask(&world, &access, json!({ "jwt": twice })).await.is_error(400, "invalid_proof");
    ask(&world, &access, one_bad).await.is_error(400, "invalid_proof");

    let good = ask(&world, &access, proofs(&many[..BATCH_SIZE], &nonce)).await;
    assert_eq!(all(&world, &good).len(), BATCH_SIZE);
}

fn attester() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut issuer::secrets::rng())
}

fn believing(attester: &SigningKey) -> Policy {
    Policy { key_attesters: vec![attester.public_key().clone()], ..Policy::default() }
}

fn attestation(attester: &SigningKey, wallets: &[Wallet], change: Value) -> String {
    let attested: Vec<Value> =
        wallets.iter().map(|wallet| wallet.key.public_key().to_jwk()).collect();
    let mut claims = json!({ "iat": NOW, "exp": NOW + 3600, "attested_keys": attested });
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let header = json!({ "kid": attester.kid() }).as_object().unwrap().clone();
    let claims = claims.as_object().unwrap();
    let input = SigningInput::new(attester.algorithm(), KEY_ATTESTATION_TYP, header, claims);
    let signature = attester.sign(input.signing_input());
    input.finish(&signature)
}

fn attested_proof(wallet: &Wallet, attestation: &str, nonce: &str) -> Value {
    let jwk = wallet.key.public_key().to_jwk();
    let header = json!({
        "alg": "EdDSA", "typ": PROOF_TYP, "jwk": jwk, "key_attestation": attestation,
    });
    let claims = json!({ "aud": BASE_URL, "iat": NOW, "nonce": nonce });
    json!({ "jwt": [wallet.forge(&header, &claims)] })
}

/// I20
#[tokio::test]
async fn i20_an_attestation_proof_gives_a_copy_for_each_attested_key() {
    let attester = attester();
    let world = World::with(believing(&attester)).await;
    let metadata = world.get("/.well-known/openid-credential-issuer").await.json();
    let configuration = &metadata["credential_configurations_supported"]["employment-checks-1"];
    assert!(configuration["proof_types_supported"]["attestation"].is_object());
    let access = world.access(&world.created().await).await;
    let wallets = wallets(3);
    let nonce = json!({ "nonce": world.nonce().await });

    let token = attestation(&attester, &wallets, nonce);
    let reply = ask(&world, &access, json!({ "attestation": [token] })).await;

    assert_eq!(holders(&all(&world, &reply)), keys(&wallets));
}

/// I20
#[tokio::test]
async fn i20_an_attestation_that_breaks_a_rule_is_refused() {
    let attester = attester();
    let world = World::with(believing(&attester)).await;
    let access = world.access(&world.created().await).await;
    let (wallets, nonce) = (wallets(2), world.nonce().await);
    let stranger = self::attester();
    let good = json!({ "nonce": nonce });
    let bad = [
        ("a stranger", attestation(&stranger, &wallets, good.clone()), "invalid_proof"),
        ("no nonce", attestation(&attester, &wallets, json!({})), "invalid_proof"),
        (
            "a foreign nonce",
            attestation(&attester, &wallets, json!({ "nonce": "x" })),
            "invalid_nonce",
        ),
        (
            "expired",
            attestation(&attester, &wallets, json!({ "nonce": nonce, "exp": NOW })),
            "invalid_proof",
        ),
        (
            "no iat",
            attestation(&attester, &wallets, json!({ "nonce": nonce, "iat": null })),
            "invalid_proof",
        ),
        (
            "no keys",
            attestation(&attester, &wallets, json!({ "nonce": nonce, "attested_keys": [] })),
            "invalid_proof",
        ),
    ];

    for (rule, token, code) in bad {
        let reply = ask(&world, &access, json!({ "attestation": [token] })).await;
        assert_eq!(reply.json()["error"], code, "{rule}: {:?}", reply.body);
    }
    let token = attestation(&attester, &wallets, good);
    let two = json!({ "attestation": [&token, &token] });
    ask(&world, &access, two).await.is_error(400, "invalid_proof");

    let reply = ask(&world, &access, json!({ "attestation": [token] })).await;
    assert_eq!(all(&world, &reply).len(), 2);
}

/// I20
#[tokio::test]
async fn i20_an_attested_proof_gives_a_copy_for_each_attested_key_its_own_first() {
    let attester = attester();
    let world = World::with(believing(&attester)).await;
    let access = world.access(&world.created().await).await;
    let (wallets, nonce) = (wallets(3), world.nonce().await);
    let token = attestation(&attester, &wallets, json!({}));

    let reply = ask(&world, &access, attested_proof(&wallets[1], &token, &nonce)).await;

    let expected = keys(&wallets);
    let order = [1, 0, 2].map(|n: usize| expected[n].clone());
    assert_eq!(holders(&all(&world, &reply)), order);
}

/// I20
#[tokio::test]
async fn i20_the_key_of_an_attested_proof_is_attested_and_exp_is_there() {
    let attester = attester();
    let world = World::with(believing(&attester)).await;
    let access = world.access(&world.created().await).await;
    let (wallets, nonce) = (wallets(2), world.nonce().await);
    let other = attestation(&attester, &wallets[1..], json!({}));
    let endless = attestation(&attester, &wallets, json!({ "exp": null }));

    for token in [other, endless] {
        let reply = ask(&world, &access, attested_proof(&wallets[0], &token, &nonce)).await;
        reply.is_error(400, "invalid_proof");
    }
}

/// I17
#[tokio::test]
async fn i17_where_nobody_is_believed_attestations_are_no_proof_and_no_harm() {
    let attester = attester();
    let world = World::new().await;
    let access = world.access(&world.created().await).await;
    let (wallets, nonce) = (wallets(2), world.nonce().await);
    let token = attestation(&attester, &wallets, json!({ "nonce": nonce }));

    let proof = ask(&world, &access, json!({ "attestation": [&token] })).await;
    let beside = ask(&world, &access, attested_proof(&wallets[0], &token, &nonce)).await;

    proof.is_error(400, "invalid_proof");
    assert_eq!(holders(&all(&world, &beside)), keys(&wallets[..1]));
}
