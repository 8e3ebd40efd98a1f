//! `GET /api/v1/queues`, and pages by queue; the event stream.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{Wallet, World};

async fn ids(world: &World, query: &str) -> Vec<String> {
    let reply = world.get_as(&world.reader, &format!("/api/v1/passports?{query}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let items = reply.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_waits_for_hr_is_counted_and_listed() {
    let world = World::new().await;
    let waiting = world.created().await;
    let suspended = world.created().await;
    world.receive(&suspended, &Wallet::new()).await;
    world.done(&suspended.id, "suspend", &json!({ "reason": "CHECK_IN_DOUBT" })).await;
    let compared = world.created_by(&world.attended, &world.nurse()).await;
    let access = world.access(&compared).await;
    world.ask(&access, &world.proof(&Wallet::new()).await).await;
    world.post_json(&world.token, "/api/v1/passports?draft=true", &json!({})).await;

    let counts = world.get_as(&world.reader, "/api/v1/queues").await.json();

    let count = |queue: &str| counts[queue].as_u64().unwrap();
    assert_eq!((count("to_confirm"), count("to_issue")), (1, 1));
    assert_eq!((count("waiting"), count("rejected"), count("suspended")), (1, 0, 1));
    assert_eq!(ids(&world, "queue=WAITING").await, [waiting.id]);
    assert_eq!(ids(&world, "queue=TO_CONFIRM").await, [compared.id]);
    assert_eq!(ids(&world, "queue=SUSPENDED&q=okafor").await.len(), 1);
    world.get_as(&world.reader, "/api/v1/passports?queue=NICE").await.is_problem(400);
    world.get_as(&world.reader, "/api/v1/queues?expiring_days=0").await.is_problem(400);
}

#[tokio::test]
async fn the_copy_or_the_first_check_to_run_out_puts_a_passport_in_the_queue() {
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["professional_registration"]["expires_on"] = json!("2026-03-20");
    let soon = world.create(&nurse).await;
    let later = world.created().await;
    for created in [&soon, &later] {
        world.receive(created, &Wallet::new()).await;
    }

    assert_eq!(ids(&world, "queue=EXPIRING&expiring_days=18").await, Vec::<String>::new());
    assert_eq!(ids(&world, "queue=EXPIRING&expiring_days=19").await, [soon.id.as_str()]);
    // A copy lives 90 days.
    assert_eq!(ids(&world, "queue=EXPIRING&expiring_days=90").await.len(), 2);
    let counts = world.get_as(&world.reader, "/api/v1/queues?expiring_days=19").await.json();
    assert_eq!((&counts["expiring"], &counts["expiring_days"]), (&json!(1), &json!(19)));
    let due = world.show(&soon.id).await["due"].clone();
    assert_eq!(
        due[0],
        json!({ "on": "2026-03-20", "pointer": "/professional_registration/expires_on" })
    );
}

#[tokio::test]
async fn an_offer_is_followed_live() {
    let world = World::new().await;
    let created = world.created().await;
    let path = format!("/api/v1/passports/{}/events", created.id);
    let request = Request::get(&path)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.reader))
        .body(Body::empty())
        .unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let mut next = async || {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(frame.to_vec()).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
        serde_json::from_str::<Value>(data).unwrap()["step"].as_str().unwrap().to_owned()
    };

    assert_eq!(next().await, "WAITING");
    let access = world.access(&created).await;
    assert_eq!(next().await, "COLLECTED");
    world.ask(&access, &world.proof(&Wallet::new()).await).await;
    assert_eq!(next().await, "ISSUED");

    world.get(&path).await.is_problem(401);
}
