//! A wallet that fetches new copies by itself: DPoP and refresh against the real issuer.

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS, Wallet};

use crate::{REQUIREMENT, nurse, placement};

async fn act(network: &Network, method: &str, path: &str, body: &Value) -> Value {
    let url = format!("{}/api/v1/passports/{path}", network.issuer_url);
    let authorization = format!("Bearer {}", network.issuer_token);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let body = Some(body.to_string().into_bytes());
    let answer = network.http.send(method, &url, &headers, body).await;
    assert!((200..300).contains(&answer.status), "{}", answer.text());
    answer.json()
}

fn refused(wallet: &Wallet) -> String {
    let output = wallet.run(&["refresh"], "");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_benign_change_by_hr_reaches_the_wallet_without_an_offer_and_is_scanned() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let id = passport["id"].as_str().expect("an id");
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let mut assignment = nurse()["assignment"].clone();
    assignment["job_title"] = json!("Matron of the night");
    let mut identity = nurse()["identity"].clone();
    identity["family_name"] = json!("Okafor-Bello");
    let change = json!({
        "kind": "BENIGN", "checks": { "assignment": assignment, "identity": identity },
    });
    act(&network, "PATCH", &format!("{id}/checks"), &change).await;

    let said = wallet.succeed(&["refresh"]);

    assert!(said.contains("Matron of the night") && said.contains("Okafor-Bello"), "{said}");
    let verdict = network.scan(wallet.code(REQUIREMENT), &placement()).await;
    assert_eq!(verdict["outcome"], "CLEAR_TO_START", "{verdict}");
    assert_eq!(verdict["facts"]["identity"]["family_name"], "Okafor-Bello", "{verdict}");
    let again = wallet.succeed(&["refresh"]);
    assert!(again.contains("Nothing else has changed"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_says_why_the_issuer_renews_no_more() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let id = passport["id"].as_str().expect("an id");
    let (old, new) = (network.wallet("old-phone"), network.wallet("new-phone"));
    old.receive(&passport);

    let offer = format!("{id}/offer");
    let moved = act(&network, "POST", &offer, &json!({ "reason": "NEW_DEVICE" })).await;
    new.receive(&moved);
    let on_the_old_phone = refused(&old);
    new.succeed(&["refresh"]);
    network.revoke(id, "LEFT_EMPLOYMENT").await;
    let after_revocation = refused(&new);

    assert!(on_the_old_phone.contains("moved to another phone"), "{on_the_old_phone}");
    assert!(after_revocation.contains("has ended this passport"), "{after_revocation}");
}
