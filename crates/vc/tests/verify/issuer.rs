//! Who may issue, with which key, and the signature.

use serde_json::{Value, json};
use vc::sd_jwt::SdJwtError;
use vc::verify::{Evidence, Reason, StatusEvidence, UnverifiedPresentation};

use crate::common::keys::TestKey;
use crate::scene::{ISSUER, NOW, Scene, VCT, issuer, key, tamper};

fn parse_reason(text: &str) -> Reason {
    UnverifiedPresentation::parse(text).map(|_| ()).expect_err("rejected").reason
}

#[test]
fn a_good_presentation_verifies() {
    let verified = Scene::good().scan().unwrap();

    assert_eq!(verified.issuer().ods, "RBV");
    assert_eq!(verified.claims()["identity"], json!({"family_name": "Okafor"}));
    assert_eq!(verified.registry_version(), 12);
    assert_eq!(verified.signing_kid(), issuer().kid());
    assert_eq!(verified.status_as_of(), NOW.plus(-60));
    assert!(!verified.status_aged());
}

#[test]
fn what_is_needed_is_named_before_anything_is_believed() {
    let parsed = UnverifiedPresentation::parse(&Scene::good().code()).unwrap();
    let needed = parsed.evidence_needed();

    assert_eq!(needed.issuer, ISSUER);
    assert_eq!(needed.kid, Some(issuer().kid()));
    assert_eq!(needed.status.as_ref().map(|entry| entry.idx), Some(7));
}

#[test]
fn a_text_that_is_something_else_is_no_passport() {
    for text in [
        "",
        "hello",
        "https://example.com/~someone",
        "WIFI:S:ward;T:WPA;P:secret;;",
        "a.b.c~",
        "~~~",
        "eyes~",
        "ey.a b.c~",
    ] {
        assert_eq!(parse_reason(text), Reason::NotAPassport, "{text}");
    }
}

#[test]
fn a_broken_passport_is_malformed() {
    let code = Scene::good().code();
    let cut = code.replacen("~W", "~X", 1);

    assert!(matches!(parse_reason(&cut), Reason::Malformed(Some(_))));
    assert!(matches!(parse_reason(&code.replacen("ey", "eyJ", 1)), Reason::Malformed(Some(_))));
}

#[test]
fn a_credential_without_an_issuer_is_malformed() {
    let mut scene = Scene::good();
    scene.claims.as_object_mut().unwrap().remove("iss");

    assert_eq!(parse_reason(&scene.code()), Reason::Malformed(None));
}

#[test]
fn another_type_is_no_passport() {
    let mut scene = Scene::good();
    scene.claims["vct"] = json!("urn:other");
    assert_eq!(scene.rejection().reason, Reason::NotAPassport);

    scene.claims.as_object_mut().unwrap().remove("vct");
    assert_eq!(parse_reason(&scene.code()), Reason::NotAPassport);
}

#[test]
fn another_kind_of_token_is_no_passport() {
    let scene = Scene::good();
    for typ in ["JWT", "vc+jwt", "kb+jwt", "statuslist+jwt", "trust-registry+jwt"] {
        let text = issuer().token(typ, &scene.claims) + "~";
        assert_eq!(parse_reason(&text), Reason::NotAPassport, "{typ}");
    }
}

#[test]
fn without_a_registry_in_force_nothing_is_decided() {
    let mut scene = Scene::good();
    let evidence =
        Evidence { registry: None, anchors: &[], status: StatusEvidence::Unavailable(None) };
    let parsed = UnverifiedPresentation::parse(&scene.code()).unwrap();
    let never = parsed.verify(&evidence, &Scene::policy(), NOW).unwrap_err();
    assert_eq!(never.reason, Reason::RegistryExpired);

    scene.registry["exp"] = json!(NOW.0 - 1);
    assert_eq!(scene.rejection().reason, Reason::RegistryExpired);
}

#[test]
fn an_issuer_that_the_registry_does_not_name_is_not_trusted() {
    let mut scene = Scene::good();
    scene.claims["iss"] = json!("https://rbv.example/");

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

#[test]
fn an_organisation_that_takes_no_part_is_not_trusted() {
    for state in ["suspended", "removed"] {
        let mut scene = Scene::good();
        scene.registry["organisations"][0]["state"] = json!(state);

        assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted, "{state}");
    }
}

#[test]
fn a_key_that_the_registry_does_not_name_is_not_trusted() {
    let mut scene = Scene::good();
    scene.issuer = TestKey::ed25519(9);

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

#[test]
fn a_key_of_another_issuer_is_not_trusted() {
    let mut scene = Scene::good();
    let other = TestKey::ed25519(9);
    let organisation = json!({
        "ods": "R0A", "name": "Another", "state": "active", "types": [VCT],
        "issuer": {"url": "https://r0a.example", "keys": [key(&other, "active")]},
    });
    scene.registry["organisations"].as_array_mut().unwrap().push(organisation);
    scene.issuer = other;

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

fn code_without_kid(scene: &Scene) -> String {
    let jwt = issuer().token_with_header("dc+sd-jwt", serde_json::Map::new(), &scene.claims);
    scene.holder.bind(&(jwt + "~"), &scene.binding)
}

#[test]
fn without_a_kid_only_an_issuers_only_key_is_meant() {
    let mut scene = Scene::good();
    let code = code_without_kid(&scene);
    scene.scan_code(&code, &Scene::policy()).unwrap();

    let second = key(&TestKey::ed25519(9), "active");
    scene.registry["organisations"][0]["issuer"]["keys"].as_array_mut().unwrap().push(second);

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();
    assert_eq!(rejection.reason, Reason::IssuerNotTrusted);
}

#[test]
fn a_hostile_kid_finds_no_key() {
    // T2: the kid is compared, never used as a path, query or address.
    let scene = Scene::good();
    for kid in ["../../etc/passwd", "' OR 1=1 --", "https://evil.example/jwks", "", " "] {
        let header = json!({"kid": kid}).as_object().unwrap().clone();
        let jwt = issuer().token_with_header("dc+sd-jwt", header, &scene.claims);
        let code = scene.holder.bind(&(jwt + "~"), &scene.binding);

        let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

        assert_eq!(rejection.reason, Reason::IssuerNotTrusted, "{kid}");
    }
}

#[test]
fn a_key_in_the_header_is_not_believed() {
    // T3: `jwk`, `jku`, `x5u` and `x5c` choose nothing.
    let scene = Scene::good();
    let attacker = TestKey::ed25519(9);
    let header = json!({
        "kid": issuer().kid(), "jwk": attacker.public().to_jwk(),
        "jku": "https://evil.example/jwks", "x5u": "https://evil.example/cert", "x5c": ["AQID"],
    });
    let header = header.as_object().unwrap().clone();
    let jwt = attacker.token_with_header("dc+sd-jwt", header, &scene.claims);
    let code = scene.holder.bind(&(jwt + "~"), &scene.binding);

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::SignatureInvalid);
}

#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    // T1: the registry's key is Ed25519; the token says ES256 under its kid.
    let scene = Scene::good();
    let attacker = TestKey::p256();
    let header = json!({"kid": issuer().kid()}).as_object().unwrap().clone();
    let jwt = attacker.token_with_header("dc+sd-jwt", header, &scene.claims);
    let code = scene.holder.bind(&(jwt + "~"), &scene.binding);

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::SignatureInvalid);
}

#[test]
fn an_issuer_that_may_not_issue_the_type_is_not_entitled() {
    let mut scene = Scene::good();
    scene.registry["organisations"][0]["types"] = json!(["urn:other"]);

    assert_eq!(scene.rejection().reason, Reason::IssuerNotEntitled);
}

#[test]
fn nothing_under_a_compromised_key_stands() {
    let mut scene = Scene::good();
    scene.registry["organisations"][0]["issuer"]["keys"][0]["state"] = json!("compromised");

    assert_eq!(scene.rejection().reason, Reason::KeyCompromised);
}

fn with_key_dates(scene: &mut Scene, state: &str, dates: &[(&str, i64)]) {
    let key = &mut scene.registry["organisations"][0]["issuer"]["keys"][0];
    key["state"] = json!(state);
    for (name, value) in dates {
        key[*name] = json!(value);
    }
}

#[test]
fn a_retired_keys_credentials_stand_and_it_issues_nothing_new() {
    let issued = NOW.0 - 1000;
    let mut scene = Scene::good();

    with_key_dates(&mut scene, "retired", &[("retired_at", issued)]);
    scene.scan().unwrap();
    with_key_dates(&mut scene, "retired", &[("retired_at", issued - 1)]);

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

#[test]
fn a_retired_key_without_a_date_has_issued_nothing() {
    let mut scene = Scene::good();
    with_key_dates(&mut scene, "retired", &[]);

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

#[test]
fn nothing_from_before_the_key_began_counts() {
    let issued = NOW.0 - 1000;
    let mut scene = Scene::good();

    with_key_dates(&mut scene, "active", &[("not_before", issued)]);
    scene.scan().unwrap();
    with_key_dates(&mut scene, "active", &[("not_before", issued + 1)]);

    assert_eq!(scene.rejection().reason, Reason::IssuerNotTrusted);
}

#[test]
fn a_tampered_payload_breaks_the_signature() {
    let scene = Scene::good();
    let code = tamper(&scene.code(), |claims| claims["exp"] = json!(NOW.0 + 999_999));

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(rejection.reason, Reason::SignatureInvalid);
    assert_eq!(rejection.presentation, None);
    assert_eq!(rejection.issuer_ods, None);
}

#[test]
fn a_disclosure_that_belongs_to_nothing_is_malformed() {
    let scene = Scene::good();
    let (stray, _) = crate::common::keys::disclosure(&json!(["salt", "role", "consultant"]));
    let code = scene.holder.bind(&format!("{}{stray}~", scene.issued()), &scene.binding);

    let rejection = scene.scan_code(&code, &Scene::policy()).unwrap_err();

    assert_eq!(
        rejection.reason,
        Reason::Malformed(Some(Box::new(SdJwtError::UnreferencedDisclosure)))
    );
}

#[test]
fn dates_that_are_no_sane_whole_seconds_are_malformed() {
    // T6
    let wrong: [Value; 7] = [
        json!("1900000000"),
        json!(1e300),
        json!(-1),
        json!(1.5),
        json!(null),
        json!(u64::MAX),
        json!(253_402_300_800_i64),
    ];
    for name in ["exp", "iat", "nbf"] {
        for value in &wrong {
            let mut scene = Scene::good();
            scene.claims[name] = value.clone();

            assert_eq!(scene.rejection().reason, Reason::Malformed(None), "{name} {value}");
        }
    }
}

#[test]
fn exp_and_iat_are_required() {
    for name in ["exp", "iat"] {
        let mut scene = Scene::good();
        scene.claims.as_object_mut().unwrap().remove(name);

        assert_eq!(scene.rejection().reason, Reason::Malformed(None), "{name}");
    }
}
