//! A passport as a W3C credential for HR's own systems (VC-JOSE-COSE), and its Bitstring Status
//! Lists (STANDARDS W and B).

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use vc::bitstring::{MIN_ENTRIES, Purpose, StatusEntry, VerifiedBitstring, entries};
use vc::jws::UnverifiedJws;
use vc::status_list::Status;
use vc::time::UnixTime;
use vc::vcdm::{CONTEXT, UnverifiedCredential, VerifiedCredential};

use crate::world::{BASE_URL, Created, Reply, Wallet, World};

async fn download(world: &World, id: &str) -> Reply {
    world.post(&world.token, &format!("/api/v1/passports/{id}/vc-jwt"), Body::empty()).await
}

/// A passport that a wallet has, and its download.
async fn downloaded(world: &World) -> (Created, VerifiedCredential) {
    let created = world.created().await;
    world.receive(&created, &Wallet::new()).await;
    let reply = download(world, &created.id).await;
    let credential = verified(world, &reply);
    (created, credential)
}

#[track_caller]
fn verified(world: &World, reply: &Reply) -> VerifiedCredential {
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let text = std::str::from_utf8(&reply.body).unwrap();
    let parsed = UnverifiedCredential::parse(text).unwrap();
    assert_eq!(parsed.key_needed().id, BASE_URL);
    parsed.verify(|_| Some(world.issuer_key.clone()), UnixTime(world.clock.now())).unwrap()
}

async fn list(world: &World, url: &str) -> VerifiedBitstring {
    let reply = world.get(url.strip_prefix(BASE_URL).unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/vc+jwt");
    let text = std::str::from_utf8(&reply.body).unwrap();
    let now = UnixTime(world.clock.now());
    let key = |_: &vc::vcdm::KeyNeeded| Some(world.issuer_key.clone());
    VerifiedBitstring::verify(text, url, BASE_URL, key, now).unwrap()
}

fn entry(credential: &VerifiedCredential, purpose: &Purpose) -> StatusEntry {
    let all = entries(credential.claims()).unwrap();
    all.into_iter().find(|entry| &entry.purpose == purpose).unwrap()
}

/// What the two lists say.
async fn statuses(world: &World, credential: &VerifiedCredential) -> [Status; 2] {
    let mut statuses = Vec::new();
    for purpose in [Purpose::Revocation, Purpose::Suspension] {
        let entry = entry(credential, &purpose);
        statuses.push(list(world, &entry.list).await.status(&entry).unwrap().status);
    }
    statuses.try_into().unwrap()
}

/// W1, W2, W3, W6, W9
#[tokio::test]
async fn w1_a_download_is_a_vc_jwt_without_a_vc_claim() {
    let world = World::new().await;
    let created = world.created().await;
    world.receive(&created, &Wallet::new()).await;

    let reply = download(&world, &created.id).await;

    assert_eq!(reply.header(header::CONTENT_TYPE), "application/vc+jwt");
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert!(reply.header(header::CONTENT_DISPOSITION).starts_with("attachment"));
    let jws = UnverifiedJws::parse(std::str::from_utf8(&reply.body).unwrap()).unwrap();
    let header = jws.header();
    assert_eq!(header.typ.as_deref(), Some("vc+jwt"));
    assert_eq!(header.members["cty"], "vc");
    assert_eq!(header.kid.as_deref(), Some(world.issuer_key.kid().as_str()));
    let credential = verified(&world, &reply);
    let claims = credential.claims();
    assert!(["vc", "vp", "nbf", "cnf"].iter().all(|name| !claims.contains_key(*name)));
    assert_eq!((&claims["iss"], &claims["issuer"]), (&json!(BASE_URL), &json!(BASE_URL)));
    assert_eq!(claims["@context"][0], CONTEXT);
    assert_eq!(claims["type"][0], "VerifiableCredential");
    assert_eq!(credential.types()[1], "urn:staff-passport:employment-checks:1");
    let subject = &credential.subjects()[0];
    assert_eq!(subject["identity"]["given_name"], "Amara");
    assert_eq!(subject["subject_ref"], created.subject_ref);
    assert_eq!(credential.expires_at(), credential.valid_until());
}

/// B1, B2, B5, B6
#[tokio::test]
async fn b1_a_download_has_an_entry_for_each_purpose_in_lists_of_its_own() {
    let world = World::new().await;
    let (_, credential) = downloaded(&world).await;

    let raw = credential.claims()["credentialStatus"].as_array().unwrap().clone();

    assert_eq!(raw.len(), 2);
    for (raw, purpose) in raw.iter().zip(["revocation", "suspension"]) {
        assert_eq!(raw["type"], "BitstringStatusListEntry");
        assert_eq!(raw["statusPurpose"], purpose);
        assert!(raw["statusListIndex"].as_str().unwrap().parse::<u32>().is_ok());
        let url = raw["statusListCredential"].as_str().unwrap();
        assert_ne!(raw.get("id").and_then(Value::as_str), Some(url));
        let list = list(&world, url).await;
        assert_eq!(list.purposes(), [Purpose::from(purpose)]);
        assert_eq!(list.ttl_milliseconds(), Some(30_000));
        let claims = list.credential().claims();
        let kinds = json!(["VerifiableCredential", "BitstringStatusListCredential"]);
        assert_eq!(claims["type"], kinds);
        let subject = &list.credential().subjects()[0];
        assert_eq!(subject["type"], "BitstringStatusList");
        assert!(subject["encodedList"].as_str().unwrap().starts_with('u'));
        // Index 0 is there, and so is the last of the shortest list.
        for index in [0, MIN_ENTRIES - 1] {
            let entry = StatusEntry::new(Purpose::from(purpose), index, url);
            list.status(&entry).unwrap();
        }
    }
}

/// B2, S4: no two credentials share an index, and none is that of a copy in a wallet.
#[tokio::test]
async fn each_download_has_an_index_of_its_own() {
    let world = World::new().await;
    let (created, first) = downloaded(&world).await;
    let mut seen = HashSet::new();
    seen.insert(entry(&first, &Purpose::Revocation).index);

    for _ in 0..5 {
        let credential = verified(&world, &download(&world, &created.id).await);
        let [over, in_doubt] = [Purpose::Revocation, Purpose::Suspension]
            .map(|purpose| entry(&credential, &purpose).index);
        assert_eq!(over, in_doubt);
        assert!(seen.insert(over));
    }
    let lists = world.get("/status-lists").await.json();
    assert!(!lists.to_string().contains("bitstring"));
}

/// B1, B4
#[tokio::test]
async fn a_download_is_in_doubt_and_over_with_its_passport() {
    use Status::{Invalid, Suspended, Valid};
    let world = World::new().await;
    let (created, credential) = downloaded(&world).await;
    assert_eq!(statuses(&world, &credential).await, [Valid, Valid]);

    world.done(&created.id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;
    assert_eq!(statuses(&world, &credential).await, [Valid, Suspended]);
    world.done(&created.id, "reinstate", &json!({ "reason": "CLEARED" })).await;
    assert_eq!(statuses(&world, &credential).await, [Valid, Valid]);
    assert_eq!(world.revoke(&created.id, "ISSUED_IN_ERROR").await.status, StatusCode::OK);

    assert_eq!(statuses(&world, &credential).await, [Invalid, Valid]);
    let world = world.restarted().await;
    assert_eq!(statuses(&world, &credential).await, [Invalid, Valid]);
}

#[tokio::test]
async fn a_new_or_lost_phone_leaves_a_download_alone() {
    let world = World::new().await;
    let (created, credential) = downloaded(&world).await;
    let offer = format!("/api/v1/passports/{}/offer", created.id);

    for reason in ["NEW_DEVICE", "LOST_DEVICE"] {
        let reply = world.post_json(&world.token, &offer, &json!({ "reason": reason })).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
        world.receive(&Created::of(&reply), &Wallet::new()).await;
        assert_eq!(statuses(&world, &credential).await, [Status::Valid; 2], "{reason}");
    }
    let history = world.show(&created.id).await["history"].to_string();
    assert!(history.contains("DOWNLOADED"), "{history}");
}

#[tokio::test]
async fn only_a_passport_in_use_is_downloaded() {
    let world = World::new().await;
    let created = world.created().await;

    download(&world, &created.id).await.is_problem(409);
    download(&world, "00000000-0000-4000-8000-000000000000").await.is_problem(404);
    world.receive(&created, &Wallet::new()).await;
    world.done(&created.id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;

    download(&world, &created.id).await.is_problem(409);
}

#[tokio::test]
async fn an_unchanged_bitstring_list_is_not_sent_again() {
    let world = World::new().await;
    let (_, credential) = downloaded(&world).await;
    let url = entry(&credential, &Purpose::Revocation).list;
    let path = url.strip_prefix(BASE_URL).unwrap();
    let etag = world.get(path).await.header(header::ETAG).to_owned();

    let again = Request::get(path).header(header::IF_NONE_MATCH, &etag).body(Body::empty());

    assert_eq!(world.send(again.unwrap()).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(world.get("/bitstring-lists/0/refresh").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/bitstring-lists/0/revocation").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/bitstring-lists/99/revocation").await.status, StatusCode::NOT_FOUND);
}
