//! Credentials as `vc+sd-jwt`, alone and in an envelope.

use serde_json::{Value, json};
use vc::base64url;
use vc::sd_jwt::SdJwtError;
use vc::vcdm::{Envelope, UnverifiedCredential, VcdmError, VerifiedCredential};

use crate::common::keys::{TestKey, disclosure};
use crate::scene::{ABSENT, NOW, changed, claims, holder, issuer, key_of, present_changed};

/// A `vc+sd-jwt` of a payload as it stands, digests and all.
fn sd_jwt(payload: &Value, disclosures: &[&str]) -> String {
    let mut text = issuer().token("vc+sd-jwt", payload) + "~";
    for disclosure in disclosures {
        text += disclosure;
        text += "~";
    }
    text
}

fn verify(text: &str) -> Result<VerifiedCredential, VcdmError> {
    UnverifiedCredential::parse_sd_jwt(text)?.verify(key_of, NOW)
}

/// The claims with `name` of the top hidden, and its disclosure.
fn hiding(name: &str, value: &Value) -> (Value, String) {
    let (encoded, digest) = disclosure(&json!(["c2FsdHNhbHRzYWx0c2FsdA", name, value]));
    (changed(claims(), &[(name, ABSENT), ("_sd", json!([digest]))]), encoded)
}

#[test]
fn disclosed_members_stand_in_their_places() {
    let (encoded, digest) = disclosure(&json!(["c2FsdHNhbHRzYWx0c2FsdA", "given_name", "Ada"]));
    let subject = json!({"family_name": "Okafor", "_sd": [digest]});
    let payload = changed(claims(), &[("credentialSubject", subject)]);

    let open = verify(&sd_jwt(&payload, &[&encoded])).unwrap();
    let closed = verify(&sd_jwt(&payload, &[])).unwrap();

    assert_eq!(open.subjects()[0]["given_name"], "Ada");
    assert!(closed.subjects()[0].get("given_name").is_none());
}

#[test]
fn w1_an_sd_jwt_of_another_typ_is_refused() {
    for typ in ["dc+sd-jwt", "vc+jwt", "bad+typ"] {
        let text = issuer().token(typ, &claims()) + "~";
        assert_eq!(verify(&text).unwrap_err(), VcdmError::WrongMediaType("vc+sd-jwt"));
    }
}

#[test]
fn w5_a_presentation_carries_sd_jwts_too() {
    let text = sd_jwt(&claims(), &[]);
    let envelope = Envelope::SdJwt(&text).to_json();
    assert!(envelope["id"].as_str().unwrap().starts_with("data:application/vc+sd-jwt,ey"));
    let presented = present_changed(&[("verifiableCredential", json!([envelope]))]);

    let verified = crate::scene::verify_presentation(&presented).unwrap();

    assert_eq!(verified.credentials().len(), 1);
}

#[test]
fn w9_a_document_that_lacks_a_member_when_closed_is_refused() {
    let (payload, encoded) = hiding("credentialSubject", &json!({"id": "urn:a"}));

    verify(&sd_jwt(&payload, &[&encoded])).unwrap();
    let refused = verify(&sd_jwt(&payload, &[])).unwrap_err();
    assert_eq!(refused, VcdmError::BadMember("credentialSubject"));
}

#[test]
fn an_issuer_that_hides_is_found_by_iss() {
    let (payload, encoded) = hiding("issuer", &json!("https://issuer.example"));
    verify(&sd_jwt(&payload, &[&encoded])).unwrap();

    let (payload, encoded) = hiding("issuer", &json!("https://other.example"));
    let refused = verify(&sd_jwt(&payload, &[&encoded])).unwrap_err();
    assert_eq!(refused, VcdmError::Conflict("iss"));
}

#[test]
fn what_could_refuse_a_credential_does_not_hide() {
    for (name, value) in [
        ("credentialStatus", json!({"type": "BitstringStatusListEntry"})),
        ("validFrom", json!("2026-01-01T00:00:00Z")),
        ("validUntil", json!("2028-01-01T00:00:00Z")),
        ("iat", json!(NOW.0)),
        ("@context", json!(["https://www.w3.org/ns/credentials/v2"])),
    ] {
        let (payload, encoded) = hiding(name, &value);
        let refused = verify(&sd_jwt(&payload, &[&encoded])).unwrap_err();
        assert_eq!(refused, VcdmError::Hidden(name));
    }
}

#[test]
fn a_status_entry_does_not_hide_in_its_array() {
    let entry = json!({"type": "BitstringStatusListEntry"});
    let (_, digest) = disclosure(&json!(["c2FsdHNhbHRzYWx0c2FsdA", entry]));
    let status = json!([{"type": "Other"}, {"...": digest}]);
    let payload = changed(claims(), &[("credentialStatus", status)]);

    let refused = verify(&sd_jwt(&payload, &[])).unwrap_err();

    assert_eq!(refused, VcdmError::Hidden("credentialStatus"));
}

#[test]
fn a_key_binding_inside_is_refused() {
    let text = sd_jwt(&claims(), &[]) + &holder().token("kb+jwt", &json!({"aud": "x"}));

    assert_eq!(verify(&text).unwrap_err(), VcdmError::KeyBindingInside);
}

#[test]
fn a_disclosure_that_belongs_to_nothing_is_refused() {
    let stray = base64url::encode(br#"["c2FsdA","name","value"]"#);

    let refused = verify(&sd_jwt(&claims(), &[&stray])).unwrap_err();

    assert_eq!(refused, VcdmError::SdJwt(SdJwtError::UnreferencedDisclosure));
}

#[test]
fn an_sd_jwt_by_another_key_is_refused() {
    let text = sd_jwt(&claims(), &[]);
    let other = TestKey::ed25519(9).public();

    let refused = UnverifiedCredential::parse_sd_jwt(&text).unwrap().verify(|_| Some(other), NOW);

    assert_eq!(refused.unwrap_err(), VcdmError::WrongSigner);
}
