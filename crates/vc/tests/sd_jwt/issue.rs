//! What our issuer writes (RFC 9901, 4; docs/architecture.md, "Bytes").

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vc::base64url;
use vc::claim_path::ClaimPath;
use vc::jwk::Algorithm;
use vc::sd_jwt::{Issuance, IssueError, MAX_DEPTH, MAX_DISCLOSURES, MAX_VALUES, UnverifiedSdJwt};

use crate::common::keys::{TestKey, object, parse, path, payload, rng};

fn issue(claims: &Value, hide: &[ClaimPath]) -> String {
    TestKey::ed25519(1).issue(claims, hide, 7)
}

fn refusal(claims: &Value, hide: &[ClaimPath]) -> IssueError {
    Issuance { algorithm: Algorithm::EdDsa, kid: "k", x5c: &[], claims: &object(claims), hide }
        .prepare(&mut rng(0))
        .expect_err("refused")
}

#[test]
fn v6_nothing_hidden_leaves_no_trace_of_hiding() {
    let text = issue(&json!({"iss": "i", "name": "n"}), &[path(&json!(["absent"]))]);

    assert_eq!(payload(&text), json!({"iss": "i", "name": "n"}));
    assert!(parse(&text).disclosures().is_empty());
    assert!(text.ends_with('~'));
}

#[test]
fn hidden_claims_become_sorted_digests_and_sha_256_is_named_at_the_top_only() {
    let claims = json!({"iss": "i", "z": 1, "a": {"inner": 2, "clear": 3}, "m": 4});
    let hide = [json!(["z"]), json!(["m"]), json!(["a", "inner"])].map(|it| path(&it));

    let payload = payload(&issue(&claims, &hide));

    let digests: Vec<&str> =
        payload["_sd"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(digests.len(), 2);
    assert!(digests.is_sorted());
    assert_eq!(payload["_sd_alg"], "sha-256");
    assert_eq!(payload["a"].as_object().unwrap().len(), 2, "clear and _sd: {payload}");
    assert_eq!(payload["a"]["_sd"].as_array().unwrap().len(), 1);
}

#[test]
fn header_payload_and_disclosures_are_rfc_8785_bytes() {
    let claims = json!({"z": 1.0, "iss": "i", "b": {"y": "é", "x": "\u{1}"}});
    let text = issue(&claims, &[path(&json!(["b"]))]);
    let parsed = parse(&text);

    let jwt = text.split('~').next().unwrap();
    let mut written: Vec<&str> = jwt.split('.').take(2).collect();
    written.extend(parsed.disclosures().iter().map(|disclosure| disclosure.encoded()));

    for part in written {
        let bytes = base64url::decode(part).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(vc::jcs::to_vec(&value), bytes, "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn s2_each_salt_is_new_and_has_128_bits() {
    let claims = json!({"list": [1, 1, 1], "a": 1, "b": 1});
    let hide = [json!(["list", null]), json!(["a"]), json!(["b"])].map(|it| path(&it));

    let text = issue(&claims, &hide);

    let salts: BTreeSet<Vec<u8>> = parse(&text)
        .disclosures()
        .iter()
        .map(|disclosure| {
            let array = base64url::decode(disclosure.encoded()).unwrap();
            let array: Vec<Value> = serde_json::from_slice(&array).unwrap();
            base64url::decode(array[0].as_str().unwrap()).unwrap()
        })
        .collect();
    assert_eq!(salts.len(), 5);
    assert!(salts.iter().all(|salt| salt.len() == 16));
}

#[test]
fn inner_paths_hide_again_inside_the_disclosure_of_their_parent() {
    let claims = json!({"identity": {"family_name": "Okafor", "personal": {"sex": "F"}}});
    let hide = [json!(["identity", "personal"]), json!(["identity"])].map(|it| path(&it));

    let text = issue(&claims, &hide);

    let parsed = parse(&text);
    let [outer, inner] = parsed.disclosures() else { panic!("two disclosures, parents first") };
    assert_eq!(outer.name(), Some("identity"));
    assert_eq!(outer.value(), &json!({"_sd": [inner.digest()], "family_name": "Okafor"}));
    assert_eq!(inner.name(), Some("personal"));
    assert_eq!(inner.value(), &json!({"sex": "F"}));
    assert_eq!(payload(&text)["_sd"], json!([outer.digest()]));
}

#[test]
fn array_elements_hide_in_their_places() {
    let claims = json!({"list": ["a", "b", "c"]});

    let text = issue(&claims, &[path(&json!(["list", 1]))]);

    let digest = parse(&text).disclosures()[0].digest();
    assert_eq!(payload(&text)["list"], json!(["a", {"...": digest}, "c"]));
}

#[test]
fn decoys_stand_beside_what_hides_and_verify_away() {
    let key = TestKey::ed25519(1);
    let claims = json!({"a": 1, "list": [1, 2], "clear": {"b": 2}});
    let hide = [json!(["a"]), json!(["list", 0])].map(|it| path(&it));
    let unsigned = Issuance {
        algorithm: Algorithm::EdDsa,
        kid: "k",
        x5c: &[],
        claims: &object(&claims),
        hide: &hide,
    }
    .prepare_with_decoys(3, &mut rng(1))
    .unwrap();
    let signature = key.sign(unsigned.signing_input());

    let text = unsigned.finish(&signature);

    assert_eq!(payload(&text)["_sd"].as_array().unwrap().len(), 4);
    assert_eq!(payload(&text)["list"].as_array().unwrap().len(), 5);
    let verified = parse(&text).verify_issuer(&key.public()).unwrap();
    assert_eq!(Value::Object(verified.claims().clone()), claims);
}

#[test]
fn the_header_names_typ_kid_and_the_chain() {
    let key = TestKey::p256();
    let chain = [vec![1, 2, 3], vec![0xff; 4]];
    let unsigned = Issuance {
        algorithm: key.algorithm(),
        kid: &key.kid(),
        x5c: &chain,
        claims: &object(&json!({})),
        hide: &[],
    }
    .prepare(&mut rng(0))
    .unwrap();
    let signature = key.sign(unsigned.signing_input());

    let parsed = UnverifiedSdJwt::parse(&unsigned.finish(&signature)).unwrap();

    parsed.verify_issuer(&key.public()).unwrap();
    let header = Value::Object(parsed.issuer_jwt().header().members.clone());
    assert_eq!(
        header,
        json!({"alg": "ES256", "kid": key.kid(), "typ": "dc+sd-jwt", "x5c": ["AQID", "/////w=="]})
    );
}

#[test]
fn equal_claims_and_salts_make_equal_bytes_whatever_the_member_order() {
    let one: Value = serde_json::from_str(r#"{"b":{"d":1,"c":2},"a":1}"#).unwrap();
    let other: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":1}}"#).unwrap();
    let hide = [json!(["a"]), json!(["b", "c"]), json!(["b", "d"])].map(|it| path(&it));

    assert_eq!(issue(&one, &hide), issue(&other, &hide));
}

#[test]
fn v3_claims_that_must_stand_in_clear_cannot_be_hidden() {
    for name in ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"] {
        let top = path(&json!([name]));
        let inner = path(&json!([name, "jwk"]));

        assert_eq!(
            refusal(&json!({}), std::slice::from_ref(&top)),
            IssueError::MustNotHide(top),
            "{name}"
        );
        assert_eq!(
            refusal(&json!({}), std::slice::from_ref(&inner)),
            IssueError::MustNotHide(inner),
            "{name}"
        );
    }
}

#[test]
fn s3_reserved_names_cannot_be_claims_at_any_depth() {
    for name in ["_sd", "...", "_sd_alg"] {
        let refused = IssueError::ReservedName(name.to_owned());

        assert_eq!(refusal(&json!({name: 1}), &[]), refused);
        assert_eq!(refusal(&json!({"list": [{"inner": {name: 1}}]}), &[]), refused);
    }
}

#[test]
fn what_is_issued_is_never_too_deep_to_verify() {
    let nested =
        |levels: usize| (0..levels).fold(json!({"x": [1]}), |inner, _| json!({"x": inner}));
    let deepest = nested(MAX_DEPTH - 4);
    let mut innermost = vec![json!("x"); MAX_DEPTH - 3];
    innermost.push(json!(0));

    let text = issue(&deepest, &[path(&json!(innermost))]);

    assert_eq!(parse(&text).disclosures().len(), 1);
    parse(&text).verify_issuer(&TestKey::ed25519(1).public()).unwrap();
    assert_eq!(refusal(&nested(MAX_DEPTH - 3), &[]), IssueError::TooDeep);
}

#[test]
fn arrays_nest_no_deeper_than_objects() {
    let nested =
        |levels: usize| json!({"x": (1..levels).fold(json!([1]), |inner, _| json!([inner]))});

    issue(&nested(MAX_DEPTH - 3), &[]);

    assert_eq!(refusal(&nested(MAX_DEPTH - 2), &[]), IssueError::TooDeep);
}

#[test]
fn what_is_issued_is_never_too_much_to_verify() {
    let values = json!({"list": vec![0; MAX_VALUES]});
    let hidden = json!({"list": vec![0; MAX_DISCLOSURES + 1]});

    issue(&json!({"list": vec![0; MAX_VALUES - 1]}), &[]);
    issue(&json!({"list": vec![0; MAX_DISCLOSURES]}), &[path(&json!(["list", null]))]);
    assert_eq!(refusal(&values, &[]), IssueError::TooMuch);
    assert_eq!(refusal(&hidden, &[path(&json!(["list", null]))]), IssueError::TooMuch);
}
