//! Any JSON as a disclosure of a token whose digest fits it: reserved names and clashes never pass.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::sd_jwt::UnverifiedSdJwt;

#[path = "../support.rs"]
mod support;

fuzz_target!(|bytes: &[u8]| {
    let encoded = vc::base64url::encode(bytes);
    let text = support::credential_with_disclosure(&encoded);
    if let Ok(parsed) = UnverifiedSdJwt::parse(&text)
        && let Ok(verified) = parsed.verify_issuer(support::issuer())
    {
        assert_eq!(verified.claims().get("iss"), support::claims().get("iss"));
        assert!(!verified.claims().contains_key("_sd"));
        assert!(!verified.claims().contains_key("..."));
    }
});
