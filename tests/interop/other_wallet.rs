//! The crate `oid4vci`, another code base than npm `@openid4vc/openid4vci`, as wallet. What it
//! receives is checked by npm `@sd-jwt/sd-jwt-vc`.

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::VCT;
use crate::peers::Peer;
use crate::staff::{hr_confirms, signs_in};
use crate::wallets::{by_value, command, is_nurse, offered, received, state_of};

fn asked(command: &Value) -> Value {
    Peer::OtherWallet.ask(command).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Its one credential is a nurse's, by the issuer, and bound to its key.
#[track_caller]
fn is_received(answer: &Value, network: &Network, passport: &Value) {
    let mut check = command(network, passport);
    check["do"] = json!("check");
    check["credentials"] = answer["credentials"].clone();
    check["vct"] = json!(VCT);
    let credential = received(&check)["credentials"][0].take();
    is_nurse(&credential, network);
    let holder = &credential["claims"]["cnf"]["jwk"];
    assert_eq!((&holder["x"], &holder["y"]), (&answer["holder"]["x"], &answer["holder"]["y"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_receives_either_profile_by_either_offer_and_notifies() {
    let network = Network::start(POLL_SECONDS);
    for profile in ["native", "es256"] {
        let passport = offered(&network, &format!("profile={profile}")).await;
        let mut receive = command(&network, &passport);
        receive["do"] = json!("receive");
        if profile == "native" {
            receive["offer"] = json!(by_value(&network, &passport).await);
        }

        let answer = asked(&receive);

        is_received(&answer, &network, &passport);
        assert_eq!(answer["notified"], true);
        assert!(state_of(&network, &passport).await["accepted_at"].is_string(), "{profile}");
    }
}

/// "jwk" is the only binding method in the metadata, which this crate passes over.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_by_did_is_refused() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut receive = command(&network, &passport);
    receive["do"] = json!("receive");
    receive["proof"] = json!("did");

    let refusal = Peer::OtherWallet.ask(&receive).expect_err("a proof by kid");

    assert!(refusal.contains("invalid_proof"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_is_sent_to_sign_in_and_asks_by_identifier() {
    let network = Network::start_with_pages(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut push = command(&network, &passport);
    push["do"] = json!("push");

    let pushed = asked(&push);
    let page = pushed["page"].as_str().expect("a page");
    let code = passport["offer"]["tx_code"].as_str().expect("a code");
    let back = signs_in(page, "", code).await;
    let answer = asked(&json!({ "do": "redeem", "state": pushed["state"], "back": back }));

    is_received(&answer, &network, &passport);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_wallet_waits_for_hr_and_then_fetches() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256&confirm_key=true").await;
    let mut receive = command(&network, &passport);
    receive["do"] = json!("receive");

    let waiting = asked(&receive);
    let fetch = json!({ "do": "fetch", "state": waiting["state"] });
    let still = asked(&fetch);
    hr_confirms(&network, passport["id"].as_str().expect("an id"), false).await;
    let answer = asked(&fetch);

    assert_eq!(still["state"]["transaction_id"], waiting["state"]["transaction_id"]);
    is_received(&answer, &network, &passport);
}
