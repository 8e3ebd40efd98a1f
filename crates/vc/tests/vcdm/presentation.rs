//! Presenting and verifying a `vp+jwt`.

use serde_json::{Value, json};
use vc::jws::JwsError;
use vc::vcdm::{
    AddressedTo, Bearer, Envelope, MAX_CREDENTIALS, Policy, Presenting, UnverifiedPresentation,
    VcdmError,
};

use crate::common::keys::{TestKey, object, payload};
use crate::scene::{
    ABSENT, AUDIENCE, NONCE, NOW, POLICY, by_hand, changed, claims, document, holder, holder_did,
    issue, key_of, present, present_changed, verify_presentation,
};

fn refusal(changes: &[(&str, Value)]) -> VcdmError {
    verify_presentation(&present_changed(changes)).expect_err(&format!("{changes:?}"))
}

/// Why the one credential in a presentation is refused.
fn inner_refusal(credential: &Value) -> VcdmError {
    match refusal(&[("verifiableCredential", json!([credential]))]) {
        VcdmError::Credential { index: 0, source } => *source,
        other => panic!("{other}"),
    }
}

fn enveloped(text: &str) -> Value {
    Envelope::Jwt(text).to_json()
}

#[test]
fn what_we_present_verifies_with_every_credential() {
    let (one, two) = (issue(&document()), by_hand(&claims()));

    let verified =
        verify_presentation(&present(&[Envelope::Jwt(&one), Envelope::Jwt(&two)])).unwrap();

    assert_eq!(verified.holder(), holder_did());
    assert_eq!(verified.signer(), &holder().public());
    assert_eq!(verified.credentials().len(), 2);
    assert_eq!(verified.credentials()[0].subjects()[0]["family_name"], "Okafor");
    assert_eq!(verified.claims()["nonce"], NONCE);
}

#[test]
fn a_presentation_of_nothing_verifies_and_says_so() {
    assert!(verify_presentation(&present(&[])).unwrap().credentials().is_empty());
    let without = present_changed(&[("verifiableCredential", ABSENT)]);
    assert!(verify_presentation(&without).unwrap().credentials().is_empty());
}

#[test]
fn w1_a_presentation_has_its_own_typ_and_cty() {
    let text = present(&[]);
    let parsed = vc::jws::UnverifiedJws::parse(&text).unwrap();
    assert_eq!(parsed.header().typ.as_deref(), Some("vp+jwt"));
    assert_eq!(parsed.header().members["cty"], "vp");

    let sign = |typ: &str, cty: &str| {
        let header = object(&json!({"kid": format!("{}#0", holder_did()), "cty": cty}));
        verify_presentation(&holder().token_with_header(typ, header, &payload(&text)))
    };
    sign("vp+jwt", "vp").unwrap();
    assert_eq!(sign("vc+jwt", "vp").unwrap_err(), VcdmError::WrongMediaType("vp+jwt"));
    assert_eq!(sign("vp+jwt", "vc").unwrap_err(), VcdmError::WrongContentType("vp"));
}

#[test]
fn w2_the_claims_vc_and_vp_are_refused() {
    for name in ["vc", "vp"] {
        assert_eq!(refusal(&[(name, json!({}))]), VcdmError::ForbiddenClaim(name));
    }
}

#[test]
fn w3_iss_says_who_the_holder_is_and_jti_what_the_id_is() {
    assert_eq!(refusal(&[("iss", json!("did:example:other"))]), VcdmError::Conflict("iss"));
    assert_eq!(refusal(&[("jti", json!("urn:uuid:other"))]), VcdmError::Conflict("jti"));
    let with_object = present_changed(&[("holder", json!({"id": holder_did()}))]);
    assert_eq!(verify_presentation(&with_object).unwrap().holder(), holder_did());
    // The kid, a DID URL, says it alone
    let with_kid_alone = present_changed(&[("holder", ABSENT), ("iss", ABSENT)]);
    assert_eq!(verify_presentation(&with_kid_alone).unwrap().holder(), holder_did());
}

#[test]
fn w5_a_credential_stands_in_an_envelope() {
    let mut bare = document();
    bare["proof"] = json!({"type": "DataIntegrityProof"});
    let text = issue(&document());
    let honest = enveloped(&text);
    for credential in [
        bare,
        json!(text),
        json!({}),
        changed(honest.clone(), &[("type", json!("VerifiableCredential"))]),
        changed(honest.clone(), &[("id", json!("not-a-credential"))]),
        changed(honest.clone(), &[("id", json!(text))]),
        changed(honest.clone(), &[("id", ABSENT)]),
        changed(honest.clone(), &[("@context", ABSENT)]),
        changed(honest.clone(), &[("@context", json!("https://example.org"))]),
        Envelope::Presentation(&present(&[])).to_json(),
    ] {
        assert_eq!(inner_refusal(&credential), VcdmError::NotEnveloped, "{credential}");
    }
}

#[test]
fn w5_an_envelope_may_carry_its_context_and_type_bare() {
    let text = issue(&document());
    let bare = changed(
        enveloped(&text),
        &[
            ("@context", json!("https://www.w3.org/ns/credentials/v2")),
            ("type", json!("EnvelopedVerifiableCredential")),
        ],
    );

    for credentials in [bare.clone(), json!([bare])] {
        let text = present_changed(&[("verifiableCredential", credentials)]);
        assert_eq!(verify_presentation(&text).unwrap().credentials().len(), 1);
    }
}

#[test]
fn w5_an_envelope_of_another_media_type_is_not_read() {
    let text = issue(&document());
    for media_type in
        ["vc+cose", "vc+cose;base64", "vp+jwt", "jwt", "vc+jwt;base64", "vc+jwt;charset=utf-8"]
    {
        let id = format!("data:application/{media_type},{text}");
        let refused = inner_refusal(&changed(enveloped(&text), &[("id", json!(id))]));
        assert_eq!(refused, VcdmError::UnsupportedEnvelope, "{media_type}");
    }
}

#[test]
fn w5_a_presentation_in_an_envelope_of_its_own_reads() {
    let text = present(&[]);
    let envelope = Envelope::Presentation(&text).to_json();
    assert_eq!(envelope["type"], json!(["EnvelopedVerifiablePresentation"]));

    let parsed = UnverifiedPresentation::from_envelope(&envelope).unwrap();

    assert_eq!(parsed.verify(&POLICY, key_of, NOW).unwrap().holder(), holder_did());
    let credential = enveloped(&issue(&document()));
    let refused = UnverifiedPresentation::from_envelope(&credential).unwrap_err();
    assert_eq!(refused, VcdmError::NotEnveloped);
}

#[test]
fn w8_an_unsecured_presentation_or_credential_is_refused() {
    let unsecured = |typ: &str, claims: &Value| {
        let header = json!({"alg": "none", "typ": typ}).to_string();
        let [header, claims] =
            [header, claims.to_string()].map(|text| vc::base64url::encode(text.as_bytes()));
        format!("{header}.{claims}.")
    };
    let expected = VcdmError::Token(JwsError::BadHeaderMember("alg"));

    let presentation = unsecured("vp+jwt", &payload(&present(&[])));
    assert_eq!(verify_presentation(&presentation).unwrap_err(), expected);
    assert_eq!(inner_refusal(&enveloped(&unsecured("vc+jwt", &claims()))), expected);
}

#[test]
fn w9_a_presentation_has_its_context_type_and_a_url_for_holder() {
    for (name, value) in [
        ("@context", json!([])),
        ("@context", json!("https://www.w3.org/ns/credentials/v2")),
        ("type", json!(["VerifiableCredential"])),
        ("type", ABSENT),
        ("id", json!("five")),
        ("holder", json!("Okafor")),
        ("holder", json!({"name": "Okafor"})),
    ] {
        assert_eq!(refusal(&[(name, value)]), VcdmError::BadMember(name));
    }
}

#[test]
fn another_audience_or_nonce_is_refused_and_so_is_none() {
    for audience in [json!("https://other.example"), json!([]), json!(5), ABSENT] {
        assert_eq!(refusal(&[("aud", audience)]), VcdmError::WrongAudience);
    }
    for nonce in [json!("another"), json!(""), json!([NONCE]), ABSENT] {
        assert_eq!(refusal(&[("nonce", nonce)]), VcdmError::WrongNonce);
    }
    let several = present_changed(&[("aud", json!(["https://other.example", AUDIENCE]))]);
    verify_presentation(&several).unwrap();
}

#[test]
fn a_presentation_is_taken_in_its_time_only() {
    assert_eq!(refusal(&[("iat", json!(NOW.0 + 61))]), VcdmError::FromFuture);
    assert_eq!(refusal(&[("exp", json!(NOW.0 - 60))]), VcdmError::SignatureExpired);
}

#[test]
fn a_presentation_by_another_than_it_says_is_refused() {
    let header = object(&json!({ "kid": format!("{}#0", holder_did()) }));
    let text = TestKey::ed25519(9).token_with_header("vp+jwt", header, &payload(&present(&[])));

    assert_eq!(verify_presentation(&text).unwrap_err(), VcdmError::WrongSigner);
}

#[test]
fn one_bad_credential_refuses_the_whole_and_says_which() {
    let good = enveloped(&issue(&document()));
    let bad = enveloped(&TestKey::ed25519(9).token("vc+jwt", &claims()));

    let refused = refusal(&[("verifiableCredential", json!([good, bad]))]);

    let source = Box::new(VcdmError::UnknownKey);
    assert_eq!(refused, VcdmError::Credential { index: 1, source });
}

#[test]
fn a_bound_credential_is_presented_by_its_key_only() {
    let cnf = json!({"jwk": TestKey::ed25519(9).public().to_jwk()});
    let bound_to_another = by_hand(&changed(claims(), &[("cnf", cnf)]));
    let text = present_changed(&[("verifiableCredential", enveloped(&bound_to_another))]);

    for bearer in [Bearer::Refused, Bearer::Accepted] {
        let policy = Policy { bearer, ..POLICY };
        let refused = UnverifiedPresentation::parse(&text).unwrap().verify(&policy, key_of, NOW);
        let source = Box::new(VcdmError::NotItsHolder);
        assert_eq!(refused.unwrap_err(), VcdmError::Credential { index: 0, source });
    }
}

#[test]
fn a_credential_without_cnf_is_its_subjects_or_anybodys_as_the_policy_says() {
    let of = |subject: Value| {
        let credential = by_hand(&changed(claims(), &[("credentialSubject", subject)]));
        present_changed(&[("verifiableCredential", enveloped(&credential))])
    };
    verify_presentation(&of(json!({"id": holder_did()}))).unwrap();

    for subject in [
        json!({"id": "did:example:other"}),
        json!({"name": "n"}),
        json!([{"id": holder_did()}, {"id": "did:example:other"}]),
    ] {
        let text = of(subject);
        let source = Box::new(VcdmError::NotItsHolder);
        let refused = verify_presentation(&text).unwrap_err();
        assert_eq!(refused, VcdmError::Credential { index: 0, source });
        let policy = Policy { bearer: Bearer::Accepted, ..POLICY };
        UnverifiedPresentation::parse(&text).unwrap().verify(&policy, key_of, NOW).unwrap();
    }
}

#[test]
fn a_presentation_to_anybody_is_taken_only_when_asked_for_by_that_name() {
    let text = present_changed(&[("aud", ABSENT), ("nonce", ABSENT)]);
    let policy = Policy { addressed_to: AddressedTo::DangerouslyAnybody, ..POLICY };

    UnverifiedPresentation::parse(&text).unwrap().verify(&policy, key_of, NOW).unwrap();
    assert_eq!(verify_presentation(&text).unwrap_err(), VcdmError::WrongAudience);
}

#[test]
fn more_credentials_than_the_bound_are_refused_on_both_sides() {
    let many = vec![json!({}); MAX_CREDENTIALS + 1];
    assert_eq!(refusal(&[("verifiableCredential", json!(many))]), VcdmError::TooManyCredentials);

    let key = holder();
    let prepared = Presenting {
        algorithm: key.algorithm(),
        kid: &format!("{}#0", holder_did()),
        holder: &holder_did(),
        id: None,
        credentials: &[Envelope::Jwt("x"); MAX_CREDENTIALS + 1],
        audience: AUDIENCE,
        nonce: NONCE,
        issued_at: NOW,
        expires_at: None,
    }
    .prepare();
    assert_eq!(prepared.unwrap_err(), VcdmError::TooManyCredentials);
}
