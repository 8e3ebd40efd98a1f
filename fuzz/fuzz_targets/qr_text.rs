//! Any text as a code: it is read within its bound or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(presentation) = vc::qr::decode(text) {
        assert!(presentation.len() <= vc::qr::MAX_PRESENTATION_BYTES);
        if text.starts_with("SP") {
            let again = vc::qr::encode(&presentation);
            assert_eq!(vc::qr::decode(&again).as_deref(), Ok(presentation.as_str()));
        }
    }
});
