//! The trust registry: enough pinned operators, one reading, never back (K1).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::keys::TestKey;
use serde_json::{Value, json};
use vc::registry::{
    MAX_SIGNATURES, Operators, RegistryError, TYP, TrustRegistry, VerifiedRegistry, document,
    signing_input,
};
use vc::time::UnixTime;

const NOW: UnixTime = UnixTime(1_800_000_000);

fn operator(seed: u8) -> TestKey {
    TestKey::ed25519(seed)
}

fn pinned(seeds: &[u8], threshold: usize) -> Operators {
    Operators { keys: seeds.iter().map(|seed| operator(*seed).public()).collect(), threshold }
}

fn organisation(ods: &str, url: &str, key: u8) -> Value {
    json!({
        "ods": ods, "name": ods, "state": "active", "types": ["urn:x"],
        "issuer": {"url": url, "keys": [{"jwk": operator(key).public().to_jwk(), "state": "active"}]},
        "contact": "the HR office",
    })
}

fn payload(version: u64, organisations: &[Value]) -> TrustRegistry {
    serde_json::from_value(json!({
        "version": version, "iat": NOW.0, "exp": NOW.0 + 604_800, "organisations": organisations,
    }))
    .unwrap()
}

fn plain() -> TrustRegistry {
    payload(3, &[organisation("RBV", "https://rbv.example", 9)])
}

fn sign(key: &TestKey, payload: &TrustRegistry) -> String {
    let input = signing_input(key.algorithm(), &key.kid(), payload);
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

fn signed(seeds: &[u8], payload: &TrustRegistry) -> String {
    let signatures: Vec<String> =
        seeds.iter().map(|seed| sign(&operator(*seed), payload)).collect();
    document(&signatures)
}

fn verify(document: &str, operators: &Operators) -> Result<VerifiedRegistry, RegistryError> {
    VerifiedRegistry::verify(document.as_bytes(), operators, None, NOW)
}

#[test]
fn a_registry_that_enough_operators_signed_verifies() {
    let registry = verify(&signed(&[1, 2], &plain()), &pinned(&[1, 2, 3], 2)).unwrap();

    assert_eq!(registry.payload(), &plain());
    assert_eq!(registry.issuer("https://rbv.example").unwrap().0.ods, "RBV");
    assert_eq!(registry.organisation("RBV").unwrap().name, "RBV");
}

#[test]
fn operators_may_sign_with_either_algorithm() {
    let p256 = TestKey::p256();
    let text = document(&[sign(&operator(1), &plain()), sign(&p256, &plain())]);

    let operators = Operators { keys: vec![operator(1).public(), p256.public()], threshold: 2 };

    verify(&text, &operators).unwrap();
}

#[test]
fn too_few_operators_are_refused() {
    let one_of_two = RegistryError::TooFewSignatures { signed: 1, needed: 2 };

    assert_eq!(verify(&signed(&[1], &plain()), &pinned(&[1, 2, 3], 2)), Err(one_of_two));
    assert_eq!(
        verify("[]", &pinned(&[1], 1)),
        Err(RegistryError::TooFewSignatures { signed: 0, needed: 1 })
    );
}

#[test]
fn one_operator_counts_once_however_often_it_signs() {
    let text = signed(&[1, 1], &plain());

    let refused = verify(&text, &pinned(&[1, 2], 2));

    assert_eq!(refused, Err(RegistryError::TooFewSignatures { signed: 1, needed: 2 }));
}

#[test]
fn a_signer_that_is_not_pinned_counts_for_nothing() {
    let text = signed(&[1, 7], &plain());

    verify(&text, &pinned(&[1], 1)).unwrap();
    assert_eq!(
        verify(&text, &pinned(&[1, 2], 2)),
        Err(RegistryError::TooFewSignatures { signed: 1, needed: 2 })
    );
}

#[test]
fn a_signature_under_a_borrowed_kid_counts_for_nothing() {
    let pinned_kid = operator(1).kid();
    let input = signing_input(operator(7).algorithm(), &pinned_kid, &plain());
    let signature = operator(7).sign(input.signing_input());
    let text = document(&[input.finish(&signature)]);

    let refused = verify(&text, &pinned(&[1], 1));

    assert_eq!(refused, Err(RegistryError::TooFewSignatures { signed: 0, needed: 1 }));
}

#[test]
fn a_threshold_of_zero_still_wants_a_signature() {
    let refused = verify(&signed(&[7], &plain()), &pinned(&[1], 0));

    assert_eq!(refused, Err(RegistryError::TooFewSignatures { signed: 0, needed: 1 }));
}

#[test]
fn a_token_of_another_typ_is_no_registry() {
    let claims = serde_json::to_value(plain()).unwrap();
    for typ in ["dc+sd-jwt", "statuslist+jwt", "kb+jwt", "JWT"] {
        let text = document(&[operator(1).token(typ, &claims)]);

        let refused = verify(&text, &pinned(&[1], 1));

        assert_eq!(refused, Err(RegistryError::TooFewSignatures { signed: 0, needed: 1 }), "{typ}");
    }
}

#[test]
fn parts_of_two_registries_do_not_mix() {
    let other = payload(4, &[]);
    let text = document(&[sign(&operator(1), &plain()), sign(&operator(2), &other)]);

    assert_eq!(verify(&text, &pinned(&[1, 2], 1)), Err(RegistryError::Malformed));
}

#[test]
fn a_document_that_is_not_of_the_form_is_refused() {
    let good = sign(&operator(1), &plain());
    let many = vec![good.clone(); MAX_SIGNATURES + 1];

    for bad in [
        String::new(),
        "{}".to_owned(),
        good.clone(),
        format!("\"{good}\""),
        format!("[\"{good}\",1]"),
        format!("[[\"{good}\"]]"),
        format!("[\"{good}\"] ") + "x",
        "[\"a.b.c\"]".to_owned(),
        document(&many),
    ] {
        let refused = verify(&bad, &pinned(&[1], 1));
        assert_eq!(refused, Err(RegistryError::Malformed), "{bad:.60}");
    }
}

#[test]
fn as_many_signatures_as_may_be_are_read() {
    let text = signed(&[1; MAX_SIGNATURES], &plain());

    verify(&text, &pinned(&[1], 1)).unwrap();
}

#[test]
fn a_payload_that_is_not_of_the_form_is_refused() {
    let good = serde_json::to_value(plain()).unwrap();
    let mut wrong = Vec::new();
    for member in ["version", "iat", "exp", "organisations"] {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(member);
        wrong.push(without);
        let mut text = good.clone();
        text[member] = json!("text");
        wrong.push(text);
    }
    let mut small_order = good.clone();
    small_order["organisations"][0]["issuer"]["keys"][0]["jwk"]["x"] =
        json!("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    wrong.push(small_order);
    let mut unknown_state = good.clone();
    unknown_state["organisations"][0]["state"] = json!("asleep");
    wrong.push(unknown_state);

    for claims in wrong {
        let text = document(&[operator(1).token(TYP, &claims)]);
        assert_eq!(verify(&text, &pinned(&[1], 1)), Err(RegistryError::Malformed), "{claims}");
    }
}

#[test]
fn members_that_we_do_not_know_are_ignored() {
    let mut claims = serde_json::to_value(plain()).unwrap();
    claims["more"] = json!(1);
    claims["organisations"][0]["more"] = json!({"x": 1});

    verify(&document(&[operator(1).token(TYP, &claims)]), &pinned(&[1], 1)).unwrap();
}

#[test]
fn an_older_version_than_one_seen_before_is_refused() {
    let text = signed(&[1], &plain());
    let verify_after = |last| {
        VerifiedRegistry::verify(text.as_bytes(), &pinned(&[1], 1), Some(last), NOW).map(|_| ())
    };

    assert_eq!(verify_after(2), Ok(()));
    assert_eq!(verify_after(3), Ok(()), "the same again");
    assert_eq!(verify_after(4), Err(RegistryError::Rollback { version: 3, last: 4 }));
}

#[test]
fn a_registry_stands_from_its_iat_to_its_exp() {
    let text = signed(&[1], &plain());
    let verify_at =
        |now| VerifiedRegistry::verify(text.as_bytes(), &pinned(&[1], 1), None, now).map(|_| ());

    assert_eq!(verify_at(NOW.plus(-60)), Ok(()), "60 s of clock difference");
    assert_eq!(verify_at(NOW.plus(-61)), Err(RegistryError::FromFuture));
    assert_eq!(verify_at(NOW.plus(604_800)), Ok(()));
    assert_eq!(verify_at(NOW.plus(604_801)), Err(RegistryError::Expired));
    let registry = verify(&text, &pinned(&[1], 1)).unwrap();
    assert!(!registry.is_expired(NOW.plus(604_800)));
    assert!(registry.is_expired(NOW.plus(604_801)));
}

#[test]
fn what_two_organisations_claim_is_ambiguous() {
    let first = organisation("RBV", "https://rbv.example", 9);
    let cases = [
        (organisation("RBV", "https://other.example", 8), "RBV".to_owned()),
        (organisation("R0A", "https://rbv.example", 8), "https://rbv.example".to_owned()),
        (organisation("R0A", "https://other.example", 9), operator(9).kid()),
    ];

    for (second, twice) in cases {
        let text = signed(&[1], &payload(1, &[first.clone(), second]));
        let refused = verify(&text, &pinned(&[1], 1));
        assert_eq!(refused, Err(RegistryError::Ambiguous(twice)));
    }
}

#[test]
fn an_issuer_is_found_by_its_exact_identifier_only() {
    let registry = verify(&signed(&[1], &plain()), &pinned(&[1], 1)).unwrap();

    for other in ["https://rbv.example/", "HTTPS://rbv.example", "https://rbv.example#", "rbv", ""]
    {
        assert!(registry.issuer(other).is_none(), "{other}");
    }
}

#[test]
fn a_registry_of_a_thousand_organisations_is_read() {
    let organisations: Vec<Value> = (0..1000)
        .map(|number| {
            json!({
                "ods": format!("X{number}"), "name": "An organisation with a fairly long name",
                "state": "active", "types": ["urn:x"],
                "verifier": {"url": format!("https://verifier-{number}.example")},
            })
        })
        .chain([json!({"ods": "X", "name": "n".repeat(300_000), "state": "active"})])
        .collect();
    let text = signed(&[1], &payload(1, &organisations));
    assert!(text.len() > 256 * 1024, "longer than any credential may be");

    let registry = verify(&text, &pinned(&[1], 1)).unwrap();

    assert!(registry.organisation("X999").is_some());
}

#[test]
fn a_key_is_named_by_the_kid_its_issuer_chose_and_by_no_other() {
    let mut organisation = organisation("RBV", "https://rbv.example", 9);
    organisation["issuer"]["keys"][0]["kid"] = json!("theirs-2026");

    let registry = verify(&signed(&[1], &payload(1, &[organisation])), &pinned(&[1], 1)).unwrap();
    let (_, issuer) = registry.issuer("https://rbv.example").unwrap();

    assert!(issuer.key(Some("theirs-2026")).is_some());
    assert!(issuer.key(Some(&operator(9).kid())).is_none());
    assert!(issuer.key(None).is_some());
}

#[test]
fn two_keys_of_one_issuer_with_one_kid_are_ambiguous() {
    let mut organisation = organisation("RBV", "https://rbv.example", 9);
    let second =
        json!({"jwk": operator(8).public().to_jwk(), "state": "active", "kid": operator(9).kid()});
    organisation["issuer"]["keys"].as_array_mut().unwrap().push(second);

    let refused = verify(&signed(&[1], &payload(1, &[organisation])), &pinned(&[1], 1));

    assert_eq!(refused, Err(RegistryError::Ambiguous(operator(9).kid())));
}
