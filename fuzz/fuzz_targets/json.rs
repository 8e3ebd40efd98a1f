//! Any bytes: strict JSON agrees with serde_json on what it takes, and JCS is a fixed point.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::json::Limits;

fuzz_target!(|text: &[u8]| {
    if let Ok(value) = vc::json::parse(text, Limits::TOKEN) {
        let theirs: serde_json::Value = serde_json::from_slice(text).expect("serde_json takes it");
        assert_eq!(theirs, value);
        let canonical = vc::jcs::to_vec(&value);
        let again = vc::json::parse(&canonical, Limits { bytes: usize::MAX, ..Limits::TOKEN });
        assert_eq!(vc::jcs::to_vec(&again.expect("canonical JSON is read")), canonical);
    }
});
