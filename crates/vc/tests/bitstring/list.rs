//! The list: bit order, compression, length, bounds (B2).

use proptest::prelude::*;
use serde_json::json;
use vc::base64url;
use vc::bitstring::{Bitstring, BitstringError, MAX_LIST_BYTES, MIN_ENTRIES, Purpose, StatusEntry};

use crate::{EXAMPLE, URL, claims, verified, verify_claims, verify_subject};

#[test]
fn b2_the_specifications_example_is_a_list_of_zeros() {
    let list = Bitstring::decode(EXAMPLE, 1).unwrap();

    assert_eq!(list, Bitstring::new(1, MIN_ENTRIES).unwrap());
    assert_eq!(verify_subject("encodedList", json!(EXAMPLE)).unwrap().url(), URL);
}

#[test]
fn b2_index_0_is_the_left_most_bit() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    list.set(0, 1).unwrap();
    list.set(9, 1).unwrap();
    list.set(MIN_ENTRIES - 1, 1).unwrap();

    assert_eq!(list.bytes().first(), Some(&0b1000_0000));
    assert_eq!(list.bytes().get(1), Some(&0b0100_0000));
    assert_eq!(list.bytes().last(), Some(&0b0000_0001));
}

#[test]
fn b2_what_is_written_reads_the_same_and_begins_with_u() {
    let mut list = Bitstring::new(2, MIN_ENTRIES).unwrap();
    for index in (0..MIN_ENTRIES).step_by(97) {
        list.set(index, 2).unwrap();
    }

    let text = list.encode();

    assert!(text.starts_with("uH4sI"));
    assert_eq!(Bitstring::decode(&text, 2).unwrap(), list);
}

#[test]
fn b2_another_alphabet_or_compression_is_refused() {
    let zlib = base64url::encode(&miniz_oxide_zlib());
    let body = EXAMPLE.strip_prefix('u').unwrap();
    for text in [
        String::new(),
        body.to_owned(),
        format!("z{body}"),
        format!("m{body}"),
        format!("U{body}"),
        format!("{EXAMPLE}="),
        format!("{EXAMPLE}AA"),
        format!("u{}", body.replace('-', "+")),
        format!("u{zlib}"),
        "u".to_owned(),
    ] {
        let refused = Bitstring::decode(&text, 1).unwrap_err();
        assert_eq!(refused, BitstringError::Malformed("encodedList"), "{text}");
    }
}

/// What a Token Status List would carry: zlib of the same bits.

#[test]
fn b2_a_list_is_at_least_16_kb_and_131_072_entries() {
    let short = |size, bytes| Bitstring::from_bytes(size, vec![0; bytes]).unwrap_err();

    assert_eq!(short(1, 16 * 1024 - 1), BitstringError::TooShort);
    assert_eq!(short(2, 32 * 1024 - 1), BitstringError::TooShort);
    assert_eq!(short(1, 0).code(), "STATUS_LIST_LENGTH_ERROR");
    assert_eq!(Bitstring::new(1, MIN_ENTRIES - 8), Err(BitstringError::TooShort));
    Bitstring::from_bytes(1, vec![0; 16 * 1024]).unwrap();
}

#[test]
fn b2_a_list_too_short_for_the_entrys_width_is_refused() {
    let list = verified(&[Purpose::Message], &Bitstring::new(1, 2 * MIN_ENTRIES).unwrap());
    let mut claims = claims();
    claims["credentialSubject"]["encodedList"] =
        json!(Bitstring::new(1, 2 * MIN_ENTRIES - 8).unwrap().encode());
    let shorter = verify_claims(&claims).unwrap();
    let mut entry = StatusEntry::new(Purpose::Revocation, 0, URL);
    entry.size = 2;

    assert_eq!(shorter.status(&entry), Err(BitstringError::TooShort));
    entry.purpose = Purpose::Message;
    assert_eq!(list.status(&entry), Err(BitstringError::Malformed("statusSize")));
}

#[test]
fn b2_inflating_stops_at_the_bound() {
    let largest = Bitstring::from_bytes(1, vec![0; MAX_LIST_BYTES]).unwrap();
    assert_eq!(Bitstring::decode(&largest.encode(), 1).unwrap(), largest);

    let packed = base64url::decode(largest.encode().strip_prefix('u').unwrap()).unwrap();
    // A stored DEFLATE block of one byte before the others
    let (header, rest) = packed.split_at(10);
    let one_more = [header, &[0, 1, 0, 0xfe, 0xff, 0], rest].concat();
    let refused = Bitstring::decode(&format!("u{}", base64url::encode(&one_more)), 1).unwrap_err();
    assert_eq!(refused, BitstringError::TooLarge);
    assert_eq!(Bitstring::new(8, u64::MAX), Err(BitstringError::TooLarge));
}

fn miniz_oxide_zlib() -> Vec<u8> {
    let list = vc::status_list::StatusList::new(1, MIN_ENTRIES).unwrap().to_json();
    base64url::decode(list["lst"].as_str().unwrap()).unwrap()
}

proptest! {
    #[test]
    fn a_changed_byte_of_a_packed_list_is_refused_or_changes_no_entry(
        place in 0_usize..2000, with in 1_u8..
    ) {
        let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
        for index in (0..MIN_ENTRIES).step_by(61) {
            list.set(index, 1).unwrap();
        }
        let mut packed = base64url::decode(list.encode().strip_prefix('u').unwrap()).unwrap();
        let place = place % packed.len();
        packed[place] ^= with;

        match Bitstring::decode(&format!("u{}", base64url::encode(&packed)), 1) {
            Ok(read) => prop_assert_eq!(read, list),
            Err(error) => prop_assert_eq!(error.code(), "MALFORMED_VALUE_ERROR"),
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,200}", size in any::<u8>()) {
        let _ = Bitstring::decode(&text, size);
        let _ = StatusEntry::parse(&json!({
            "type": "BitstringStatusListEntry", "statusPurpose": text, "statusListIndex": text,
            "statusListCredential": URL, "statusSize": size, "statusMessage": [text],
        }));
    }
}
