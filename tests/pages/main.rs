//! The pages in a real browser, as people use them: each test runs one script of
//! `tests/browser/pages` against a network of its own.
//!
//! `SHOTS=FOLDER` keeps a picture of every state that the scripts looked at.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use staff_passport_tests::network::{self, Network};
use staff_passport_tests::programs;

/// Seconds between two looks of the verifier: the scripts wait for a revocation.
const POLL_SECONDS: u64 = 2;

/// Runs a script; its own checks decide.
fn run(script: &str, network: &Network, more: &Value) {
    let invite = |service: &str, name: &str, role: &str| network.invite(service, name, &[role]);
    let mut config = json!({
        "issuer": network.issuer_url,
        "verifier": network.verifier_url,
        "wallet": network.wallet_url,
        "registry": network.registry_url,
        "folder": network.folder(),
        "programs": programs::path_of("wallet").parent(),
        "tokens": { "issuer": network.issuer_token, "verifier": network.verifier_token },
        "nurse": passport::samples::sample_nurse(today()),
        "invitations": {
            "issuer": {
                "hr_issuer": invite("issuer", "Hannah Home", "hr_issuer"),
                "second_hr": invite("issuer", "Helen Home", "hr_issuer"),
                "administrator": invite("issuer", "Ada Admin", "administrator"),
                "auditor": invite("issuer", "Olu Auditor", "auditor"),
            },
            "verifier": {
                "hr_verifier": invite("verifier", "Harry Host", "hr_verifier"),
                "administrator": invite("verifier", "Vera Admin", "administrator"),
            },
        },
    });
    if let (Some(config), Some(more)) = (config.as_object_mut(), more.as_object()) {
        config.extend(more.clone());
    }
    let file = network.path("pages.json");
    std::fs::write(&file, config.to_string()).expect("written");

    let runner = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/pages/run.mjs");
    let output = Command::new("node")
        .arg(runner)
        .args([script.as_ref(), file.as_os_str()])
        .stderr(Stdio::inherit())
        .output()
        .expect("node runs");

    let text = String::from_utf8_lossy(&output.stdout);
    let found: Value = serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{script} gave no result: {error}\n{text}"));
    println!("{script}: {found:#}");
    assert!(output.status.success(), "{script} failed: {:#}", found["failed"]);
}

fn today() -> chrono::NaiveDate {
    let now = clock::Clock::system().now();
    chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive()
}

/// A test for a script that needs nothing but a network.
macro_rules! script {
    ($(#[$doc:meta])* $name:ident, $script:literal) => {
        $(#[$doc])*
        #[test]
        fn $name() {
            run($script, &Network::start_with_pages(POLL_SECONDS), &json!({}));
        }
    };
}

script!(a_passport_goes_from_hr_to_the_phone_to_the_host_through_pages_alone, "story");
script!(people_sign_in_with_a_passkey_and_reach_only_what_their_role_allows, "sign-in");
script!(every_page_of_the_issuer_is_accessible_in_every_state, "issuer");
script!(every_page_of_the_verifier_is_accessible_in_every_state, "verifier");
script!(the_phone_wallet_is_accessible_and_works_offline, "wallet");
script!(a_benign_change_reaches_the_phone_without_hr_and_is_scanned, "renewal");
script!(create_offer_and_scan_work_by_keyboard_alone, "keyboard");
script!(the_pages_work_without_script, "no-script");
/// The secret is no secret: it is written into the provider's file a moment earlier.
#[test]
fn people_sign_in_with_their_organisations_account() {
    let provider = network::free_address("localhost");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "for tests only").expect("written");
    let file = folder.path().join("providers.toml");
    let text = format!(
        "[[provider]]\nid = \"hospital\"\npreset = \"generic\"\nlabel = \"Hospital account\"\n\
         issuer = \"{provider}\"\nclient_id = \"staff-passport\"\n\
         client_secret_file = {secret:?}\nstaff_claim = \"email\"\n[provider.roles]\n\
         \"passport-hr\" = \"hr_issuer\"\n\"passport-audit\" = \"auditor\"\n"
    );
    std::fs::write(&file, text).expect("written");

    let network = Network::start_with_provider(POLL_SECONDS, &file.to_string_lossy());

    run("oidc", &network, &json!({ "provider": provider }));
}

script!(attacks_through_pages_are_inert, "attacks");
script!(every_error_page_says_what_to_do, "errors");

#[test]
fn two_people_issue_by_hand_and_files_are_checked_first() {
    let network = Network::start_with_two_people(POLL_SECONDS);

    run("colleagues", &network, &json!({}));
}

/// Takes the pictures of docs/tour.md anew.
#[test]
#[ignore = "writes docs/tour"]
fn the_tour_is_photographed() {
    let tour = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tour");
    let more = json!({ "tour": tour });
    run("tour", &Network::start_with_pages(POLL_SECONDS), &more);
    run("tour-colleagues", &Network::start_with_two_people(POLL_SECONDS), &more);
}
