//! npm `@openid4vc/openid4vci` by authorization code: PAR, PKCE, `iss`, DPoP with nonces, refresh
//! (OpenID4VCI 1.0, 3.4; RFC 9126, 7636, 9207, 9449).

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::peers::Peer;
use crate::staff::signs_in;
use crate::wallets::{command, is_nurse, offered, received, state_of};

/// Pushed, signed in, redeemed.
async fn by_code(passport: &Value, push: &Value, reference: &str) -> Value {
    let mut command = push.clone();
    command["do"] = json!("push");
    let pushed = received(&command);
    let page = pushed["page"].as_str().expect("a page");
    let code = passport["offer"]["tx_code"].as_str().expect("a code");
    command["back"] = json!(signs_in(page, reference, code).await);
    command["do"] = json!("redeem");
    command["state"] = pushed["state"].clone();
    received(&command)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_is_sent_to_sign_in_and_receives_by_scope_and_by_details() {
    let network = Network::start_with_pages(POLL_SECONDS);
    for (by, dpop, profile) in [("scope", false, "native"), ("details", true, "es256")] {
        let passport = offered(&network, &format!("profile={profile}")).await;
        let mut push = command(&network, &passport);
        push["by"] = json!(by);
        push["dpop"] = json!(dpop);

        let answer = by_code(&passport, &push, "").await;

        is_nurse(&answer["credentials"][0], &network);
        assert_eq!(answer["token_type"], if dpop { "DPoP" } else { "Bearer" }, "{by}");
        assert_eq!(answer["state"]["refreshToken"].is_string(), dpop, "{by}");
        assert_eq!(answer["notified"], true);
        assert!(state_of(&network, &passport).await["accepted_at"].is_string(), "{by}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_begins_by_itself_and_the_staff_member_types_the_reference() {
    let network = Network::start_with_pages(POLL_SECONDS);
    let passport = offered(&network, "profile=native").await;
    let mut push = command(&network, &passport);
    push["offer"] = Value::Null;
    push["issuer"] = json!(network.issuer_url);
    push["configuration"] = json!("employment-checks-1");
    let reference = passport["offer"]["reference"].as_str().expect("a reference");

    let answer = by_code(&passport, &push, reference).await;

    is_nurse(&answer["credentials"][0], &network);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_refreshes_its_copy_and_a_used_refresh_token_ends_them_all() {
    let network = Network::start_with_pages(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut push = command(&network, &passport);
    push["dpop"] = json!(true);
    let first = by_code(&passport, &push, "").await;
    let refresh = |state: &Value| {
        let mut command = command(&network, &passport);
        command["do"] = json!("refresh");
        command["state"] = state.clone();
        Peer::Wallet.ask(&command)
    };

    let second = refresh(&first["state"]).expect("a new copy");

    is_nurse(&second["credentials"][0], &network);
    assert_ne!(second["credentials"][0]["entry"], first["credentials"][0]["entry"]);
    assert_ne!(second["state"]["refreshToken"], first["state"]["refreshToken"]);
    let used = refresh(&first["state"]).expect_err("a used refresh token");
    assert!(used.contains("400"), "{used}");
    refresh(&second["state"]).expect_err("its family has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wallet_proves_its_own_key_with_the_offers_code_too() {
    let network = Network::start(POLL_SECONDS);
    let passport = offered(&network, "profile=es256").await;
    let mut command = command(&network, &passport);
    command["dpop"] = json!(true);
    command["encrypted"] = json!(true);
    command["encrypt_requests"] = json!(true);

    let answer = received(&command);

    is_nurse(&answer["credentials"][0], &network);
    assert_eq!(answer["token_type"], "DPoP");
    assert_eq!(answer["encrypted"], 1);
    // A proof without a nonce is refused at each endpoint, and the request comes again.
    assert_eq!(answer["encrypted_requests"], 2);
    assert_eq!(answer["dpop_nonces"], 3);
    command["do"] = json!("refresh");
    command["state"] = answer["state"].clone();
    is_nurse(&received(&command)["credentials"][0], &network);
}
