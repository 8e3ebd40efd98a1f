//! Any bytes as a compact code: it is read within its bound or refused, and what was read survives
//! being written again. Any presentation: its code gives back the very same text.
#![no_main]

use libfuzzer_sys::fuzz_target;

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
    if let Some(presentation) = attack.on_text(support::presentation()) {
        written_again(&presentation);
    }
});
