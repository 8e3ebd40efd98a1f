use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Wallet, World};

const PATH: &str = "/api/v1/passports";

async fn named(world: &World, given: &str, family: &str, number: &str) -> String {
    let mut nurse = world.nurse();
    nurse["identity"]["given_name"] = json!(given);
    nurse["identity"]["family_name"] = json!(family);
    nurse["professional_registration"]["number"] = json!(number);
    world.clock.advance(1);
    world.create(&nurse).await.id
}

async fn found(world: &World, query: &str) -> Vec<String> {
    let reply = world.get_as(&world.reader, &format!("{PATH}?{query}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    let items = reply.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_passport_is_read_whole() {
    let world = World::new().await;
    let created = world.created().await;
    let wallet = Wallet::new();
    world.receive(&created, &wallet).await;
    world.revoke(&created.id, "LOST_DEVICE").await;

    let reply = world.get_as(&world.reader, &format!("{PATH}/{}", created.id)).await;

    assert_eq!(reply.status, StatusCode::OK);
    let body = reply.json();
    assert_eq!(body["state"], "REVOKED");
    assert_eq!(body["subject_ref"], created.subject_ref);
    assert_eq!(body["checks"]["identity"], world.nurse()["identity"]);
    assert_eq!(body["copies"][0]["status"], "INVALID");
    let holder = wallet.key.public_key().thumbprint().to_string();
    assert_eq!(body["copies"][0]["holder_key"], holder);
    let acts: Vec<&Value> =
        body["history"].as_array().unwrap().iter().map(|entry| &entry["what"]).collect();
    assert_eq!(acts, ["OFFERED", "REDEEMED", "ISSUED", "REVOKED"]);
    assert_eq!(body["history"][3]["reason"], "LOST_DEVICE");
    assert!(body["history"][0]["who"].as_str().unwrap().starts_with("token:"));
}

#[tokio::test]
async fn an_unknown_passport_is_not_found() {
    let world = World::new().await;

    for id in ["x", "00000000-0000-0000-0000-000000000000"] {
        world.get_as(&world.reader, &format!("{PATH}/{id}")).await.is_problem(404);
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_newest_first() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.insert(0, named(&world, "Nurse", &format!("Number{n}"), "18A1234E").await);
    }

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let reply = world.get_as(&world.reader, &format!("{PATH}?limit=2{cursor}")).await;
        let page = reply.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }

    assert_eq!(seen, ids);
}

#[tokio::test]
async fn passports_are_found_by_name_beginning_number_and_state() {
    let world = World::new().await;
    let amara = named(&world, "Amara", "Okafor", "18A1234E").await;
    let zoe = named(&world, "Zoë", "O'Brien-Núñez", "19B5678F").await;

    assert_eq!(found(&world, "q=okafor").await, [amara.as_str()]);
    assert_eq!(found(&world, "q=OKA").await, [amara.as_str()]);
    assert_eq!(found(&world, "q=amara+okafor").await, [amara.as_str()]);
    assert_eq!(found(&world, "q=amara+nunez").await, Vec::<String>::new());
    assert_eq!(found(&world, "q=zoe").await, [zoe.as_str()]);
    assert_eq!(found(&world, "q=obrien").await, [zoe.as_str()]);
    assert_eq!(found(&world, "q=N%C3%BA%C3%B1ez").await, [zoe.as_str()]);
    assert_eq!(found(&world, "q=19b5678f").await, [zoe.as_str()]);
    world.revoke(&zoe, "LOST_DEVICE").await;
    assert_eq!(found(&world, "state=REVOKED").await, [zoe.as_str()]);
    assert_eq!(found(&world, "state=OFFERED").await, [amara.as_str()]);
    assert_eq!(found(&world, "state=OFFERED&q=zoe").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_question_that_is_not_understood_is_refused() {
    let world = World::new().await;

    for query in
        ["colour=blue", "limit=0", "limit=201", "limit=x", "state=NICE", "cursor=x", "q=%20"]
    {
        world.get_as(&world.reader, &format!("{PATH}?{query}")).await.is_problem(400);
    }
    world.get(PATH).await.is_problem(401);
}
