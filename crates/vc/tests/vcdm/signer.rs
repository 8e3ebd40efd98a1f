//! W4 and W7: whose key it is.

use serde_json::{Value, json};
use vc::did;
use vc::jwk::PublicKey;
use vc::vcdm::{KeyNeeded, Role, UnverifiedCredential, VcdmError, method_key};

use crate::common::keys::{TestKey, object};
use crate::scene::{ABSENT, ISSUER, NOW, changed, claims, issuer};

fn issuer_did() -> String {
    did::jwk(&issuer().public())
}

/// Parses a credential of this issuer and `iss`, signed under this `kid`.
fn parse(issuer_id: &str, iss: Value, kid: Option<&str>) -> Result<KeyNeeded, VcdmError> {
    let claims = changed(claims(), &[("issuer", json!(issuer_id)), ("iss", iss)]);
    let header = kid.map_or(json!({}), |kid| json!({ "kid": kid }));
    let text = issuer().token_with_header("vc+jwt", object(&header), &claims);
    UnverifiedCredential::parse(&text).map(|parsed| parsed.key_needed().clone())
}

#[test]
fn w4_a_did_names_its_key_by_kid() {
    let did = issuer_did();
    let iss = json!(did);

    assert_eq!(parse(&did, iss.clone(), None), Err(VcdmError::KidMissing));
    for kid in [format!("{did}#0"), "#0".to_owned()] {
        let needed = parse(&did, iss.clone(), Some(&kid)).unwrap();
        assert_eq!(needed.method(), Some(format!("{did}#0")));
        assert_eq!(needed.self_contained(), Some(issuer().public()));
    }
}

#[test]
fn w4_a_kid_of_another_did_is_refused() {
    let did = issuer_did();
    let other = did::jwk(&TestKey::ed25519(9).public());

    for kid in [format!("{other}#0"), "thumbprint".to_owned(), format!("{did}x#0")] {
        let refused = parse(&did, json!(did), Some(&kid)).unwrap_err();
        assert_eq!(refused, VcdmError::KidOfAnother, "{kid}");
    }
    let refused = parse(ISSUER, json!(ISSUER), Some(&format!("{other}#0"))).unwrap_err();
    assert_eq!(refused, VcdmError::KidOfAnother);
}

#[test]
fn w4_a_url_of_another_host_is_no_kid() {
    for kid in ["https://other.example#k", "https://issuer.example.evil#k"] {
        assert_eq!(parse(ISSUER, json!(ISSUER), Some(kid)), Err(VcdmError::KidOfAnother));
    }
    for kid in ["https://issuer.example#k", "https://issuer.example/keys/1", "plain"] {
        parse(ISSUER, json!(ISSUER), Some(kid)).unwrap();
    }
    let thumbprint = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZ";
    parse(ISSUER, json!(ISSUER), Some(thumbprint)).unwrap();
}

#[test]
fn w4_without_iss_the_kid_is_absolute() {
    for kid in [None, Some("plain"), Some("#k"), Some(issuer().kid().as_str())] {
        assert_eq!(parse(ISSUER, ABSENT, kid), Err(VcdmError::KidNotAbsolute), "{kid:?}");
    }
    let needed = parse(ISSUER, ABSENT, Some("https://issuer.example#k")).unwrap();
    assert_eq!(needed.id, ISSUER);
}

#[test]
fn a_key_outside_a_did_is_looked_up_by_the_caller() {
    let needed = parse(ISSUER, json!(ISSUER), None).unwrap();

    assert_eq!(needed.role, Role::Issuer);
    assert_eq!(needed.method(), None);
    assert_eq!(needed.self_contained(), None);
}

fn needed(kid: &str) -> KeyNeeded {
    KeyNeeded { role: Role::Issuer, id: ISSUER.to_owned(), kid: Some(kid.to_owned()) }
}

fn method() -> Value {
    let jwk = changed(issuer().public().to_jwk(), &[("kid", json!("thumbprint"))]);
    json!({
        "id": format!("{ISSUER}#key-1"),
        "type": "JsonWebKey",
        "controller": ISSUER,
        "publicKeyJwk": jwk,
    })
}

fn key(method: &Value, kid: &str) -> Result<PublicKey, VcdmError> {
    method_key(method, &needed(kid), NOW)
}

#[test]
fn w7_a_json_web_key_method_gives_its_key() {
    for kid in ["https://issuer.example#key-1", "#key-1", "thumbprint"] {
        assert_eq!(key(&method(), kid), Ok(issuer().public()), "{kid}");
    }
}

#[test]
fn w7_any_other_method_is_refused() {
    for (name, value) in [
        ("type", json!("Multikey")),
        ("type", ABSENT),
        ("controller", json!("https://other.example")),
        ("controller", ABSENT),
        ("publicKeyJwk", json!({"kty": "OKP"})),
        ("publicKeyJwk", ABSENT),
        ("secretKeyJwk", json!({})),
        ("id", json!("https://issuer.example#key-2")),
        ("id", ABSENT),
    ] {
        let changed = changed(method(), &[(name, value)]);
        assert_eq!(key(&changed, "#key-1"), Err(VcdmError::BadMethod(name)));
    }
    assert_eq!(key(&method(), "another"), Err(VcdmError::BadMethod("id")));
}

#[test]
fn w7_an_expired_or_revoked_method_is_refused() {
    for name in ["expires", "revoked"] {
        let at = |end: Value| key(&changed(method(), &[(name, end)]), "#key-1");

        at(json!("2027-01-15T08:00:01Z")).unwrap();
        for end in [json!("2027-01-15T08:00:00Z"), json!("soon"), json!(5)] {
            assert_eq!(at(end), Err(VcdmError::BadMethod(name)));
        }
    }
}
