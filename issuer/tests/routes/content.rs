//! What an issued copy, its type and its list are from outside, line by line: SD-JWT (S), SD-JWT VC
//! (V), Token Status List (T). Read here by hand, not by the code that wrote it.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use vc::base64url;

use crate::world::{BASE_URL, Created, NOW, Reply, Wallet, World};

const VCT: &str = "urn:staff-passport:employment-checks:1";

/// An SD-JWT as it came, taken apart.
struct Copy {
    text: String,
    header: Value,
    payload: Value,
    /// As they stand in the text, and what is in them.
    disclosures: Vec<(String, Value)>,
}

impl Copy {
    async fn issued(world: &World) -> Self {
        let access = world.access(&world.created().await).await;
        Self::of(&world.ask(&access, &world.proof(&Wallet::new()).await).await)
    }

    /// For other people's wallets.
    async fn certified(world: &World) -> Self {
        let path = "/api/v1/passports?profile=es256";
        let created = Created::of(&world.post_json(&world.token, path, &world.nurse()).await);
        let body = json!({
            "credential_configuration_id": "employment-checks-1-es256",
            "proofs": { "jwt": [world.proof(&Wallet::new()).await] },
        });
        let access = world.access(&created).await;
        Self::of(&world.post_json(&access, "/credential", &body).await)
    }

    #[track_caller]
    fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        let text = reply.json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
        let mut parts = text.split('~');
        let (header, payload) = jwt(parts.next().unwrap());
        let disclosures = parts
            .filter(|part| !part.is_empty())
            .map(|part| (part.to_owned(), decoded(part)))
            .collect();
        Self { header, payload, disclosures, text }
    }

    /// Every digest, wherever it stands.
    fn digests(&self) -> Vec<String> {
        let mut found = vec![];
        hashes(&self.payload, &mut found);
        for (_, disclosure) in &self.disclosures {
            hashes(disclosure, &mut found);
        }
        found
    }
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&base64url::decode(part).unwrap()).unwrap()
}

/// Header and payload.
fn jwt(token: &str) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    (decoded(parts[0]), decoded(parts[1]))
}

fn hashes(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("_sd", Value::Array(digests)) => {
                        found.extend(digests.iter().map(|it| it.as_str().unwrap().to_owned()));
                    }
                    ("...", Value::String(digest)) => found.push(digest.clone()),
                    _ => hashes(member, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| hashes(element, found)),
        _ => {}
    }
}

/// Every name of a member, at any depth.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                found.push(name.clone());
                names(member, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| names(element, found)),
        _ => {}
    }
}

#[tokio::test]
async fn s1_the_algorithm_is_never_none_and_the_hash_is_named_once_at_the_top() {
    let world = World::certified().await;
    for (copy, alg) in
        [(Copy::issued(&world).await, "EdDSA"), (Copy::certified(&world).await, "ES256")]
    {
        assert_eq!(copy.header["alg"], alg);
        assert_eq!(copy.payload["_sd_alg"], "sha-256");
        let mut inside = vec![];
        for member in copy.payload.as_object().unwrap().values() {
            names(member, &mut inside);
        }
        copy.disclosures.iter().for_each(|(_, disclosure)| names(disclosure, &mut inside));
        assert!(!inside.contains(&"_sd_alg".to_owned()));
    }
}

#[tokio::test]
async fn s2_salts_are_new_digests_hide_their_order_and_none_stands_twice() {
    let world = World::new().await;
    let (one, other) = (Copy::issued(&world).await, Copy::issued(&world).await);

    let mut salts = HashSet::new();
    for (_, disclosure) in one.disclosures.iter().chain(&other.disclosures) {
        let salt = disclosure[0].as_str().unwrap();
        assert!(base64url::decode(salt).unwrap().len() >= 16, "{salt}");
        assert!(salts.insert(salt.to_owned()), "{salt} twice");
    }
    let digests = one.digests();
    assert_eq!(digests.iter().collect::<HashSet<_>>().len(), digests.len());
    for (text, disclosure) in &one.disclosures {
        let digest = base64url::encode(&Sha256::digest(text.as_bytes()));
        assert!(digests.contains(&digest), "{disclosure}");
    }
    let top: Vec<&str> =
        one.payload["_sd"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(top.len() > 1 && top.is_sorted(), "{top:?}");
}

#[tokio::test]
async fn s3_reserved_names_are_no_claims() {
    let world = World::new().await;
    for reserved in ["_sd", "...", "_sd_alg"] {
        let mut nurse = world.nurse();
        nurse["identity"][reserved] = json!("x");

        let reply = world.post_json(&world.token, "/api/v1/passports", &nurse).await;

        reply.is_problem(422);
        assert_eq!(reply.faults(), [format!("/identity/{reserved}")]);
    }
    let copy = Copy::issued(&world).await;
    for (_, disclosure) in &copy.disclosures {
        let name =
            if disclosure.as_array().unwrap().len() == 3 { &disclosure[1] } else { &json!("") };
        assert!(!["_sd", "..."].contains(&name.as_str().unwrap()));
    }
}

#[tokio::test]
async fn s4_a_copy_ends_with_a_tilde_and_carries_no_key_binding() {
    let copy = Copy::issued(&World::new().await).await;

    assert!(copy.text.ends_with('~') && !copy.text.contains("~~"));
    assert_eq!(copy.text.matches('.').count(), 2);
}

#[tokio::test]
async fn v1_v2_a_copy_names_its_kind() {
    let copy = Copy::issued(&World::new().await).await;

    assert_eq!(copy.header["typ"], "dc+sd-jwt");
    assert_eq!(copy.payload["vct"], VCT);
}

#[tokio::test]
async fn v3_what_could_refuse_a_copy_stands_in_clear() {
    let copy = Copy::certified(&World::certified().await).await;

    for name in ["iss", "exp", "cnf", "vct", "vct#integrity", "status"] {
        assert!(copy.payload.get(name).is_some(), "{name}");
    }
    let never = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];
    for (_, disclosure) in &copy.disclosures {
        assert!(!never.contains(&disclosure[1].as_str().unwrap_or_default()), "{disclosure}");
    }
    let mut found = vec![];
    for name in ["cnf", "status"] {
        hashes(&copy.payload[name], &mut found);
    }
    assert!(found.is_empty());
}

#[tokio::test]
async fn v4_a_copy_is_bound_by_a_public_jwk() {
    let world = World::new().await;
    let wallet = Wallet::new();
    let access = world.access(&world.created().await).await;

    let copy = Copy::of(&world.ask(&access, &world.proof(&wallet).await).await);

    let cnf = copy.payload["cnf"].as_object().unwrap();
    assert_eq!(cnf.keys().collect::<Vec<_>>(), ["jwk"]);
    let key = vc::jwk::PublicKey::from_jwk(&cnf["jwk"]).unwrap();
    assert_eq!(&key, wallet.key.public_key());
    assert_eq!(cnf["jwk"].get("d"), None);
}

#[tokio::test]
async fn v5_the_status_is_one_list_in_jwt_form() {
    let world = World::new().await;
    let copy = Copy::issued(&world).await;

    let status = copy.payload["status"].as_object().unwrap();
    assert_eq!(status.keys().collect::<Vec<_>>(), ["status_list"]);
    let path = status["status_list"]["uri"].as_str().unwrap().strip_prefix(BASE_URL).unwrap();
    // There is no CWT to choose.
    let request = Request::get(path).header(header::ACCEPT, "application/statuslist+cwt");
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/statuslist+jwt");
}

#[tokio::test]
async fn v8_the_validity_of_a_copy_is_bounded() {
    let copy = Copy::issued(&World::new().await).await;

    let (iat, exp) = (copy.payload["iat"].as_i64().unwrap(), copy.payload["exp"].as_i64().unwrap());
    assert_eq!(iat, NOW);
    assert!(exp > iat && exp - iat <= 90 * 24 * 60 * 60);
}

#[tokio::test]
async fn v9_the_metadata_of_iss_is_of_the_same_issuer_with_named_keys() {
    let world = World::new().await;
    let copy = Copy::issued(&world).await;

    let metadata = world.get("/.well-known/jwt-vc-issuer").await.json();

    assert_eq!(metadata["issuer"], copy.payload["iss"]);
    assert!(metadata.get("jwks_uri").is_none());
    let kids: Vec<&Value> =
        metadata["jwks"]["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert_eq!(kids, [&copy.header["kid"]]);
    // Under a path: between host and path, without its slash.
    let beneath = World::at("http://127.0.0.1:8101/trust").await;
    let metadata = beneath.get("/.well-known/jwt-vc-issuer/trust").await.json();
    assert_eq!(metadata["issuer"], "http://127.0.0.1:8101/trust");
}

#[tokio::test]
async fn v10_the_type_is_the_document_whose_hash_the_copy_names() {
    let world = World::certified().await;
    let copy = Copy::certified(&world).await;

    let reply = world.get(&format!("/types/{VCT}")).await;

    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&reply.body));
    assert_eq!(copy.payload["vct#integrity"], format!("sha256-{hash}"));
    assert!(reply.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
    let document = reply.json();
    assert_eq!(document["vct"], VCT);
    for display in document["display"].as_array().unwrap() {
        assert!(display["locale"].is_string() && display["name"].is_string());
    }
    let claims = document["claims"].as_array().unwrap();
    assert!(!claims.is_empty());
    for claim in claims {
        assert!(["always", "allowed", "never"].contains(&claim["sd"].as_str().unwrap()), "{claim}");
        for display in claim["display"].as_array().unwrap() {
            assert!(display["locale"].is_string() && display["label"].is_string(), "{claim}");
        }
    }
    // What the type says is hidden is hidden, and what is not is not.
    for claim in claims.iter().filter(|claim| claim["path"].as_array().unwrap().len() == 1) {
        let name = claim["path"][0].as_str().unwrap();
        let clear = copy.payload.get(name).is_some();
        let hidden = copy.disclosures.iter().any(|(_, it)| it[1] == *name);
        match claim["sd"].as_str() {
            Some("never") => assert!(!hidden, "{name}"),
            Some("always") => assert!(!clear, "{name}"),
            _ => {}
        }
    }
}

/// The list of a copy: its claims, its bytes, and its answer as it came.
async fn list(world: &World, copy: &Copy) -> (Value, Value, Vec<u8>, Reply) {
    let uri = copy.payload["status"]["status_list"]["uri"].as_str().unwrap();
    let request = Request::get(uri.strip_prefix(BASE_URL).unwrap())
        .header(header::ORIGIN, "https://verifier.example");
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    let (head, claims) = jwt(std::str::from_utf8(&reply.body).unwrap());
    let packed = base64url::decode(claims["status_list"]["lst"].as_str().unwrap()).unwrap();
    let bytes = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).unwrap();
    (head, claims, bytes, reply)
}

/// What a list's bytes say of a copy.
fn entry(copy: &Copy, bytes: &[u8]) -> u8 {
    let idx = copy.payload["status"]["status_list"]["idx"].as_u64().unwrap();
    let idx = usize::try_from(idx).unwrap();
    bytes[idx / 4] >> (idx % 4 * 2) & 3
}

#[tokio::test]
async fn t1_t2_t4_a_list_says_what_it_is_where_it_belongs_and_is_open_to_all() {
    let world = World::new().await;
    let copy = Copy::issued(&world).await;

    let (head, claims, _, reply) = list(&world, &copy).await;

    assert_eq!(head["typ"], "statuslist+jwt");
    assert_eq!(claims["sub"], copy.payload["status"]["status_list"]["uri"]);
    assert_eq!(claims["iat"], NOW);
    assert!(claims["exp"].as_i64().unwrap() > NOW && claims["ttl"].as_i64().unwrap() > 0);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/statuslist+jwt");
    assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    // T13: no other key signs, so that no certificate has to allow it.
    assert_eq!(head["kid"], copy.header["kid"]);
}

#[tokio::test]
async fn t3_t5_entries_lie_two_bits_wide_from_the_least_significant_and_say_what_happened() {
    let world = World::new().await;
    for (acts, value) in [
        (vec![], 0),
        (vec![("revoke", "LEFT_EMPLOYMENT")], 1),
        (vec![("suspend", "INVESTIGATION")], 2),
        (vec![("suspend", "INVESTIGATION"), ("reinstate", "CLEARED")], 0),
    ] {
        let created = world.created().await;
        let access = world.access(&created).await;
        let copy = Copy::of(&world.ask(&access, &world.proof(&Wallet::new()).await).await);
        for (act, reason) in acts {
            world.done(&created.id, act, &json!({ "reason": reason })).await;
        }

        let (_, claims, bytes, _) = list(&world, &copy).await;

        assert_eq!(claims["status_list"]["bits"], 2);
        assert_eq!(bytes.len(), (1 << 17) / 4);
        assert_eq!(entry(&copy, &bytes), value);
    }
}

/// T5: 3 is ours, for what another copy has taken the place of.
#[tokio::test]
async fn t5_a_copy_on_the_old_phone_is_superseded() {
    let world = World::new().await;
    let created = world.created().await;
    let access = world.access(&created).await;
    let copy = Copy::of(&world.ask(&access, &world.proof(&Wallet::new()).await).await);
    let offer = world.done(&created.id, "offer", &json!({ "reason": "NEW_DEVICE" })).await;
    let again = Created {
        uri: offer["offer"]["uri"].as_str().unwrap().to_owned(),
        tx_code: offer["offer"]["tx_code"].as_str().unwrap().to_owned(),
        ..created
    };
    world.receive(&again, &Wallet::new()).await;

    let (_, _, bytes, _) = list(&world, &copy).await;

    assert_eq!(entry(&copy, &bytes), 3);
}

/// T6: HAIP: unpredictable and the copy's own.
#[tokio::test]
async fn t6_each_copy_has_an_index_of_its_own_out_of_order() {
    let world = World::new().await;
    let mut given = vec![];
    for _ in 0..12 {
        let copy = Copy::issued(&world).await;
        given.push(copy.payload["status"]["status_list"]["idx"].as_u64().unwrap());
    }

    assert_eq!(given.iter().collect::<HashSet<_>>().len(), given.len());
    assert!(!given.is_sorted());
    assert!(given.windows(2).any(|pair| pair[0].abs_diff(pair[1]) > 1));
}
