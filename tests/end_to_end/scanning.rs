//! What the host's desk sees over a day.

use serde_json::json;
use staff_passport_tests::network::{HOST_ODS, Network, POLL_SECONDS};
use staff_passport_tests::tamper;

use crate::{REQUIREMENT, codes, nurse, placement};

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_session_may_ask_again_and_no_other_also_after_a_restart() {
    let mut network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let code = wallet.code(REQUIREMENT);
    let session = uuid::Uuid::new_v4().to_string();

    let first = network.scan_in_session(&session, code.clone(), &placement()).await;
    let again = network.scan_in_session(&session, code.clone(), &placement()).await;
    let other = network.scan(code.clone(), &placement()).await;
    network.kill_verifier();
    network.start_verifier();
    let after_restart = network.scan(code, &placement()).await;

    assert_eq!(first["outcome"], "CLEAR_TO_START", "{first}");
    assert_eq!(again, first);
    assert_eq!(codes(&other), ["REPLAYED"]);
    assert_eq!(codes(&after_restart), ["REPLAYED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_one_host_is_nothing_to_another() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let printed = wallet.run(&["present", "--to", "RBV", "--for", REQUIREMENT, "--text"], "");
    let text = String::from_utf8(printed.stdout).expect("UTF-8");
    let parts: Vec<&str> = text.lines().collect();

    let verdict = network.scan(json!(parts), &placement()).await;

    assert_eq!(codes(&verdict), ["WRONG_HOST"], "{verdict}");
    assert_eq!(verdict["outcome"], "NOT_YET");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_in_any_order_and_the_raw_presentation_scan_alike() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);

    let whole = vc::qr::encode(&tamper::presentation(&wallet.code(REQUIREMENT)));
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let mut parts = vc::qr::split(&whole, 250, &mut rng);
    parts.reverse();
    let in_parts = network.scan(json!(parts), &placement()).await;
    let raw = json!(tamper::presentation(&wallet.code(REQUIREMENT)));
    let as_text = network.scan(raw, &placement()).await;

    assert!(parts.len() > 2, "the code was not split");
    assert_eq!(in_parts["outcome"], "CLEAR_TO_START", "{in_parts}");
    assert_eq!(as_text["outcome"], "CLEAR_TO_START", "{as_text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_credential_without_key_binding_never_clears() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let presentation = tamper::presentation(&wallet.code(REQUIREMENT));
    let (without_binding, _) = presentation.rsplit_once('~').expect("a key binding");

    let verdict = network.scan(json!(format!("{without_binding}~")), &placement()).await;

    assert_eq!(codes(&verdict), ["HOLDER_NOT_PROVEN"], "{verdict}");
    assert_eq!(verdict["outcome"], "DO_NOT_START");
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_go_on_while_the_home_issuer_is_away() {
    let mut network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let before = network.scan(wallet.code(REQUIREMENT), &placement()).await;
    network.kill_issuer();

    let away = network.scan(wallet.code(REQUIREMENT), &placement()).await;

    assert_eq!(before["outcome"], "CLEAR_TO_START", "{before}");
    assert_eq!(away["outcome"], "CLEAR_TO_START", "{away}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_shows_only_what_the_requirement_asks_for() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);
    let mut placement = placement();
    placement["kind"] = json!("OBSERVER");
    let code = wallet.code("OBSERVER/NURSING_AND_MIDWIFERY_REGISTERED");

    let verdict = network.scan(code, &placement).await;

    assert_eq!(verdict["outcome"], "CLEAR_TO_START", "{verdict}");
    assert_eq!(verdict["facts"]["identity"]["given_name"], "Amara");
    for hidden in ["criminal_record", "work_health", "right_to_work", "employment_history"] {
        assert!(verdict["facts"].get(hidden).is_none(), "{hidden} was shown: {verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_says_what_it_shows_and_why_before_the_code() {
    let network = Network::start(POLL_SECONDS);
    let passport = network.create_passport(&nurse()).await;
    let wallet = network.wallet("amara");
    wallet.receive(&passport);

    let output = wallet.run(&["present", "--to", HOST_ODS, "--for", REQUIREMENT, "--once"], "");
    let shown = String::from_utf8(output.stderr).expect("UTF-8");

    assert!(shown.contains("Manchester University"), "{shown}");
    assert!(shown.contains("DBS") || shown.contains("riminal record"), "{shown}");
}
