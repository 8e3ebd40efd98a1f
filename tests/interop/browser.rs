//! The holder's whole line over the wasm, in Node and in Chromium, against the real services.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use staff_passport_tests::network::{Network, POLL_SECONDS};

use crate::{REQUIREMENT, today};

#[tokio::test(flavor = "multi_thread")]
async fn a_webcrypto_holder_over_the_wasm_is_cleared_to_start() {
    let network = Network::start(POLL_SECONDS);
    let mut offers = Vec::new();
    for _ in ["Node", "Chromium"] {
        let made = network.create_passport(&passport::samples::sample_nurse(today())).await;
        offers.push(json!({ "offer": made["offer"]["uri"], "txCode": made["offer"]["tx_code"] }));
    }
    let operators = std::fs::read(network.path("operator.jwks.json")).expect("the operators' keys");
    let operators: Value = serde_json::from_slice(&operators).expect("JSON");
    let command = json!({
        "offers": offers,
        "registryUrl": network.registry_url,
        "operators": { "keys": operators.get("keys").cloned().unwrap_or(json!([operators])) },
        "requirement": REQUIREMENT,
    });
    let file = network.path("line.json");
    std::fs::write(&file, command.to_string()).expect("written");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/wasm.mjs");
    let output = Command::new("node").arg(script).arg("--line").arg(&file).output();
    let output = output.expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Value = serde_json::from_slice(&output.stdout).expect("an answer");

    for place in ["Node", "Chromium"] {
        let answer = &answers[place];
        let placement = json!({
            "kind": "TRAINING_EDUCATION_DEVELOPMENT",
            "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
            "start": today().to_string(),
            "end": (today() + chrono::Days::new(7)).to_string(),
        });
        let verdict = network.scan(answer["code"].clone(), &placement).await;

        assert_eq!(answer["status"], "VALID", "{place}");
        assert_eq!(verdict["outcome"], "CLEAR_TO_START", "{place}: {verdict}");
        assert_eq!(verdict["facts"]["identity"]["given_name"], "Amara", "{place}");
    }
}
