//! Signing profiles: `native`, and `es256` with certificates (DESIGN 5).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use vc::jws::UnverifiedJws;
use vc::oid4vci::{CredentialOffer, IssuerMetadata, Transport};
use vc::sd_jwt::UnverifiedSdJwt;
use vc::status_list::{Status, reference};
use vc::time::UnixTime;
use vc::x5c::{self, ChainError};

use crate::world::{BASE_URL, Created, Reply, Wallet, World};

const NATIVE: &str = "employment-checks-1";
const ES256: &str = "employment-checks-1-es256";

async fn created(world: &World, profile: &str) -> Created {
    let path = format!("/api/v1/passports?profile={profile}");
    Created::of(&world.post_json(&world.token, &path, &world.nurse()).await)
}

async fn offered(world: &World, created: &Created) -> Vec<String> {
    let reply = world.get(&created.offer_path()).await;
    let offer = CredentialOffer::parse(&reply.body, Transport::LoopbackHttp).unwrap();
    offer.credential_configuration_ids
}

async fn ask(world: &World, access: &str, configuration: &str, wallet: &Wallet) -> Reply {
    let body = json!({
        "credential_configuration_id": configuration,
        "proofs": { "jwt": [world.proof(wallet).await] },
    });
    world.post_json(access, "/credential", &body).await
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    reply.json()["credentials"][0]["credential"].as_str().unwrap().to_owned()
}

/// The key of a certified token, by its certificates alone.
fn certified_key(world: &World, jwt: &str) -> vc::jwk::PublicKey {
    let chain = UnverifiedJws::parse(jwt).unwrap().header().x5c().unwrap().unwrap();
    let anchors = [world.root.clone().unwrap()];
    let leaf = x5c::verify(&chain, &anchors, UnixTime(world.clock.now())).unwrap();
    leaf.key_of(BASE_URL).unwrap().clone()
}

/// I4, I5, V8
#[tokio::test]
async fn i4_both_profiles_of_a_type_are_configurations() {
    let world = World::certified().await;

    let reply = world.get("/.well-known/openid-credential-issuer").await;

    let metadata = IssuerMetadata::parse(&reply.body, BASE_URL, Transport::LoopbackHttp).unwrap();
    for (id, alg) in [(NATIVE, "EdDSA"), (ES256, "ES256")] {
        let configuration = &metadata.credential_configurations_supported[id];
        assert_eq!(configuration.format, "dc+sd-jwt");
        assert_eq!(configuration.scope.as_deref(), Some(id));
        assert!(configuration.credential_metadata.is_some());
        assert_eq!(configuration.credential_signing_alg_values_supported[0], alg);
        assert!(!configuration.jwt_proof_algorithms().is_empty());
    }
}

#[tokio::test]
async fn without_certificates_there_is_no_es256_to_offer() {
    let world = World::new().await;

    let reply = world.get("/.well-known/openid-credential-issuer").await.json();
    let path = "/api/v1/passports?profile=es256";
    let refused = world.post_json(&world.token, path, &world.nurse()).await;

    assert_eq!(reply["credential_configurations_supported"].get(ES256), None);
    refused.is_problem(409);
    assert_eq!(refused.json()["code"], "NO_KEY_FOR_PROFILE");
}

/// I9
#[tokio::test]
async fn i9_an_offer_names_the_profiles_that_hr_allows() {
    let world = World::certified().await;

    for (profile, ids) in [
        ("first", vec![NATIVE]),
        ("native", vec![NATIVE]),
        ("es256", vec![ES256]),
        ("any", vec![NATIVE, ES256]),
    ] {
        assert_eq!(offered(&world, &created(&world, profile).await).await, ids);
    }
    let path = "/api/v1/passports?profile=rs256";
    world.post_json(&world.token, path, &world.nurse()).await.is_problem(400);
}

/// V1, V8
#[tokio::test]
async fn v8_an_es256_credential_carries_its_certificates_and_no_anchor() {
    let world = World::certified().await;
    let access = world.access(&created(&world, "es256").await).await;

    let text = text(&ask(&world, &access, ES256, &Wallet::new()).await);

    let jwt = text.split('~').next().unwrap();
    let key = certified_key(&world, jwt);
    let header = UnverifiedJws::parse(jwt).unwrap().header().clone();
    assert_eq!((header.alg.as_str(), header.typ.as_deref()), ("ES256", Some("dc+sd-jwt")));
    assert_eq!(header.kid.as_deref(), Some(key.kid().as_str()));
    let chain = header.x5c().unwrap().unwrap();
    assert_eq!(chain.len(), 1);
    let verified = UnverifiedSdJwt::parse(&text).unwrap().verify_issuer(&key).unwrap();
    assert_eq!(verified.claims()["iss"], BASE_URL);
    // The leaf is no anchor's own certificate.
    let other = x5c::verify(&chain, &[], UnixTime(world.clock.now())).unwrap_err();
    assert_eq!(other, ChainError::UnknownAnchor);
}

/// T6 and B (trap 1): a list is signed by the key of the credentials that it serves.
#[tokio::test]
async fn t6_each_profile_has_lists_of_its_own_signed_by_its_key() {
    let world = World::certified().await;
    let access = world.access(&created(&world, "es256").await).await;
    let text = text(&ask(&world, &access, ES256, &Wallet::new()).await);
    let jwt = text.split('~').next().unwrap();
    let key = certified_key(&world, jwt);
    let credential = UnverifiedSdJwt::parse(&text).unwrap().verify_issuer(&key).unwrap();
    let status = reference(credential.claims()).unwrap().unwrap();

    let token = world.get(status.uri.strip_prefix(BASE_URL).unwrap()).await;

    let token = String::from_utf8(token.body.to_vec()).unwrap();
    assert_eq!(certified_key(&world, &token), key);
    let now = UnixTime(world.clock.now());
    let list =
        vc::status_list::VerifiedStatusList::verify(&token, &status.uri, |_| Some(&key), now);
    assert_eq!(list.unwrap().status(status.idx), Ok(Status::Valid));
    let native = world.receive(&world.created().await, &Wallet::new()).await;
    assert_ne!(reference(native.claims()).unwrap().unwrap().uri, status.uri);
}

#[tokio::test]
async fn a_wallet_chooses_one_of_the_profiles_and_keeps_to_it() {
    let world = World::certified().await;
    let wallet = Wallet::new();
    let access = world.access(&created(&world, "any").await).await;

    text(&ask(&world, &access, ES256, &wallet).await);

    text(&ask(&world, &access, ES256, &wallet).await);
    let other = ask(&world, &access, NATIVE, &wallet).await;
    other.is_error(400, "invalid_credential_request");
    let native = world.access(&created(&world, "native").await).await;
    let not_offered = ask(&world, &native, ES256, &wallet).await;
    not_offered.is_error(400, "invalid_credential_request");
}

/// I14
#[tokio::test]
async fn i14_each_configuration_of_an_offer_has_an_identifier() {
    let world = World::certified().await;
    let created = created(&world, "any").await;
    let code = world.code(&created).await;
    let wanted = json!([
        { "type": "openid_credential", "credential_configuration_id": NATIVE },
        { "type": "openid_credential", "credential_configuration_id": ES256 },
    ]);
    let pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"),
        ("pre-authorized_code", &code),
        ("tx_code", &created.tx_code),
        ("authorization_details", &wanted.to_string()),
    ];
    let token = world.post_form("/token", &pairs).await.json();
    let details = token["authorization_details"].as_array().unwrap();
    let identifiers: Vec<&Value> =
        details.iter().map(|detail| &detail["credential_identifiers"][0]).collect();
    assert_eq!(identifiers.len(), 2);
    assert_ne!(identifiers[0], identifiers[1]);
    let body = json!({
        "credential_identifier": identifiers[1],
        "proofs": { "jwt": [world.proof(&Wallet::new()).await] },
    });

    let access = token["access_token"].as_str().unwrap();
    let text = text(&world.post_json(access, "/credential", &body).await);

    certified_key(&world, text.split('~').next().unwrap());
}

async fn signed_metadata(world: &World) -> Reply {
    let request = Request::get("/.well-known/openid-credential-issuer")
        .header(header::ACCEPT, "application/jwt")
        .body(Body::empty());
    world.send(request.unwrap()).await
}

/// I3
#[tokio::test]
async fn i3_signed_metadata_says_the_same_as_the_plain() {
    for world in [World::new().await, World::certified().await] {
        let plain = world.get("/.well-known/openid-credential-issuer").await;
        assert_eq!(plain.header(header::CONTENT_TYPE), "application/json");

        let reply = signed_metadata(&world).await;

        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header(header::CONTENT_TYPE), "application/jwt");
        assert_eq!(reply.header(header::VARY), "accept");
        let jwt = String::from_utf8(reply.body.to_vec()).unwrap();
        let key = match &world.root {
            Some(_) => certified_key(&world, &jwt),
            None => world.issuer_key.clone(),
        };
        let parsed = UnverifiedJws::parse(&jwt).unwrap();
        let mut claims =
            parsed.into_verified(&key, "openidvci-issuer-metadata+jwt").unwrap().into_claims();
        assert_eq!(claims.remove("sub"), Some(json!(BASE_URL)));
        assert_eq!(claims.remove("iat"), Some(json!(world.clock.now())));
        claims.remove("iss");
        assert_eq!(Value::Object(claims), plain.json());
    }
}
