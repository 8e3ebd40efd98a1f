//! npm `@openid4vc/openid4vci` as a wallet that its provider attests, with keys that are attested
//! (attestation-based client authentication; OpenID4VCI 1.0, "Key Attestations"; HAIP 1.0).

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS};
use tempfile::TempDir;

use crate::peers::Peer;
use crate::staff::signs_in;
use crate::wallets::{command, is_nurse, offered, received};

/// A key, and the JWK Set that the issuer is given.
fn attester(folder: &TempDir, name: &str) -> (Value, String) {
    let key = received(&json!({ "do": "key" }));
    let mut public = key["public"].clone();
    public["kid"] = json!(name);
    let file = folder.path().join(name);
    std::fs::write(&file, json!({ "keys": [public] }).to_string()).expect("a file");
    (key["private"].clone(), file.to_string_lossy().into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_meets_haip_with_attestation_dpop_and_a_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let (attester, file) = attester(&folder, "wallets");
    let flags = ["--wallet-attesters", &file, "--require-haip"];
    let network = Network::start_with_issuer_flags(POLL_SECONDS, &flags);
    let passport = offered(&network, "profile=es256").await;
    let mut push = command(&network, &passport);
    push["do"] = json!("push");
    push["dpop"] = json!(true);
    Peer::Wallet.ask(&command(&network, &passport)).expect_err("an anonymous wallet");
    push["wallet_attester"] = attester;
    push["without_challenge"] = json!(true);
    let refusal = Peer::Wallet.ask(&push).expect_err("a proof that may have been made earlier");
    assert!(refusal.contains("push authorization request"), "{refusal}");
    push["without_challenge"] = json!(false);

    let pushed = received(&push);
    let page = pushed["page"].as_str().expect("a page");
    let code = passport["offer"]["tx_code"].as_str().expect("a code");
    let mut redeem = command(&network, &passport);
    redeem["do"] = json!("redeem");
    redeem["back"] = json!(signs_in(page, "", code).await);
    redeem["state"] = pushed["state"].clone();
    let answer = received(&redeem);

    is_nurse(&answer["credentials"][0], &network);
    assert_eq!(answer["token_type"], "DPoP");
    let mut refresh = command(&network, &passport);
    refresh["do"] = json!("refresh");
    refresh["state"] = answer["state"].clone();
    is_nurse(&received(&refresh)["credentials"][0], &network);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_gives_attested_keys_in_either_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (attester, file) = attester(&folder, "keys");
    let network = Network::start_with_issuer_flags(POLL_SECONDS, &["--key-attesters", &file]);
    for (proof, keys) in [("jwt", 1), ("attestation", 2)] {
        let passport = offered(&network, "profile=es256").await;
        let mut command = command(&network, &passport);
        command["key_attester"] = attester.clone();
        command["proof"] = json!(proof);
        command["keys"] = json!(keys);

        let answer = received(&command);

        let credentials = answer["credentials"].as_array().expect("credentials");
        assert_eq!(credentials.len(), keys, "{proof}");
        credentials.iter().for_each(|credential| is_nurse(credential, &network));
    }
}
