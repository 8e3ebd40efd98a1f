//! The W3C test suite's inputs for VC-JOSE-COSE, every file with what becomes of it.
//!
//! Exceptions, and why: P-384 and P-521 are outside the closed set of algorithms (ES384 and ES512
//! files are refused for want of a key); COSE is not read; `vp+sd-jwt` is not read, a presentation
//! is a `vp+jwt`; keys are taken from the verification methods beside, nothing is fetched.

use std::collections::BTreeSet;

use serde_json::Value;
use vc::jwk::PublicKey;
use vc::jws::JwsError;
use vc::time::UnixTime;
use vc::vcdm::{
    AddressedTo, Bearer, Issuance, KeyNeeded, Policy, Role, UnverifiedCredential,
    UnverifiedPresentation, VcdmError, method_key,
};

use crate::common::keys::{TestKey, object};
use crate::common::{json_vectors, vectors};

/// While the presentations had not expired.
const NOW: UnixTime = UnixTime(1_734_250_000);
const METHODS: [&str; 5] = ["vm-did-ed25519", "vm-ed25519", "vm-p256", "vm-p384", "vm-p521"];

fn text(name: &str) -> Option<String> {
    let path = vectors(&format!("vc-jose-cose/input/{name}.txt"))?;
    Some(std::fs::read_to_string(path).unwrap().trim_end().to_owned())
}

fn json(name: &str) -> Option<Value> {
    json_vectors(&format!("vc-jose-cose/input/{name}.json"))
}

/// A published method, which shows its secret half for the suite to sign with.
fn method(name: &str) -> Option<Value> {
    let mut method = json(name)?;
    assert!(method.as_object_mut().unwrap().shift_remove("secretKeyJwk").is_some());
    Some(method)
}

fn key_of(needed: &KeyNeeded) -> Option<PublicKey> {
    METHODS.iter().find_map(|name| method_key(&method(name)?, needed, NOW).ok())
}

fn credential(name: &str) -> Option<Result<(), VcdmError>> {
    let text = text(name)?;
    let verify = || {
        let parsed = if text.contains('~') {
            UnverifiedCredential::parse_sd_jwt(&text)
        } else {
            UnverifiedCredential::parse(&text)
        };
        parsed?.verify(key_of, NOW).map(|_| ())
    };
    Some(verify())
}

fn presentation(name: &str) -> Option<Result<(), VcdmError>> {
    let text = text(name)?;
    let policy = Policy { addressed_to: AddressedTo::DangerouslyAnybody, bearer: Bearer::Accepted };
    let verify = || UnverifiedPresentation::parse(&text)?.verify(&policy, key_of, NOW).map(|_| ());
    Some(verify())
}

/// Every secured file, and what becomes of it.
fn outcomes() -> Vec<(&'static str, Result<(), VcdmError>)> {
    let not_read = || Err(VcdmError::Token(JwsError::NotCompact));
    let unknown_key = || Err(VcdmError::UnknownKey);
    let not_enveloped =
        || Err(VcdmError::Credential { index: 0, source: Box::new(VcdmError::NotEnveloped) });
    vec![
        ("credential-jose-minimal", Ok(())),
        ("credential-issuer-match-signed", Ok(())),
        ("credential-jose-bad-signature", Err(VcdmError::WrongSigner)),
        ("credential-jose-bad-media-type", Err(VcdmError::WrongMediaType("vc+jwt"))),
        ("credential-jose-vc-vp-claims", Err(VcdmError::ForbiddenClaim("vc"))),
        ("credential-jose-unknown-extensions", unknown_key()), // ES512
        ("credential-sdjwt-bad-media-type", Err(VcdmError::WrongMediaType("vc+sd-jwt"))),
        ("credential-sdjwt-selective", unknown_key()), // ES384
        ("credential-sdjwt-bad-signature", unknown_key()), // ES384
        ("credential-sdjwt-nested", unknown_key()),    // ES512
        ("credential-cose-minimal", not_read()),
        ("credential-cose-minimal-not-base64", not_read()),
        ("credential-cose-bad-signature", not_read()),
        ("credential-cose-bad-media-type", not_read()),
        ("presentation-jose-bad-credential", not_enveloped()),
        ("presentation-jose-bad-media-type", Err(VcdmError::WrongMediaType("vp+jwt"))),
        ("presentation-jose-multiple", unknown_key()), // ES384
        ("presentation-sdjwt-selective", not_read()),
        ("presentation-sdjwt-bad-credential", not_read()),
        ("presentation-sdjwt-bad-media-type", not_read()),
        ("presentation-cose-single", not_read()),
        ("presentation-cose-bad-credential", not_read()),
        ("presentation-cose-bad-media-type", not_read()),
    ]
}

#[test]
fn every_secured_file_comes_out_as_written_down() {
    for (name, expected) in outcomes() {
        let outcome =
            if name.starts_with("credential") { credential(name) } else { presentation(name) };
        let Some(outcome) = outcome else { return };
        assert_eq!(outcome, expected, "{name}");
    }
}

#[test]
fn no_file_of_the_suite_is_left_out() {
    let Some(folder) = vectors("vc-jose-cose/input") else { return };
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let secured = outcomes().into_iter().map(|(name, _)| format!("{name}.txt"));
    let documents = DOCUMENTS.iter().chain(&METHODS).chain(&PRESENTATIONS);

    let used: BTreeSet<String> =
        secured.chain(documents.map(|name| format!("{name}.json"))).collect();

    assert_eq!(used, found);
}

const DOCUMENTS: [&str; 5] = [
    "credential-full",
    "credential-minimal",
    "credential-nested-selective",
    "credential-selective",
    "credential-unknown-extensions",
];
const PRESENTATIONS: [&str; 3] =
    ["presentation-multiple", "presentation-selective", "presentation-single"];

#[test]
fn every_document_of_the_suite_can_be_issued() {
    let key = TestKey::p256();
    for name in DOCUMENTS {
        let Some(document) = json(name) else { return };
        let input = Issuance {
            algorithm: key.algorithm(),
            kid: &key.kid(),
            credential: &object(&document),
            issued_at: NOW,
            expires_at: None,
            holder: None,
        }
        .prepare()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = input.clone().finish(&key.sign(input.signing_input()));

        let verified = UnverifiedCredential::parse(&text)
            .unwrap()
            .verify(|_| Some(key.public()), NOW)
            .unwrap_or_else(|error| panic!("{name}: {error}"));

        assert_eq!(verified.issuer(), "https://example.issuer/vc-jose-cose");
    }
}

#[test]
fn w7_the_methods_of_the_closed_set_are_read() {
    for (name, expected) in [
        ("vm-ed25519", Ok(())),
        ("vm-did-ed25519", Ok(())),
        ("vm-p256", Ok(())),
        ("vm-p384", Err(VcdmError::BadMethod("publicKeyJwk"))),
        ("vm-p521", Err(VcdmError::BadMethod("publicKeyJwk"))),
    ] {
        let Some(method) = method(name) else { return };
        let text = |name: &str| method[name].as_str().unwrap().to_owned();
        let needed =
            KeyNeeded { role: Role::Issuer, id: text("controller"), kid: Some(text("id")) };

        assert_eq!(method_key(&method, &needed, NOW).map(|_| ()), expected, "{name}");
    }
}

#[test]
fn w7_a_method_that_shows_its_secret_is_refused() {
    let Some(method) = json("vm-p256") else { return };
    let kid = method["publicKeyJwk"]["kid"].as_str().unwrap().to_owned();
    let id = "https://example.issuer/vc-jose-cose".to_owned();
    let needed = KeyNeeded { role: Role::Issuer, id, kid: Some(kid) };

    let refused = method_key(&method, &needed, NOW).unwrap_err();

    assert_eq!(refused, VcdmError::BadMethod("secretKeyJwk"));
}

/// What each presentation carries: a `vc+jwt`, a `vc+sd-jwt` under ES384, a `vc+cose`; and a token
/// that the suite cut at its first letter.
#[test]
fn w5_each_envelope_of_the_suites_presentations_is_told_apart() {
    let cut = || VcdmError::Token(JwsError::BadJson { part: "header", source: None });
    for (name, expected) in [
        (
            "presentation-multiple",
            vec![None, Some(VcdmError::UnknownKey), Some(VcdmError::UnsupportedEnvelope)],
        ),
        ("presentation-selective", vec![Some(VcdmError::UnknownKey)]),
        ("presentation-single", vec![Some(cut())]),
    ] {
        let Some(document) = json(name) else { return };
        let outcomes: Vec<Option<VcdmError>> = document["verifiableCredential"]
            .as_array()
            .unwrap()
            .iter()
            .map(|envelope| {
                let verified = UnverifiedCredential::from_envelope(envelope)
                    .and_then(|credential| credential.verify(key_of, NOW));
                match verified.err() {
                    Some(VcdmError::Token(JwsError::BadJson { .. } | JwsError::NotCompact)) => {
                        Some(cut())
                    }
                    other => other,
                }
            })
            .collect();

        assert_eq!(outcomes, expected, "{name}");
    }
}
