//! Encrypted credential requests and responses (OpenID4VCI 1.0, I22; SECURITY T12).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use issuer::oid4vci::policy::Policy;
use keys::jwe::{ContentEncryption, DecryptionKey, Recipient};
use serde_json::{Value, json};
use vc::oid4vci::{IssuerMetadata, Transport};
use vc::sd_jwt::UnverifiedSdJwt;

use crate::world::{BASE_URL, Created, Reply, Wallet, World};

fn wallet_key() -> DecryptionKey {
    DecryptionKey::generate(&mut issuer::secrets::rng())
}

fn asking_for(key: &DecryptionKey) -> Value {
    json!({ "jwk": key.public_jwk(), "enc": "A256GCM" })
}

async fn body(world: &World, wallet: &Wallet, encryption: Option<Value>) -> Value {
    let mut body = json!({
        "credential_configuration_id": "employment-checks-1",
        "proofs": { "jwt": [world.proof(wallet).await] },
    });
    if let Some(encryption) = encryption {
        body["credential_response_encryption"] = encryption;
    }
    body
}

/// What the metadata gives to encrypt to.
async fn recipient(world: &World) -> (Recipient, Value) {
    let reply = world.get("/.well-known/openid-credential-issuer").await;
    let jwks = reply.json()["credential_request_encryption"]["jwks"].clone();
    (Recipient::choose(&jwks).unwrap(), jwks)
}

async fn post_jwe(world: &World, access: &str, path: &str, jwe: String) -> Reply {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::CONTENT_TYPE, "application/jwt")
        .body(Body::from(jwe));
    world.send(request.unwrap()).await
}

#[track_caller]
fn decrypted(reply: &Reply, key: &DecryptionKey) -> Value {
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/jwt", "{:?}", reply.body);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let jwe = std::str::from_utf8(&reply.body).unwrap();
    serde_json::from_slice(&key.decrypt(jwe).unwrap()).unwrap()
}

#[track_caller]
fn is_credential(world: &World, body: &Value) {
    let text = body["credentials"][0]["credential"].as_str().unwrap();
    UnverifiedSdJwt::parse(text).unwrap().verify_issuer(&world.issuer_key).unwrap();
}

async fn access(world: &World) -> String {
    world.access(&world.created().await).await
}

/// I6, trap 6: the first key that a wallet finds is the one it can use.
#[tokio::test]
async fn i6_the_metadata_names_one_p_256_key_that_outlives_a_restart() {
    let world = World::new().await;
    let reply = world.get("/.well-known/openid-credential-issuer").await;
    let metadata = IssuerMetadata::parse(&reply.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    let request = metadata.credential_request_encryption.unwrap();
    let response = metadata.credential_response_encryption.unwrap();

    let [jwk] = request.jwks.keys.as_slice() else { panic!("{:?}", request.jwks) };
    assert_eq!((&jwk["crv"], &jwk["alg"]), (&json!("P-256"), &json!("ECDH-ES")));
    assert!(jwk["kid"].is_string() && jwk.get("d").is_none());
    assert_eq!(request.enc_values_supported, ["A256GCM", "A128GCM"]);
    assert_eq!(response.alg_values_supported, ["ECDH-ES"]);
    assert!(!request.encryption_required && !response.encryption_required);
    let (_, before) = recipient(&world).await;
    let (_, after) = recipient(&world.restarted().await).await;
    assert_eq!(before, after);
}

/// I22, trap 4: widespread wallets never encrypt their requests.
#[tokio::test]
async fn i22_a_plain_request_may_ask_for_an_encrypted_answer() {
    let world = World::new().await;
    let access = access(&world).await;
    let key = wallet_key();

    let asked = body(&world, &Wallet::new(), Some(asking_for(&key))).await;
    let reply = world.post_json(&access, "/credential", &asked).await;

    assert_eq!(reply.status, StatusCode::OK);
    is_credential(&world, &decrypted(&reply, &key));
}

/// I22
#[tokio::test]
async fn i22_an_encrypted_request_is_answered_as_it_asks() {
    let world = World::new().await;
    let (to_issuer, _) = recipient(&world).await;
    let key = wallet_key();
    for encryption in [None, Some(asking_for(&key))] {
        let access = access(&world).await;
        let asked = body(&world, &Wallet::new(), encryption.clone()).await;
        let jwe = to_issuer.encrypt(asked.to_string().as_bytes(), ContentEncryption::A128Gcm);

        let reply = post_jwe(&world, &access, "/credential", jwe.unwrap()).await;

        let body = if encryption.is_some() { decrypted(&reply, &key) } else { reply.json() };
        is_credential(&world, &body);
    }
}

/// I18, I22
#[tokio::test]
async fn i22_bad_parameters_are_refused_in_clear_and_burn_nothing() {
    let world = World::new().await;
    let access = access(&world).await;
    let key = wallet_key();
    let good = asking_for(&key);
    let changed = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed["jwk"][name] = value;
        changed
    };
    let mut no_alg = good.clone();
    no_alg["jwk"].as_object_mut().unwrap().remove("alg");
    let bad = [
        ("no alg", no_alg),
        ("another alg", changed("alg", json!("RSA-OAEP"))),
        ("for signatures", changed("use", json!("sig"))),
        ("another curve", changed("crv", json!("P-384"))),
        ("no point", changed("x", json!("AAAA"))),
        ("a private key", changed("d", json!("AAAA"))),
        ("another enc", json!({ "jwk": good["jwk"], "enc": "A128CBC-HS256" })),
        ("zip", json!({ "jwk": good["jwk"], "enc": "A256GCM", "zip": "DEF" })),
        ("no enc", json!({ "jwk": good["jwk"] })),
        ("no object", json!("x")),
    ];

    let mut asked = body(&world, &Wallet::new(), None).await;
    for (rule, encryption) in bad {
        asked["credential_response_encryption"] = encryption;
        let reply = world.post_json(&access, "/credential", &asked).await;
        assert_eq!(reply.json()["error"], "invalid_encryption_parameters", "{rule}");
        assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
    }

    asked["credential_response_encryption"] = good;
    let reply = world.post_json(&access, "/credential", &asked).await;
    is_credential(&world, &decrypted(&reply, &key));
}

/// I18: "error responses are never encrypted".
#[tokio::test]
async fn i18_an_error_is_in_clear_though_the_answer_would_be_encrypted() {
    let world = World::new().await;
    let access = access(&world).await;
    let (to_issuer, _) = recipient(&world).await;
    let mut asked = body(&world, &Wallet::new(), Some(asking_for(&wallet_key()))).await;
    asked.as_object_mut().unwrap().remove("proofs");
    let jwe = to_issuer.encrypt(asked.to_string().as_bytes(), ContentEncryption::A256Gcm);

    let reply = post_jwe(&world, &access, "/credential", jwe.unwrap()).await;

    reply.is_error(400, "invalid_proof");
}

/// T12, I22
#[tokio::test]
async fn t12_what_does_not_decrypt_is_refused_before_it_costs_anything() {
    let world = World::new().await;
    let access = access(&world).await;
    let (to_issuer, _) = recipient(&world).await;
    let jwe = to_issuer.encrypt(b"{}", ContentEncryption::A256Gcm).unwrap();
    let stranger = wallet_key().public_jwk();
    let foreign = Recipient::from_jwk(&stranger).unwrap();
    let foreign = foreign.encrypt(b"{}", ContentEncryption::A256Gcm).unwrap();
    let rest = jwe.split_once('.').unwrap().1;
    let zipped = vc::base64url::encode(br#"{"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF"}"#);
    let signed = vc::base64url::encode(br#"{"alg":"none"}"#);

    for (rule, text) in [
        ("foreign key", foreign),
        ("zip", format!("{zipped}.{rest}")),
        ("cut", jwe.split_at(jwe.len() - 6).0.to_owned()),
        ("a JWS", format!("{signed}.e30.")),
        ("nothing", String::new()),
        ("plain JSON", "{}".to_owned()),
    ] {
        let reply = post_jwe(&world, &access, "/credential", text).await;
        assert_eq!(reply.json()["error"], "invalid_encryption_parameters", "{rule}");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{rule}");
    }
    let long = post_jwe(&world, &access, "/credential", "x".repeat(300_000)).await;
    long.is_error(413, "invalid_credential_request");
}

/// I22
#[tokio::test]
async fn i22_where_encryption_is_required_nothing_goes_plain() {
    let world = World::with(Policy { encryption_required: true, ..Policy::default() }).await;
    let metadata = world.get("/.well-known/openid-credential-issuer").await.json();
    assert_eq!(metadata["credential_request_encryption"]["encryption_required"], true);
    assert_eq!(metadata["credential_response_encryption"]["encryption_required"], true);
    let access = access(&world).await;
    let (to_issuer, _) = recipient(&world).await;
    let key = wallet_key();
    let wallet = Wallet::new();

    let plain = body(&world, &wallet, Some(asking_for(&key))).await;
    let plain = world.post_json(&access, "/credential", &plain).await;
    plain.is_error(400, "invalid_encryption_parameters");
    let half = body(&world, &wallet, None).await.to_string();
    let half = to_issuer.encrypt(half.as_bytes(), ContentEncryption::A256Gcm).unwrap();
    let half = post_jwe(&world, &access, "/credential", half).await;
    half.is_error(400, "invalid_encryption_parameters");

    let whole = body(&world, &wallet, Some(asking_for(&key))).await.to_string();
    let whole = to_issuer.encrypt(whole.as_bytes(), ContentEncryption::A256Gcm).unwrap();
    let reply = post_jwe(&world, &access, "/credential", whole).await;
    is_credential(&world, &decrypted(&reply, &key));
}

async fn compared(world: &World) -> Created {
    let path = "/api/v1/passports?confirm_key=true";
    Created::of(&world.post_json(&world.token, path, &world.nurse()).await)
}

/// I21, I23
#[tokio::test]
async fn i23_a_deferred_answer_goes_by_the_encryption_of_its_own_request() {
    let world = World::new().await;
    let created = compared(&world).await;
    let access = world.access(&created).await;
    let (first, second, third) = (wallet_key(), wallet_key(), wallet_key());
    let asked = body(&world, &Wallet::new(), Some(asking_for(&first))).await;

    let reply = world.post_json(&access, "/credential", &asked).await;

    assert_eq!(reply.status, StatusCode::ACCEPTED);
    let waiting = decrypted(&reply, &first);
    assert!(waiting["interval"].as_u64().unwrap() > 0 && waiting.get("credentials").is_none());
    let transaction = waiting["transaction_id"].clone();
    let mut again = json!({ "transaction_id": transaction });
    let plain = world.post_json(&access, "/deferred-credential", &again).await;
    assert_eq!(plain.status, StatusCode::ACCEPTED);
    assert_eq!(plain.json()["transaction_id"], transaction);
    again["credential_response_encryption"] = asking_for(&second);
    let pending = world.post_json(&access, "/deferred-credential", &again).await;
    assert_eq!(pending.status, StatusCode::ACCEPTED);
    assert_eq!(decrypted(&pending, &second)["transaction_id"], transaction);
    let digits = world.progress(&created.id).await["digits"].clone();
    world.done(&created.id, "confirm-key", &json!({ "digits": digits })).await;
    again["credential_response_encryption"] = json!({ "jwk": {}, "enc": "A256GCM" });
    let bad = world.post_json(&access, "/deferred-credential", &again).await;
    bad.is_error(400, "invalid_encryption_parameters");

    again["credential_response_encryption"] = asking_for(&third);
    let (to_issuer, _) = recipient(&world).await;
    let jwe = to_issuer.encrypt(again.to_string().as_bytes(), ContentEncryption::A256Gcm);
    let reply = post_jwe(&world, &access, "/deferred-credential", jwe.unwrap()).await;

    assert_eq!(reply.status, StatusCode::OK);
    is_credential(&world, &decrypted(&reply, &third));
    let spent = world.post_json(&access, "/deferred-credential", &again).await;
    spent.is_error(400, "invalid_transaction_id");
}
