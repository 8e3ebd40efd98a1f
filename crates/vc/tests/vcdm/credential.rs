//! Issuing and verifying a `vc+jwt`.

use serde_json::{Value, json};
use vc::jws::{JwsError, MAX_TOKEN_BYTES};
use vc::sd_jwt::TYP;
use vc::vcdm::{Issuance, UnverifiedCredential, VcdmError};

use crate::common::keys::{TestKey, object, payload};
use crate::scene::{
    ABSENT, ISSUER, NOW, accepts, by_hand, changed, claims, document, holder, holder_did, issue,
    issuer, key_of, refusal, verify,
};

fn prepare(document: &Value) -> Result<(), VcdmError> {
    let key = issuer();
    Issuance {
        algorithm: key.algorithm(),
        kid: &key.kid(),
        credential: &object(document),
        issued_at: NOW,
        expires_at: None,
        holder: None,
    }
    .prepare()
    .map(|_| ())
}

#[test]
fn what_we_issue_verifies_and_says_what_was_put_in() {
    let verified = verify(&issue(&document())).unwrap();

    assert_eq!(verified.issuer(), ISSUER);
    assert_eq!(verified.signer(), &issuer().public());
    assert_eq!(verified.holder(), Some(&holder().public()));
    assert_eq!(verified.types(), ["VerifiableCredential", "EmploymentChecks"]);
    assert_eq!(verified.subjects()[0]["family_name"], "Okafor");
    assert_eq!(verified.issued_at(), Some(NOW));
    assert_eq!(verified.expires_at(), Some(NOW.plus(3600)));
    assert_eq!(verified.valid_from().unwrap().0, 1_767_225_600);
    assert_eq!(verified.valid_until().unwrap().0, 1_830_297_600);
}

#[test]
fn w1_what_we_issue_names_its_media_types_and_its_key() {
    let text = issue(&document());
    let parsed = vc::jws::UnverifiedJws::parse(&text).unwrap();
    let header = parsed.header();

    assert_eq!(header.typ.as_deref(), Some("vc+jwt"));
    assert_eq!(header.members["cty"], "vc");
    assert_eq!(header.kid, Some(issuer().kid()));
}

#[test]
fn w1_another_typ_is_refused_and_so_is_none() {
    for typ in ["vp+jwt", "vc+sd-jwt", "JWT", "vc", "vc+ld+json+jwt", TYP] {
        let refused = verify(&issuer().token(typ, &claims())).unwrap_err();
        assert_eq!(refused, VcdmError::WrongMediaType("vc+jwt"), "{typ}");
    }
    let bare = issuer().token("vc+jwt", &claims());
    let (_, rest) = bare.split_once('.').unwrap();
    let header = json!({"alg": "EdDSA", "kid": issuer().kid()}).to_string();
    let untyped = format!("{}.{rest}", vc::base64url::encode(header.as_bytes()));
    assert_eq!(verify(&untyped).unwrap_err(), VcdmError::WrongMediaType("vc+jwt"));
}

#[test]
fn w1_typ_may_carry_its_tree_and_any_case() {
    for typ in ["application/vc+jwt", "VC+JWT"] {
        verify(&issuer().token(typ, &claims())).unwrap();
    }
}

#[test]
fn w1_a_cty_of_something_else_is_refused() {
    let with_cty = |cty: Value| {
        let header = object(&json!({"kid": issuer().kid(), "cty": cty}));
        verify(&issuer().token_with_header("vc+jwt", header, &claims()))
    };

    with_cty(json!("vc")).unwrap();
    with_cty(json!("application/vc")).unwrap();
    for cty in [json!("vp"), json!("bad+cty"), json!(""), json!(["vc"]), Value::Null] {
        assert_eq!(with_cty(cty).unwrap_err(), VcdmError::WrongContentType("vc"));
    }
}

#[test]
fn w2_the_claims_vc_and_vp_are_refused_whatever_they_say() {
    for name in ["vc", "vp"] {
        for value in [json!({}), json!("x"), json!([])] {
            assert_eq!(refusal(&[(name, value)]), VcdmError::ForbiddenClaim(name));
        }
        let wrapped = changed(document(), &[(name, json!({}))]);
        assert_eq!(prepare(&wrapped), Err(VcdmError::ForbiddenClaim(name)));
    }
}

#[test]
fn w3_iss_says_who_the_issuer_is() {
    assert_eq!(payload(&issue(&document()))["iss"], ISSUER);
    accepts(&[("issuer", json!({"id": ISSUER, "name": "The Christie"}))]);

    for iss in [json!("https://other.example"), json!("https://issuer.example/"), json!("")] {
        assert_eq!(refusal(&[("iss", iss)]), VcdmError::Conflict("iss"));
    }
    let object = json!({"id": "https://other.example"});
    assert_eq!(refusal(&[("issuer", object)]), VcdmError::Conflict("iss"));
    assert_eq!(refusal(&[("iss", json!(5))]), VcdmError::BadMember("iss"));
    let contradicting = changed(document(), &[("iss", json!("https://other.example"))]);
    assert_eq!(prepare(&contradicting), Err(VcdmError::Conflict("iss")));
}

#[test]
fn w3_an_iss_in_the_header_says_the_same() {
    let with_iss = |iss: &str| {
        let header = object(&json!({"kid": issuer().kid(), "iss": iss}));
        verify(&issuer().token_with_header("vc+jwt", header, &claims()))
    };

    with_iss(ISSUER).unwrap();
    assert_eq!(with_iss("https://other.example").unwrap_err(), VcdmError::Conflict("iss"));
}

#[test]
fn w3_jti_and_sub_do_not_contradict_the_document() {
    accepts(&[("jti", document()["id"].clone()), ("sub", json!(holder_did()))]);
    accepts(&[("jti", json!("urn:uuid:1")), ("id", ABSENT)]);
    accepts(&[("sub", json!("anybody")), ("credentialSubject", json!({"name": "n"}))]);
    accepts(&[
        ("sub", json!("urn:b")),
        ("credentialSubject", json!([{"id": "urn:a"}, {"id": "urn:b"}])),
    ]);

    assert_eq!(refusal(&[("jti", json!("urn:uuid:1"))]), VcdmError::Conflict("jti"));
    assert_eq!(refusal(&[("sub", json!("urn:other"))]), VcdmError::Conflict("sub"));
    assert_eq!(refusal(&[("jti", json!(1))]), VcdmError::BadMember("jti"));
    assert_eq!(refusal(&[("sub", json!(["a"]))]), VcdmError::BadMember("sub"));
    let contradicting = changed(document(), &[("sub", json!("urn:other"))]);
    assert_eq!(prepare(&contradicting), Err(VcdmError::Conflict("sub")));
}

#[test]
fn w3_exp_ends_the_signature_and_valid_until_ends_what_it_says() {
    accepts(&[("exp", json!(NOW.0 - 59))]);
    assert_eq!(refusal(&[("exp", json!(NOW.0 - 60))]), VcdmError::SignatureExpired);
    // 1_800_000_000 is 2027-01-15T08:00:00Z
    accepts(&[("validUntil", json!("2027-01-15T07:59:01Z"))]);
    assert_eq!(refusal(&[("validUntil", json!("2027-01-15T07:59:00Z"))]), VcdmError::Expired);
}

#[test]
fn w3_iat_nbf_and_valid_from_lie_not_in_the_future() {
    accepts(&[("iat", json!(NOW.0 + 60)), ("nbf", json!(NOW.0 + 60))]);
    accepts(&[("validFrom", json!("2027-01-15T08:01:00Z"))]);
    accepts(&[("iat", ABSENT), ("validFrom", ABSENT)]);

    assert_eq!(refusal(&[("iat", json!(NOW.0 + 61))]), VcdmError::FromFuture);
    assert_eq!(refusal(&[("nbf", json!(NOW.0 + 61))]), VcdmError::NotYetValid);
    let valid_from = json!("2027-01-15T08:01:01Z");
    assert_eq!(refusal(&[("validFrom", valid_from)]), VcdmError::NotYetValid);
}

#[test]
fn w3_an_iat_written_as_a_date_is_held_to_the_same_check() {
    accepts(&[("iat", json!("2027-01-15T08:01:00Z"))]);
    assert_eq!(refusal(&[("iat", json!("2027-01-15T08:01:01Z"))]), VcdmError::FromFuture);
    assert_eq!(refusal(&[("iat", json!("yesterday"))]), VcdmError::BadMember("iat"));
}

#[test]
fn w3_a_misshapen_date_is_refused() {
    for (name, value) in [
        ("exp", json!("2028-01-01T00:00:00Z")),
        ("exp", json!(1.5)),
        ("exp", json!(-1)),
        ("nbf", json!("0")),
        ("iat", json!(true)),
        ("validFrom", json!(1_700_000_000)),
        ("validUntil", json!("2028-01-01")),
        ("validUntil", json!("2028-01-01T00:00:00")),
        ("validUntil", json!("2025-12-31T23:59:59Z")),
    ] {
        let name: &'static str = name;
        assert_eq!(refusal(&[(name, value)]), VcdmError::BadMember(name));
    }
}

#[test]
fn w6_only_the_compact_serialisation_is_read() {
    let text = issue(&document());
    let parts: Vec<&str> = text.split('.').collect();
    let json = json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]});

    for other in [json.to_string(), format!("{text}."), format!(" {text}"), String::new()] {
        assert_eq!(verify(&other).unwrap_err(), VcdmError::Token(JwsError::NotCompact));
    }
}

#[test]
fn w8_an_unsecured_credential_is_refused() {
    let payload = vc::base64url::encode(claims().to_string().as_bytes());
    for alg in ["none", "None", "NONE"] {
        let header = json!({"alg": alg, "typ": "vc+jwt", "kid": issuer().kid()}).to_string();
        let text = format!("{}.{payload}.", vc::base64url::encode(header.as_bytes()));
        let refused = verify(&text).unwrap_err();
        assert_eq!(refused, VcdmError::Token(JwsError::BadHeaderMember("alg")));
    }
}

#[test]
fn a_credential_by_another_key_or_of_no_known_key_is_refused() {
    let text = TestKey::ed25519(9).token("vc+jwt", &claims());
    let parsed = || UnverifiedCredential::parse(&text).unwrap();

    assert_eq!(parsed().verify(|_| None, NOW).unwrap_err(), VcdmError::UnknownKey);
    for key in [issuer().public(), TestKey::p256().public()] {
        let refused = parsed().verify(|_| Some(key), NOW).unwrap_err();
        assert_eq!(refused, VcdmError::WrongSigner);
    }
}

#[test]
fn a_changed_payload_is_refused() {
    let text = issue(&document());
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let other = changed(payload(&text), &[("credentialSubject", json!({"family_name": "Else"}))]);
    let other = vc::base64url::encode(other.to_string().as_bytes());

    let refused = verify(&format!("{header}.{other}.{signature}")).unwrap_err();

    assert_eq!(refused, VcdmError::WrongSigner);
}

#[test]
fn a_cnf_without_a_usable_jwk_is_refused() {
    let private = json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}});
    for cnf in [json!({}), json!({"kid": "k"}), json!("k"), private] {
        assert_eq!(refusal(&[("cnf", cnf)]), VcdmError::BadHolderKey);
    }
}

#[test]
fn a_cnf_in_the_header_binds_as_well() {
    let cnf = |key: TestKey| json!({"jwk": key.public().to_jwk()});
    let with_header_cnf = |claims: &Value| {
        let header = object(&json!({"kid": issuer().kid(), "cnf": cnf(holder())}));
        verify(&issuer().token_with_header("vc+jwt", header, claims))
    };

    let verified = with_header_cnf(&claims()).unwrap();
    assert_eq!(verified.holder(), Some(&holder().public()));
    let other = changed(claims(), &[("cnf", cnf(TestKey::ed25519(9)))]);
    assert_eq!(with_header_cnf(&other).unwrap_err(), VcdmError::Conflict("cnf"));
}

#[test]
fn es256_issues_and_verifies_too() {
    let key = TestKey::p256();
    let text = key.token("vc+jwt", &claims());

    let verified = UnverifiedCredential::parse(&text).unwrap().verify(|_| Some(key.public()), NOW);

    assert_eq!(verified.unwrap().signer(), &key.public());
}

#[test]
fn an_issuer_does_not_set_what_issuing_sets() {
    for name in ["iat", "exp", "nbf", "cnf"] {
        let given = changed(document(), &[(name, json!(1))]);
        assert_eq!(prepare(&given), Err(VcdmError::ForbiddenClaim(name)));
    }
}

#[test]
fn an_issuer_signs_nothing_that_a_verifier_would_refuse_for_its_size() {
    let large = changed(document(), &[("note", json!("x".repeat(MAX_TOKEN_BYTES)))]);

    let refused = prepare(&large).unwrap_err();

    assert_eq!(refused, VcdmError::Token(JwsError::TooLong(MAX_TOKEN_BYTES)));
}

#[test]
fn the_key_is_asked_for_by_issuer_and_kid() {
    let parsed = UnverifiedCredential::parse(&by_hand(&claims())).unwrap();

    assert_eq!(parsed.key_needed().id, ISSUER);
    assert_eq!(parsed.key_needed().kid, Some(issuer().kid()));
    assert_eq!(key_of(parsed.key_needed()), Some(issuer().public()));
}
