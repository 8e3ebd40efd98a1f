//! P7: a query is read strictly.

use serde_json::{Value, json};
use vc::dcql::{DcqlError, DcqlQuery, MAX_CLAIMS, MAX_CREDENTIALS};

use crate::common;

fn query() -> Value {
    json!({
        "credentials": [{
            "id": "passport",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:a"]},
            "claims": [
                {"id": "a", "path": ["identity"]},
                {"id": "b", "path": ["skills", null, "code"], "values": ["x", 1, true]},
            ],
            "claim_sets": [["a", "b"], ["a"]],
        }],
        "credential_sets": [{"options": [["passport"]]}],
    })
}

/// The query with one place changed, or taken out.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut query = query();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = query.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Value::Object(members), None) => drop(members.remove(name).unwrap()),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("no such place"),
    }
    query
}

fn fault(pointer: &str, value: Value) -> DcqlError {
    let query = with(pointer, Some(value));
    DcqlQuery::parse(&query).expect_err(&query.to_string())
}

#[test]
fn a_good_query_is_read_and_written_again() {
    let parsed = DcqlQuery::parse(&query()).unwrap();

    assert_eq!(DcqlQuery::parse(&parsed.to_json()).unwrap(), parsed);
    assert!(!parsed.credentials[0].multiple, "default false");
    assert!(parsed.credentials[0].require_cryptographic_holder_binding, "default true");
    assert!(parsed.credential_sets.unwrap()[0].required, "default true");
}

#[test]
fn unknown_members_are_ignored() {
    let mut query = query();
    query["more"] = json!(1);
    query["credentials"][0]["more"] = json!(1);
    query["credentials"][0]["claims"][0]["intent_to_retain"] = json!(true);

    DcqlQuery::parse(&query).unwrap();
}

#[test]
fn required_members_are_required() {
    for pointer in [
        "/credentials",
        "/credentials/0/id",
        "/credentials/0/format",
        "/credentials/0/meta",
        "/credentials/0/claims/0/path",
        "/credential_sets/0/options",
    ] {
        let refused = DcqlQuery::parse(&with(pointer, None)).unwrap_err();
        assert_eq!(refused, DcqlError::Malformed, "{pointer}");
    }
}

#[test]
fn members_are_of_their_types_and_never_null() {
    for (pointer, value) in [
        ("/credentials", json!({})),
        ("/credentials/0/multiple", json!("true")),
        ("/credentials/0/meta", json!([])),
        ("/credentials/0/claims", json!(null)),
        ("/credentials/0/claim_sets", json!(null)),
        ("/credentials/0/trusted_authorities", json!(null)),
        ("/credentials/0/trusted_authorities", json!([{"type": "aki"}])),
        ("/credentials/0/require_cryptographic_holder_binding", json!(0)),
        ("/credentials/0/claims/0/id", json!(1)),
        ("/credentials/0/claims/0/path", json!("identity")),
        ("/credentials/0/claims/0/path", json!([])),
        ("/credentials/0/claims/0/path", json!([-1])),
        ("/credentials/0/claims/0/path", json!([1.5])),
        ("/credentials/0/claims/0/path", json!([true])),
        ("/credentials/0/claims/0/values", json!([1.5])),
        ("/credentials/0/claims/0/values", json!([null])),
        ("/credentials/0/claims/0/values", json!([{}])),
        ("/credential_sets", json!(null)),
        ("/credential_sets/0/required", json!("yes")),
        ("/credential_sets/0/options", json!(["passport"])),
    ] {
        assert_eq!(fault(pointer, value.clone()), DcqlError::Malformed, "{pointer} {value}");
    }
}

#[test]
fn arrays_are_not_empty() {
    for (pointer, name) in [
        ("/credentials", "credentials"),
        ("/credentials/0/claims", "claims"),
        ("/credentials/0/claim_sets", "claim_sets"),
        ("/credentials/0/claims/0/values", "values"),
        ("/credentials/0/trusted_authorities", "trusted_authorities"),
        ("/credential_sets", "credential_sets"),
        ("/credential_sets/0/options", "options"),
    ] {
        assert_eq!(fault(pointer, json!([])), DcqlError::Empty(name), "{pointer}");
    }
    assert_eq!(fault("/credentials/0/claim_sets", json!([[]])), DcqlError::Empty("claim_sets"));
    assert_eq!(fault("/credential_sets/0/options", json!([[]])), DcqlError::Empty("options"));
    let no_values = json!([{"type": "aki", "values": []}]);
    assert_eq!(fault("/credentials/0/trusted_authorities", no_values), DcqlError::Empty("values"));
}

#[test]
fn ids_are_alphanumeric_with_underscore_and_hyphen() {
    for good in ["a", "A-b_9", "_", "-"] {
        let mut query = with("/credentials/0/id", Some(json!(good)));
        query["credential_sets"][0]["options"] = json!([[good]]);
        DcqlQuery::parse(&query).unwrap();
    }
    for bad in ["", "a b", "a.b", "é", "a/b"] {
        let refused = DcqlError::BadId(bad.to_owned());
        assert_eq!(fault("/credentials/0/id", json!(bad)), refused);
        assert_eq!(fault("/credentials/0/claims/0/id", json!(bad)), refused);
    }
}

#[test]
fn ids_are_unique() {
    let mut twice = query();
    let again = twice["credentials"][0].clone();
    twice["credentials"].as_array_mut().unwrap().push(again);

    let refused = DcqlQuery::parse(&twice).unwrap_err();

    assert_eq!(refused, DcqlError::IdTwice("passport".to_owned()));
    assert_eq!(fault("/credentials/0/claims/1/id", json!("a")), DcqlError::IdTwice("a".to_owned()));
}

#[test]
fn sets_name_only_what_is_asked_for() {
    let unknown = DcqlError::UnknownId("other".to_owned());

    assert_eq!(fault("/credentials/0/claim_sets/0/0", json!("other")), unknown);
    assert_eq!(fault("/credential_sets/0/options/0/0", json!("other")), unknown);
}

#[test]
fn claim_sets_need_claims_and_every_claim_an_id() {
    assert_eq!(
        DcqlQuery::parse(&with("/credentials/0/claims", None)).unwrap_err(),
        DcqlError::ClaimSetsWithoutClaims("passport".to_owned())
    );
    assert!(matches!(
        DcqlQuery::parse(&with("/credentials/0/claims/1/id", None)).unwrap_err(),
        DcqlError::ClaimWithoutId(_)
    ));
    let mut without_sets = with("/credentials/0/claims/1/id", None);
    without_sets["credentials"][0].as_object_mut().unwrap().remove("claim_sets");
    DcqlQuery::parse(&without_sets).unwrap();
}

#[test]
fn vct_values_are_required_of_sd_jwt_vcs() {
    let refused = DcqlError::BadVctValues("passport".to_owned());
    for meta in [
        json!({}),
        json!({"vct_values": []}),
        json!({"vct_values": "urn:a"}),
        json!({"vct_values": [1]}),
        json!({"vct_values": [""]}),
        json!({"vct_values": null}),
    ] {
        assert_eq!(fault("/credentials/0/meta", meta.clone()), refused, "{meta}");
    }
    let mut other = with("/credentials/0/meta", Some(json!({})));
    other["credentials"][0]["format"] = json!("mso_mdoc");
    DcqlQuery::parse(&other).unwrap();
}

#[test]
fn a_query_is_bounded() {
    let one = query()["credentials"][0].clone();
    let many: Vec<Value> = (0..=MAX_CREDENTIALS)
        .map(|number| {
            let mut one = one.clone();
            one["id"] = json!(number.to_string());
            one
        })
        .collect();
    let claims: Vec<Value> =
        (0..=MAX_CLAIMS).map(|it| json!({"id": it.to_string(), "path": ["a"]})).collect();

    assert_eq!(
        DcqlQuery::parse(&json!({"credentials": many})).unwrap_err(),
        DcqlError::TooMany("credentials")
    );
    assert_eq!(fault("/credentials/0/claims", json!(claims)), DcqlError::TooMany("claims"));
}

#[test]
fn a_verifier_points_to_a_claim_once() {
    let mut twice = query();
    twice["credentials"][0]["claims"][1] = json!({"id": "b", "path": ["identity"]});

    let parsed = DcqlQuery::parse(&twice).unwrap();

    assert!(matches!(parsed.validate_own().unwrap_err(), DcqlError::ClaimTwice(_)));
    DcqlQuery::parse(&query()).unwrap().validate_own().unwrap();
}

#[test]
fn the_published_examples_are_read() {
    let folder = "oid4vp/1.0/examples";
    for name in [
        "query_lang/claims_alternatives",
        "query_lang/complex_mdoc",
        "query_lang/credentials_alternatives",
        "query_lang/simple",
        "query_lang/simple_mdoc",
        "query_lang/value_matching_simple",
        "request/dcql_jwt_vc",
        "request/dcql_ldp_vc",
    ] {
        let Some(example) = common::json_vectors(&format!("{folder}/{name}.json")) else { return };

        let parsed = DcqlQuery::parse(&example);

        let written = parsed.unwrap_or_else(|error| panic!("{name}: {error}")).to_json();
        DcqlQuery::parse(&written).unwrap();
    }
}

#[test]
fn the_published_example_with_a_stray_bracket_is_no_json() {
    // query_lang/multi_credentials.json closes its array twice: an erratum of the text.
    let Some(file) = common::vectors("oid4vp/1.0/examples/query_lang/multi_credentials.json")
    else {
        return;
    };
    let text = std::fs::read_to_string(file).unwrap();

    match serde_json::from_str::<Value>(&text) {
        Ok(example) => drop(DcqlQuery::parse(&example).unwrap()),
        Err(error) => assert!(error.is_syntax()),
    }
}
