//! Bounds of what is read: each met exactly, and passed by one.

use serde_json::{Value, json};
use vc::jws::JwsError;
use vc::sd_jwt::{MAX_BYTES, MAX_DISCLOSURES, MAX_VALUES, SdJwtError, UnverifiedSdJwt};

use crate::common::keys::{TestKey, disclosure};

fn issuer() -> TestKey {
    TestKey::ed25519(1)
}

fn parse_refusal(text: &str) -> SdJwtError {
    UnverifiedSdJwt::parse(text).expect_err("refused")
}

#[test]
fn the_number_of_disclosures_is_bounded() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));
    let (one, _) = disclosure(&json!(["salt", 1]));

    let most = format!("{jwt}~{}", format!("{one}~").repeat(MAX_DISCLOSURES));
    let too_many = format!("{most}{one}~");

    UnverifiedSdJwt::parse(&most).unwrap();
    assert_eq!(parse_refusal(&too_many), SdJwtError::TooManyDisclosures);
}

#[test]
fn the_values_in_all_disclosures_are_bounded() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));
    let (zeros, _) = disclosure(&json!(["salt", vec![0; 1000]]));

    UnverifiedSdJwt::parse(&format!("{jwt}~{zeros}~")).unwrap();
    assert_eq!(
        parse_refusal(&format!("{jwt}~{zeros}~{zeros}~{zeros}~")),
        SdJwtError::TooManyDisclosures
    );
}

#[test]
fn arrays_and_objects_count_as_values_beside_what_they_hold() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));
    let array = |len: usize| json!(vec![0; len]);
    let object =
        |len: usize| Value::Object((0..len).map(|name| (name.to_string(), json!(0))).collect());
    let most = disclosure(&json!(["salt", array(MAX_VALUES / 4 * 3 - 1)])).0;
    let with = |value: &Value| format!("{jwt}~{most}~{}~", disclosure(&json!(["s", value])).0);

    for rest in [array(MAX_VALUES / 4 - 1), object(MAX_VALUES / 4 - 1)] {
        UnverifiedSdJwt::parse(&with(&rest)).unwrap();
    }
    for rest in [array(MAX_VALUES / 4), object(MAX_VALUES / 4)] {
        assert_eq!(parse_refusal(&with(&rest)), SdJwtError::TooManyDisclosures);
    }
}

#[test]
fn a_text_past_the_bound_is_not_looked_into() {
    let longest = "~".repeat(MAX_BYTES);

    assert_eq!(parse_refusal(&longest), SdJwtError::IssuerJwt(JwsError::NotCompact));
    assert_eq!(parse_refusal(&format!("{longest}~")), SdJwtError::Malformed);
}
