//! What a presentation must prove, and the answer when it does not.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use vc::base64url;

use crate::world::{DAY, NOW, Shown, World, is, question};

/// Another byte in the part of a token before the first `~`.
fn tampered(presentation: &str, part: usize) -> String {
    let (jwt, rest) = presentation.split_once('~').unwrap();
    let mut parts: Vec<String> = jwt.split('.').map(str::to_owned).collect();
    let mut bytes = base64url::decode(&parts[part]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    parts[part] = base64url::encode(&bytes);
    format!("{}~{rest}", parts.join("."))
}

/// The code as five or more parts, however short codes become.
fn parts(code: &str) -> Vec<String> {
    let parts = vc::qr::split(code, code.len() / 5, &mut ChaCha20Rng::from_seed([1; 32]));
    assert!(parts.len() >= 5);
    parts
}

#[tokio::test]
async fn a_passport_in_order_may_start() {
    let mut world = World::new().await;
    let code = world.code();

    let answer = world.scan(code).await;

    is(&answer, "CLEAR_TO_START", &[]);
    assert_eq!(answer["holder_proven"], true);
    assert_eq!(answer["facts"]["identity"]["family_name"], "Okafor");
    assert_eq!(answer["issuer"]["ods"], "RBV");
    assert_eq!(answer["issuer"]["name"], "The Christie NHS Foundation Trust");
    assert_eq!(answer["status"]["as_of"], "2026-03-02T09:00:00Z");
    assert_eq!(answer["status"]["age_seconds"], 0);
    assert_eq!(answer["registry"]["version"], 1);
    assert_eq!(answer["requirement"]["kind"], "TRAINING_EDUCATION_DEVELOPMENT");
    assert_eq!(answer["requirement"]["version"], 1);
    assert_eq!(answer["checked_at"], "2026-03-02T09:00:00Z");
}

#[tokio::test]
async fn technical_claims_are_no_facts() {
    let mut world = World::new().await;
    let code = world.code();

    let facts = world.scan(code).await["facts"].take();

    for name in ["iss", "vct", "iat", "exp", "status", "cnf", "_sd", "_sd_alg"] {
        assert_eq!(facts.get(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_raw_presentation_is_taken_as_well_as_its_code() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    let presentation = world.presentation(&issued, &shown);

    is(&world.scan(presentation).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn parts_are_taken_in_any_order() {
    let mut world = World::new().await;
    let code = world.code();
    let mut parts = parts(&code);
    parts.reverse();
    parts.push(parts[0].clone());

    is(&world.scan(parts).await, "CLEAR_TO_START", &[]);
}

#[tokio::test]
async fn missing_parts_cannot_be_told() {
    let mut world = World::new().await;
    let code = world.code();
    let mut parts = parts(&code);
    parts.pop();

    let answer = world.scan(parts).await;

    is(&answer, "CANNOT_TELL", &["MALFORMED"]);
}

#[tokio::test]
async fn a_code_that_is_no_passport_gets_a_verdict() {
    let mut world = World::new().await;

    for code in ["hello", "https://example.org", "SP0:", "SP9:ABC", "shc:/5676295953", "{}"] {
        let answer = world.scan(code).await;

        assert_eq!(answer["outcome"], "CANNOT_TELL", "{code}");
        assert_eq!(answer["facts"], Value::Null);
        assert_eq!(answer["holder_proven"], false);
    }
    is(&world.scan("hello").await, "CANNOT_TELL", &["NOT_A_PASSPORT"]);
}

#[tokio::test]
async fn another_type_is_no_passport() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { vct: "urn:other:1", ..Shown::default() });

    is(&world.scan(code).await, "CANNOT_TELL", &["NOT_A_PASSPORT"]);
}

#[tokio::test]
async fn a_tampered_issuer_part_is_refused_without_facts() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    let presentation = world.presentation(&issued, &shown);

    let signature = world.scan(tampered(&presentation, 2)).await;

    is(&signature, "DO_NOT_START", &["SIGNATURE_INVALID"]);
    assert_eq!(signature["facts"], Value::Null);
    assert_eq!(signature["holder_proven"], false);
}

#[tokio::test]
async fn a_code_for_another_host_is_refused() {
    let mut world = World::new().await;
    for audience in ["ods:RM3", "ods:r0a", "R0A", "ods:R0A/", ""] {
        let code = world.code_with(Shown { audience: audience.to_owned(), ..Shown::default() });

        is(&world.scan(code).await, "NOT_YET", &["WRONG_HOST"]);
    }
}

#[tokio::test]
async fn a_code_is_taken_from_ninety_seconds_ago_to_thirty_ahead() {
    let mut world = World::new().await;
    let signed_at = |at: i64| Shown { issued_at: Some(NOW + at), ..Shown::default() };

    for (at, outcome, codes) in [
        (-91, "NOT_YET", &["CODE_TOO_OLD"][..]),
        (-90, "CLEAR_TO_START", &[]),
        (30, "CLEAR_TO_START", &[]),
        (31, "NOT_YET", &["CODE_FROM_FUTURE"]),
    ] {
        let code = world.code_with(signed_at(at));

        is(&world.scan(code).await, outcome, codes);
    }
}

#[tokio::test]
async fn without_key_binding_nobody_is_proven() {
    let mut world = World::new().await;
    let issued = world.issue(&Shown::default());

    let answer = world.scan(issued).await;

    is(&answer, "DO_NOT_START", &["HOLDER_NOT_PROVEN"]);
    assert_eq!(answer["facts"], Value::Null);
}

#[tokio::test]
async fn a_key_binding_by_another_key_proves_nobody() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    std::mem::swap(&mut world.holder, &mut world.stranger);
    let presentation = world.presentation(&issued, &shown);

    is(&world.scan(presentation).await, "DO_NOT_START", &["HOLDER_NOT_PROVEN"]);
}

#[tokio::test]
async fn a_disclosure_that_belongs_to_nothing_is_malformed() {
    let mut world = World::new().await;
    let shown = Shown::default();
    let issued = world.issue(&shown);
    let presentation = world.presentation(&issued, &shown);
    let stray = base64url::encode(br#"["c2FsdHNhbHRzYWx0c2FsdA","role","surgeon"]"#);
    let (before, binding) = presentation.rsplit_once('~').unwrap();

    let answer = world.scan(format!("{before}~{stray}~{binding}")).await;

    is(&answer, "CANNOT_TELL", &["MALFORMED"]);
}

#[tokio::test]
async fn a_copy_past_its_time_is_refused() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { expires_at: NOW - DAY / 2, ..Shown::default() });

    is(&world.scan(code).await, "NOT_YET", &["CREDENTIAL_EXPIRED"]);
}

#[tokio::test]
async fn a_check_that_is_not_shown_is_asked_for() {
    let mut world = World::new().await;
    let code = world.code_with(Shown { without: vec!["criminal_record"], ..Shown::default() });

    let answer = world.scan(code).await;

    is(&answer, "NOT_YET", &["MISSING_CRIMINAL_RECORD"]);
    assert_eq!(answer["findings"][0]["check"], "criminal_record");
    assert!(answer["findings"][0]["sentence"].as_str().is_some_and(|text| !text.is_empty()));
}

#[tokio::test]
async fn the_desk_code_is_compared_when_it_is_asked_for() {
    let mut world = World::new().await;
    let nonce = |digits: &str| Shown {
        nonce: Some(format!("{}.{digits}", base64url::encode(&[3; 16]))),
        ..Shown::default()
    };
    let right = world.code_with(nonce("123456"));
    let wrong = world.code_with(nonce("654321"));
    let none = world.code();

    for (code, outcome, codes) in [
        (right, "CLEAR_TO_START", &[][..]),
        (wrong, "NOT_YET", &["DESK_CODE_WRONG"]),
        (none, "NOT_YET", &["DESK_CODE_WRONG"]),
    ] {
        let session = world.session();
        let mut body = question(&session, code.into());
        body["desk_code"] = "123456".into();

        is(&world.ask(&body).await.json(), outcome, codes);
    }
}
