//! W9: what a credential document must say, and in which form.

use serde_json::json;
use vc::vcdm::{CONTEXT, VcdmError};

use crate::scene::{ABSENT, ISSUER, accepts, refusal};

#[test]
fn w9_the_base_context_comes_first() {
    accepts(&[("@context", json!([CONTEXT, "https://example.org/v1", {"name": "urn:name"}]))]);

    for context in [
        ABSENT,
        json!(CONTEXT),
        json!([]),
        json!(["https://www.w3.org/2018/credentials/v1"]),
        json!(["https://example.org/v1", CONTEXT]),
        json!(["https://www.w3.org/ns/credentials/v2/"]),
        json!([CONTEXT, 5]),
        json!([CONTEXT, "not a URL"]),
        json!({"@vocab": CONTEXT}),
    ] {
        assert_eq!(refusal(&[("@context", context)]), VcdmError::BadMember("@context"));
    }
}

#[test]
fn w9_type_names_a_verifiable_credential() {
    accepts(&[("type", json!("VerifiableCredential"))]);

    for kinds in [
        ABSENT,
        json!([]),
        json!("EmploymentChecks"),
        json!(["VerifiablePresentation"]),
        json!(["verifiablecredential"]),
        json!(["VerifiableCredential", 5]),
        json!(["VerifiableCredential", ""]),
    ] {
        assert_eq!(refusal(&[("type", kinds)]), VcdmError::BadMember("type"));
    }
}

#[test]
fn w9_issuer_is_a_url_or_an_object_with_one() {
    for issuer in [
        ABSENT,
        json!("issuer"),
        json!(""),
        json!(5),
        json!([ISSUER]),
        json!({"name": "no id"}),
        json!({"id": "issuer"}),
        json!(format!("https://issuer.example/{}", "x".repeat(2048))),
    ] {
        assert_eq!(refusal(&[("issuer", issuer)]), VcdmError::BadMember("issuer"));
    }
}

#[test]
fn w9_there_is_a_subject_and_none_is_empty() {
    accepts(&[("credentialSubject", json!([{"name": "a"}, {"id": "did:example:b"}]))]);

    for subject in [
        ABSENT,
        json!({}),
        json!([]),
        json!([{"name": "a"}, {}]),
        json!("did:example:a"),
        json!({"id": "a name"}),
        json!({"id": 5}),
    ] {
        let refused = refusal(&[("credentialSubject", subject)]);
        assert_eq!(refused, VcdmError::BadMember("credentialSubject"));
    }
}

#[test]
fn w9_id_is_a_url_where_there_is_one() {
    accepts(&[("id", ABSENT)]);

    for id in [json!("5"), json!(5), json!(["urn:a"]), json!("https://a b")] {
        assert_eq!(refusal(&[("id", id)]), VcdmError::BadMember("id"));
    }
}

#[test]
fn w9_objects_that_are_told_apart_by_type_have_one() {
    for name in ["credentialSchema", "credentialStatus", "evidence", "refreshService", "termsOfUse"]
    {
        let sound = json!({"id": "https://example.org/1", "type": "T"});
        accepts(&[(name, sound.clone())]);
        accepts(&[(name, json!([sound, {"id": "urn:2", "type": ["T", "U"]}]))]);
        for value in [json!({"id": "urn:1"}), json!("urn:1"), json!([{"type": "T", "id": 5}])] {
            assert_eq!(refusal(&[(name, value)]), VcdmError::BadMember(name));
        }
    }
    // VCDM 2.0, 4.11: a schema's `id` is REQUIRED
    let schema = json!({"type": "JsonSchema"});
    let refused = refusal(&[("credentialSchema", schema)]);
    assert_eq!(refused, VcdmError::BadMember("credentialSchema"));
}

#[test]
fn members_that_nobody_knows_are_ignored() {
    accepts(&[("badExtension", json!({"huh": "what?"})), ("more", json!([null, true, 5]))]);
}
