//! `did:jwk` and `did:key`, with the examples of their specifications.

#![expect(clippy::unwrap_used, reason = "test support: a broken promise must stop the test")]

mod common;

use serde_json::json;
use vc::base64url;
use vc::did::{DidError, MAX_DID_BYTES, resolve};
use vc::jwk::{JwkError, PublicKey};

use common::keys::TestKey;

/// did:key specification, test vectors.
const KEY_ED25519: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
const KEY_P256: &str = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169";
/// did:jwk specification, examples.
const JWK_P256: &str = concat!(
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6",
    "OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
);

/// The eight points of small order, as `did:key`s.
fn small_order() -> Vec<[u8; 32]> {
    curve25519_dalek::constants::EIGHT_TORSION.iter().map(|point| point.compress().0).collect()
}

fn did_jwk(jwk: &serde_json::Value) -> String {
    format!("did:jwk:{}", base64url::encode(jwk.to_string().as_bytes()))
}

#[test]
fn the_did_key_of_ed25519() {
    let jwk = json!({
        "crv": "Ed25519", "kty": "OKP", "x": "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"
    });

    let key = resolve(KEY_ED25519).unwrap();

    assert_eq!(key.to_jwk(), jwk);
    assert_eq!(vc::did::key(&key), KEY_ED25519);
}

#[test]
fn the_did_key_of_p_256() {
    let jwk = json!({
        "crv": "P-256",
        "kty": "EC",
        "x": "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI",
        "y": "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU"
    });

    let key = resolve(KEY_P256).unwrap();

    assert_eq!(key.to_jwk(), jwk);
    assert_eq!(vc::did::key(&key), KEY_P256);
}

#[test]
fn the_did_jwk_of_p_256() {
    let jwk = json!({
        "crv": "P-256",
        "kty": "EC",
        "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
        "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"
    });

    let key = resolve(JWK_P256).unwrap();

    assert_eq!(key.to_jwk(), jwk);
    assert_eq!(vc::did::jwk(&key), JWK_P256);
}

#[test]
fn every_key_comes_back_from_its_dids() {
    // Both signs of y among the P-256 keys, with all likelihood
    let keys = (0..8).flat_map(|seed| [TestKey::ed25519(seed), TestKey::p256()]);
    for key in keys.map(|key| key.public()) {
        assert_eq!(resolve(&vc::did::jwk(&key)), Ok(key.clone()));
        assert_eq!(resolve(&vc::did::key(&key)), Ok(key));
    }
}

#[test]
fn only_the_dids_own_verification_method_is_known() {
    let own = KEY_ED25519.strip_prefix("did:key:").unwrap();
    assert!(resolve(&format!("{KEY_ED25519}#{own}")).is_ok());
    assert!(resolve(&format!("{JWK_P256}#0")).is_ok());
    for (did, fragment) in [
        (KEY_ED25519, ""),
        (KEY_ED25519, "0"),
        (KEY_ED25519, "z6LSother"),
        (JWK_P256, ""),
        (JWK_P256, "1"),
        (JWK_P256, "00"),
        (JWK_P256, "0#0"),
    ] {
        let refused = resolve(&format!("{did}#{fragment}")).unwrap_err();
        assert_eq!(refused, DidError::UnknownMethod, "{did}#{fragment}");
    }
}

#[test]
fn other_methods_are_refused() {
    for did in [
        "",
        "did:web:example.com",
        "did:ebsi:z2",
        "DID:KEY:z6Mk",
        "key:z6Mk",
        " did:key:z6Mk",
        "did:jwk",
        "did:key",
    ] {
        assert_eq!(resolve(did), Err(DidError::UnsupportedMethod), "{did:?}");
    }
}

#[test]
fn other_forms_are_refused() {
    let key = KEY_ED25519.strip_prefix("did:key:").unwrap();
    for did in [
        "did:key:".to_owned(),
        "did:key:z".to_owned(),
        format!("did:key:{}", key.replacen('z', "m", 1)),
        format!("did:key:{}", key.replacen('z', "", 1)),
        format!("{KEY_ED25519}1"),
        format!("{KEY_ED25519}?service=x"),
        format!("{KEY_ED25519}/path"),
        format!("did:key:z1{}", key.trim_start_matches('z')),
        "did:key:z0OIl".to_owned(),
        format!("did:key:z{}", "z".repeat(49)),
        format!("did:jwk:{}", "A".repeat(MAX_DID_BYTES)),
        format!("{JWK_P256}="),
        format!("{JWK_P256}/path"),
        "did:jwk:e30=".to_owned(),
    ] {
        let refused = resolve(&did).unwrap_err();
        let prefixed =
            matches!(refused, DidError::Malformed | DidError::BadKey(JwkError::UnsupportedKey));
        assert!(prefixed, "{did}: {refused:?}");
    }
}

#[test]
fn a_jwk_inside_is_strict_json_and_a_public_key() {
    let x = "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik";
    let twice = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","x":"{x}"}}"#);
    let did = format!("did:jwk:{}", base64url::encode(twice.as_bytes()));
    assert!(matches!(resolve(&did), Err(DidError::BadJson(_))));

    let private = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "d": x });
    assert_eq!(resolve(&did_jwk(&private)), Err(DidError::BadKey(JwkError::PrivateMember)));

    let encryption = json!({ "kty": "OKP", "crv": "X25519", "x": x, "use": "enc" });
    assert_eq!(resolve(&did_jwk(&encryption)), Err(DidError::BadKey(JwkError::UnsupportedKey)));
}

#[test]
fn other_multicodecs_are_refused() {
    // did:key specification, test vectors: X25519 and secp256k1
    for did in [
        "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
    ] {
        assert_eq!(resolve(did), Err(DidError::BadKey(JwkError::UnsupportedKey)), "{did}");
    }
}

#[test]
fn keys_of_small_order_are_refused() {
    // SECURITY.md, T8: two more places where a foreign key enters
    let points = small_order();
    assert_eq!(points.len(), 8);
    for point in points {
        let x = base64url::encode(&point);
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        assert_eq!(PublicKey::from_ed25519(&point), Err(JwkError::BadPoint));
        assert_eq!(resolve(&did_jwk(&jwk)), Err(DidError::BadKey(JwkError::BadPoint)));
        let did = format!("did:key:z{}", base58(&[&[0xed, 0x01][..], &point].concat()));
        assert_eq!(resolve(&did), Err(DidError::BadKey(JwkError::BadPoint)));
    }
}

#[test]
fn a_compressed_point_off_p_256_is_refused() {
    let good = TestKey::p256().public().to_compressed();
    let mut refused = 0;
    for last in 0..=u8::MAX {
        let mut bytes = good.clone();
        *bytes.last_mut().unwrap() = last;
        let did = format!("did:key:z{}", base58(&[&[0x80, 0x24][..], &bytes].concat()));
        match resolve(&did) {
            // Half of all x have a point
            Ok(key) => assert_eq!(key.to_compressed(), bytes),
            Err(error) => {
                assert_eq!(error, DidError::BadKey(JwkError::BadPoint));
                refused += 1;
            }
        }
    }
    assert!((64..192).contains(&refused), "{refused} of 256");
    for prefix in [0x00, 0x01, 0x04, 0x05, 0x06, 0x07] {
        let mut bytes = good.clone();
        *bytes.first_mut().unwrap() = prefix;
        let did = format!("did:key:z{}", base58(&[&[0x80, 0x24][..], &bytes].concat()));
        assert_eq!(resolve(&did), Err(DidError::BadKey(JwkError::BadPoint)), "{prefix}");
    }
}

/// Not our encoder: division of the whole number, digit by digit.
fn base58(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut number = bytes.to_vec();
    let mut text = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut remainder = 0u32;
        for byte in &mut number {
            remainder = (remainder << 8) | u32::from(*byte);
            *byte = u8::try_from(remainder / 58).unwrap();
            remainder %= 58;
        }
        text.push(*DIGITS.get(usize::try_from(remainder).unwrap()).unwrap());
    }
    text.extend(bytes.iter().take_while(|byte| **byte == 0).map(|_| b'1'));
    text.reverse();
    String::from_utf8(text).unwrap()
}
