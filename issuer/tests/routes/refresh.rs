//! Refresh tokens: the wallet fetches a new copy by itself, without HR.

use axum::http::StatusCode;
use serde_json::{Value, json};
use vc::status_list::Status;

use crate::client::{Client, Tokens};
use crate::world::{Created, Wallet, World};

const DAY: i64 = 24 * 60 * 60;

/// A passport in a wallet whose client has a refresh token.
struct Held {
    world: World,
    client: Client,
    wallet: Wallet,
    created: Created,
    tokens: Tokens,
}

impl Held {
    async fn new() -> Self {
        let (world, client, wallet) = (World::new().await, Client::new(), Wallet::new());
        let created = world.created().await;
        let tokens = Tokens::of(&client.redeem(&world, &created).await);
        world.verified(&client.ask(&world, &tokens.access, &wallet).await);
        Self { world, client, wallet, created, tokens }
    }

    async fn refreshed(&self) -> Tokens {
        Tokens::of(&self.client.refresh(&self.world, &self.tokens.refresh).await)
    }
}

async fn restart(held: Held) -> Held {
    let Held { world, client, wallet, created, tokens } = held;
    Held { world: world.restarted().await, client, wallet, created, tokens }
}

#[tokio::test]
async fn a_bearer_wallet_gets_no_refresh_token() {
    let world = World::new().await;
    let created = world.created().await;
    let code = world.code(&created).await;

    let reply = world.redeem(&code, Some(&created.tx_code)).await;

    assert_eq!(reply.json().get("refresh_token"), None);
}

#[tokio::test]
async fn a_benign_change_reaches_the_wallet_without_hr_and_the_old_copy_stays_valid() {
    let held = Held::new().await;
    let world = &held.world;
    let first = world.verified(&held.client.ask(world, &held.tokens.access, &held.wallet).await);
    world.clock.advance(5 * DAY);
    world.app.maintain().await.unwrap();
    let mut assignment = world.nurse()["assignment"].clone();
    assignment["job_title"] = json!("Matron");
    let changes = json!({ "kind": "BENIGN", "checks": { "assignment": assignment } });
    let path = format!("/api/v1/passports/{}/checks", held.created.id);
    let reply = world.patch_json(&world.token, &path, &changes).await;
    assert!(reply.status.is_success(), "{:?}", reply.body);

    let tokens = held.refreshed().await;
    let second = world.verified(&held.client.ask(world, &tokens.access, &held.wallet).await);

    assert_eq!(second.claims()["cnf"], first.claims()["cnf"]);
    assert_ne!(second.claims()["status"], first.claims()["status"]);
    assert_eq!(second.claims()["exp"].as_i64().unwrap(), world.clock.now() + 90 * DAY);
    assert_eq!(world.status(&first).await, Status::Valid);
    assert_eq!(world.status(&second).await, Status::Valid);
    let shown = world.show(&held.created.id).await;
    assert_eq!(shown["state"], "ACTIVE");
}

#[tokio::test]
async fn a_fresh_token_gives_the_same_new_copy_again_and_none_to_another_key() {
    let held = Held::new().await;
    let world = &held.world;
    let tokens = held.refreshed().await;

    let another = held.client.ask(world, &tokens.access, &Wallet::new()).await;
    another.is_error(400, "credential_request_denied");
    let one = world.verified(&held.client.ask(world, &tokens.access, &held.wallet).await);
    let two = world.verified(&held.client.ask(world, &tokens.access, &held.wallet).await);

    assert_eq!(one.claims()["status"], two.claims()["status"]);
}

#[tokio::test]
async fn a_refresh_token_that_comes_again_ends_its_family() {
    let held = Held::new().await;
    let tokens = held.refreshed().await;
    // Also after a restart.
    let held = restart(held).await;
    let world = &held.world;

    held.client.refresh(world, &held.tokens.refresh).await.is_error(400, "invalid_grant");

    held.client.refresh(world, &tokens.refresh).await.is_error(400, "invalid_grant");
    let reply = held.client.ask(world, &tokens.access, &held.wallet).await;
    reply.is_error(401, "invalid_token");
}

#[tokio::test]
async fn a_refresh_token_is_good_with_its_own_key_only() {
    let held = Held::new().await;
    let world = &held.world;
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", held.tokens.refresh.as_str())];

    Client::new().refresh(world, &held.tokens.refresh).await.is_error(400, "invalid_grant");
    world.post_form("/token", &pairs).await.is_error(400, "invalid_grant");
    held.client.refresh(world, "invented").await.is_error(400, "invalid_grant");

    // Nor has a thief ended it.
    held.refreshed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_refreshes_at_once_at_most_one_gives_a_token() {
    let held = Held::new().await;
    let world = &held.world;

    let asked = (0..20).map(|_| held.client.refresh(world, &held.tokens.refresh));
    let answers = futures_util::future::join_all(asked).await;

    let given = answers.iter().filter(|reply| reply.status == StatusCode::OK).count();
    assert_eq!(given, 1);
}

#[tokio::test]
async fn after_suspension_there_is_no_new_copy_until_hr_reinstates() {
    let held = Held::new().await;
    let world = &held.world;
    world.done(&held.created.id, "suspend", &json!({ "reason": "INVESTIGATION" })).await;

    let tokens = held.refreshed().await;
    let reply = held.client.ask(world, &tokens.access, &held.wallet).await;
    reply.is_error(400, "credential_request_denied");

    world.done(&held.created.id, "reinstate", &json!({ "reason": "CLEARED" })).await;
    world.verified(&held.client.ask(world, &tokens.access, &held.wallet).await);
}

#[tokio::test]
async fn after_revocation_there_is_no_new_copy() {
    let held = Held::new().await;
    let world = &held.world;
    let tokens = held.refreshed().await;
    world.revoke(&held.created.id, "LEFT_EMPLOYMENT").await;

    let reply = held.client.ask(world, &tokens.access, &held.wallet).await;
    reply.is_error(400, "credential_request_denied");
    held.client.refresh(world, &tokens.refresh).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn the_old_phone_gets_no_new_copy_once_the_new_one_has_its_own() {
    let held = Held::new().await;
    let world = &held.world;
    let path = format!("/api/v1/passports/{}/offer", held.created.id);
    let reply = world.post_json(&world.token, &path, &json!({ "reason": "NEW_DEVICE" })).await;
    let created = Created::of(&reply);
    let (client, wallet) = (Client::new(), Wallet::new());
    let tokens = Tokens::of(&client.redeem(world, &created).await);
    let new = world.verified(&client.ask(world, &tokens.access, &wallet).await);

    let old = held.refreshed().await;
    let reply = held.client.ask(world, &old.access, &held.wallet).await;

    reply.is_error(400, "credential_request_denied");
    assert_eq!(world.status(&new).await, Status::Valid);
}

#[tokio::test]
async fn a_refresh_token_expires_with_the_copy() {
    let held = Held::new().await;

    held.world.clock.advance(90 * DAY);

    let reply = held.client.refresh(&held.world, &held.tokens.refresh).await;
    reply.is_error(400, "invalid_grant");
}

/// I14
#[tokio::test]
async fn i14_authorization_details_at_the_refresh_give_an_identifier() {
    let held = Held::new().await;
    let world = &held.world;
    let detail = |id: &str| -> Value {
        json!([{ "type": "openid_credential", "credential_configuration_id": id }])
    };
    let refresh = async |id: &str| {
        let details = detail(id).to_string();
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", held.tokens.refresh.as_str()),
            ("authorization_details", details.as_str()),
        ];
        held.client.form(world, "/token", &pairs).await
    };

    refresh("other").await.is_error(400, "invalid_authorization_details");
    let reply = refresh("employment-checks-1").await;

    let tokens = Tokens::of(&reply);
    let by_configuration = held.client.ask(world, &tokens.access, &held.wallet).await;
    by_configuration.is_error(400, "invalid_credential_request");
    let body = json!({
        "credential_identifier": reply.json()["authorization_details"][0]
            ["credential_identifiers"][0],
        "proofs": { "jwt": [world.proof(&held.wallet).await] },
    });
    world.verified(&held.client.json(world, &tokens.access, "/credential", &body).await);
}
