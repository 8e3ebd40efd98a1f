//! The key-binding JWT (RFC 9901, 4.3 and 7.3; T10).

use serde_json::{Value, json};
use vc::jws::JwsError;
use vc::sd_jwt::{KeyBinding, SdJwtError, key_binding_input, key_binding_input_with};
use vc::time::UnixTime;

use crate::common::keys::{TestKey, object, parse, path};

const NOW: UnixTime = UnixTime(1_800_000_000);

fn binding() -> KeyBinding {
    KeyBinding { audience: "ods:R0A".to_owned(), nonce: "n-0S6_WzA2Mj".to_owned(), issued_at: NOW }
}

fn disclosed() -> String {
    TestKey::ed25519(1).issue(&json!({"a": 1, "b": 2}), &[path(&json!(["a"]))], 1)
}

fn holder() -> TestKey {
    TestKey::ed25519(2)
}

fn by_hand(typ: &str, claims: &Value) -> String {
    disclosed() + &holder().token(typ, claims)
}

fn sd_hash() -> Value {
    let text = holder().bind(&disclosed(), &binding());
    let claims = parse(&text).key_binding().unwrap().dangerous_unverified_claims().clone();
    claims["sd_hash"].clone()
}

#[test]
fn a_bound_presentation_verifies_with_either_algorithm() {
    for holder in [TestKey::ed25519(2), TestKey::p256()] {
        let text = holder.bind(&disclosed(), &binding());

        let verified = parse(&text).verify_key_binding(&holder.public(), NOW);

        assert_eq!(verified, Ok(binding()));
    }
}

#[test]
fn a_text_without_key_binding_proves_no_holder() {
    let refused = parse(&disclosed()).verify_key_binding(&holder().public(), NOW);

    assert_eq!(refused, Err(SdJwtError::KeyBindingMissing));
}

#[test]
fn a_key_binding_covers_exactly_what_is_presented() {
    let all = disclosed();
    let text = holder().bind(&all, &binding());
    let jwt = all.split('~').next().unwrap();
    let binding_jwt = text.rsplit('~').next().unwrap();

    let stripped = format!("{jwt}~{binding_jwt}");

    let refused = parse(&stripped).verify_key_binding(&holder().public(), NOW);
    assert_eq!(refused, Err(SdJwtError::SdHashMismatch), "a disclosure was taken away");
}

#[test]
fn a_key_binding_moved_to_another_credential_is_refused() {
    let text = holder().bind(&disclosed(), &binding());
    let other = TestKey::ed25519(1).issue(&json!({"a": 1}), &[], 2);

    let moved = other + text.rsplit('~').next().unwrap();

    let refused = parse(&moved).verify_key_binding(&holder().public(), NOW);
    assert_eq!(refused, Err(SdJwtError::SdHashMismatch));
}

#[test]
fn a_key_binding_of_another_key_is_refused() {
    let text = holder().bind(&disclosed(), &binding());

    let refused = parse(&text).verify_key_binding(&TestKey::ed25519(3).public(), NOW);

    assert_eq!(refused, Err(SdJwtError::KeyBinding(JwsError::SignatureInvalid)));
}

#[test]
fn a_token_of_another_typ_is_no_key_binding() {
    let claims = json!({
        "aud": "ods:R0A", "nonce": "n", "iat": 1_800_000_000, "sd_hash": sd_hash()
    });
    parse(&by_hand("kb+jwt", &claims)).verify_key_binding(&holder().public(), NOW).unwrap();

    for typ in ["dc+sd-jwt", "statuslist+jwt", "openid4vci-proof+jwt", "dpop+jwt", "JWT"] {
        let refused = parse(&by_hand(typ, &claims)).verify_key_binding(&holder().public(), NOW);

        let expected = JwsError::WrongType { expected: "kb+jwt".to_owned() };
        assert_eq!(refused, Err(SdJwtError::KeyBinding(expected)), "{typ}");
    }
}

#[test]
fn each_claim_of_a_key_binding_is_required_in_its_type() {
    let good = json!({
        "aud": "ods:R0A", "nonce": "n", "iat": 1_800_000_000, "sd_hash": sd_hash()
    });
    let wrong = [
        ("aud", json!(["ods:R0A"])),
        ("nonce", json!(1)),
        ("iat", json!("1800000000")),
        ("iat", json!(-1)),
        ("iat", json!(1e300)),
        ("iat", json!(1_800_000_000.5)),
        ("sd_hash", json!(null)),
    ];

    for (name, value) in wrong {
        for value in [Some(value.clone()), None] {
            let mut claims = object(&good);
            match value {
                Some(value) => claims.insert(name.to_owned(), value),
                None => claims.remove(name),
            };
            let text = by_hand("kb+jwt", &claims.into());

            let refused = parse(&text).verify_key_binding(&holder().public(), NOW);

            assert_eq!(refused, Err(SdJwtError::KeyBindingClaim(name)));
        }
    }
}

#[test]
fn a_key_binding_is_made_only_over_a_whole_sd_jwt() {
    let refused =
        key_binding_input("eyJ.eyJ.sig", holder().algorithm(), &binding()).map(|_| ()).unwrap_err();

    assert_eq!(refused, SdJwtError::Malformed);
}

#[test]
fn further_claims_never_replace_the_key_bindings_own() {
    let further = object(&json!({"aud": "evil", "transaction_data_hashes": ["h"]}));
    let holder = holder();
    let unsigned =
        key_binding_input_with(&disclosed(), holder.algorithm(), &binding(), further).unwrap();
    let signature = holder.sign(unsigned.signing_input());

    let text = unsigned.finish(&signature);

    let (verified, claims) = parse(&text).verify_key_binding_claims(&holder.public(), NOW).unwrap();
    assert_eq!(verified, binding());
    assert_eq!(claims["transaction_data_hashes"], json!(["h"]));
}

#[test]
fn a_key_binding_is_held_to_its_own_exp_and_nbf() {
    // RFC 9901, 7.3: "a valid JWT in all other respects, per [RFC7519]"; 60 s of leeway.
    let with = |name: &str, value: Value| {
        let mut claims =
            json!({"aud": "ods:R0A", "iat": NOW.0, "nonce": "n", "sd_hash": sd_hash()});
        claims[name] = value;
        parse(&by_hand("kb+jwt", &claims))
            .verify_key_binding(&holder().public(), NOW)
            .map(|binding| binding.nonce)
    };

    assert_eq!(with("exp", json!(NOW.0 - 59)), Ok("n".to_owned()));
    assert_eq!(with("exp", json!(NOW.0 - 60)), Err(SdJwtError::KeyBindingExpired));
    assert_eq!(with("nbf", json!(NOW.0 + 60)), Ok("n".to_owned()));
    assert_eq!(with("nbf", json!(NOW.0 + 61)), Err(SdJwtError::KeyBindingNotYetValid));
    for name in ["exp", "nbf"] {
        for wrong in [json!("1900000000"), json!(1.5), json!(null), json!(-1)] {
            assert_eq!(with(name, wrong), Err(SdJwtError::KeyBindingClaim(name)));
        }
    }
}
