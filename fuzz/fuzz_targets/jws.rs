//! Any text: a JWS parses or is refused, and what parses has one byte form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::jws::UnverifiedJws;

fuzz_target!(|text: &str| {
    if let Ok(token) = UnverifiedJws::parse(text) {
        assert_eq!(token.text(), text);
        let parts: Vec<&str> = text.split('.').collect();
        assert_eq!(parts.len(), 3);
        for part in parts {
            let bytes = vc::base64url::decode(part).expect("a parsed part is canonical");
            assert_eq!(vc::base64url::encode(&bytes), part);
        }
        assert!(!token.header().alg.eq_ignore_ascii_case("none"));
        assert!(!token.header().members.contains_key("crit"));
    }
});
