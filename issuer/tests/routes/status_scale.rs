//! Status lists with many copies: S4, S5, K2 and D4 of SECURITY, the issuer's side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::{Method, Request, StatusCode, header};
use issuer::secrets;
use issuer::store::ListPolicy;
use keys::{Purpose, Ring, Sealing};
use serde_json::{Value, json};
use tokio::sync::RwLock;
use vc::jwk::{Algorithm, PublicKey};
use vc::oid4vci::{StatusListAggregation, Transport};
use vc::sd_jwt::{UnverifiedSdJwt, VerifiedSdJwt};
use vc::status_list::{Status, StatusReference, VerifiedStatusList, reference};
use vc::time::UnixTime;

use crate::world::{Created, NOW, Wallet, World};

fn status_of(credential: &VerifiedSdJwt) -> StatusReference {
    reference(credential.claims()).unwrap().unwrap()
}

async fn issued(world: &World) -> (Created, VerifiedSdJwt) {
    let created = world.created().await;
    let credential = world.receive(&created, &Wallet::new()).await;
    (created, credential)
}

/// S4: which index a holder has tells nothing of when she got it: as good as drawn by lot.
#[tokio::test]
async fn s4_indices_are_as_good_as_random_in_place_and_order() {
    const COUNT: usize = 320;
    let world = World::new().await;
    let mut indices = Vec::new();
    for _ in 0..COUNT {
        let (_, credential) = issued(&world).await;
        indices.push(status_of(&credential).idx);
    }

    let mut buckets = [0_u32; 16];
    for index in &indices {
        buckets[usize::try_from(index / ((1 << 17) / 16)).unwrap()] += 1;
    }
    let expected = f64::from(u32::try_from(COUNT).unwrap()) / 16.0;
    let chi: f64 = buckets.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    let rises = indices.windows(2).filter(|pair| pair[0] < pair[1]).count();

    // Chi-square with 15 degrees of freedom: 44.3 has p = 0.0001. Of 319 steps of a random order
    // 159.5 rise, with a deviation of 5.2; four of them either way.
    assert!(chi < 44.3, "chi-square {chi} of {buckets:?}");
    assert!((139..=181).contains(&rises), "{rises} of 319 steps rise");
    assert_eq!(indices.iter().collect::<BTreeSet<_>>().len(), COUNT);
}

/// S4: a list hides whom it is about among more than 100,000, and no address is a holder's own.
#[tokio::test]
async fn s4_lists_are_long_and_shared() {
    let world = World::new().await;
    let (_, one) = issued(&world).await;
    let (_, other) = issued(&world).await;

    assert_eq!(status_of(&one).uri, status_of(&other).uri);
    let list = world.list(&status_of(&one).uri).await;
    assert!(list.status(99_999).is_ok());
}

/// S5: wallets at once, lists that fill up meanwhile: every index once, every list public before a
/// copy names it, and no copy waits for a list.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s5_over_full_lists_and_races_every_index_is_given_once_and_its_list_is_public() {
    // As in life: lists that fill up every now and then, many wallets at each moment.
    let lists = ListPolicy { entries: 16, lead: 60, decoys: 0 };
    let world = Arc::new(World::with_lists(lists).await);
    let mut all = Vec::new();
    for _ in 0..8 {
        world.clock.advance(60);
        let mut requests = Vec::new();
        for _ in 0..12 {
            let created = world.created().await;
            requests.push((world.access(&created).await, world.proof(&Wallet::new()).await));
        }
        let mut tasks = tokio::task::JoinSet::new();
        for (access, proof) in requests {
            let world = Arc::clone(&world);
            tasks.spawn(async move {
                let credential = world.verified(&world.ask(&access, &proof).await);
                let status = status_of(&credential);
                // Whoever reads the copy at once finds its list, and it named there.
                let list = world.list(&status.uri).await;
                assert_eq!(list.status(status.idx), Ok(Status::Valid));
                let reply = world.get("/status-lists").await;
                let named = StatusListAggregation::parse(&reply.body, Transport::LoopbackHttp);
                let named = named.unwrap().status_lists;
                assert!(named.contains(&status.uri), "{}", status.uri);
                status
            });
        }
        all.extend(tasks.join_all().await);
    }

    let mut by_list: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for status in &all {
        assert!(by_list.entry(status.uri.clone()).or_default().insert(status.idx), "{status:?}");
    }
    // No gap: each list is full before the next begins.
    let mut sizes: Vec<usize> = by_list.values().map(BTreeSet::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [16; 6]);
}

/// Suspension and supersession are public like revocation, each told apart.
#[tokio::test]
async fn every_kind_of_status_is_public_when_it_is_acknowledged() {
    let world = World::new().await;
    let (created, credential) = issued(&world).await;
    let (_, other) = issued(&world).await;

    world.done(&created.id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;
    assert_eq!(world.status(&credential).await, Status::Suspended);
    world.done(&created.id, "reinstate", &json!({ "reason": "CLEARED" })).await;
    assert_eq!(world.status(&credential).await, Status::Valid);
    let body = json!({ "reason": "NEW_DEVICE" });
    let again = Created::of(&world.act(&created.id, "offer", &body).await);
    let newer = world.receive(&again, &Wallet::new()).await;

    assert_eq!(world.status(&newer).await, Status::Valid);
    assert_eq!(world.status(&other).await, Status::Valid);
    assert_eq!(world.status(&credential).await, Status::Superseded);
}

/// Any page may read lists, without credentials; no page of another origin reads the API.
#[tokio::test]
async fn lists_are_open_to_every_origin_and_the_api_to_none() {
    let world = World::new().await;
    let ask = |method: Method, path: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ORIGIN, "https://elsewhere.example")
            .header(header::AUTHORIZATION, format!("Bearer {}", world.reader))
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "if-none-match");
        request.body(axum::body::Body::empty()).unwrap()
    };

    for path in ["/status-lists", "/status-lists/0"] {
        let list = world.send(ask(Method::GET, path)).await;
        assert_eq!(list.status, StatusCode::OK);
        assert_eq!(list.header("access-control-allow-origin"), "*");
        assert_eq!(list.header("access-control-allow-credentials"), "");
        assert!(list.header("access-control-expose-headers").contains("etag"));
        let before = world.send(ask(Method::OPTIONS, path)).await;
        assert!(before.header("access-control-allow-headers").contains("if-none-match"));
    }
    for method in [Method::GET, Method::OPTIONS] {
        let api = world.send(ask(method, "/api/v1/passports")).await;
        assert_eq!(api.header("access-control-allow-origin"), "");
    }
}

/// Keys by `kid`, as the issuer publishes them.
async fn published(world: &World) -> BTreeMap<String, PublicKey> {
    let document = world.get("/.well-known/jwt-vc-issuer").await.json();
    let keys = document["jwks"]["keys"].as_array().unwrap().clone();
    let by_kid =
        |key: &Value| (key["kid"].as_str().unwrap().to_owned(), PublicKey::from_jwk(key).unwrap());
    keys.iter().map(by_kid).collect()
}

async fn text_of(world: &World, created: &Created) -> String {
    let access = world.access(created).await;
    let reply = world.ask(&access, &world.proof(&Wallet::new()).await).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    reply.json()["credentials"][0]["credential"].as_str().unwrap().to_owned()
}

/// K2: keys are rotated while passports are issued: every copy, old and new, verifies by the
/// published keys after each step, its list too, and the retired key issues nothing.
#[tokio::test]
async fn k2_over_rotations_no_verification_fails_and_a_retired_key_issues_nothing() {
    let mut world = World::new().await;
    let mut copies: Vec<String> = Vec::new();
    let mut retired: BTreeSet<String> = BTreeSet::new();
    for step in 0..4 {
        for _ in 0..5 {
            // Offered under the key before, collected under the next.
            let created = world.created().await;
            copies.push(text_of(&world, &created).await);
        }
        let keys = published(&world).await;
        for (at, text) in copies.iter().enumerate() {
            let parsed = UnverifiedSdJwt::parse(text).unwrap();
            let kid = parsed.issuer_jwt().header().kid.clone().unwrap();
            let fresh = at >= copies.len() - 5;
            assert!(!fresh || !retired.contains(&kid), "{kid} is retired, and issued");
            let credential = parsed.verify_issuer(&keys[&kid]).unwrap();
            let status = status_of(&credential);
            let reply = world.get(status.uri.strip_prefix(crate::world::BASE_URL).unwrap()).await;
            let token = std::str::from_utf8(&reply.body).unwrap();
            let now = UnixTime(world.clock.now());
            let list =
                VerifiedStatusList::verify(token, &status.uri, |kid| keys.get(kid?), now).unwrap();
            assert_eq!(list.status(status.idx), Ok(Status::Valid), "step {step}");
        }
        let sealing = Sealing::KeyFile(world.dir.path().join("key"));
        let mut ring = Ring::open(&world.dir.path().join("ring"), &sealing).unwrap();
        let mut rng = secrets::rng();
        retired.insert(ring.active(Purpose::Issuer).unwrap().kid().to_owned());
        let now = world.clock.now();
        let next = ring.rotate(Purpose::Issuer, Algorithm::EdDsa, now, &mut rng);
        ring.promote(&next, now).unwrap();
        ring.save(&mut rng).unwrap();
        world = world.restarted().await;
    }
    assert_eq!(retired.len(), 4);
}

/// One more verification of a copy by what is published now; `None` when it was made of a key that
/// is not in these documents yet.
async fn verified_now(world: &World, text: &str) -> Option<()> {
    let keys = published(world).await;
    let parsed = UnverifiedSdJwt::parse(text).unwrap();
    let key = keys.get(&parsed.issuer_jwt().header().kid.clone().unwrap())?;
    let status = status_of(&parsed.verify_issuer(key).unwrap());
    let reply = world.get(status.uri.strip_prefix(crate::world::BASE_URL).unwrap()).await;
    let token = std::str::from_utf8(&reply.body).unwrap();
    let now = UnixTime(world.clock.now());
    let list = VerifiedStatusList::verify(token, &status.uri, |kid| keys.get(kid?), now).unwrap();
    assert_eq!(list.status(status.idx), Ok(Status::Valid));
    Some(())
}

/// K2 under load: while keys are rotated and copies made, verifiers at work all the time verify
/// every copy made so far. Only the restart itself makes them wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k2_under_load_no_verification_fails_over_rotations() {
    let world = Arc::new(RwLock::new(Some(World::new().await)));
    let copies = Arc::new(Mutex::new(Vec::<String>::new()));
    let over = Arc::new(AtomicBool::new(false));
    let mut verifiers = tokio::task::JoinSet::new();
    for first in 0..4 {
        let (world, copies, over) = (Arc::clone(&world), Arc::clone(&copies), Arc::clone(&over));
        verifiers.spawn(async move {
            let mut done = 0_usize;
            while !over.load(Ordering::SeqCst) {
                let made = copies.lock().unwrap().clone();
                let world = world.read().await;
                if !made.is_empty() {
                    let text = &made[(first + done) % made.len()];
                    verified_now(world.as_ref().unwrap(), text).await.expect("the key is known");
                    done += 1;
                }
                drop(world);
                tokio::task::yield_now().await;
            }
            done
        });
    }
    for _ in 0..4 {
        for _ in 0..6 {
            let world = world.read().await;
            let world = world.as_ref().unwrap();
            let text = text_of(world, &world.created().await).await;
            copies.lock().unwrap().push(text);
        }
        let mut place = world.write().await;
        let old = place.take().unwrap();
        let sealing = Sealing::KeyFile(old.dir.path().join("key"));
        let mut ring = Ring::open(&old.dir.path().join("ring"), &sealing).unwrap();
        let (mut rng, now) = (secrets::rng(), old.clock.now());
        let next = ring.rotate(Purpose::Issuer, Algorithm::EdDsa, now, &mut rng);
        ring.promote(&next, now).unwrap();
        ring.save(&mut rng).unwrap();
        *place = Some(old.restarted().await);
    }

    over.store(true, Ordering::SeqCst);
    let done: usize = verifiers.join_all().await.into_iter().sum();
    let kids: BTreeSet<String> = copies
        .lock()
        .unwrap()
        .iter()
        .map(|text| {
            UnverifiedSdJwt::parse(text).unwrap().issuer_jwt().header().kid.clone().unwrap()
        })
        .collect();
    assert_eq!(kids.len(), 4);
    assert!(done >= 24, "{done} verifications");
}

/// D4: on a leap day, past 2038, far ahead: what is signed says that very time, and lists go on.
#[tokio::test]
async fn d4_odd_days_are_signed_as_they_are() {
    for (what, now) in [
        ("an hour on", NOW + 3600),
        ("a day on", NOW + 86_400),
        ("400 days on", NOW + 400 * 86_400),
        ("leap day", 1_835_395_200 + 12 * 3600),
        ("past 2038", i64::from(i32::MAX) + 1),
    ] {
        let world = World::starting(now).await;

        let (_, credential) = issued(&world).await;

        let claims = credential.claims();
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!(iat <= now && now - iat < 86_400, "{what}: iat {iat}");
        assert!(exp > now && exp - now <= 91 * 86_400, "{what}: exp {exp}");
        let list = world.list(&status_of(&credential).uri).await;
        assert_eq!(list.claims().issued_at.0, now, "{what}");
    }
}

/// D4: with a clock behind its journal the issuer signs nothing new, publishes revocations all the
/// same under no earlier time, and goes on when the clock is right again.
#[tokio::test]
async fn d4_with_a_clock_behind_the_journal_nothing_new_is_signed() {
    for behind in [3600, 86_400, 400 * 86_400] {
        let world = World::new().await;
        let (first, credential) = issued(&world).await;
        let waiting = world.created().await;
        let access = world.access(&waiting).await;

        world.clock.set(NOW - behind);
        let proof = world.proof(&Wallet::new()).await;
        world.ask(&access, &proof).await.is_error(503, "temporarily_unavailable");
        assert_eq!(world.revoke(&first.id, "LOST_DEVICE").await.status, StatusCode::OK);
        let reply = world.get("/status-lists/0").await;
        let token = std::str::from_utf8(&reply.body).unwrap();
        let uri = status_of(&credential).uri;
        let list =
            VerifiedStatusList::verify(token, &uri, |_| Some(&world.issuer_key), UnixTime(NOW));
        let list = list.unwrap();
        assert_eq!(list.status(status_of(&credential).idx), Ok(Status::Invalid));
        assert!(list.claims().issued_at.0 >= NOW);

        world.clock.set(NOW);
        world.verified(&world.ask(&access, &world.proof(&Wallet::new()).await).await);
    }
}
