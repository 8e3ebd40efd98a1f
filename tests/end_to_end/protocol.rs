//! OpenID4VCI endpoints under bad input: OAuth errors, single use, unknown members ignored.

use serde_json::{Value, json};
use staff_passport_tests::http::Answer;
use staff_passport_tests::network::{Network, POLL_SECONDS};
use vc::jwk::Algorithm;
use vc::oid4vci::{OfferLink, ProofInput, Transport};
use vc::time::UnixTime;

use crate::nurse;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

struct Offered {
    code: String,
    tx_code: String,
    offer_url: String,
}

async fn offered(network: &Network) -> Offered {
    let passport = network.create_passport(&nurse()).await;
    let uri = passport["offer"]["uri"].as_str().expect("a URI");
    let OfferLink::ByReference(offer_url) =
        OfferLink::parse(uri, Transport::LoopbackHttp).expect("an offer link")
    else {
        panic!("offers go by reference");
    };
    let offer = network.http.get(&offer_url).await;
    assert_eq!(offer.status, 200, "{}", offer.text());
    let code = offer.json()["grants"][GRANT]["pre-authorized_code"].clone();
    Offered {
        code: code.as_str().expect("a code").to_owned(),
        tx_code: passport["offer"]["tx_code"].as_str().expect("a code").to_owned(),
        offer_url,
    }
}

async fn token(network: &Network, code: &str, more: &str) -> Answer {
    let form = format!("grant_type={}&pre-authorized_code={code}{more}", GRANT.replace(':', "%3A"));
    network.http.post_form(&format!("{}/token", network.issuer_url), &form).await
}

fn assert_oauth(answer: &Answer, status: u16, error: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.content_type, "application/json", "{what}");
    assert_eq!(answer.json()["error"], error, "{what}: {}", answer.text());
}

fn another(digits: &str) -> String {
    let number: u32 = digits.parse().expect("six digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_may_be_fetched_twice_and_its_code_used_once() {
    let network = Network::start(POLL_SECONDS);
    let offered = offered(&network).await;
    let tx = format!("&tx_code={}", offered.tx_code);

    let twice = network.http.get(&offered.offer_url).await;
    let first = token(&network, &offered.code, &tx).await;
    let second = token(&network, &offered.code, &tx).await;

    assert_eq!(twice.status, 200);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_oauth(&second, 400, "invalid_grant", "used code");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_get_their_oauth_error_and_the_right_one_still_works() {
    let network = Network::start(POLL_SECONDS);
    let offered = offered(&network).await;
    let right = format!("&tx_code={}", offered.tx_code);
    let wrong = format!("&tx_code={}", another(&offered.tx_code));

    assert_oauth(&token(&network, &offered.code, "").await, 400, "invalid_request", "no tx_code");
    assert_oauth(&token(&network, &offered.code, &wrong).await, 400, "invalid_grant", "wrong");
    assert_oauth(&token(&network, "nonsense", &right).await, 400, "invalid_grant", "no such code");
    let unknown_member = token(&network, &offered.code, &format!("{right}&colour=blue")).await;

    assert_eq!(unknown_member.status, 200, "{}", unknown_member.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_transaction_codes_end_the_offer() {
    let network = Network::start(POLL_SECONDS);
    let offered = offered(&network).await;
    let wrong = format!("&tx_code={}", another(&offered.tx_code));
    for turn in 0..5 {
        let answer = token(&network, &offered.code, &wrong).await;
        assert_oauth(&answer, 400, "invalid_grant", &format!("wrong code {turn}"));
    }

    let right = token(&network, &offered.code, &format!("&tx_code={}", offered.tx_code)).await;

    assert_oauth(&right, 400, "invalid_grant", "the right code, too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_token_requests_get_oauth_errors() {
    let network = Network::start(POLL_SECONDS);
    let url = format!("{}/token", network.issuer_url);

    let json_body = network.http.post(&url, &json!({ "grant_type": GRANT })).await;
    let no_grant = network.http.post_form(&url, "colour=blue").await;
    let other_grant = network.http.post_form(&url, "grant_type=password&username=a").await;
    let huge = network.http.post_form(&url, &format!("grant_type={}", "a".repeat(4 << 20))).await;

    assert!((400..500).contains(&json_body.status), "{}", json_body.text());
    assert_oauth(&no_grant, 400, "invalid_request", "no grant");
    assert_oauth(&other_grant, 400, "unsupported_grant_type", "another grant");
    assert_eq!(huge.status, 413, "{}", huge.text());
}

/// The claims of a credential request's proof, to be bent.
struct Proof {
    audience: String,
    nonce: Option<String>,
    issued_at: i64,
}

async fn credential(network: &Network, access: &str, body: &Value) -> Answer {
    let url = format!("{}/credential", network.issuer_url);
    network.http.post_as(&url, access, body).await
}

fn signed(proof: &Proof) -> String {
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let holder = keys::SigningKey::generate(Algorithm::EdDsa, &mut rng);
    let input = ProofInput::new(
        holder.algorithm(),
        holder.public_key(),
        &proof.audience,
        proof.nonce.as_deref(),
        UnixTime(proof.issued_at),
        None,
    );
    let signature = holder.sign(input.signing_input());
    input.finish(&signature)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_proofs_get_their_error_and_the_next_right_one_its_credential() {
    let network = Network::start(POLL_SECONDS);
    let offered = offered(&network).await;
    let answer = token(&network, &offered.code, &format!("&tx_code={}", offered.tx_code)).await;
    let access = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let now = clock::Clock::system().now();
    let nonce_url = format!("{}/nonce", network.issuer_url);
    let nonce = network.http.send("POST", &nonce_url, &[], None).await.json()["c_nonce"]
        .as_str()
        .map(str::to_owned);
    let right =
        || Proof { audience: network.issuer_url.clone(), nonce: nonce.clone(), issued_at: now };
    let request = |proof: &Proof| {
        json!({
            "credential_configuration_id": "employment-checks-1",
            "proofs": { "jwt": [signed(proof)] },
        })
    };
    let cases = [
        (json!({ "credential_configuration_id": "employment-checks-1" }), "invalid_proof"),
        (request(&Proof { audience: "https://other.example".into(), ..right() }), "invalid_proof"),
        (request(&Proof { nonce: None, ..right() }), "invalid_proof"),
        (request(&Proof { nonce: Some("made-up".into()), ..right() }), "invalid_nonce"),
        (request(&Proof { issued_at: now - 86_400, ..right() }), "invalid_proof"),
        (
            json!({ "credential_configuration_id": "nothing", "proofs": { "jwt": [signed(&right())] } }),
            "unknown_credential_configuration",
        ),
        (json!([1, 2, 3]), "invalid_credential_request"),
    ];

    for (body, error) in &cases {
        assert_oauth(&credential(&network, &access, body).await, 400, error, &body.to_string());
    }
    let stranger = credential(&network, "nobody", &request(&right())).await;
    let mut good = request(&right());
    good["colour"] = json!("blue");
    let issued = credential(&network, &access, &good).await;

    assert_eq!(stranger.status, 401, "{}", stranger.text());
    assert_eq!(issued.status, 200, "{}", issued.text());
    assert!(issued.json()["credentials"][0]["credential"].is_string());
}
