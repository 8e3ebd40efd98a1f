use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::World;

const PATH: &str = "/api/v1/passports";

async fn count(world: &World) -> usize {
    let reply = world.get_as(&world.reader, PATH).await;
    reply.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn hr_gets_an_offer_to_hand_over() {
    let world = World::new().await;

    let reply = world.post_json(&world.token, PATH, &world.nurse()).await;

    assert_eq!(reply.status, StatusCode::CREATED);
    let body = reply.json();
    assert_eq!(body["state"], "OFFERED");
    assert_eq!(body["created_at"], "2026-03-02T09:00:00Z");
    assert_eq!(body["offer"]["expires_at"], "2026-03-02T09:15:00Z");
    let id = body["id"].as_str().unwrap();
    assert!(reply.header(header::LOCATION).ends_with(&format!("/api/v1/passports/{id}")));
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let offer = &body["offer"];
    assert!(offer["uri"].as_str().unwrap().starts_with(
        "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A8101%2Foffers%2F"
    ));
    let tx_code = offer["tx_code"].as_str().unwrap();
    assert!(tx_code.len() == 6 && tx_code.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(offer.get("qr_svg").is_none() && offer.get("qr_png").is_none());
}

#[tokio::test]
async fn the_qr_code_is_drawn_when_it_is_asked_for() {
    let world = World::new().await;

    let made =
        world.post_json(&world.token, &format!("{PATH}?pictures=true"), &world.nurse()).await;
    let made = made.json();
    let path = format!("{PATH}/{}/offer", made["id"].as_str().unwrap());
    let shown = world.get_as(&world.token, &path).await.json();

    assert!(shown["qr_svg"].as_str().unwrap().starts_with("<svg"));
    let png = shown["qr_png"].as_str().unwrap().strip_prefix("data:image/png;base64,").unwrap();
    assert!(STANDARD.decode(png).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(made["offer"], shown);
}

#[tokio::test]
async fn every_fault_is_named_by_its_place_and_nothing_is_stored() {
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["identity"]["birth_date"] = json!("20/06/1990");
    nurse["professional_registration"]["number"] = json!("nonsense");
    nurse.as_object_mut().unwrap().remove("work_health");

    let reply = world.post_json(&world.token, PATH, &nurse).await;

    reply.is_problem(422);
    let faults = reply.faults();
    for pointer in ["/identity/birth_date", "/professional_registration/number", "/work_health"] {
        assert!(faults.iter().any(|fault| fault == pointer), "{pointer} in {faults:?}");
    }
    for fault in reply.json()["faults"].as_array().unwrap() {
        assert!(!fault["message"].as_str().unwrap().is_empty());
        assert!(!fault["code"].as_str().unwrap().is_empty());
    }
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn unknown_members_are_refused_at_any_depth() {
    let world = World::new().await;
    let with = |pointer: &str| {
        let mut nurse = world.nurse();
        let object = if pointer.is_empty() { Some(&mut nurse) } else { nurse.pointer_mut(pointer) };
        object.unwrap()["colour"] = json!("blue");
        nurse
    };

    for place in ["", "/identity", "/criminal_record", "/core_skills/0"] {
        let reply = world.post_json(&world.token, PATH, &with(place)).await;
        reply.is_problem(422);
        assert_eq!(reply.faults(), [format!("{place}/colour")]);
    }
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn members_that_the_issuer_sets_cannot_be_given() {
    let world = World::new().await;

    for name in ["iss", "vct", "iat", "exp", "status", "cnf", "subject_ref", "employer"] {
        let mut nurse = world.nurse();
        nurse[name] = json!("x");
        world.post_json(&world.token, PATH, &nurse).await.is_problem(422);
    }
}

#[tokio::test]
async fn only_a_token_that_may_write_makes_a_passport() {
    let world = World::new().await;
    let nurse = world.nurse().to_string();

    let request = Request::post(PATH).header(header::CONTENT_TYPE, "application/json");
    let without = world.send(request.body(Body::from(nurse.clone())).unwrap()).await;
    without.is_problem(401);
    assert!(without.header(header::WWW_AUTHENTICATE).starts_with("Bearer"));
    world.post("nonsense", PATH, nurse.clone()).await.is_problem(401);
    world.post(&world.reader, PATH, nurse).await.is_problem(403);
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn what_is_no_document_is_refused_and_the_next_good_one_works() {
    let world = World::new().await;
    let post = async |body: String| world.post(&world.token, PATH, body).await;

    post("nonsense".to_owned()).await.is_problem(400);
    post(r#"{"identity":{},"identity":{}}"#.to_owned()).await.is_problem(400);
    post("[".repeat(10_000)).await.is_problem(400);
    post("[]".to_owned()).await.is_problem(422);
    post("x".repeat(1 << 20)).await.is_problem(413);
    let plain = Request::post(PATH)
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from(world.nurse().to_string()));
    world.send(plain.unwrap()).await.is_problem(415);
    world.method(Method::PUT, PATH).await.is_problem(405);
    world.get("/api/v1/nothing").await.is_problem(404);

    assert_eq!(post(world.nurse().to_string()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_fully_filled_document_is_taken() {
    let world = World::new().await;
    let today = passport::day::london(vc::time::UnixTime(world.clock.now()));

    for seed in 0..5 {
        let nurse: Value = passport::samples::filled_nurse(today, seed);
        world.create(&nurse).await;
    }

    assert_eq!(count(&world).await, 5);
}
