//! What an entry says: width, messages, purposes, the five error codes (B3, B4).

use serde_json::{Value, json};
use vc::bitstring::{Bitstring, BitstringError, MIN_ENTRIES, Purpose, StatusEntry, StatusMessage};
use vc::status_list::Status;

use crate::common::keys::payload;
use crate::{URL, entry, list_claims, sign, verified, verify};

#[test]
fn b3_a_wide_entry_has_a_message_for_each_value() {
    let messages = |len: usize| -> Value {
        let one = |it: usize| json!({"status": format!("0x{it:x}"), "message": format!("m{it}")});
        (0..len).map(one).collect()
    };
    let parse = |size: Value, messages: Value| {
        let mut entry = entry();
        entry["statusSize"] = size;
        if messages != Value::Null {
            entry["statusMessage"] = messages;
        }
        StatusEntry::parse(&entry)
    };

    for (size, len) in [(1, 2), (2, 4), (3, 8), (8, 256)] {
        let parsed = parse(json!(size), messages(len)).unwrap();
        assert_eq!(parsed.messages.len(), len);
        assert_eq!(StatusEntry::parse(&parsed.to_json()).unwrap(), parsed);
    }
    parse(json!(1), Value::Null).unwrap();
    let malformed = Err(BitstringError::Malformed("statusMessage"));
    for (size, messages) in [
        (2, Value::Null),
        (2, messages(3)),
        (2, messages(5)),
        (1, messages(1)),
        (1, json!([{"status": "0x0", "message": "a"}, {"status": "0x0", "message": "b"}])),
        (1, json!([{"status": "0x0", "message": "a"}, {"status": "0x2", "message": "b"}])),
        (1, json!([{"status": "0", "message": "a"}, {"status": "1", "message": "b"}])),
        (1, json!([{"status": "0x0", "message": "a"}, {"status": "0x+1", "message": "b"}])),
        (1, json!([{"status": "0x0", "message": "a"}, {"status": "0x1"}])),
        (1, json!([{"status": 0, "message": "a"}, {"status": 1, "message": "b"}])),
        (1, json!("undefined")),
    ] {
        assert_eq!(parse(json!(size), messages), malformed);
    }
    for size in [json!(0), json!(-1), json!(1.5), json!("2")] {
        let refused = parse(size, messages(2)).unwrap_err();
        assert_eq!(refused, BitstringError::Malformed("statusSize"));
    }
    for size in [9, 256, 65_537] {
        let refused = parse(json!(size), Value::Null).unwrap_err();
        assert_eq!(refused, BitstringError::UnsupportedSize(size));
    }
}

#[test]
fn b3_a_wide_value_reads_most_significant_bit_first_and_beside_its_neighbours() {
    for size in 1..=8_u8 {
        let mut list = Bitstring::new(size, MIN_ENTRIES).unwrap();
        let top = u8::try_from((1_u16 << size) - 1).unwrap();
        for index in 0..40 {
            list.set(index, top).unwrap();
        }
        list.set(17, 1).unwrap();
        for index in 0..41 {
            let expected = match index {
                17 => 1,
                40 => 0,
                _ => top,
            };
            assert_eq!(list.value(index), Ok(expected), "{size} bits, {index}");
        }
    }
    let mut list = Bitstring::new(3, MIN_ENTRIES).unwrap();
    list.set(0, 0b100).unwrap();
    list.set(2, 0b011).unwrap();
    assert_eq!(list.bytes().get(..2), Some(&[0b1000_0001, 0b1000_0000][..]));
}

#[test]
fn b3_a_message_is_told_with_its_value() {
    let message = |status, text: &str| StatusMessage { status, message: text.to_owned() };
    let messages = vec![
        message(0, "pending_review"),
        message(1, "accepted"),
        message(2, "rejected"),
        message(3, "undefined"),
    ];
    let mut list = Bitstring::new(2, MIN_ENTRIES).unwrap();
    list.set(7, 2).unwrap();
    let mut claims = list_claims(&[Purpose::Message]);
    claims.messages.clone_from(&messages);
    let token = sign(&claims, &list);
    assert_eq!(payload(&token)["credentialSubject"]["statusSize"], 2);
    let list = verify(&token).unwrap();
    let mut entry = StatusEntry::new(Purpose::Message, 7, URL);
    (entry.size, entry.messages) = (2, messages);

    let told = list.status(&entry).unwrap();
    entry.index = 8;
    let pending = list.status(&entry).unwrap();

    assert_eq!((told.value, told.status), (2, Status::Other(2)));
    assert_eq!(told.message.as_deref(), Some("rejected"));
    assert_eq!((pending.value, pending.status), (0, Status::Valid));
    assert_eq!(pending.message.as_deref(), Some("pending_review"));
}

#[test]
fn b3_one_bit_without_messages_is_set_or_unset() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    list.set(1, 1).unwrap();
    let list = verified(&[Purpose::Message, Purpose::Revocation], &list);
    let told = |purpose, index| list.status(&StatusEntry::new(purpose, index, URL)).unwrap();

    assert_eq!(told(Purpose::Message, 0).message.as_deref(), Some("unset"));
    assert_eq!(told(Purpose::Message, 1).message.as_deref(), Some("set"));
    assert_eq!(told(Purpose::Revocation, 1).message, None);
}

#[test]
fn b4_purposes_match_or_nothing_is_told() {
    let list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let both = verified(&[Purpose::Revocation, Purpose::Suspension], &list);
    let one = verified(&[Purpose::Suspension], &list);
    let entry = StatusEntry::new(Purpose::Revocation, 0, URL);

    assert_eq!(both.status(&entry).unwrap().status, Status::Valid);
    let refused = one.status(&entry).unwrap_err();
    assert_eq!(refused, BitstringError::WrongPurpose);
    assert_eq!(refused.code(), "STATUS_VERIFICATION_ERROR");
    let other = StatusEntry::new(Purpose::Other("Revocation".to_owned()), 0, URL);
    assert_eq!(both.status(&other), Err(BitstringError::WrongPurpose));
}

#[test]
fn b4_set_means_what_its_purpose_says_and_never_valid() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    list.set(5, 1).unwrap();
    for (purpose, expected) in [
        (Purpose::Revocation, Status::Invalid),
        (Purpose::Suspension, Status::Suspended),
        (Purpose::Refresh, Status::Other(1)),
        (Purpose::Other("recall".to_owned()), Status::Other(1)),
    ] {
        let verified = verified(std::slice::from_ref(&purpose), &list);

        let set = verified.status(&StatusEntry::new(purpose.clone(), 5, URL)).unwrap();
        let unset = verified.status(&StatusEntry::new(purpose.clone(), 6, URL)).unwrap();

        assert_eq!((set.status, set.value, set.purpose), (expected, 1, purpose));
        assert_eq!(unset.status, Status::Valid);
    }
}

#[test]
fn b4_an_index_past_the_end_is_not_valid() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let verified = verified(&[Purpose::Revocation], &list);

    for index in [MIN_ENTRIES, MIN_ENTRIES + 1, u64::MAX / 8, u64::MAX] {
        let expected = BitstringError::IndexOutOfRange(index);
        let entry = StatusEntry::new(Purpose::Revocation, index, URL);
        assert_eq!(verified.status(&entry), Err(expected.clone()));
        assert_eq!(list.set(index, 1), Err(expected.clone()));
        assert_eq!(expected.code(), "RANGE_ERROR");
    }
    let last = StatusEntry::new(Purpose::Revocation, MIN_ENTRIES - 1, URL);
    verified.status(&last).unwrap();
}

#[test]
fn b4_each_of_the_five_codes_has_its_error() {
    for (error, code) in [
        (BitstringError::Malformed("ttl"), "MALFORMED_VALUE_ERROR"),
        (BitstringError::TooLarge, "MALFORMED_VALUE_ERROR"),
        (BitstringError::IndexOutOfRange(1), "RANGE_ERROR"),
        (BitstringError::Unreachable, "STATUS_RETRIEVAL_ERROR"),
        (BitstringError::WrongSigner, "STATUS_VERIFICATION_ERROR"),
        (BitstringError::Expired, "STATUS_VERIFICATION_ERROR"),
        (BitstringError::TooShort, "STATUS_LIST_LENGTH_ERROR"),
    ] {
        assert_eq!(error.code(), code);
    }
}
