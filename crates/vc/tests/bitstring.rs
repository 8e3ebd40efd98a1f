//! Bitstring Status List 1.0: each rule B1 to B6 of STANDARDS by its number, and every refusal.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod common;

use common::keys::{TestKey, object, payload};
use proptest::prelude::*;
use serde_json::{Value, json};
use vc::base64url;
use vc::bitstring::{
    Bitstring, BitstringError, ListClaims, MAX_ENTRIES_OF_CREDENTIAL, MAX_LIST_BYTES,
    MAX_TTL_MILLISECONDS, MIN_ENTRIES, Purpose, StatusEntry, StatusMessage, VerifiedBitstring,
    entries, list_input,
};
use vc::status_list::Status;
use vc::time::UnixTime;
use vc::vcdm::VcdmError;

const URL: &str = "https://issuer.example/status/3";
const ISSUER: &str = "https://issuer.example";
const NOW: UnixTime = UnixTime(1_800_000_000);
/// The specification's example 3: 131,072 zeros.
const EXAMPLE: &str = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

fn key() -> TestKey {
    TestKey::ed25519(1)
}

fn entry() -> Value {
    json!({
        "id": "https://issuer.example/status/3#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
    })
}

fn entry_with(name: &str, value: Value) -> Result<StatusEntry, BitstringError> {
    let mut entry = entry();
    if value == Value::Null {
        entry.as_object_mut().unwrap().shift_remove(name);
    } else {
        entry[name] = value;
    }
    StatusEntry::parse(&entry)
}

fn list_claims(purposes: &[Purpose]) -> ListClaims {
    ListClaims {
        url: URL.to_owned(),
        issuer: ISSUER.to_owned(),
        purposes: purposes.to_vec(),
        valid_from: NOW,
        valid_until: Some(NOW.plus(86_400)),
        ttl_milliseconds: Some(30_000),
        messages: Vec::new(),
    }
}

fn sign(claims: &ListClaims, list: &Bitstring) -> String {
    let key = key();
    let input = list_input(key.algorithm(), &key.kid(), claims, list).unwrap();
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

fn verify(token: &str) -> Result<VerifiedBitstring, BitstringError> {
    VerifiedBitstring::verify(token, URL, ISSUER, |_| Some(key().public()), NOW)
}

fn verified(purposes: &[Purpose], list: &Bitstring) -> VerifiedBitstring {
    verify(&sign(&list_claims(purposes), list)).unwrap()
}

/// A list's claims, to be spoilt.
fn claims() -> Value {
    payload(&sign(&list_claims(&[Purpose::Revocation]), &Bitstring::new(1, MIN_ENTRIES).unwrap()))
}

fn verify_claims(claims: &Value) -> Result<VerifiedBitstring, BitstringError> {
    verify(&key().token("vc+jwt", claims))
}

/// As [`verify_claims`] with one member of the subject changed, or taken away by null.
fn verify_subject(name: &str, value: Value) -> Result<VerifiedBitstring, BitstringError> {
    let mut claims = claims();
    let subject = claims["credentialSubject"].as_object_mut().unwrap();
    match value {
        Value::Null => subject.shift_remove(name),
        value => subject.insert(name.to_owned(), value),
    };
    verify_claims(&claims)
}

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
fn miniz_oxide_zlib() -> Vec<u8> {
    let list = vc::status_list::StatusList::new(1, MIN_ENTRIES).unwrap().to_json();
    base64url::decode(list["lst"].as_str().unwrap()).unwrap()
}

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

#[test]
fn b2_the_lists_credential_has_its_types() {
    let mut other = claims();
    other["type"] = json!(["VerifiableCredential"]);
    assert_eq!(verify_claims(&other).unwrap_err(), BitstringError::Malformed("type"));

    for kind in [json!("StatusList2021"), json!(["BitstringStatusList", "Other"]), Value::Null] {
        let refused = verify_subject("type", kind).unwrap_err();
        assert_eq!(refused, BitstringError::Malformed("credentialSubject"));
    }
    let mut two = claims();
    let subject = two["credentialSubject"].clone();
    two["credentialSubject"] = json!([subject.clone(), subject]);
    let refused = verify_claims(&two).unwrap_err();
    assert_eq!(refused, BitstringError::Malformed("credentialSubject"));
}

#[test]
fn b2_a_missing_or_misshapen_member_of_the_list_is_refused() {
    for (name, value) in [
        ("encodedList", Value::Null),
        ("encodedList", json!([EXAMPLE])),
        ("statusPurpose", Value::Null),
        ("statusPurpose", json!([])),
        ("statusPurpose", json!(["revocation", 5])),
        ("statusPurpose", json!("")),
        ("statusSize", json!(0)),
        ("statusSize", json!("1")),
        ("ttl", json!(-1)),
        ("ttl", json!(1.5)),
        ("ttl", json!("30000")),
    ] {
        assert_eq!(verify_subject(name, value).unwrap_err(), BitstringError::Malformed(name));
    }
}

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

#[test]
fn b4_wrong_signer_expired_future_and_another_list_are_different_answers() {
    let list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let token = sign(&list_claims(&[Purpose::Revocation]), &list);
    let at = |now| VerifiedBitstring::verify(&token, URL, ISSUER, |_| Some(key().public()), now);
    let by = |key| VerifiedBitstring::verify(&token, URL, ISSUER, |_| key, NOW).unwrap_err();
    let of = |url, issuer| {
        VerifiedBitstring::verify(&token, url, issuer, |_| Some(key().public()), NOW).unwrap_err()
    };

    assert_eq!(by(None), BitstringError::WrongSigner);
    assert_eq!(by(Some(TestKey::ed25519(9).public())), BitstringError::WrongSigner);
    at(NOW.plus(86_459)).unwrap();
    assert_eq!(at(NOW.plus(86_460)).unwrap_err(), BitstringError::Expired);
    at(NOW.plus(-60)).unwrap();
    assert_eq!(at(NOW.plus(-61)).unwrap_err(), BitstringError::FromFuture);
    assert_eq!(of("https://issuer.example/status/4", ISSUER), BitstringError::WrongSubject);
    assert_eq!(of(URL, "https://other.example"), BitstringError::WrongIssuer);
    let elsewhere = StatusEntry::new(Purpose::Revocation, 0, "https://issuer.example/status/4");
    assert_eq!(verify(&token).unwrap().status(&elsewhere), Err(BitstringError::WrongSubject));
}

#[test]
fn b4_a_list_that_does_not_say_where_it_belongs_is_refused() {
    let mut without = claims();
    without.as_object_mut().unwrap().shift_remove("id");

    assert_eq!(verify_claims(&without).unwrap_err(), BitstringError::WrongSubject);
}

#[test]
fn b4_valid_until_ends_a_list_without_exp() {
    let mut claims = claims();
    claims.as_object_mut().unwrap().shift_remove("exp");
    claims["validUntil"] = json!("2027-01-15T07:59:00Z");
    claims["validFrom"] = json!("2027-01-14T00:00:00Z");

    assert_eq!(verify_claims(&claims).unwrap_err(), BitstringError::Expired);
}

#[test]
fn b5_ttl_is_in_milliseconds_and_cut_to_a_day() {
    let ttl = |value| verify_subject("ttl", value).unwrap().ttl_milliseconds();

    assert_eq!(verify_claims(&claims()).unwrap().ttl_milliseconds(), Some(30_000));
    assert_eq!(ttl(Value::Null), None);
    assert_eq!(ttl(json!(0)), Some(0));
    assert_eq!(ttl(json!(u64::MAX)), Some(MAX_TTL_MILLISECONDS));
    assert_eq!(MAX_TTL_MILLISECONDS, 86_400_000);
}

#[test]
fn b6_the_list_is_secured_as_its_credentials_are() {
    let token =
        sign(&list_claims(&[Purpose::Revocation]), &Bitstring::new(1, MIN_ENTRIES).unwrap());
    let parsed = vc::jws::UnverifiedJws::parse(&token).unwrap();
    assert_eq!(parsed.header().typ.as_deref(), Some("vc+jwt"));

    for typ in ["statuslist+jwt", "vp+jwt", "jwt"] {
        let refused = verify(&key().token(typ, &claims())).unwrap_err();
        let source = Box::new(VcdmError::WrongMediaType("vc+jwt"));
        assert_eq!(refused, BitstringError::Refused(source));
    }
}

#[test]
fn our_list_says_what_was_set() {
    let mut list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    list.set(94_567, 1).unwrap();
    let verified = verified(&[Purpose::Revocation], &list);

    let told = verified.status(&StatusEntry::parse(&entry()).unwrap()).unwrap();

    assert_eq!(told.status, Status::Invalid);
    assert_eq!(verified.url(), URL);
    assert_eq!(verified.purposes(), [Purpose::Revocation]);
    assert_eq!(verified.credential().issuer(), ISSUER);
    assert_eq!(verified.credential().signer(), &key().public());
    assert_eq!(verified.credential().valid_until(), Some(NOW.plus(86_400)));
}

#[test]
fn a_list_without_purpose_is_not_issued() {
    let list = Bitstring::new(1, MIN_ENTRIES).unwrap();
    let refused = list_input(key().algorithm(), &key().kid(), &list_claims(&[]), &list);

    assert_eq!(refused.unwrap_err(), BitstringError::Malformed("statusPurpose"));
}

#[test]
fn a_value_or_width_that_does_not_fit_is_refused() {
    let mut list = Bitstring::new(2, MIN_ENTRIES).unwrap();
    assert_eq!(list.set(0, 4), Err(BitstringError::ValueTooWide(4)));
    for size in [0, 9, 255] {
        let refused = Bitstring::from_bytes(size, vec![0; 1 << 20]).unwrap_err();
        assert_eq!(refused, BitstringError::UnsupportedSize(size.into()));
    }
    let verified = verified(&[Purpose::Revocation], &Bitstring::new(1, 4_000_000).unwrap());
    for size in [0, 9, 16] {
        let mut entry = StatusEntry::new(Purpose::Revocation, 0, URL);
        entry.size = size;
        assert_eq!(verified.status(&entry), Err(BitstringError::UnsupportedSize(size.into())));
    }
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
