//! Any text as a DID: its key, written as a DID again, is the same key, and `did:key` has one form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::did;

fn check(text: &str) {
    let Ok(key) = did::resolve(text) else { return };
    assert_eq!(did::resolve(&did::jwk(&key)).as_ref(), Ok(&key));
    let own = did::key(&key);
    assert_eq!(did::resolve(&own).as_ref(), Ok(&key));
    if text.starts_with("did:key:") {
        let (did, fragment) = text.split_once('#').unwrap_or((text, ""));
        assert_eq!(did, own, "two forms of one key");
        assert!(fragment.is_empty() || own.ends_with(fragment));
    }
}

fuzz_target!(|text: &str| {
    check(text);
    check(&format!("did:key:z{text}"));
    check(&format!("did:jwk:{}", vc::base64url::encode(text.as_bytes())));
});
