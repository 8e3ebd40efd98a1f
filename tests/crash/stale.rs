//! A wallet that brings nonces which have served already.

use serde_json::{Value, json};
use staff_passport_tests::network::Network;
use vc::jwk::Algorithm;
use vc::oid4vci::ProofInput;
use vc::time::UnixTime;

use crate::load::{address, redemption};

/// Asks for the credential of a fresh passport once with each nonce; the errors.
pub(crate) async fn asks(network: &Network, nonces: &[String]) -> Vec<Value> {
    let http = &network.http;
    let today = chrono::DateTime::from_timestamp(clock::Clock::system().now(), 0);
    let today = today.expect("a date").date_naive();
    let passport = network.create_passport(&passport::samples::sample_nurse(today)).await;
    let offer = &passport["offer"];
    let form = redemption(&http.get(&address(offer)).await.json(), offer);
    let token = http.post_form(&format!("{}/token", network.issuer_url), &form).await.json();
    let access = token["access_token"].as_str().expect("a token");
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let holder = keys::SigningKey::generate(Algorithm::EdDsa, &mut rng);
    let mut errors = vec![];
    for nonce in nonces {
        let now = UnixTime(clock::Clock::system().now());
        let (alg, key) = (holder.algorithm(), holder.public_key());
        let proof = ProofInput::new(alg, key, &network.issuer_url, Some(nonce), now, None);
        let signature = holder.sign(proof.signing_input());
        let body = json!({
            "credential_configuration_id": "employment-checks-1",
            "proofs": { "jwt": [proof.finish(&signature)] },
        });
        let url = format!("{}/credential", network.issuer_url);
        let answer = http.post_as(&url, access, &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        errors.push(answer.json()["error"].clone());
    }
    errors
}
