//! Any JSON: a JWK is a safe key or is refused, and its public form is stable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::json::Limits;
use vc::jwk::PublicKey;

fuzz_target!(|text: &[u8]| {
    let Ok(value) = vc::json::parse(text, Limits::TOKEN) else { return };
    if let Ok(key) = PublicKey::from_jwk(&value) {
        let again = PublicKey::from_jwk(&key.to_jwk()).expect("our own JWK is read");
        assert_eq!(again, key);
        assert_eq!(again.thumbprint(), key.thumbprint());
        assert!(key.verify(text, &[0; 64]).is_err(), "an empty signature verified");
    }
});
