//! RFC 9901, 7.1 and SD-JWT VC: each thing that MUST be refused is refused (T11, P12).

use serde_json::{Value, json};
use vc::jws::JwsError;
use vc::sd_jwt::{MAX_DEPTH, SdJwtError, UnverifiedSdJwt};

use crate::common::keys::{TestKey, disclosure, parse};

fn issuer() -> TestKey {
    TestKey::ed25519(1)
}

fn verify(payload: &Value, disclosures: &[&str]) -> Result<Value, SdJwtError> {
    let text = issuer().by_hand(payload, disclosures);
    parse(&text).verify_issuer(&issuer().public()).map(|verified| verified.claims().clone().into())
}

fn refusal(payload: &Value, disclosures: &[&str]) -> SdJwtError {
    verify(payload, disclosures).expect_err("refused")
}

fn parse_refusal(text: &str) -> SdJwtError {
    UnverifiedSdJwt::parse(text).expect_err("refused")
}

#[test]
fn a_text_that_is_not_of_the_form_is_refused() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));

    assert_eq!(parse_refusal(&jwt), SdJwtError::Malformed, "no tilde");
    assert_eq!(parse_refusal(""), SdJwtError::Malformed);
    assert_eq!(
        parse_refusal(&format!("{jwt}~~")),
        SdJwtError::BadDisclosure,
        "an empty disclosure"
    );
    assert_eq!(
        parse_refusal(&format!("~{jwt}~")),
        SdJwtError::IssuerJwt(JwsError::NotCompact),
        "no issuer-signed JWT"
    );
    assert_eq!(
        parse_refusal(&format!("{jwt}~kb")),
        SdJwtError::KeyBinding(JwsError::NotCompact),
        "what follows the last tilde is a JWT"
    );
    assert_eq!(
        parse_refusal(&"~".repeat(300 * 1024)),
        SdJwtError::Malformed,
        "longer than the bound"
    );
}

#[test]
fn a_disclosure_that_is_not_canonical_base64url_is_refused() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));
    let (good, _) = disclosure(&json!(["salt-salt-salt-salt", "name", "v"]));

    UnverifiedSdJwt::parse(&format!("{jwt}~{good}~")).unwrap();
    for bad in [format!("{good}="), format!("{good} "), good.replace('W', "+"), format!("{good}A")]
    {
        assert_eq!(parse_refusal(&format!("{jwt}~{bad}~")), SdJwtError::BadDisclosure, "{bad}");
    }
}

#[test]
fn a_disclosure_of_another_shape_is_refused() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));

    for bad in [
        json!([]),
        json!(["salt"]),
        json!(["salt", "name", "value", "more"]),
        json!({"salt": "name"}),
        json!("salt"),
        json!([1, "name", "value"]),
        json!([1, "value"]),
        json!(["salt", 1, "value"]),
        json!(["salt", null, "value"]),
    ] {
        let (bad_disclosure, _) = disclosure(&bad);
        let refused = parse_refusal(&format!("{jwt}~{bad_disclosure}~"));
        assert_eq!(refused, SdJwtError::BadDisclosure, "{bad}");
    }
}

#[test]
fn a_disclosure_with_a_duplicate_member_is_refused() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));
    let twice = vc::base64url::encode(br#"["salt","name",{"a":1,"a":2}]"#);

    assert_eq!(parse_refusal(&format!("{jwt}~{twice}~")), SdJwtError::BadDisclosure);
}

#[test]
fn a_disclosure_named_as_a_reserved_name_is_refused() {
    let jwt = issuer().token("dc+sd-jwt", &json!({}));

    for name in ["_sd", "...", "_sd_alg"] {
        let (reserved, _) = disclosure(&json!(["salt", name, "value"]));
        let refused = parse_refusal(&format!("{jwt}~{reserved}~"));
        assert_eq!(refused, SdJwtError::BadDisclosure, "{name}");
    }
}

#[test]
fn a_disclosure_that_belongs_to_nothing_is_refused() {
    let (hidden, digest) = disclosure(&json!(["salt", "name", "value"]));
    let (stray, _) = disclosure(&json!(["salt", "other", "value"]));

    assert_eq!(
        verify(&json!({"_sd": [digest]}), &[&hidden]),
        Ok(json!({"name": "value"})),
        "the same without the stray one"
    );
    assert_eq!(
        refusal(&json!({"_sd": [digest]}), &[&hidden, &stray]),
        SdJwtError::UnreferencedDisclosure
    );
}

#[test]
fn a_disclosure_inside_another_that_is_not_disclosed_is_refused() {
    let (inner, inner_digest) = disclosure(&json!(["salt", "inner", 1]));
    let (outer, outer_digest) = disclosure(&json!(["salt", "outer", {"_sd": [inner_digest]}]));
    let payload = json!({"_sd": [outer_digest]});

    assert_eq!(
        verify(&payload, &[&inner, &outer]),
        Ok(json!({"outer": {"inner": 1}})),
        "in any order"
    );
    assert_eq!(refusal(&payload, &[&inner]), SdJwtError::UnreferencedDisclosure);
}

#[test]
fn a_digest_that_stands_twice_is_refused() {
    let (hidden, digest) = disclosure(&json!(["salt", "name", "value"]));
    let (element, element_digest) = disclosure(&json!(["salt", "value"]));
    let twice = SdJwtError::DuplicateDigest;

    assert_eq!(refusal(&json!({"_sd": [digest, digest]}), &[&hidden]), twice, "in one object");
    assert_eq!(
        refusal(&json!({"_sd": [digest], "inner": {"_sd": [digest]}}), &[&hidden]),
        twice,
        "in two objects"
    );
    assert_eq!(
        refusal(&json!({"list": [{"...": element_digest}, {"...": element_digest}]}), &[&element]),
        twice,
        "in an array"
    );
    assert_eq!(
        refusal(&json!({"_sd": ["decoy"], "inner": {"_sd": ["decoy"]}}), &[]),
        twice,
        "of nothing"
    );
    let (repeats, repeating_digest) = disclosure(&json!(["salt", "outer", {"_sd": [digest]}]));
    assert_eq!(
        refusal(&json!({"_sd": [digest, repeating_digest]}), &[&hidden, &repeats]),
        twice,
        "in a disclosure"
    );
}

#[test]
fn a_disclosure_that_is_sent_twice_is_refused() {
    let (hidden, digest) = disclosure(&json!(["salt", "name", "value"]));

    assert_eq!(
        refusal(&json!({"_sd": [digest]}), &[&hidden, &hidden]),
        SdJwtError::DuplicateDigest
    );
}

#[test]
fn a_disclosed_name_that_stands_already_is_refused() {
    let (hidden, digest) = disclosure(&json!(["salt", "name", "value"]));
    let (again, again_digest) = disclosure(&json!(["other salt", "name", "other"]));
    let clash = SdJwtError::ClaimClash("name".to_owned());

    assert_eq!(refusal(&json!({"name": 1, "_sd": [digest]}), &[&hidden]), clash, "in clear");
    assert_eq!(
        refusal(&json!({"_sd": [digest, again_digest]}), &[&hidden, &again]),
        clash,
        "disclosed"
    );
    assert_eq!(
        refusal(&json!({"inner": {"name": 1, "_sd": [digest]}}), &[&hidden]),
        clash,
        "deeper"
    );
}

#[test]
fn a_disclosure_of_the_wrong_arity_for_its_place_is_refused() {
    let (member, member_digest) = disclosure(&json!(["salt", "name", "value"]));
    let (element, element_digest) = disclosure(&json!(["salt", "value"]));

    assert_eq!(
        refusal(&json!({"_sd": [element_digest]}), &[&element]),
        SdJwtError::BadDisclosure,
        "two elements in an object"
    );
    assert_eq!(
        refusal(&json!({"list": [{"...": member_digest}]}), &[&member]),
        SdJwtError::BadDisclosure,
        "three elements in an array"
    );
}

#[test]
fn digests_that_are_not_of_the_form_are_refused() {
    for payload in [
        json!({"_sd": "text"}),
        json!({"_sd": {"a": "text"}}),
        json!({"_sd": null}),
        json!({"_sd": [1]}),
        json!({"_sd": ["text", null]}),
        json!({"inner": {"_sd": [["text"]]}}),
        json!({"list": [{"...": 1}]}),
        json!({"list": [{"...": null}]}),
        json!({"list": [{"...": "text", "more": 1}]}),
        json!({"inner": {"...": "text"}}),
        json!({"...": "text"}),
    ] {
        assert_eq!(refusal(&payload, &[]), SdJwtError::BadDigests, "{payload}");
    }
}

#[test]
fn any_hash_but_sha_256_at_the_top_is_refused() {
    for payload in [
        json!({"_sd_alg": "sha-1"}),
        json!({"_sd_alg": "SHA-256"}),
        json!({"_sd_alg": "sha-512"}),
        json!({"_sd_alg": 256}),
        json!({"_sd_alg": null}),
        json!({"inner": {"_sd_alg": "sha-256"}}),
        json!({"list": [{"_sd_alg": "sha-256"}]}),
    ] {
        assert_eq!(refusal(&payload, &[]), SdJwtError::UnsupportedHash, "{payload}");
    }
    assert_eq!(verify(&json!({"_sd_alg": "sha-256"}), &[]), Ok(json!({})));
}

#[test]
fn a_hidden_claim_that_must_stand_in_clear_is_refused() {
    for name in ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"] {
        let (hidden, digest) = disclosure(&json!(["salt", name, 1]));

        let refused = refusal(&json!({"_sd": [digest]}), &[&hidden]);

        assert_eq!(refused, SdJwtError::HiddenClaim(name.to_owned()));
    }
}

#[test]
fn a_hidden_claim_inside_one_that_must_stand_in_clear_is_refused() {
    let (hidden, digest) = disclosure(&json!(["salt", "status_list", {}]));
    let (element, element_digest) = disclosure(&json!(["salt", "urn:x"]));

    assert_eq!(
        refusal(&json!({"status": {"_sd": [digest]}}), &[&hidden]),
        SdJwtError::HiddenClaim("status".to_owned())
    );
    assert_eq!(
        refusal(&json!({"cnf": {"jwk": {"_sd": [digest]}}}), &[]),
        SdJwtError::HiddenClaim("cnf".to_owned()),
        "disclosed or not"
    );
    assert_eq!(
        refusal(&json!({"aka_vcts": [{"...": element_digest}]}), &[&element]),
        SdJwtError::HiddenClaim("aka_vcts".to_owned())
    );
}

#[test]
fn sub_and_iat_may_hide() {
    let (sub, sub_digest) = disclosure(&json!(["salt", "sub", "s"]));
    let (iat, iat_digest) = disclosure(&json!(["salt", "iat", 1]));

    let claims = verify(&json!({"_sd": [sub_digest, iat_digest]}), &[&sub, &iat]);

    assert_eq!(claims, Ok(json!({"sub": "s", "iat": 1})));
}

#[test]
fn decoys_and_what_is_not_disclosed_leave_no_trace() {
    let payload =
        json!({"_sd": ["decoy"], "list": [1, {"...": "hidden"}, 2], "empty": {"_sd": []}});

    let claims = verify(&payload, &[]);

    assert_eq!(claims, Ok(json!({"list": [1, 2], "empty": {}})));
}

#[test]
fn disclosures_inside_disclosures_are_bounded() {
    let (mut innermost, mut digest) = disclosure(&json!(["salt", "x", [1]]));
    let mut disclosures = vec![innermost.clone()];
    for _ in 0..MAX_DEPTH {
        (innermost, digest) = disclosure(&json!(["salt", "x", {"_sd": [digest]}]));
        disclosures.push(innermost.clone());
    }
    let disclosures: Vec<&str> = disclosures.iter().map(String::as_str).collect();

    assert_eq!(refusal(&json!({"_sd": [digest]}), &disclosures), SdJwtError::TooDeep);
}

#[test]
fn a_tampered_disclosure_is_refused() {
    let (_, digest) = disclosure(&json!(["salt", "name", "value"]));
    let (tampered, _) = disclosure(&json!(["salt", "name", "other"]));

    assert_eq!(
        refusal(&json!({"_sd": [digest]}), &[&tampered]),
        SdJwtError::UnreferencedDisclosure
    );
}

#[test]
fn the_issuer_signature_is_checked_under_the_trusted_key_and_its_algorithm() {
    let text = issuer().by_hand(&json!({}), &[]);
    let parsed = parse(&text);

    assert_eq!(
        parsed.verify_issuer(&TestKey::ed25519(2).public()).unwrap_err(),
        SdJwtError::IssuerJwt(JwsError::SignatureInvalid)
    );
    assert_eq!(
        parsed.verify_issuer(&TestKey::p256().public()).unwrap_err(),
        SdJwtError::IssuerJwt(JwsError::WrongAlgorithm)
    );
}

#[test]
fn a_token_of_another_typ_is_no_sd_jwt_vc() {
    // T9: the same claims and key, another kind of token.
    for typ in ["kb+jwt", "statuslist+jwt", "openid4vci-proof+jwt", "JWT", "vc+jwt", "dpop+jwt"] {
        let text = issuer().token(typ, &json!({})) + "~";

        let refused = parse(&text).verify_issuer(&issuer().public()).unwrap_err();

        let expected = JwsError::WrongType { expected: "dc+sd-jwt".to_owned() };
        assert_eq!(refused, SdJwtError::IssuerJwt(expected), "{typ}");
    }
}

#[test]
fn a_cnf_without_a_usable_public_jwk_is_refused() {
    let mut private = issuer().public().to_jwk();
    private["d"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let small_order = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    });

    for cnf in [
        json!({}),
        json!({"kid": "did:jwk:abc#0"}),
        json!({"jwk": private}),
        json!({"jwk": small_order}),
        json!("text"),
        json!(null),
    ] {
        assert_eq!(refusal(&json!({"cnf": cnf}), &[]), SdJwtError::BadHolderKey, "{cnf}");
    }
}
