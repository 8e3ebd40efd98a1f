//! `tests/vectors/verdicts.json`: codes with registry and status list, and the verdict on each. The
//! same file is judged in Node and in Chromium (`tests/browser/vectors.mjs`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use chrono::{Days, NaiveDate};
use ed25519_dalek::{Signer as _, SigningKey};
use passport::{EmploymentChecks, PlacementRequest, Presented, Requirements, Scan, judge, samples};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};
use vc::claim_path::ClaimPath;
use vc::jwk::{Algorithm, PublicKey};
use vc::qr;
use vc::registry::{self, Operators, VerifiedRegistry};
use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt, key_binding_input};
use vc::status_list::{self, LIST_ENTRIES, Status, StatusList, TokenClaims, VerifiedStatusList};
use vc::time::UnixTime;
use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/verdicts.json");
/// 2 March 2026, 09:00 in London: the day the sample nurse is made for.
const NOW: UnixTime = UnixTime(1_772_442_000);
const ISSUER: &str = "https://rbv.example";
const LIST: &str = "https://rbv.example/status-lists/0";
const INDEX: u64 = 4711;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_ed25519(key.verifying_key().as_bytes()).unwrap()
}

fn vct() -> &'static str {
    passport::types::EMPLOYMENT_CHECKS.vct
}

fn registry_document() -> String {
    let payload = serde_json::from_value(json!({
        "version": 1, "iat": NOW.0, "exp": NOW.0 + 604_800,
        "organisations": [{
            "ods": "RBV", "name": "The Christie NHS Foundation Trust", "state": "active",
            "types": [vct()],
            "issuer": {
                "url": ISSUER, "keys": [{"jwk": public(&key(2)).to_jwk(), "state": "active"}],
            },
        }],
    }))
    .unwrap();
    let kid = public(&key(1)).kid();
    let input = registry::signing_input(Algorithm::EdDsa, &kid, &payload);
    let signature = key(1).sign(input.signing_input()).to_bytes();
    registry::document(&[input.finish(&signature)])
}

fn list(status: Status) -> String {
    let mut entries = StatusList::new(2, LIST_ENTRIES).unwrap();
    entries.set(INDEX, status).unwrap();
    let claims = TokenClaims {
        uri: LIST.to_owned(),
        issued_at: NOW.plus(-30),
        expires_at: Some(NOW.plus(86_400)),
        ttl: Some(30),
    };
    let kid = public(&key(2)).kid();
    let input = status_list::token_input(Algorithm::EdDsa, &kid, &claims, &entries);
    let signature = key(2).sign(input.signing_input()).to_bytes();
    input.finish(&signature)
}

/// The sample nurse's code for a host, with all but `hidden` shown.
fn code(audience: &str, hidden: &[&str]) -> String {
    let checks = EmploymentChecks::accept(&samples::sample_nurse(today()), today()).unwrap();
    let mut claims = samples::as_credential(&checks, today());
    for (name, value) in [
        ("iss", json!(ISSUER)),
        ("vct", json!(vct())),
        ("iat", json!(NOW.0 - 86_400)),
        ("exp", json!(NOW.0 + 80 * 86_400)),
        ("cnf", json!({"jwk": public(&key(3)).to_jwk()})),
        ("status", json!({"status_list": {"idx": INDEX, "uri": LIST}})),
    ] {
        claims.insert(name.to_owned(), value);
    }
    let names: Vec<&str> = [
        "identity",
        "right_to_work",
        "professional_registration",
        "employment_history",
        "criminal_record",
        "work_health",
        "assignment",
        "core_skills",
    ]
    .into_iter()
    .filter(|name| claims.contains_key(*name))
    .collect();
    let path = |name: &&str| ClaimPath::of_names([*name]);
    let hide: Vec<ClaimPath> = names.iter().map(path).collect();
    let kid = public(&key(2)).kid();
    let unsigned =
        Issuance { algorithm: Algorithm::EdDsa, kid: &kid, x5c: &[], claims: &claims, hide: &hide }
            .prepare(&mut ChaCha20Rng::from_seed([4; 32]))
            .unwrap();
    let signature = key(2).sign(unsigned.signing_input()).to_bytes();
    let issued = unsigned.finish(&signature);

    let held = UnverifiedSdJwt::parse(&issued).unwrap().verify_issuer(&public(&key(2))).unwrap();
    let shown: Vec<ClaimPath> =
        names.iter().filter(|name| !hidden.contains(*name)).map(path).collect();
    let disclosed = held.disclose(&shown).unwrap();
    let binding = KeyBinding {
        audience: audience.to_owned(),
        nonce: vc::base64url::encode(&[9; 16]),
        issued_at: NOW,
    };
    let unsigned = key_binding_input(&disclosed, Algorithm::EdDsa, &binding).unwrap();
    let signature = key(3).sign(unsigned.signing_input()).to_bytes();
    qr::encode(&unsigned.finish(&signature))
}

fn cases() -> Vec<(&'static str, String, Option<String>)> {
    let valid = || Some(list(Status::Valid));
    vec![
        ("everything shown", code("ods:R0A", &[]), valid()),
        ("the right to work hidden", code("ods:R0A", &["right_to_work"]), valid()),
        ("made for another host", code("ods:RXX", &[]), valid()),
        ("revoked", code("ods:R0A", &[]), Some(list(Status::Invalid))),
        ("suspended", code("ods:R0A", &[]), Some(list(Status::Suspended))),
        ("no list at hand", code("ods:R0A", &[]), None),
        ("no list, but another text", code("ods:R0A", &[]), Some("a.b.c".to_owned())),
        ("no code of ours", "https://example.com".to_owned(), valid()),
    ]
}

fn question() -> Value {
    json!({
        "audience": "ods:R0A",
        "placement": {
            "kind": "TRAINING_EDUCATION_DEVELOPMENT",
            "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
            "start": today().to_string(),
            "end": (today() + Days::new(7)).to_string(),
        },
    })
}

/// Outcome and codes, as the vectors hold them.
fn verdict_on(code: &str, list: Option<&str>) -> Value {
    let operators = Operators { keys: vec![public(&key(1))], threshold: 1 };
    let document = registry_document();
    let registry = VerifiedRegistry::verify(document.as_bytes(), &operators, None, NOW).unwrap();
    let (_, entry) = registry.issuer(ISSUER).unwrap();
    let list = list.map(|token| VerifiedStatusList::verify_of_issuer(token, LIST, entry, &[], NOW));
    let status = match &list {
        Some(Ok(list)) => StatusEvidence::List(list),
        Some(Err(error)) => StatusEvidence::Unavailable(Some(error)),
        None => StatusEvidence::Unavailable(None),
    };
    let evidence = Evidence { registry: Some(&registry), anchors: &[], status };
    let policy = Policy {
        audience: "ods:R0A",
        nonce: NoncePolicy::Fresh,
        types: &[vct()],
        max_code_age: 90,
        max_code_ahead: 30,
        max_status_age: 600,
    };
    let asked = question()["placement"].clone();
    let text = |name: &str| asked[name].as_str().unwrap().to_owned();
    let placement = PlacementRequest {
        kind: text("kind").parse().unwrap(),
        staff_group: text("staff_group").parse().unwrap(),
        start: passport::day::parse(&text("start")).unwrap(),
        end: passport::day::parse(&text("end")).unwrap(),
    }
    .check(NOW)
    .unwrap();
    let requirements = Requirements::shipped();
    let requirement = requirements.find(placement.kind(), placement.staff_group()).unwrap();

    let read = qr::decode(code);
    let verified = match &read {
        Ok(text) => Ok(UnverifiedPresentation::parse(text)
            .and_then(|presentation| presentation.verify(&evidence, &policy, NOW))),
        Err(error) => Err(error),
    };
    let verdict = match &verified {
        Ok(Ok(verified)) => {
            let presented = Presented::from_verified(verified);
            judge(&Scan::Shown(&presented), requirement, &placement, NOW)
        }
        Ok(Err(rejection)) => {
            judge(&Scan::Rejected(&rejection.reason), requirement, &placement, NOW)
        }
        Err(error) => judge(&Scan::Unreadable(error), requirement, &placement, NOW),
    };
    let verdict = serde_json::to_value(verdict).unwrap();
    let codes: Vec<&Value> =
        verdict["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    json!({ "outcome": verdict["outcome"], "codes": codes })
}

#[test]
fn the_committed_verdicts_hold() {
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();

    assert_eq!(vectors["registry"], json!(registry_document()));
    assert_eq!(cases.len(), self::cases().len());
    for case in cases {
        let found = verdict_on(case["code"].as_str().unwrap(), case["list"].as_str());
        assert_eq!(found, case["verdict"], "{}", case["name"]);
    }
}

#[test]
fn each_case_has_an_answer_of_its_own() {
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let verdicts: std::collections::BTreeSet<String> = vectors["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["verdict"].to_string())
        .collect();

    assert_eq!(verdicts.len(), cases().len());
}

/// Writes the file anew: when a rule or a requirement changes, with the change.
#[test]
#[ignore = "writes tests/vectors/verdicts.json"]
fn write_the_verdicts() {
    let cases: Vec<Value> = cases()
        .into_iter()
        .map(|(name, code, list)| {
            let verdict = verdict_on(&code, list.as_deref());
            json!({ "name": name, "code": code, "list": list, "verdict": verdict })
        })
        .collect();
    let vectors = json!({
        "now": NOW.0, "operators": [public(&key(1)).to_jwk()], "threshold": 1,
        "registry": registry_document(), "question": question(), "cases": cases,
    });
    std::fs::write(FILE, format!("{vectors:#}\n")).unwrap();
}
