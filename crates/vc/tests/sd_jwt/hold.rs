//! Choosing what to disclose.

use serde_json::{Value, json};
use vc::claim_path::ClaimPath;
use vc::sd_jwt::{SdJwtError, VerifiedSdJwt};

use crate::common::keys::{TestKey, parse, path};

fn held() -> VerifiedSdJwt {
    let key = TestKey::ed25519(1);
    let claims = json!({
        "iss": "i",
        "identity": {"family_name": "Okafor", "personal": {"sex": "F"}},
        "skills": ["a", "b"],
        "clear": {"x": 1},
    });
    let hide = [
        json!(["identity"]),
        json!(["identity", "personal"]),
        json!(["skills"]),
        json!(["skills", null]),
    ]
    .map(|it| path(&it));
    parse(&key.issue(&claims, &hide, 3)).verify_issuer(&key.public()).unwrap()
}

fn shown(paths: &[Value]) -> Value {
    let paths: Vec<ClaimPath> = paths.iter().map(path).collect();
    let text = held().disclose(&paths).unwrap();
    let verified = parse(&text).verify_issuer(&TestKey::ed25519(1).public()).unwrap();
    verified.claims().clone().into()
}

#[test]
fn the_held_paths_are_listed_parents_before_children() {
    let held = held();
    let paths: Vec<String> = held.disclosable().iter().map(ToString::to_string).collect();
    let place = |wanted: &str| paths.iter().position(|path| path == wanted).unwrap();

    assert_eq!(paths.len(), 5);
    assert!(place("/identity") < place("/identity/personal"));
    assert!(place("/skills") < place("/skills/0"));
    assert!(place("/skills/0") < place("/skills/1"));
}

#[test]
fn nothing_asked_discloses_nothing() {
    assert_eq!(shown(&[]), json!({"iss": "i", "clear": {"x": 1}}));
}

#[test]
fn a_parent_does_not_bring_what_hides_again_inside_it() {
    let expected = json!({"iss": "i", "clear": {"x": 1}, "identity": {"family_name": "Okafor"}});

    assert_eq!(shown(&[json!(["identity"])]), expected);
    assert_eq!(shown(&[json!(["identity", "family_name"])]), expected, "a claim in clear inside");
}

#[test]
fn a_child_brings_the_parents_it_needs() {
    assert_eq!(
        shown(&[json!(["identity", "personal"])])["identity"],
        json!({"family_name": "Okafor", "personal": {"sex": "F"}})
    );
}

#[test]
fn array_elements_are_disclosed_one_by_one_or_all() {
    assert_eq!(shown(&[json!(["skills"])])["skills"], json!([]));
    assert_eq!(shown(&[json!(["skills", 1])])["skills"], json!(["b"]));
    assert_eq!(shown(&[json!(["skills", null])])["skills"], json!(["a", "b"]));
}

#[test]
fn a_claim_in_clear_needs_no_disclosure() {
    assert_eq!(shown(&[json!(["clear", "x"])]), shown(&[]));
}

#[test]
fn a_path_that_the_copy_does_not_hold_is_named() {
    for absent in [json!(["absent"]), json!(["identity", "absent"]), json!(["skills", 2])] {
        let absent = path(&absent);

        let refused = held().disclose(std::slice::from_ref(&absent)).unwrap_err();

        assert_eq!(refused, SdJwtError::NoSuchDisclosure(absent));
    }
}

#[test]
fn a_copy_with_less_disclosed_can_disclose_only_that() {
    let less = held().disclose(&[path(&json!(["identity"]))]).unwrap();

    let less = parse(&less).verify_issuer(&TestKey::ed25519(1).public()).unwrap();

    assert_eq!(less.disclosable(), [&path(&json!(["identity"]))]);
    assert!(less.disclose(&[path(&json!(["identity", "personal"]))]).is_err());
}

#[test]
fn a_copy_taken_apart_gives_its_claims() {
    let claims = held().claims().clone();

    assert_eq!(claims["identity"]["family_name"], "Okafor");
    assert_eq!(held().into_claims(), claims);
}
