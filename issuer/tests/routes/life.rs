//! A passport's life as HR lives it, and what the world reads of it meanwhile.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vc::status_list::Status;

use crate::world::{Created, NOW, Wallet, World};

const DAY: i64 = 24 * 60 * 60;

fn because(reason: &str) -> Value {
    json!({ "reason": reason })
}

async fn put(world: &World, id: &str, body: &Value) -> Value {
    let path = format!("/api/v1/passports/{id}/checks");
    let reply = world.put_json(&world.token, &path, body).await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
    reply.json()
}

#[tokio::test]
async fn a_draft_keeps_its_faults_until_they_are_put_right() {
    let world = World::new().await;
    let incomplete = json!({ "identity": { "given_name": "Amara", "family_name": "Okafor" } });

    let reply = world.post_json(&world.token, "/api/v1/passports?draft=true", &incomplete).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert_eq!(reply.json()["state"], "DRAFTED");
    assert!(!reply.faults().is_empty());
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.show(&id).await["checks"], incomplete);
    world.act(&id, "offer", &json!({})).await.is_problem(409);
    let found = world.get_as(&world.reader, "/api/v1/passports?q=okafor&queue=TO_ISSUE").await;
    assert_eq!(found.json()["items"][0]["id"], id);

    let whole = put(&world, &id, &world.nurse()).await;
    assert_eq!(whole["faults"], json!([]));
    let reply = world.act(&id, "offer", &json!({})).await;
    let credential = world.receive(&Created::of(&reply), &Wallet::new()).await;

    assert_eq!(credential.claims()["identity"], world.nurse()["identity"]);
    let path = format!("/api/v1/passports/{id}/checks");
    world.put_json(&world.token, &path, &world.nurse()).await.is_problem(409);
}

#[tokio::test]
async fn a_suspension_is_public_and_can_be_undone() {
    let world = World::new().await;
    let created = world.created().await;
    let credential = world.receive(&created, &Wallet::new()).await;

    let body = json!({ "reason": "INVESTIGATION", "note": "Call of 2 March" });
    let suspended = world.done(&created.id, "suspend", &body).await;
    assert_eq!(suspended["state"], "SUSPENDED");
    assert_eq!(world.status(&credential).await, Status::Suspended);
    let last = suspended["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["reason"], &last["note"]),
        (&json!("INVESTIGATION"), &json!("Call of 2 March"))
    );
    let world = world.restarted().await;
    assert_eq!(world.status(&credential).await, Status::Suspended);

    let back = world.done(&created.id, "reinstate", &because("CLEARED")).await;
    assert_eq!(back["state"], "ACTIVE");
    assert_eq!(world.status(&credential).await, Status::Valid);
    world.revoke(&created.id, "LEFT_EMPLOYMENT").await;
    world.act(&created.id, "reinstate", &because("CLEARED")).await.is_problem(409);
    assert_eq!(world.status(&credential).await, Status::Invalid);
}

#[tokio::test]
async fn a_new_phone_supersedes_the_old_one_when_it_has_collected() {
    let world = World::new().await;
    let created = world.created().await;
    let old = world.receive(&created, &Wallet::new()).await;

    let reply = world.act(&created.id, "offer", &because("NEW_DEVICE")).await;
    assert_eq!(reply.json()["state"], "ACTIVE");
    assert_eq!(world.status(&old).await, Status::Valid);
    let new = world.receive(&Created::of(&reply), &Wallet::new()).await;

    assert_eq!(world.status(&old).await, Status::Superseded);
    assert_eq!(world.status(&new).await, Status::Valid);
}

#[tokio::test]
async fn h2_a_lost_phone_is_revoked_at_once_and_replaced() {
    let world = World::new().await;
    let created = world.created().await;
    let lost = world.receive(&created, &Wallet::new()).await;

    let reply = world.act(&created.id, "offer", &because("LOST_DEVICE")).await;

    assert_eq!(world.status(&lost).await, Status::Invalid);
    let new = world.receive(&Created::of(&reply), &Wallet::new()).await;
    assert_eq!(world.status(&new).await, Status::Valid);
    assert_eq!(world.status(&lost).await, Status::Invalid);
    // The same after a revocation by the staff of the night.
    world.revoke(&created.id, "LOST_DEVICE").await;
    let reply = world.act(&created.id, "offer", &because("NEW_DEVICE")).await;
    assert_eq!(reply.json()["state"], "OFFERED");
}

#[tokio::test]
async fn withdrawing_ends_an_offer_and_never_a_copy() {
    let world = World::new().await;
    let created = world.created().await;
    let withdrawn = world.done(&created.id, "withdraw", &because("MISTAKE")).await;
    assert_eq!(withdrawn["state"], "WITHDRAWN");
    world.get(&created.offer_path()).await.is_error(404, "not_found");

    let created = world.created().await;
    let credential = world.receive(&created, &Wallet::new()).await;
    world.act(&created.id, "withdraw", &because("MISTAKE")).await.is_problem(409);
    assert_eq!(world.status(&credential).await, Status::Valid);
}

#[tokio::test]
async fn an_offer_can_be_shown_again_as_long_as_it_is_open() {
    let world = World::new().await;
    let created = world.created().await;
    let path = format!("/api/v1/passports/{}/offer", created.id);

    let shown = world.get_as(&world.token, &path).await.json();
    assert_eq!((&shown["uri"], &shown["tx_code"]), (&json!(created.uri), &json!(created.tx_code)));
    world.get_as(&world.reader, &path).await.is_problem(403);
    world.receive(&created, &Wallet::new()).await;

    world.get_as(&world.token, &path).await.is_problem(409);
    let expiring = world.created().await;
    world.clock.advance(900);
    let path = format!("/api/v1/passports/{}/offer", expiring.id);
    world.get_as(&world.token, &path).await.is_problem(409);
}

#[tokio::test]
async fn changes_touch_copies_as_their_kind_says() {
    let world = World::new().await;
    let change = async |kind: &str| {
        let created = world.created().await;
        let credential = world.receive(&created, &Wallet::new()).await;
        let mut assignment = world.nurse()["assignment"].clone();
        assignment["job_title"] = json!("Matron");
        let path = format!("/api/v1/passports/{}/checks", created.id);
        let body = json!({ "checks": { "assignment": assignment }, "kind": kind });
        let reply = world.patch_json(&world.token, &path, &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        let shown = reply.json();
        assert_eq!(shown["checks"]["assignment"]["job_title"], "Matron");
        assert_eq!(shown["checks"]["identity"], world.nurse()["identity"]);
        let state = shown["state"].as_str().unwrap().to_owned();
        (state, world.status(&credential).await)
    };

    assert_eq!(change("BENIGN").await, ("ACTIVE".to_owned(), Status::Valid));
    assert_eq!(change("DOUBT").await, ("SUSPENDED".to_owned(), Status::Suspended));
    assert_eq!(change("ADVERSE").await, ("REVOKED".to_owned(), Status::Invalid));
}

#[tokio::test]
async fn a_change_with_faults_changes_nothing() {
    let world = World::new().await;
    let created = world.created().await;
    let path = format!("/api/v1/passports/{}/checks", created.id);

    let body = json!({ "checks": { "identity": null }, "kind": "BENIGN" });
    let reply = world.patch_json(&world.token, &path, &body).await;

    reply.is_problem(422);
    assert_eq!(reply.faults(), ["/identity"]);
    assert_eq!(world.show(&created.id).await["checks"]["identity"], world.nurse()["identity"]);
}

#[tokio::test]
async fn a_duplicate_is_superseded_and_archived() {
    let world = World::new().await;
    let created = world.created().await;
    let credential = world.receive(&created, &Wallet::new()).await;
    let better = world.created().await;
    world.act(&created.id, "archive", &because("DUPLICATE")).await.is_problem(409);

    let over = world.done(&created.id, "supersede", &json!({ "by": better.id })).await;
    assert_eq!((&over["state"], &over["superseded_by"]), (&json!("SUPERSEDED"), &json!(better.id)));
    assert_eq!(world.status(&credential).await, Status::Superseded);
    let archived = world.done(&created.id, "archive", &because("DUPLICATE")).await;

    assert_eq!(archived["state"], "ARCHIVED");
    let list = world.get_as(&world.reader, "/api/v1/passports").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let list = world.get_as(&world.reader, "/api/v1/passports?state=ARCHIVED").await.json();
    assert_eq!(list["items"][0]["id"], created.id);
}

#[tokio::test]
async fn a_passport_expires_with_its_last_copy_and_can_be_offered_again() {
    let world = World::new().await;
    let created = world.created().await;
    world.receive(&created, &Wallet::new()).await;

    world.clock.set(NOW + 90 * DAY);
    world.app.maintain().await.unwrap();

    assert_eq!(world.show(&created.id).await["state"], "EXPIRED");
    let reply = world.act(&created.id, "offer", &because("AGAIN")).await;
    assert_eq!(reply.json()["state"], "OFFERED");
}

#[tokio::test]
async fn every_act_needs_a_reason_of_its_own_and_a_token_that_may_write() {
    let world = World::new().await;
    let created = world.created().await;
    world.receive(&created, &Wallet::new()).await;

    for (act, reason) in [
        ("suspend", "INVESTIGATION"),
        ("reinstate", "CLEARED"),
        ("withdraw", "MISTAKE"),
        ("archive", "FINISHED"),
        ("revoke", "LOST_DEVICE"),
    ] {
        let path = format!("/api/v1/passports/{}/{act}", created.id);
        world.act(&created.id, act, &json!({})).await.is_problem(422);
        world.act(&created.id, act, &because("BORED")).await.is_problem(422);
        let long = json!({ "reason": reason, "note": "x".repeat(501) });
        world.act(&created.id, act, &long).await.is_problem(422);
        world.post_json(&world.reader, &path, &because(reason)).await.is_problem(403);
        let nobody = world.act("00000000-0000-0000-0000-000000000000", act, &because(reason)).await;
        nobody.is_problem(404);
    }

    assert_eq!(world.show(&created.id).await["state"], "ACTIVE");
}
