//! Who shows it, to whom, and with which nonce (T10, P1, P2).

use serde_json::json;
use vc::base64url;
use vc::verify::{NoncePolicy, Policy, Reason};

use crate::common::keys::TestKey;
use crate::scene::{NOW, Scene, nonce};

fn reason_with_nonce(nonce: &str, policy: NoncePolicy<'_>) -> Option<Reason> {
    let mut scene = Scene::good();
    scene.binding.nonce = nonce.to_owned();
    let policy = Policy { nonce: policy, ..Scene::policy() };
    scene.scan_code(&scene.code(), &policy).err().map(|rejection| rejection.reason)
}

#[test]
fn a_passport_without_key_binding_proves_no_holder() {
    // P2: the picture of a static credential is never a person.
    let scene = Scene::good();

    let rejection = scene.scan_code(&scene.issued(), &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::HolderNotProven);
    assert_eq!(rejection.issuer_ods.as_deref(), Some("RBV"));
}

#[test]
fn a_passport_that_names_no_holder_proves_none() {
    let mut scene = Scene::good();
    scene.claims.as_object_mut().unwrap().remove("cnf");

    assert_eq!(scene.rejection().reason, Reason::HolderNotProven);
}

#[test]
fn a_key_binding_under_another_key_proves_no_holder() {
    let mut scene = Scene::good();
    scene.holder = TestKey::ed25519(9);

    assert_eq!(scene.rejection().reason, Reason::HolderNotProven);
}

#[test]
fn a_key_binding_over_something_else_proves_no_holder() {
    let scene = Scene::good();
    let code = scene.code();
    let parts: Vec<&str> = code.split('~').collect();
    let [jwt, _disclosure, binding] = parts.try_into().unwrap();

    let rejection = scene.scan_code(&format!("{jwt}~{binding}"), &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::HolderNotProven);
}

#[test]
fn a_token_of_another_typ_is_no_key_binding() {
    let scene = Scene::good();
    let claims = json!({"aud": "ods:R0A", "nonce": nonce(), "iat": NOW.0});
    let code = scene.issued() + &scene.holder.token("openid4vci-proof+jwt", &claims);

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::HolderNotProven);
}

#[test]
fn a_code_for_another_host_is_refused() {
    for audience in ["ods:RBV", "ods:r0a", "ods:R0A ", "R0A", ""] {
        let mut scene = Scene::good();
        scene.binding.audience = audience.to_owned();

        assert_eq!(scene.rejection().reason, Reason::WrongHost, "{audience}");
    }
}

#[test]
fn a_fresh_nonce_is_sixteen_bytes_and_perhaps_a_desk_code() {
    let sixteen = nonce();

    for good in [sixteen.clone(), format!("{sixteen}.123456"), format!("{sixteen}.000000")] {
        assert_eq!(reason_with_nonce(&good, NoncePolicy::Fresh), None, "{good}");
    }
    for bad in [
        String::new(),
        base64url::encode(&[5; 15]),
        base64url::encode(&[5; 17]),
        format!("{sixteen}="),
        format!("{}B", &sixteen[..21]),
        format!("{sixteen}."),
        format!("{sixteen}.12345"),
        format!("{sixteen}.1234567"),
        format!("{sixteen}.12345a"),
        format!("{sixteen}.123456.123456"),
        format!("{sixteen}.١٢٣"),
    ] {
        assert_eq!(reason_with_nonce(&bad, NoncePolicy::Fresh), Some(Reason::NonceWrong), "{bad}");
    }
}

#[test]
fn a_desk_code_that_is_asked_for_must_be_there() {
    let asked = NoncePolicy::FreshWithDeskCode("123456");
    let sixteen = nonce();

    assert_eq!(reason_with_nonce(&format!("{sixteen}.123456"), asked), None);
    assert_eq!(reason_with_nonce(&sixteen, asked), Some(Reason::DeskCodeWrong));
    assert_eq!(reason_with_nonce(&format!("{sixteen}.123457"), asked), Some(Reason::DeskCodeWrong));
    assert_eq!(reason_with_nonce("short.123456", asked), Some(Reason::NonceWrong));
}

#[test]
fn a_nonce_of_the_verifier_is_taken_exactly() {
    let asked = NoncePolicy::Exactly("n-0S6_WzA2Mj");

    assert_eq!(reason_with_nonce("n-0S6_WzA2Mj", asked), None);
    assert_eq!(reason_with_nonce("n-0S6_WzA2MJ", asked), Some(Reason::NonceWrong));
    assert_eq!(reason_with_nonce(&nonce(), asked), Some(Reason::NonceWrong));
}

#[test]
fn every_claim_that_the_holder_signed_is_at_hand() {
    let verified = Scene::good().scan().unwrap();

    let claims = verified.key_binding_claims();

    let names: Vec<&str> = claims.keys().map(String::as_str).collect();
    assert_eq!(names, ["aud", "iat", "nonce", "sd_hash"]);
    assert_eq!(claims["aud"], "ods:R0A");
}

#[test]
fn a_presentation_is_known_by_holder_key_and_nonce() {
    let scene = Scene::good();

    let verified = scene.scan().unwrap();

    assert_eq!(verified.presentation_id().nonce, nonce());
    assert_eq!(verified.presentation_id().holder, scene.holder.public().thumbprint());
}
