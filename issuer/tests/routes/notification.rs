//! `POST /notification` (STANDARDS I24).

use axum::http::StatusCode;
use serde_json::{Value, json};
use vc::sd_jwt::VerifiedSdJwt;
use vc::status_list::Status;

use crate::world::{Created, Reply, Wallet, World};

/// A wallet with a copy that it has not judged yet.
struct Review {
    world: World,
    created: Created,
    access: String,
    notification_id: String,
    credential: VerifiedSdJwt,
}

impl Review {
    async fn new() -> Self {
        let world = World::new().await;
        let created = world.created().await;
        let access = world.access(&created).await;
        let reply = world.ask(&access, &world.proof(&Wallet::new()).await).await;
        let credential = world.verified(&reply);
        let notification_id = reply.json()["notification_id"].as_str().unwrap().to_owned();
        Self { world, created, access, notification_id, credential }
    }

    async fn says(&self, event: &str, description: Option<&str>) -> Reply {
        let mut body = json!({ "notification_id": self.notification_id, "event": event });
        if let Some(description) = description {
            body["event_description"] = json!(description);
        }
        self.world.notify(&self.access, &body).await
    }

    async fn show(&self) -> Value {
        self.world.show(&self.created.id).await
    }
}

#[tokio::test]
async fn i24_an_acceptance_is_recorded_once() {
    let review = Review::new().await;
    assert_eq!(review.show().await["accepted_at"], Value::Null);
    assert_eq!(review.world.progress(&review.created.id).await["step"], "ISSUED");

    for _ in 0..2 {
        let reply = review.says("credential_accepted", None).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }

    let shown = review.show().await;
    assert_eq!(shown["state"], "ACTIVE");
    assert_eq!(shown["accepted_at"], "2026-03-02T09:00:00Z");
    let history = shown["history"].as_array().unwrap();
    assert_eq!(history.iter().filter(|line| line["what"] == "ACCEPTED").count(), 1);
    assert_eq!(review.world.progress(&review.created.id).await["step"], "ACCEPTED");
}

#[tokio::test]
async fn a_rejection_reaches_hr_with_its_reason_and_ends_the_copy() {
    let review = Review::new().await;
    assert_eq!(review.world.status(&review.credential).await, Status::Valid);

    let words = "INCORRECT: My name is spelt Okafor";
    let reply = review.says("credential_deleted", Some(words)).await;

    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(review.world.status(&review.credential).await, Status::Invalid);
    let shown = review.show().await;
    assert_eq!(shown["state"], "REJECTED");
    assert_eq!(
        shown["rejection"],
        json!({ "reason": "INCORRECT", "words": "My name is spelt Okafor" })
    );
    let progress = review.world.progress(&review.created.id).await;
    assert_eq!(progress["rejection_reason"], "INCORRECT");
    assert_eq!(progress["rejection_words"], "My name is spelt Okafor");
    let list = review.world.get_as(&review.world.reader, "/api/v1/passports?queue=REJECTED").await;
    assert_eq!(list.json()["items"][0]["rejection_reason"], "INCORRECT");
    // HR puts it right and offers it again.
    let path = format!("/api/v1/passports/{}/checks", review.created.id);
    let put = review.world.put_json(&review.world.token, &path, &review.world.nurse()).await;
    assert_eq!(put.json()["state"], "DRAFTED");
    let offered = review.world.done(&review.created.id, "offer", &json!({})).await;
    assert_eq!(offered["state"], "OFFERED");
}

#[tokio::test]
async fn a_wallet_that_failed_is_told_apart() {
    let review = Review::new().await;

    review.says("credential_failure", None).await;

    let shown = review.show().await;
    assert_eq!(shown["state"], "REJECTED");
    assert_eq!(shown["history"].as_array().unwrap().last().unwrap()["what"], "WALLET_FAILED");
    assert_eq!(review.world.status(&review.credential).await, Status::Invalid);
}

#[tokio::test]
async fn i24_what_is_not_a_notification_of_this_copy_is_refused() {
    let review = Review::new().await;
    let world = &review.world;
    let other = Review::new().await.notification_id;
    let body = |id: &str, event: &str| json!({ "notification_id": id, "event": event });

    for id in ["", "unknown"] {
        let reply = world.notify(&review.access, &body(id, "credential_accepted")).await;
        reply.is_error(400, "invalid_notification_id");
    }
    // Another issuer's: its keys are others.
    let reply = world.notify(&review.access, &body(&other, "credential_accepted")).await;
    reply.is_error(400, "invalid_notification_id");
    let reply = world.notify(&review.access, &body(&review.notification_id, "eaten")).await;
    reply.is_error(400, "invalid_notification_request");
    let reply =
        world.notify("no-token", &body(&review.notification_id, "credential_deleted")).await;
    reply.is_error(401, "invalid_token");
    let access = world.access(&world.created().await).await;
    let reply = world.notify(&access, &body(&review.notification_id, "credential_deleted")).await;
    reply.is_error(400, "invalid_notification_id");

    assert_eq!(review.show().await["state"], "ACTIVE");
}

#[tokio::test]
async fn a_review_may_outlast_the_access_token() {
    let review = Review::new().await;

    review.world.clock.advance(20 * 60);
    let reply = review.says("credential_deleted", Some("NOT_WANTED")).await;

    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(review.show().await["rejection"]["reason"], "NOT_WANTED");
    review.world.clock.advance(60 * 60);
    review.says("credential_accepted", None).await.is_error(401, "invalid_token");
}
