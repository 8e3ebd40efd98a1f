use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn revoking_answers_with_the_new_state() {
    let world = World::new().await;
    let created = world.created().await;

    let reply = world.revoke(&created.id, "LEFT_EMPLOYMENT").await;

    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["state"], "REVOKED");
    assert_eq!(reply.json()["id"], created.id);
    world.get(&created.offer_path()).await.is_error(404, "not_found");
}

#[tokio::test]
async fn revoking_again_is_taken_for_the_same_reason_only() {
    let world = World::new().await;
    let created = world.created().await;
    world.revoke(&created.id, "LEFT_EMPLOYMENT").await;

    assert_eq!(world.revoke(&created.id, "LEFT_EMPLOYMENT").await.status, StatusCode::OK);
    world.revoke(&created.id, "LOST_DEVICE").await.is_problem(409);
}

#[tokio::test]
async fn a_revocation_needs_a_known_passport_a_reason_and_a_token_that_may_write() {
    let world = World::new().await;
    let created = world.created().await;
    let path = format!("/api/v1/passports/{}/revoke", created.id);
    let good = json!({ "reason": "LOST_DEVICE" });

    world.revoke("00000000-0000-0000-0000-000000000000", "LOST_DEVICE").await.is_problem(404);
    world.revoke(&created.id, "BORED").await.is_problem(422);
    world.post_json(&world.token, &path, &json!({})).await.is_problem(422);
    let unknown = json!({ "reason": "LOST_DEVICE", "colour": "blue" });
    world.post_json(&world.token, &path, &unknown).await.is_problem(422);
    world.post_json(&world.reader, &path, &good).await.is_problem(403);

    assert_eq!(world.post_json(&world.token, &path, &good).await.status, StatusCode::OK);
}
