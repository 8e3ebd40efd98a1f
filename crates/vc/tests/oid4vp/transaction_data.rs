//! Transaction data (P15; OpenID4VP 1.0, B.3.3.1).

use serde_json::{Value, json};
use vc::base64url;
use vc::oid4vp::{TransactionData, TransactionDataError};

use crate::common;
use crate::common::keys::object;

fn data(members: Value) -> TransactionData {
    TransactionData::new(&object(&members)).unwrap()
}

fn plain(kind: &str) -> TransactionData {
    data(json!({"type": kind, "credential_ids": ["passport"]}))
}

fn refusal(members: Value) -> TransactionDataError {
    TransactionData::new(&object(&members)).expect_err(&members.to_string())
}

#[test]
fn transaction_data_is_read_from_its_text() {
    let members = json!({"type": "placement", "credential_ids": ["a", "b"], "ward": "7"});
    let encoded = base64url::encode(members.to_string().as_bytes());

    let read = TransactionData::parse(&encoded).unwrap();

    assert_eq!(read.kind(), "placement");
    assert_eq!(read.credential_ids(), ["a", "b"]);
    assert_eq!(read.members()["ward"], "7");
    assert_eq!(read.encoded(), encoded);
}

#[test]
fn transaction_data_that_is_not_of_the_form_is_refused() {
    for members in [
        json!({"credential_ids": ["a"]}),
        json!({"type": "t"}),
        json!({"type": 1, "credential_ids": ["a"]}),
        json!({"type": "t", "credential_ids": []}),
        json!({"type": "t", "credential_ids": [1]}),
        json!({"type": "t", "credential_ids": "a"}),
        json!({"type": "t", "credential_ids": ["a"], "transaction_data_hashes_alg": []}),
        json!({"type": "t", "credential_ids": ["a"], "transaction_data_hashes_alg": "sha-256"}),
    ] {
        assert_eq!(refusal(members), TransactionDataError::Malformed);
    }
    for text in ["", "{}", "e30=", &base64url::encode(b"[]")] {
        let refused = TransactionData::parse(text).unwrap_err();
        assert_eq!(refused, TransactionDataError::Malformed, "{text}");
    }
}

#[test]
fn only_sha_256_is_offered_to_us() {
    let with = |algs: Value| json!({"type": "t", "credential_ids": ["a"], "transaction_data_hashes_alg": algs});

    data(with(json!(["sha-512", "sha-256"])));
    assert_eq!(refusal(with(json!(["sha-512"]))), TransactionDataError::UnsupportedHash);
}

#[test]
fn the_hash_is_of_the_text_as_sent() {
    let compact =
        TransactionData::parse(&base64url::encode(br#"{"type":"t","credential_ids":["a"]}"#));
    let spaced =
        TransactionData::parse(&base64url::encode(br#"{"type": "t", "credential_ids": ["a"]}"#));

    assert_ne!(compact.unwrap().hash(), spaced.unwrap().hash());
}

#[test]
fn a_key_binding_authorises_what_it_hashes() {
    let (one, two) = (plain("one"), plain("two"));

    let claims = TransactionData::binding_claims(&[&two]);

    assert!(!claims.contains_key("transaction_data_hashes_alg"), "sha-256 is the default");
    assert_eq!(TransactionData::authorised(&[&one, &two], &claims), Ok(vec![&two]));
    assert_eq!(
        TransactionData::authorised(&[&one], &json!({}).as_object().unwrap().clone()),
        Ok(vec![])
    );
    assert!(TransactionData::binding_claims(&[]).is_empty());
}

#[test]
fn a_hash_of_something_else_is_refused() {
    let claims = TransactionData::binding_claims(&[&plain("other")]);

    assert_eq!(
        TransactionData::authorised(&[&plain("asked")], &claims),
        Err(TransactionDataError::UnknownHash)
    );
    let no_text = object(&json!({"transaction_data_hashes": [1]}));
    assert_eq!(
        TransactionData::authorised(&[&plain("asked")], &no_text),
        Err(TransactionDataError::UnknownHash)
    );
    let no_array = object(&json!({"transaction_data_hashes": "x"}));
    assert_eq!(
        TransactionData::authorised(&[&plain("asked")], &no_array),
        Err(TransactionDataError::Malformed)
    );
}

#[test]
fn a_hash_that_the_request_names_is_named_in_the_key_binding() {
    let named = data(json!({
        "type": "t", "credential_ids": ["a"], "transaction_data_hashes_alg": ["sha-256"],
    }));
    let mut claims = TransactionData::binding_claims(&[&named]);
    assert_eq!(TransactionData::authorised(&[&named], &claims), Ok(vec![&named]));

    claims.remove("transaction_data_hashes_alg");
    let unnamed = TransactionData::authorised(&[&named], &claims);
    assert_eq!(unnamed, Err(TransactionDataError::UnsupportedHash));
    claims.insert("transaction_data_hashes_alg".to_owned(), json!("sha-1"));
    let weak = TransactionData::authorised(&[&named], &claims);
    assert_eq!(weak, Err(TransactionDataError::UnsupportedHash));
}

#[test]
fn the_published_key_binding_is_of_this_form() {
    let file = "oid4vp/1.0/examples/response/kb_jwt_unsecured.json";
    let Some(example) = common::json_vectors(file) else { return };

    // Its transaction is not published; the form is read, the hash is of something else.
    let asked = plain("t");
    let refused = TransactionData::authorised(&[&asked], &object(&example));

    assert_eq!(refused, Err(TransactionDataError::UnknownHash));
}
