use std::future::{Future, poll_fn};
use std::task::Poll;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vc::oid4vci::{StatusListAggregation, Transport};
use vc::status_list::{Status, StatusReference, reference};

use crate::world::{BASE_URL, NOW, Reply, Wallet, World};

const LIST: &str = "/status-lists/0";

async fn conditional(world: &World, etag: &str) -> Reply {
    let request = Request::get(LIST).header(header::IF_NONE_MATCH, etag);
    world.send(request.body(Body::empty()).unwrap()).await
}

async fn issued(world: &World) -> (String, StatusReference) {
    let created = world.created().await;
    let credential = world.receive(&created, &Wallet::new()).await;
    (created.id, reference(credential.claims()).unwrap().unwrap())
}

#[tokio::test]
async fn t4_a_list_is_served_raw_with_an_etag_and_no_cache() {
    let world = World::new().await;

    let reply = world.get(LIST).await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/statuslist+jwt");
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-cache");
    assert!(reply.header(header::ETAG).starts_with('"'));
    assert_eq!(reply.body.iter().filter(|byte| **byte == b'.').count(), 2);
}

#[tokio::test]
async fn an_unchanged_list_is_304_and_a_changed_one_is_not() {
    let world = World::new().await;
    let (id, _) = issued(&world).await;
    let etag = world.get(LIST).await.header(header::ETAG).to_owned();

    let same = conditional(&world, &etag).await;
    let weak = conditional(&world, &format!("\"x\", W/{etag}")).await;
    let other = conditional(&world, "\"x\"").await;
    world.revoke(&id, "LOST_DEVICE").await;
    let changed = conditional(&world, &etag).await;

    assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(same.header(header::ETAG), etag);
    assert_eq!(weak.status, StatusCode::NOT_MODIFIED);
    assert_eq!(other.status, StatusCode::OK);
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header(header::ETAG), etag);
}

#[tokio::test]
async fn t2_a_list_is_two_bits_wide_and_says_how_long_it_lives() {
    let world = World::new().await;

    let list = world.list(&format!("{BASE_URL}{LIST}")).await;

    assert_eq!(list.claims().issued_at.0, NOW);
    assert_eq!(list.claims().expires_at.unwrap().0, NOW + 24 * 60 * 60);
    assert_eq!(list.claims().ttl, Some(30));
    assert!(list.status((1 << 17) - 1).is_ok());
    assert!(list.status(1 << 17).is_err());
}

#[tokio::test]
async fn t8_the_aggregation_names_every_list_and_one_to_spare() {
    let world = World::new().await;
    let (_, status) = issued(&world).await;

    let reply = world.get("/status-lists").await;

    assert_eq!(reply.header(header::CONTENT_TYPE), "application/json");
    let named = StatusListAggregation::parse(&reply.body, Transport::LoopbackHttp).unwrap();
    assert_eq!(named.status_lists.len(), 2);
    assert!(named.status_lists.contains(&status.uri));
    for uri in named.status_lists {
        world.list(&uri).await;
    }
}

#[tokio::test]
async fn t7_another_time_or_list_is_not_to_be_had() {
    let world = World::new().await;

    world.get("/status-lists/0?time=5").await.is_error(501, "time_not_supported");
    for path in ["/status-lists/99", "/status-lists/-1", "/status-lists/x"] {
        world.get(path).await.is_error(404, "not_found");
    }
    assert_eq!(world.get("/status-lists/0?other=5").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_revocation_is_public_when_it_is_acknowledged() {
    let world = World::new().await;
    let (id, revoked) = issued(&world).await;
    let (_, other) = issued(&world).await;

    assert_eq!(world.revoke(&id, "NO_LONGER_VALID").await.status, StatusCode::OK);

    let list = world.list(&revoked.uri).await;
    assert_eq!(list.status(revoked.idx), Ok(Status::Invalid));
    assert_eq!(list.status(other.idx), Ok(Status::Valid));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_of_many_revocations_at_once_is_public_when_it_is_acknowledged() {
    let world = World::new().await;
    let mut all = Vec::new();
    for _ in 0..12 {
        all.push(issued(&world).await);
    }

    let mut tasks = tokio::task::JoinSet::new();
    for (id, status) in all {
        let (router, token) = (world.router.clone(), world.token.clone());
        let app = world.app.clone();
        tasks.spawn(async move {
            let request = Request::post(format!("/api/v1/passports/{id}/revoke"))
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(r#"{"reason":"LEFT_EMPLOYMENT"}"#))
                .unwrap();
            let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
            (
                answer.status(),
                app.issuer()
                    .status
                    .list(0, issuer::status::publish::Shown::Token)
                    .unwrap()
                    .token()
                    .clone(),
                status,
            )
        });
    }

    for (answer, token, status) in tasks.join_all().await {
        assert_eq!(answer, StatusCode::OK);
        let token = std::str::from_utf8(&token).unwrap();
        let list = vc::status_list::VerifiedStatusList::verify(
            token,
            &status.uri,
            |_| Some(&world.issuer_key),
            vc::time::UnixTime(NOW),
        );
        assert_eq!(list.unwrap().status(status.idx), Ok(Status::Invalid));
    }
}

#[tokio::test]
async fn a_revocation_becomes_public_though_the_caller_hangs_up_before_the_answer() {
    let world = World::new().await;
    let (id, status) = issued(&world).await;
    let path = format!("/api/v1/passports/{id}");
    let request = Request::post(format!("{path}/revoke"))
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"reason":"LOST_DEVICE"}"#))
        .unwrap();

    let answer = tower::ServiceExt::oneshot(world.router.clone(), request);
    // Asked once, then looked at no more: the fact is recorded, nobody waits for the rest.
    let mut answer = Box::pin(answer);
    let asked = poll_fn(|cx| Poll::Ready(answer.as_mut().poll(cx).is_pending())).await;
    assert!(asked);
    until(async || world.get_as(&world.reader, &path).await.json()["state"] == "REVOKED").await;
    drop(answer);

    until(async || world.list(&status.uri).await.status(status.idx) == Ok(Status::Invalid)).await;
}

async fn until(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), waiting).await.unwrap();
}

#[tokio::test]
async fn a_revocation_outlives_a_restart() {
    let world = World::new().await;
    let (id, status) = issued(&world).await;
    world.revoke(&id, "NO_LONGER_VALID").await;

    let world = world.restarted().await;

    assert_eq!(world.list(&status.uri).await.status(status.idx), Ok(Status::Invalid));
}

#[tokio::test]
async fn an_untouched_list_is_signed_anew_within_five_minutes() {
    let world = World::new().await;
    let uri = format!("{BASE_URL}{LIST}");

    // A look every half minute.
    for _ in 0..10 {
        world.clock.advance(30);
        world.app.maintain().await.unwrap();
        let age = world.clock.now() - world.list(&uri).await.claims().issued_at.0;
        assert!(age < 300, "{age} s old");
    }
    assert!(world.list(&uri).await.claims().issued_at.0 > NOW);
}

#[tokio::test]
async fn s2_a_list_never_goes_back_in_time_when_the_clock_does() {
    let world = World::new().await;
    let (id, status) = issued(&world).await;
    world.clock.advance(250);
    world.app.maintain().await.unwrap();

    world.clock.advance(-20);
    world.revoke(&id, "LOST_DEVICE").await;
    let list = world.list(&status.uri).await;

    assert_eq!(list.claims().issued_at.0, NOW + 250);
    assert_eq!(list.status(status.idx), Ok(Status::Invalid));
    let world = world.restarted().await;
    assert_eq!(world.list(&status.uri).await.claims().issued_at.0, NOW + 250);
}

/// The bytes of a list's token, and the list.
async fn seen(world: &World) -> (usize, String, vc::status_list::VerifiedStatusList) {
    let reply = world.get(LIST).await;
    let etag = reply.header(header::ETAG).to_owned();
    (reply.body.len(), etag, world.list(&format!("{BASE_URL}{LIST}")).await)
}

#[tokio::test]
async fn a_quiet_list_is_published_tighter_with_the_same_entries() {
    let world = World::new().await;
    // Decoys set some hundreds of entries
    world.clock.advance(6 * 365 * 24 * 60 * 60);
    world.app.issuer().status.resign().await.unwrap();
    let (fast, etag, before) = seen(&world).await;

    world.app.issuer().status.tighten_quiet().await.unwrap();
    assert_eq!(seen(&world).await.1, etag, "it has only just changed");
    world.clock.advance(10);
    world.app.issuer().status.tighten_quiet().await.unwrap();
    let (tight, tight_etag, after) = seen(&world).await;

    assert!(tight < fast, "{tight} of {fast} bytes");
    assert_ne!(tight_etag, etag);
    for index in 0..1 << 17 {
        assert_eq!(after.status(index), before.status(index), "entry {index}");
    }
    assert!(after.claims().issued_at >= before.claims().issued_at);
    // Tight already: nothing to do, and signed anew it stays so.
    world.clock.advance(200);
    world.app.issuer().status.tighten_quiet().await.unwrap();
    assert_eq!(seen(&world).await.1, tight_etag);
    world.clock.advance(60);
    world.app.issuer().status.resign().await.unwrap();
    let (anew, anew_etag, _) = seen(&world).await;
    assert_ne!(anew_etag, tight_etag);
    assert!(anew.abs_diff(tight) < 8, "{anew} of {tight} bytes");
}

#[tokio::test]
async fn a_revocation_while_a_list_is_packed_tighter_stays() {
    let world = World::new().await;
    let (id, status) = issued(&world).await;
    world.clock.advance(10);
    let publisher = &world.app.issuer().status;

    let quiet = publisher.quiet().await.unwrap();
    world.revoke(&id, "LOST_DEVICE").await;
    let etag = seen(&world).await.1;
    assert!(!quiet.is_empty());
    for loose in quiet {
        publisher.tighten(loose.pack().unwrap()).await.unwrap();
    }

    let (_, after, list) = seen(&world).await;
    assert_eq!(list.status(status.idx), Ok(Status::Invalid));
    assert_eq!(after, etag, "what is older is not published");
}
