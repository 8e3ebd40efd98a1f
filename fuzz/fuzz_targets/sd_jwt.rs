//! Any text behind a genuine issuer JWT: disclosures and key binding are taken or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
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
            let issued = support::claims().get(name);
            assert!(issued.is_some_and(|issued| part_of(value, issued)), "{name} was made up");
        }
    }
});

/// Whether all that is shown was issued: an object may keep what hides in it.
fn part_of(shown: &Value, issued: &Value) -> bool {
    match (shown, issued) {
        (Value::Object(shown), Value::Object(issued)) => shown
            .iter()
            .all(|(name, value)| issued.get(name).is_some_and(|issued| part_of(value, issued))),
        _ => shown == issued,
    }
}
