//! Any list: it is read within its bound or refused, and no index past the end answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::json::Limits;
use vc::status_list::StatusList;

const MAX: usize = 64 * 1024;

fuzz_target!(|text: &[u8]| {
    let raw = serde_json::json!({ "bits": 2, "lst": vc::base64url::encode(text) });
    let parsed = vc::json::parse(text, Limits::TOKEN).unwrap_or_default();
    for value in [raw, parsed] {
        if let Ok(list) = StatusList::from_json(&value, MAX) {
            assert!(list.bytes().len() <= MAX);
            assert!(list.status(list.entries()).is_err());
            assert!(list.status(u64::MAX).is_err());
            if let Some(last) = list.entries().checked_sub(1) {
                assert!(list.status(last).is_ok());
            }
        }
    }
});
