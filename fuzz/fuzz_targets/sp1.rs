//! Any bytes as a compact code: it is read within its bound or refused, and what was read survives
//! being written again. Any presentation: its code gives back the very same text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

#[path = "../support.rs"]
mod support;

const DIGITS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Base45 (RFC 9285).
fn base45(bytes: &[u8]) -> String {
    let mut text = String::new();
    for pair in bytes.chunks(2) {
        let mut number = pair.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for _ in 0..=pair.len() {
            text.push(char::from(DIGITS[number % 45]));
            number /= 45;
        }
    }
    text
}

/// One disclosure, one claim in clear, key binding; no codec asks whether it is signed.
fn small_presentation() -> &'static str {
    static SMALL: LazyLock<String> = LazyLock::new(|| {
        let part = |json: &str| vc::base64url::encode(json.as_bytes());
        let signature = vc::base64url::encode(&[0xa7; 8]);
        let disclosure = part(r#"["_26bc4LT-ac6q2KI6cBW5es","level",2]"#);
        let digest = vc::base64url::encode(&Sha256::digest(&disclosure));
        format!(
            "{}.{}.{signature}~{disclosure}~{}.{}.{signature}",
            part(r#"{"alg":"EdDSA","typ":"dc+sd-jwt"}"#),
            part(&format!(r#"{{"_sd":["{digest}"],"_sd_alg":"sha-256","iss":"https://a.b"}}"#)),
            part(r#"{"alg":"EdDSA","typ":"kb+jwt"}"#),
            part(r#"{"aud":"ods:R0A","iat":1800000000}"#),
        )
    });
    &SMALL
}

fn written_again(presentation: &str) {
    let code = vc::qr::encode(presentation);
    match vc::qr::decode(&code) {
        Ok(again) => assert_eq!(again, presentation),
        // A code holds presentations only, and not of any length.
        Err(_) => assert!(vc::qr::decode(presentation).is_err(), "it can't be read again"),
    }
}

fuzz_target!(|attack: support::Attack| {
    if let Ok(presentation) = vc::qr::decode(&format!("SP1A:{}", base45(attack.splice()))) {
        assert!(presentation.len() <= vc::qr::MAX_PRESENTATION_BYTES);
        written_again(&presentation);
    }
    // A small presentation most of the time: each byte is coded three times over
    let genuine =
        if attack.splice().len() % 8 == 0 { support::presentation() } else { small_presentation() };
    if let Some(presentation) = attack.on_text(genuine) {
        written_again(&presentation);
    }
});
