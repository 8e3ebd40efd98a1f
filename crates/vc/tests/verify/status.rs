//! Status: everything that is not a current VALID from the right signer is a refusal.

use serde_json::json;
use vc::status_list::{Status, StatusListError};
use vc::time::UnixTime;
use vc::verify::{Evidence, Reason, StatusEvidence, UnverifiedPresentation};

use crate::common::keys::TestKey;
use crate::scene::{LIST, NOW, Scene, issuer, key, list, nonce};

fn reason_of(status: Status) -> Option<Reason> {
    let mut scene = Scene::good();
    scene.list = Some(list(&issuer(), LIST, NOW.plus(-60), None, status));
    scene.scan().err().map(|rejection| rejection.reason)
}

fn reason_at(issued_at: UnixTime, expires_at: Option<UnixTime>) -> Option<Reason> {
    let mut scene = Scene::good();
    scene.list = Some(list(&issuer(), LIST, issued_at, expires_at, Status::Valid));
    scene.scan().err().map(|rejection| rejection.reason)
}

#[test]
fn each_status_has_its_own_answer() {
    assert_eq!(reason_of(Status::Valid), None);
    assert_eq!(reason_of(Status::Invalid), Some(Reason::Revoked));
    assert_eq!(reason_of(Status::Suspended), Some(Reason::Suspended));
    assert_eq!(reason_of(Status::Superseded), Some(Reason::Superseded));
    assert_eq!(reason_of(Status::Other(12)), Some(Reason::StatusMalformed));
}

#[test]
fn a_credential_without_a_status_entry_is_refused() {
    for status in [None, Some(json!({})), Some(json!({"status_list": {"idx": "7", "uri": LIST}}))] {
        let mut scene = Scene::good();
        match status {
            Some(status) => scene.claims["status"] = status,
            None => drop(scene.claims.as_object_mut().unwrap().remove("status")),
        }

        assert_eq!(scene.rejection().reason, Reason::StatusMalformed);
    }
}

#[test]
fn an_index_past_the_end_is_not_valid() {
    let mut scene = Scene::good();
    scene.claims["status"]["status_list"]["idx"] = json!(64);

    assert_eq!(scene.rejection().reason, Reason::StatusMalformed);
}

#[test]
fn what_could_not_be_found_out_is_its_own_answer() {
    let cases = [
        (None, Reason::StatusUnreachable),
        (Some(StatusListError::WrongSigner), Reason::StatusWrongSigner),
        (Some(StatusListError::Expired), Reason::StatusTooOld),
        (Some(StatusListError::Malformed), Reason::StatusMalformed),
        (Some(StatusListError::TooLarge), Reason::StatusMalformed),
        (Some(StatusListError::BadBits), Reason::StatusMalformed),
        (Some(StatusListError::WrongSubject), Reason::StatusMalformed),
        (Some(StatusListError::FromFuture), Reason::StatusMalformed),
    ];
    for (error, expected) in cases {
        let scene = Scene::good();
        let registry = scene.verified_registry();
        let status = StatusEvidence::Unavailable(error.as_ref());
        let evidence = Evidence { registry: Some(&registry), anchors: &[], status };
        let parsed = UnverifiedPresentation::parse(&scene.code()).unwrap();

        let rejection = parsed.verify(&evidence, &Scene::policy(), NOW).unwrap_err();

        assert_eq!(rejection.reason, expected, "{error:?}");
    }
}

#[test]
fn a_list_of_another_address_says_nothing() {
    let mut scene = Scene::good();
    let other = "https://rbv.example/status-lists/1";
    scene.list = Some(list(&issuer(), other, NOW, None, Status::Valid));

    assert_eq!(scene.rejection().reason, Reason::StatusMalformed);
}

#[test]
fn a_list_of_another_signer_says_nothing() {
    let mut scene = Scene::good();
    scene.list = Some(list(&TestKey::ed25519(9), LIST, NOW, None, Status::Valid));

    assert_eq!(scene.rejection().reason, Reason::StatusWrongSigner);
}

#[test]
fn another_key_of_the_issuer_may_sign_its_list_unless_compromised() {
    let mut scene = Scene::good();
    let other = TestKey::ed25519(9);
    scene.list = Some(list(&other, LIST, NOW, None, Status::Valid));
    let with_key = |scene: &mut Scene, state| {
        scene.registry["organisations"][0]["issuer"]["keys"] =
            json!([key(&issuer(), "active"), key(&other, state)]);
    };

    with_key(&mut scene, "retired");
    scene.scan().unwrap();
    with_key(&mut scene, "compromised");

    assert_eq!(scene.rejection().reason, Reason::StatusWrongSigner);
}

#[test]
fn a_list_past_its_exp_is_never_green() {
    assert_eq!(reason_at(NOW.plus(-60), Some(NOW.plus(1))), None);
    assert_eq!(reason_at(NOW.plus(-60), Some(NOW)), Some(Reason::StatusTooOld));
}

#[test]
fn a_list_from_the_future_is_refused() {
    assert_eq!(reason_at(NOW.plus(60), None), None);
    assert_eq!(reason_at(NOW.plus(61), None), Some(Reason::StatusMalformed));
}

#[test]
fn a_list_counts_for_a_week_at_most_whatever_its_exp_says() {
    let week = 7 * 24 * 60 * 60;

    for far in [None, Some(NOW.plus(100 * week))] {
        assert_eq!(reason_at(NOW.plus(1 - week), far), None);
        assert_eq!(reason_at(NOW.plus(-week), far), Some(Reason::StatusTooOld));
    }
}

#[test]
fn a_list_older_than_the_policy_allows_is_aged() {
    let aged_at = |seconds| {
        let mut scene = Scene::good();
        scene.list = Some(list(&issuer(), LIST, NOW.plus(seconds), None, Status::Valid));
        let verified = scene.scan().unwrap();
        assert_eq!(verified.status_as_of(), NOW.plus(seconds));
        verified.status_aged()
    };

    assert!(!aged_at(-600));
    assert!(aged_at(-601));
}

#[test]
fn a_refusal_by_status_names_the_presentation() {
    let mut scene = Scene::good();
    scene.list = None;

    let rejection = scene.rejection();

    let presentation = rejection.presentation.unwrap();
    assert_eq!(presentation.nonce, nonce());
    assert_eq!(presentation.holder, scene.holder.public().thumbprint());
    assert_eq!(rejection.issuer_ods.as_deref(), Some("RBV"));
}
