//! Other people's wallets receive what the issuer offers (OpenID4VCI 1.0), each flow whole: offer,
//! token, nonce, proofs, credential, its signature and status, notification.

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::peers::Peer;
use crate::staff::hr_confirms;
use crate::{VCT, today};

pub(crate) async fn offered(network: &Network, query: &str) -> Value {
    let url = format!("{}/api/v1/passports?{query}", network.issuer_url);
    let body = passport::samples::sample_nurse(today());
    let answer = network.http.post_as(&url, &network.issuer_token, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub(crate) fn command(network: &Network, passport: &Value) -> Value {
    let root = std::fs::read_to_string(network.path("root.pem")).expect("the root's certificate");
    let offer = &passport["offer"];
    json!({ "offer": offer["uri"], "tx_code": offer["tx_code"], "root": root })
}

pub(crate) fn received(command: &Value) -> Value {
    Peer::Wallet.ask(command).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[track_caller]
pub(crate) fn is_nurse(credential: &Value, network: &Network) {
    assert_eq!(credential["claims"]["vct"], VCT);
    assert_eq!(credential["claims"]["iss"], network.issuer_url);
    assert_eq!(credential["claims"]["identity"]["given_name"], "Amara");
    assert_eq!(credential["status"], 0);
}

pub(crate) async fn state_of(network: &Network, passport: &Value) -> Value {
    let id = passport["id"].as_str().expect("an id");
    let url = format!("{}/api/v1/passports/{id}", network.issuer_url);
    network.http.get_as(&url, &network.issuer_token).await.json()
}

/// The offer by value: what its address serves, in the link itself.
pub(crate) async fn by_value(network: &Network, passport: &Value) -> String {
    let link = passport["offer"]["uri"].as_str().expect("a link");
    let link = reqwest::Url::parse(link).expect("a link");
    let (_, address) = link.query_pairs().next().expect("an address");
    let offer = network.http.get(&address).await.text();
    let mut link = reqwest::Url::parse("openid-credential-offer://").expect("a link");
    link.query_pairs_mut().append_pair("credential_offer", &offer);
    link.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_reads_an_offer_by_value() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut command = command(&network, &passport);
    command["offer"] = json!(by_value(&network, &passport).await);

    is_nurse(&received(&command)["credentials"][0], &network);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_receives_either_profile_and_notifies() {
    let network = Network::start(POLL_SECONDS);
    for (profile, alg, certified) in [("native", "EdDSA", false), ("es256", "ES256", true)] {
        let passport = offered(&network, &format!("profile={profile}")).await;

        let answer = received(&command(&network, &passport));

        let credential = &answer["credentials"][0];
        is_nurse(credential, &network);
        assert_eq!(credential["header"]["alg"], alg);
        assert_eq!(credential["header"]["x5c"].is_array(), certified);
        assert_eq!(answer["notified"], true);
        assert_eq!(answer["signed_metadata"], true);
        assert!(state_of(&network, &passport).await["accepted_at"].is_string(), "{profile}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_receives_a_batch_and_an_encrypted_answer() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut command = command(&network, &passport);
    command["keys"] = json!(3);
    command["encrypted"] = json!(true);

    let answer = received(&command);

    let credentials = answer["credentials"].as_array().expect("credentials");
    assert_eq!(credentials.len(), 3);
    assert_eq!(answer["encrypted"], 1);
    credentials.iter().for_each(|credential| is_nurse(credential, &network));
    let mut entries: Vec<&Value> = credentials.iter().map(|one| &one["entry"]).collect();
    entries.dedup();
    assert_eq!(entries.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_waits_for_hr_and_then_fetches() {
    let network = Network::start(POLL_SECONDS);
    // Compared by digits that the person reads out, or waived where the wallet shows none.
    for waived in [false, true] {
        let passport = offered(&network, "profile=es256&confirm_key=true").await;
        let mut command = command(&network, &passport);
        let waiting = received(&command);
        let id = passport["id"].as_str().expect("an id");
        command["do"] = json!("fetch");
        command["issuer"] = json!(network.issuer_url);
        command["state"] = waiting["state"].clone();
        let still = received(&command);
        assert_eq!(still["state"]["transactionId"], waiting["state"]["transactionId"]);

        hr_confirms(&network, id, waived).await;

        command["encrypted"] = json!(true);
        // This library refuses a deferred answer with a notification_id (STANDARDS B4), which is
        // for wallets that say they take it.
        let answer = received(&command);
        is_nurse(&answer["credentials"][0], &network);
        assert_eq!(answer["encrypted"], 1);
        assert_eq!(answer["notified"], false);
        let state = state_of(&network, &passport).await;
        assert_eq!(state["accepted_at"], Value::Null, "it has not said so");
        assert_eq!(state["state"], "ACTIVE");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_with_a_wrong_code_gets_nothing_and_may_try_again() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let good = command(&network, &passport);
    let mut wrong = good.clone();
    wrong["tx_code"] = json!("000000");
    if good["tx_code"] == wrong["tx_code"] {
        wrong["tx_code"] = json!("000001");
    }

    Peer::Wallet.ask(&wrong).expect_err("a wrong transaction code");

    is_nurse(&received(&good)["credentials"][0], &network);
}
