//! A credential's entry (B1).

use serde_json::{Value, json};
use vc::bitstring::{BitstringError, MAX_ENTRIES_OF_CREDENTIAL, Purpose, StatusEntry, entries};

use crate::common::keys::object;
use crate::{URL, entry, entry_with};

#[test]
fn b1_an_entry_reads_and_writes_the_same() {
    let parsed = StatusEntry::parse(&entry()).unwrap();

    assert_eq!(parsed.purpose, Purpose::Revocation);
    assert_eq!(parsed.index, 94567);
    assert_eq!(parsed.list, URL);
    assert_eq!(parsed.size, 1);
    assert_eq!(parsed.to_json(), entry());
}

#[test]
fn b1_the_index_is_a_string_in_base_10() {
    for index in [
        json!(94567),
        json!(""),
        json!("-1"),
        json!("+1"),
        json!("1.0"),
        json!("0x10"),
        json!("1e3"),
        json!("007"),
        json!(" 7"),
        json!("٣"),
        Value::Null,
    ] {
        let refused = entry_with("statusListIndex", index).unwrap_err();
        assert_eq!(refused, BitstringError::Malformed("statusListIndex"));
        assert_eq!(refused.code(), "MALFORMED_VALUE_ERROR");
    }
    assert_eq!(entry_with("statusListIndex", json!("0")).unwrap().index, 0);
}

#[test]
fn b1_an_index_larger_than_any_list_is_out_of_range_and_not_malformed() {
    let refused = entry_with("statusListIndex", json!("9".repeat(100))).unwrap_err();

    assert_eq!(refused, BitstringError::IndexOutOfRange(u64::MAX));
    assert_eq!(refused.code(), "RANGE_ERROR");
}

#[test]
fn b1_the_entrys_id_is_not_the_lists_address() {
    assert_eq!(entry_with("id", json!(URL)), Err(BitstringError::Malformed("id")));
    assert_eq!(entry_with("id", json!("no URL")), Err(BitstringError::Malformed("id")));
    assert_eq!(entry_with("id", Value::Null).unwrap().id, None);
}

#[test]
fn b1_a_missing_or_misshapen_member_is_refused() {
    for (name, value) in [
        ("statusPurpose", Value::Null),
        ("statusPurpose", json!("")),
        ("statusPurpose", json!(["revocation"])),
        ("statusListCredential", Value::Null),
        ("statusListCredential", json!("3")),
        ("statusListCredential", json!(3)),
        ("statusReference", json!("not a URL")),
        ("statusReference", json!([5])),
    ] {
        assert_eq!(entry_with(name, value), Err(BitstringError::Malformed(name)));
    }
}

#[test]
fn b1_a_credentials_entries_read_and_another_mechanism_never_passes_for_no_status() {
    let of = |status: Value| entries(&object(&json!({ "credentialStatus": status })));

    assert_eq!(entries(&object(&json!({}))), Ok(Vec::new()));
    assert_eq!(of(entry()).unwrap().len(), 1);
    assert_eq!(of(json!([entry(), entry()])).unwrap().len(), 2);
    let other = json!({"id": "urn:1", "type": "StatusList2021Entry"});
    assert_eq!(of(other.clone()), Err(BitstringError::UnknownMechanism));
    assert_eq!(of(json!([entry(), other])), Err(BitstringError::UnknownMechanism));
    let malformed = Err(BitstringError::Malformed("credentialStatus"));
    for status in [json!([]), Value::Null, json!("x"), json!(vec![entry(); 17])] {
        assert_eq!(of(status), malformed);
    }
    assert_eq!(of(json!(vec![entry(); MAX_ENTRIES_OF_CREDENTIAL])).unwrap().len(), 16);
}
