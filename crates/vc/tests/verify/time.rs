//! The age of the code and the dates of the credential.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vc::base64url;
use vc::verify::Reason;

use crate::scene::{NOW, Scene, list, nonce};

fn reason_of_code_at(seconds: i64) -> Option<Reason> {
    let mut scene = Scene::good();
    scene.binding.issued_at = NOW.plus(seconds);
    scene.scan().err().map(|rejection| rejection.reason)
}

#[test]
fn a_code_is_taken_from_90_seconds_ago_to_30_seconds_ahead() {
    assert_eq!(reason_of_code_at(-90), None);
    assert_eq!(reason_of_code_at(30), None);
    assert_eq!(reason_of_code_at(-91), Some(Reason::CodeTooOld));
    assert_eq!(reason_of_code_at(31), Some(Reason::CodeFromFuture));
}

/// The reason when the key binding carries this further claim (RFC 9901, 7.3).
fn reason_of_binding_with(name: &str, value: Value) -> Option<Reason> {
    let scene = Scene::good();
    let issued = scene.issued();
    let sd_hash = base64url::encode(&Sha256::digest(&issued));
    let mut claims =
        json!({"aud": "ods:R0A", "nonce": nonce(), "iat": NOW.0 - 5, "sd_hash": sd_hash});
    claims[name] = value;
    let code = format!("{issued}{}", scene.holder.token("kb+jwt", &claims));
    scene.scan_code(&code, &Scene::policy()).err().map(|rejection| rejection.reason)
}

#[test]
fn a_key_binding_expires_at_its_own_exp() {
    assert_eq!(reason_of_binding_with("exp", json!(NOW.0 - 59)), None);
    assert_eq!(reason_of_binding_with("exp", json!(NOW.0 - 60)), Some(Reason::CodeTooOld));
}

#[test]
fn a_key_binding_begins_at_its_own_nbf() {
    assert_eq!(reason_of_binding_with("nbf", json!(NOW.0 + 60)), None);
    assert_eq!(reason_of_binding_with("nbf", json!(NOW.0 + 61)), Some(Reason::CodeFromFuture));
}

#[test]
fn a_key_binding_whose_dates_are_no_numbers_proves_no_holder() {
    for name in ["exp", "nbf"] {
        let reason = reason_of_binding_with(name, json!("never"));

        assert_eq!(reason, Some(Reason::HolderNotProven), "{name}");
    }
}

fn reason_with(name: &str, seconds: i64) -> Option<Reason> {
    let mut scene = Scene::good();
    scene.claims[name] = json!(NOW.0 + seconds);
    scene.scan().err().map(|rejection| rejection.reason)
}

#[test]
fn a_credential_expires_at_exp_with_a_minutes_leeway() {
    assert_eq!(reason_with("exp", -59), None);
    assert_eq!(reason_with("exp", -60), Some(Reason::CredentialExpired));
}

#[test]
fn a_credential_begins_at_nbf_with_a_minutes_leeway() {
    assert_eq!(reason_with("nbf", 60), None);
    assert_eq!(reason_with("nbf", 61), Some(Reason::CredentialExpired));
}

#[test]
fn a_credential_from_the_future_is_not_yet_valid() {
    assert_eq!(reason_with("iat", 60), None);
    assert_eq!(reason_with("iat", 61), Some(Reason::CredentialExpired));
}

#[test]
fn time_past_2038_and_a_leap_day_is_time_as_any_other() {
    // D4: 2040-02-29T12:00:00Z
    let then = 2_214_129_600_i64;
    let mut scene = Scene::good();
    scene.now = vc::time::UnixTime(then);
    scene.binding.issued_at = scene.now;
    scene.claims["iat"] = json!(then - 10);
    scene.claims["exp"] = json!(then + 10);
    scene.registry["iat"] = json!(then - 10);
    scene.registry["exp"] = json!(then + 10);
    scene.list = Some(list(
        &scene.issuer,
        crate::scene::LIST,
        scene.now,
        None,
        vc::status_list::Status::Valid,
    ));

    scene.scan().unwrap();
}
