//! Any document as trust registry, and any payload that the operator signs: what is not signed
//! never counts, and what counts is unambiguous, in force and no step back.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, json};
use vc::jwk::Algorithm;
use vc::jws::SigningInput;
use vc::registry::{TYP, VerifiedRegistry, document, signing_input};

#[path = "../support.rs"]
mod support;

fn verify(document: &str) -> Option<VerifiedRegistry> {
    let operators = support::operators();
    VerifiedRegistry::verify(document.as_bytes(), &operators, Some(1), support::NOW).ok()
}

fuzz_target!(|attack: support::Attack| {
    let text = attack.text();
    // White space between signatures is free; what they say is not.
    let attacked = attack.on_text(support::registry_document());
    for document in [text].into_iter().chain(attacked.as_deref()) {
        let registry = verify(document);
        assert!(registry.is_none_or(|it| it == *support::registry()), "nobody signed that");
    }

    let Some(changes) = support::object(text.as_bytes()) else { return };
    let claims = support::overlaid(&json!(support::registry().payload()), &changes);
    let kid = support::operators().keys[0].kid();
    let header = Map::from_iter([("kid".to_owned(), kid.as_str().into())]);
    let input = SigningInput::new(Algorithm::EdDsa, TYP, header, &claims);
    let Some(registry) = verify(&document(&[support::operator_signs(input)])) else { return };
    let payload = registry.payload();
    assert!(payload.version >= 1);
    assert!(!registry.is_expired(support::NOW));
    let (mut codes, mut urls, mut kids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for organisation in &payload.organisations {
        assert!(codes.insert(&organisation.ods), "a code of two organisations");
        assert_eq!(registry.organisation(&organisation.ods), Some(organisation));
        let Some(issuer) = &organisation.issuer else { continue };
        assert!(urls.insert(&issuer.url), "an issuer of two organisations");
        assert_eq!(registry.issuer(&issuer.url), Some((organisation, issuer)));
        assert!(issuer.keys.iter().all(|key| kids.insert(key.jwk.kid())), "a key of two");
    }
    let input = signing_input(Algorithm::EdDsa, &kid, payload);
    assert_eq!(verify(&document(&[support::operator_signs(input)])), Some(registry));
});
