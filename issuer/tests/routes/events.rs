//! Events: a stream that goes on where it broke off, and webhooks that get each at least once.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use axum::routing::post;
use fetch::{Fetcher, Guards};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use vc::jws::UnverifiedJws;

use crate::world::World;

const WEBHOOKS: &str = "webhooks:manage";

/// What a receiver got, and what it answers.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<String>>>,
    refuses: Arc<Mutex<bool>>,
}

async fn take(State(receiver): State<Receiver>, body: String) -> StatusCode {
    receiver.got.lock().unwrap().push(body);
    if *receiver.refuses.lock().unwrap() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::ACCEPTED
    }
}

impl Receiver {
    /// Listens; gives its address.
    async fn listening() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let router = Router::new().route("/events", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    fn claims(&self, world: &World) -> Vec<Value> {
        let got = self.got.lock().unwrap().clone();
        got.iter()
            .map(|token| {
                let jws = UnverifiedJws::parse(token).unwrap();
                let verified = jws.verify(&world.issuer_key, "secevent+jwt").unwrap();
                Value::Object(verified.into_claims())
            })
            .collect()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(Guards { allow_loopback_http: true, ..Guards::default() }).unwrap()
}

async fn registered(world: &World, url: &str) -> (String, String) {
    let token = world.token_with(&[WEBHOOKS]).await;
    let reply = world.post_json(&token, "/api/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{:?}", reply.body);
    (token, reply.json()["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_webhook_gets_each_event_signed_with_ids_only() {
    let world = World::new().await;
    let (receiver, url) = Receiver::listening().await;
    let before = world.created().await;
    registered(&world, &url).await;
    let mut nurse = world.nurse();
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    let created = world.create(&nurse).await;
    world.revoke(&created.id, "LOST_DEVICE").await;

    let taken = world.app.deliver(&fetcher()).await.unwrap();

    let got = receiver.claims(&world);
    assert_eq!((taken, got.len()), (2, 2));
    let kinds: Vec<_> =
        got.iter().flat_map(|set| set["events"].as_object().unwrap().keys()).collect();
    assert_eq!(kinds, ["urn:staff-passport:event:offered", "urn:staff-passport:event:revoked"]);
    let event = &got[1]["events"]["urn:staff-passport:event:revoked"];
    assert_eq!((&event["passport"], &event["reason"]), (&json!(created.id), &json!("LOST_DEVICE")));
    assert_eq!((&got[1]["aud"], &got[1]["iss"]), (&json!(url), &json!(world.base_url)));
    assert_ne!(got[0]["jti"], got[1]["jti"]);
    let all = json!(got).to_string();
    for canary in ["Canary", &created.subject_ref, &before.id] {
        assert!(!all.contains(canary), "{canary}");
    }
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_later_and_later_also_after_a_restart() {
    let world = World::new().await;
    let (receiver, url) = Receiver::listening().await;
    *receiver.refuses.lock().unwrap() = true;
    registered(&world, &url).await;
    world.created().await;
    let fetcher = fetcher();

    let mut tries = Vec::new();
    for wait in [0, 4, 1, 9, 1] {
        world.clock.advance(wait);
        world.app.deliver(&fetcher).await.unwrap();
        tries.push(receiver.got.lock().unwrap().len());
    }
    assert_eq!(tries, [1, 1, 2, 2, 3]);
    *receiver.refuses.lock().unwrap() = false;
    let world = world.restarted().await;
    world.clock.advance(20);
    assert_eq!(world.app.deliver(&fetcher).await.unwrap(), 1);

    let got = receiver.claims(&world);
    assert!(got.iter().all(|set| set["jti"] == got[0]["jti"]), "one event: {got:?}");
    assert_eq!(world.app.deliver(&fetcher).await.unwrap(), 0);
}

#[tokio::test]
async fn a_removed_webhook_gets_nothing_and_both_acts_stand_in_the_log() {
    let world = World::new().await;
    let (receiver, url) = Receiver::listening().await;
    let (token, id) = registered(&world, &url).await;
    let listed = world.get_as(&token, "/api/v1/webhooks").await.json();
    assert_eq!(listed["items"][0]["url"], url.as_str());

    let request = Request::delete(format!("/api/v1/webhooks/{id}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(world.send(request).await.status, StatusCode::NO_CONTENT);
    world.created().await;
    world.app.deliver(&fetcher()).await.unwrap();

    assert!(receiver.got.lock().unwrap().is_empty());
    let auditor = world.token_with(&["audit:read"]).await;
    let export = world.get_as(&auditor, "/api/v1/audit/export").await;
    let text = String::from_utf8(export.body.to_vec()).unwrap();
    assert!(text.contains("WEBHOOK_ADDED") && text.contains("WEBHOOK_REMOVED"));
}

#[tokio::test]
async fn an_address_that_is_none_of_the_internet_gets_nothing() {
    let world = World::new().await;
    let (receiver, url) = Receiver::listening().await;
    registered(&world, &url).await;
    world.created().await;

    // As in service with an https base URL.
    let strict = Fetcher::new(Guards::default()).unwrap();
    world.app.deliver(&strict).await.unwrap();

    assert!(receiver.got.lock().unwrap().is_empty());
    let token = world.token_with(&[WEBHOOKS]).await;
    for bad in ["ftp://example.org/", "https://a:b@example.org/", "nonsense", ""] {
        let reply = world.post_json(&token, "/api/v1/webhooks", &json!({ "url": bad })).await;
        reply.is_problem(422);
    }
}

/// The next events of an open stream.
async fn read(body: &mut Body, events: usize) -> Vec<(String, Value)> {
    let mut text = String::new();
    while text.matches("\n\n").count() < events {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches([':', ' ']).to_owned()
    };
    text.split_terminator("\n\n")
        .map(|event| {
            let data = serde_json::from_str(&field(event, "data")).unwrap_or_default();
            (field(event, "id"), data)
        })
        .collect()
}

async fn stream(world: &World, last: Option<&str>) -> Body {
    let mut request = Request::get("/api/v1/events")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.reader));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).unwrap();
    let reply = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    reply.into_body()
}

#[tokio::test]
async fn the_stream_tells_what_happens_and_goes_on_where_it_broke_off() {
    let world = World::new().await;
    world.created().await;
    let mut open = stream(&world, None).await;
    let created = world.created().await;
    let told = read(&mut open, 1).await;
    drop(open);
    world.revoke(&created.id, "LOST_DEVICE").await;
    let last = world.created().await;

    let missed = read(&mut stream(&world, Some(&told[0].0)).await, 2).await;

    assert_eq!(
        (&told[0].1["what"], &told[0].1["passport"]),
        (&json!("OFFERED"), &json!(created.id))
    );
    let what: Vec<_> = missed.iter().map(|(_, event)| event["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["REVOKED", "OFFERED"]);
    assert_eq!(missed[1].1["passport"], json!(last.id));
    let bad = Request::get("/api/v1/events")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.reader))
        .header("last-event-id", "nonsense");
    world.send(bad.body(Body::empty()).unwrap()).await.is_problem(400);
}
