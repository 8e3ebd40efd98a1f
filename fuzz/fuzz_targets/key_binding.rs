//! Any text as key binding of a genuine credential: nothing the holder did not sign passes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::sd_jwt::UnverifiedSdJwt;

#[path = "../support.rs"]
mod support;

fuzz_target!(|text: &str| {
    let presentation = format!("{}{text}", support::credential());
    if let Ok(parsed) = UnverifiedSdJwt::parse(&presentation) {
        let bound = parsed.verify_key_binding(support::holder(), support::NOW).is_ok();
        assert_eq!(bound, presentation == *support::presentation(), "a made-up binding passed");
    }
});
