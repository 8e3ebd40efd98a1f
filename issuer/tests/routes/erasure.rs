//! Erasure of a person: nothing personal is left; status entries and numbers are.

use axum::http::StatusCode;
use serde_json::json;
use vc::status_list::Status;

use crate::privacy::{bytes_under, holds};
use crate::world::{Created, Reply, Wallet, World};

async fn erase(world: &World, created: &Created) -> Reply {
    world.act(&created.id, "erase", &json!({ "confirm": created.id })).await
}

#[tokio::test]
async fn an_erased_person_is_gone_and_her_copies_stay_invalid() {
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    let created = world.create(&nurse).await;
    let wallet = Wallet::new();
    let credential = world.receive(&created, &wallet).await;
    let other = world.created().await;
    // In use: first it ends.
    erase(&world, &created).await.is_problem(409);
    let note = json!({ "reason": "LEFT_EMPLOYMENT", "note": "Canarynote of HR" });
    world.done(&created.id, "revoke", &note).await;

    let erased = erase(&world, &created).await;

    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{:?}", erased.body);
    assert_eq!(world.status(&credential).await, Status::Invalid);
    let path = format!("/api/v1/passports/{}", created.id);
    world.get_as(&world.reader, &path).await.is_problem(410);
    let search = "/api/v1/passports?q=canaryfamily";
    assert_eq!(world.get_as(&world.reader, search).await.json()["items"], json!([]));
    let store = &world.app.issuer().store;
    let row = store.passport(&created.id.parse().unwrap()).await.unwrap().unwrap();
    assert!(row.erased && row.subject_ref.is_empty());
    assert!(row.copies.iter().all(|copy| copy.holder == "erased"));
    assert!(store.sealed(&created.subject_ref).await.unwrap().is_none());
    let history = store.history(&row.id).await.unwrap();
    assert!(history.iter().all(|line| line.note.is_none()));
    // The others are as they were, and the log is whole.
    assert_eq!(world.show(&other.id).await["state"], "OFFERED");
    let counters = world.get_as(&world.reader, "/api/v1/impact").await.json();
    assert_eq!(counters["counters"]["acts/ISSUED"], 1);
    store.verify_audit().await.unwrap();
    // Once more changes nothing.
    assert_eq!(erase(&world, &created).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn after_an_erasure_the_store_has_no_canary_in_it_also_after_a_restart() {
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["identity"]["given_name"] = json!("Canarygiven");
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    let created = world.create(&nurse).await;
    world
        .done(&created.id, "withdraw", &json!({ "reason": "MISTAKE", "note": "Canarynote" }))
        .await;
    erase(&world, &created).await;
    let world = world.restarted().await;

    let raw = bytes_under(&world.dir.path().join("store"));

    assert!(holds(&raw, &created.id));
    for canary in ["Canarygiven", "Canaryfamily", "canarygiven", "canaryfamily", "Canarynote"] {
        assert!(!holds(&raw, canary), "{canary}");
    }
    let list = world.get_as(&world.reader, "/api/v1/passports?state=ARCHIVED").await.json();
    assert_eq!(list["items"][0]["family_name"], json!(null));
    assert_eq!(list["items"][0]["readable"], true);
}

#[tokio::test]
async fn nobody_erases_by_a_slip() {
    let world = World::new().await;
    let created = world.created().await;
    let other = world.created().await;

    world.act(&created.id, "erase", &json!({ "confirm": other.id })).await.is_problem(400);
    world.act(&created.id, "erase", &json!({})).await.is_problem(422);
}
