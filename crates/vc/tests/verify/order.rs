//! What fails first is reported: spoil everything, then mend it step by step.

use serde_json::json;
use vc::status_list::Status;
use vc::verify::Reason;

use crate::common::keys::TestKey;
use crate::scene::{LIST, NOW, Scene, VCT, holder, issuer, list, nonce, operator};

#[test]
fn the_first_reason_in_the_documented_order_is_reported() {
    let mut scene = Scene::good();
    scene.claims["vct"] = json!("urn:other");
    scene.registry["exp"] = json!(NOW.0 - 1);
    scene.registry["organisations"][0]["state"] = json!("suspended");
    scene.registry["organisations"][0]["issuer"]["keys"][0]["state"] = json!("compromised");
    scene.registry["organisations"][0]["types"] = json!([]);
    scene.claims["iat"] = json!(NOW.0 - 200_000);
    scene.claims["exp"] = json!(NOW.0 - 100_000);
    scene.holder = TestKey::ed25519(9);
    scene.binding.audience = "ods:RBV".to_owned();
    scene.binding.nonce = "short".to_owned();
    scene.binding.issued_at = NOW.plus(-1000);
    scene.list = Some(list(&operator(), LIST, NOW, None, Status::Invalid));
    let reason = |scene: &Scene| scene.rejection().reason;

    assert_eq!(reason(&scene), Reason::NotAPassport);
    scene.claims["vct"] = json!(VCT);
    assert_eq!(reason(&scene), Reason::RegistryExpired);
    scene.registry["exp"] = json!(NOW.0 + 1);
    assert_eq!(reason(&scene), Reason::IssuerNotTrusted);
    scene.registry["organisations"][0]["state"] = json!("active");
    assert_eq!(reason(&scene), Reason::KeyCompromised);
    scene.registry["organisations"][0]["issuer"]["keys"][0]["state"] = json!("active");
    assert_eq!(reason(&scene), Reason::IssuerNotEntitled);
    scene.registry["organisations"][0]["types"] = json!([VCT]);
    assert_eq!(reason(&scene), Reason::HolderNotProven);
    scene.holder = holder();
    assert_eq!(reason(&scene), Reason::WrongHost);
    scene.binding.audience = "ods:R0A".to_owned();
    assert_eq!(reason(&scene), Reason::NonceWrong);
    scene.binding.nonce = nonce();
    assert_eq!(reason(&scene), Reason::CodeTooOld);
    scene.binding.issued_at = NOW;
    assert_eq!(reason(&scene), Reason::CredentialExpired);
    assert_eq!(scene.rejection().presentation, None, "replay is judged after time");
    scene.claims["exp"] = json!(NOW.0 + 100_000);
    assert_eq!(reason(&scene), Reason::StatusWrongSigner);
    assert!(scene.rejection().presentation.is_some());
    scene.list = Some(list(&issuer(), LIST, NOW, None, Status::Invalid));
    assert_eq!(reason(&scene), Reason::Revoked);
    scene.list = Some(list(&issuer(), LIST, NOW, None, Status::Valid));
    scene.scan().unwrap();
}

#[test]
fn a_bad_signature_comes_before_a_bad_holder() {
    let mut scene = Scene::good();
    scene.holder = TestKey::ed25519(9);
    let code = crate::scene::tamper(&scene.code(), |claims| claims["exp"] = json!(1));

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::SignatureInvalid);
}
