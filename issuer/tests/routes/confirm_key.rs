//! `confirm_key`: HR compares six digits with the phone before the passport leaves (SECURITY I3).

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use vc::oid4vci::confirmation_digits;
use vc::sd_jwt::VerifiedSdJwt;
use vc::status_list::Status;

use crate::world::{Created, Reply, Wallet, World};

/// A wallet that has asked, and waits.
struct Waiting {
    world: World,
    created: Created,
    wallet: Wallet,
    access: String,
    transaction_id: String,
}

impl Waiting {
    async fn new() -> Self {
        let world = World::new().await;
        let created = world.created_by(&world.attended, &world.nurse()).await;
        let wallet = Wallet::new();
        let access = world.access(&created).await;
        let reply = world.ask(&access, &world.proof(&wallet).await).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{:?}", reply.body);
        let transaction_id = reply.json()["transaction_id"].as_str().unwrap().to_owned();
        Self { world, created, wallet, access, transaction_id }
    }

    async fn fetch(&self) -> Reply {
        fetch(&self.world, &self.access, &self.transaction_id).await
    }

    fn digits(&self) -> String {
        confirmation_digits(self.wallet.key.public_key(), &self.transaction_id)
    }

    async fn confirm(&self, digits: &str) -> Reply {
        self.world.act(&self.created.id, "confirm-key", &json!({ "digits": digits })).await
    }

    /// Of a copy that the wallet fetched.
    fn verified(&self, reply: &Reply) -> VerifiedSdJwt {
        self.world.verified(reply)
    }
}

async fn fetch(world: &World, access: &str, transaction_id: &str) -> Reply {
    let body = json!({ "transaction_id": transaction_id });
    world.post_json(access, "/deferred-credential", &body).await
}

#[tokio::test]
async fn i3_the_passport_leaves_only_after_hr_has_compared() {
    let waiting = Waiting::new().await;

    for _ in 0..2 {
        let early = waiting.fetch().await;
        assert_eq!(early.status, StatusCode::ACCEPTED);
        assert_eq!(early.json()["transaction_id"], waiting.transaction_id);
        assert!(early.json()["interval"].as_u64().unwrap() > 0);
        assert_eq!(early.header(header::CACHE_CONTROL), "no-store");
    }
    let progress = waiting.world.progress(&waiting.created.id).await;
    assert_eq!(
        (&progress["step"], &progress["digits"]),
        (&json!("CONFIRM"), &json!(waiting.digits()))
    );
    assert_eq!(waiting.world.show(&waiting.created.id).await["copies"], json!([]));
    let confirmed = waiting.confirm(&waiting.digits()).await;

    assert_eq!(confirmed.json()["step"], "CONFIRMED", "{:?}", confirmed.body);
    let credential = waiting.verified(&waiting.fetch().await);
    assert_eq!(credential.holder(), Some(waiting.wallet.key.public_key()));
    assert_eq!(credential.claims()["identity"], waiting.world.nurse()["identity"]);
    assert_eq!(waiting.world.status(&credential).await, Status::Valid);
    // I23: once.
    waiting.fetch().await.is_error(400, "invalid_transaction_id");
}

#[tokio::test]
async fn i3_other_digits_and_a_refusal_give_nothing() {
    let waiting = Waiting::new().await;
    let other = if waiting.digits() == "123456" { "123457" } else { "123456" };

    let wrong = waiting.confirm(other).await;
    wrong.is_problem(422);
    assert_eq!(wrong.faults(), ["/digits"]);
    assert_eq!(waiting.fetch().await.status, StatusCode::ACCEPTED);
    let refused = waiting.world.done(&waiting.created.id, "refuse-key", &json!({})).await;

    assert_eq!(refused["step"], "REFUSED");
    waiting.fetch().await.is_error(400, "credential_request_denied");
    waiting.confirm(&waiting.digits()).await.is_problem(409);
    let again = waiting.world.proof(&waiting.wallet).await;
    let again = waiting.world.ask(&waiting.access, &again).await;
    again.is_error(400, "credential_request_denied");
}

#[tokio::test]
async fn a_lost_answer_is_no_lost_credential() {
    let waiting = Waiting::new().await;
    let Waiting { world, wallet, access, transaction_id, .. } = &waiting;

    let again = world.ask(access, &world.proof(wallet).await).await;
    assert_eq!(again.json()["transaction_id"], *transaction_id);
    let thief = world.ask(access, &world.proof(&Wallet::new()).await).await;
    thief.is_error(400, "credential_request_denied");
    waiting.confirm(&waiting.digits()).await;
    let first = waiting.verified(&waiting.fetch().await);
    let again = world.ask(access, &world.proof(wallet).await).await;

    let again = waiting.verified(&again);
    assert_eq!(again.claims()["status"], first.claims()["status"]);
}

#[tokio::test]
async fn i23_a_transaction_belongs_to_its_token() {
    let waiting = Waiting::new().await;
    let world = &waiting.world;
    let other = world.created_by(&world.attended, &world.nurse()).await;
    let other = world.access(&other).await;

    fetch(world, &other, &waiting.transaction_id).await.is_error(400, "invalid_transaction_id");
    fetch(world, &waiting.access, "unknown").await.is_error(400, "invalid_transaction_id");
    fetch(world, "no-token", &waiting.transaction_id).await.is_error(401, "invalid_token");
    let reply = world.post_json(&waiting.access, "/deferred-credential", &json!({})).await;
    reply.is_error(400, "invalid_credential_request");
    let reply = world.method(Method::POST, "/deferred-credential").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

/// I21 I23: other people's deferred clients refuse an answer that carries a `notification_id`.
#[tokio::test]
async fn i23_a_deferred_answer_has_a_notification_id_for_wallets_that_say_they_notify() {
    for notifies in [None, Some(json!(false)), Some(json!("true")), Some(json!(true))] {
        let waiting = Waiting::new().await;
        waiting.confirm(&waiting.digits()).await;
        let mut body = json!({ "transaction_id": waiting.transaction_id });
        if let Some(notifies) = &notifies {
            body["notifies"] = notifies.clone();
        }

        let reply = waiting.world.post_json(&waiting.access, "/deferred-credential", &body).await;

        waiting.verified(&reply);
        let named = reply.json().get("notification_id").is_some();
        assert_eq!(named, notifies == Some(json!(true)), "{notifies:?}");
    }
}

#[tokio::test]
async fn hr_may_do_without_for_one_offer_and_that_is_on_record() {
    let waiting = Waiting::new().await;
    let Waiting { world, created, .. } = &waiting;
    let path = format!("/api/v1/passports/{}/waive-key", created.id);

    world.post_json(&world.attended, &path, &json!({})).await.is_problem(403);
    let note = json!({ "note": "Her own wallet shows no digits" });
    let waived = world.post_json(&world.token, &path, &note).await;

    assert_eq!(waived.json()["step"], "CONFIRMED", "{:?}", waived.body);
    waiting.verified(&waiting.fetch().await);
    let history = world.show(&created.id).await["history"].clone();
    let line = history.as_array().unwrap().iter().find(|line| line["what"] == "KEY_WAIVED");
    assert_eq!(line.unwrap()["note"], "Her own wallet shows no digits");
}

#[tokio::test]
async fn a_machine_without_the_scope_issues_only_where_hr_compares() {
    let world = World::new().await;
    let path = "/api/v1/passports?confirm_key=false";

    let refused = world.post_json(&world.attended, path, &world.nurse()).await;
    refused.is_problem(403);
    let compared = world.post_json(&world.attended, "/api/v1/passports", &world.nurse()).await;
    let asked =
        world.post_json(&world.token, "/api/v1/passports?confirm_key=true", &world.nurse()).await;
    let unattended = world.post_json(&world.token, path, &world.nurse()).await;

    assert_eq!(compared.json()["offer"]["confirm_key"], true);
    assert_eq!(asked.json()["offer"]["confirm_key"], true);
    assert_eq!(unattended.json()["offer"]["confirm_key"], false);
}

#[tokio::test]
async fn what_waits_and_what_hr_has_said_outlive_a_restart() {
    let waiting = Waiting::new().await;
    let digits = waiting.digits();
    let Waiting { world, created, access, transaction_id, .. } = waiting;

    let world = world.restarted().await;
    assert_eq!(world.progress(&created.id).await["digits"], json!(digits));
    world.done(&created.id, "confirm-key", &json!({ "digits": digits })).await;
    let world = world.restarted().await;

    world.verified(&fetch(&world, &access, &transaction_id).await);
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let waiting = Waiting::new().await;
    let world = &waiting.world;

    world.clock.advance(300);
    world.app.maintain().await.unwrap();

    assert_eq!(world.progress(&waiting.created.id).await["step"], "EXPIRED");
    waiting.fetch().await.is_error(401, "invalid_token");
    waiting.confirm(&waiting.digits()).await.is_problem(409);
    let offered = world.done(&waiting.created.id, "offer", &json!({ "reason": "AGAIN" })).await;
    assert_eq!(offered["state"], "OFFERED");
}

#[tokio::test]
async fn the_metadata_names_the_endpoints() {
    let world = World::new().await;

    let metadata = world.get("/.well-known/openid-credential-issuer").await.json();

    let endpoint = |name: &str| Value::from(format!("{}/{name}", world.base_url));
    assert_eq!(metadata["deferred_credential_endpoint"], endpoint("deferred-credential"));
    assert_eq!(metadata["notification_endpoint"], endpoint("notification"));
}
