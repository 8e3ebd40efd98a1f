//! Any text behind a genuine issuer JWT: disclosures and key binding are taken or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vc::sd_jwt::UnverifiedSdJwt;

#[path = "../support.rs"]
mod support;

fuzz_target!(|text: &str| {
    if let Ok(parsed) = UnverifiedSdJwt::parse(text) {
        let _refused = parsed.verify_issuer(support::issuer());
    }
    let genuine = support::credential();
    let jwt = genuine.split('~').next().expect("an issuer JWT");
    if let Ok(parsed) = UnverifiedSdJwt::parse(&format!("{jwt}~{text}"))
        && let Ok(verified) = parsed.verify_issuer(support::issuer())
    {
        // Whatever was disclosed, the issuer wrote it.
        for (name, value) in verified.claims() {
            assert_eq!(support::claims().get(name), Some(value), "{name} was made up");
        }
    }
});
