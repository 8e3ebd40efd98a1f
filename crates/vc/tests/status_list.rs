//! Token Status List: the draft's vectors, bit order, bounds, and every refusal of a token.

#![allow(clippy::unwrap_used, clippy::string_slice, reason = "helpers of tests")]

mod common;

use std::time::Instant;

use common::json_vectors;
use common::keys::{TestKey, object};
use serde_json::{Map, Value, json};
use vc::jws::SigningInput;
use vc::status_list::{
    LIST_ENTRIES, MAX_LIST_BYTES, Status, StatusList, StatusListError, StatusReference, TYP,
    TokenClaims, VerifiedStatusList, reference, token_input,
};
use vc::time::UnixTime;

const URI: &str = "https://issuer.example/status-lists/1";
const NOW: UnixTime = UnixTime(1_800_000_000);

fn key() -> TestKey {
    TestKey::ed25519(1)
}

fn claims() -> Map<String, Value> {
    let list = StatusList::new(2, 64).unwrap().to_json();
    object(&json!({
        "sub": URI, "iat": NOW.0, "exp": NOW.0 + 86_400, "ttl": 30, "status_list": list
    }))
}

fn verify(typ: &str, claims: &Map<String, Value>) -> Result<VerifiedStatusList, StatusListError> {
    let key = key();
    let input = SigningInput::new(key.algorithm(), typ, Map::new(), claims);
    let signature = key.sign(input.signing_input());
    let public = key.public();
    VerifiedStatusList::verify(&input.finish(&signature), URI, |_| Some(&public), NOW)
}

fn verify_with(name: &str, value: Option<Value>) -> Result<VerifiedStatusList, StatusListError> {
    let mut claims = claims();
    match value {
        Some(value) => claims.insert(name.to_owned(), value),
        None => claims.remove(name),
    };
    verify(TYP, &claims)
}

/// The draft's "Test vectors for Status List encoding": 2^20 entries of each width.
#[test]
fn the_drafts_long_vectors_read_as_they_say() {
    let Some(vectors) = json_vectors("tsl/tsl_vectors.json") else { return };
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let list = StatusList::from_json(vector, MAX_LIST_BYTES).unwrap();

        assert_eq!(list.entries(), vector["size"].as_u64().unwrap());
        let named = vector["statuses"].as_object().unwrap();
        // The short examples name every entry.
        let others = vector.get("others").and_then(Value::as_u64).unwrap_or(0);
        let others = u8::try_from(others).unwrap();
        for index in 0..list.entries() {
            let expected = named
                .get(&index.to_string())
                .map_or(others, |value| u8::try_from(value.as_u64().unwrap()).unwrap());
            assert_eq!(list.status(index).unwrap(), expected.into(), "{}", vector["name"]);
        }
        let packed = StatusList::from_json(&list.to_json(), MAX_LIST_BYTES).unwrap();
        assert_eq!(packed, list);
    }
}

/// The draft's short examples: bytes and their text.
#[test]
fn the_drafts_short_examples_hold() {
    for (bits, bytes, lst) in
        [(1, &[0xb9, 0xa3][..], "eNrbuRgAAhcBXQ"), (2, &[0xc9, 0x44, 0xf9][..], "eNo76fITAAPfAgc")]
    {
        let list = StatusList::from_bytes(bits, bytes.to_vec()).unwrap();

        let read = json!({"bits": bits, "lst": lst});
        assert_eq!(StatusList::from_json(&read, 100).unwrap(), list);
    }
}

#[test]
fn the_files_of_the_draft_read() {
    for file in
        ["encoding", "encoding1_long", "encoding2", "encoding2_long", "encoding4", "encoding8"]
    {
        let name = format!("tsl/examples/status_list_{file}_json.md");
        let Some(path) = common::vectors(&name) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        // The examples break long strings over lines.
        let json: String = text[text.find('{').unwrap()..].split('\n').map(str::trim).collect();

        let value: Value = serde_json::from_str(&json).unwrap();

        StatusList::from_json(&value, MAX_LIST_BYTES).unwrap();
    }
}

#[test]
fn entries_lie_least_significant_bit_first() {
    let mut list = StatusList::new(2, 8).unwrap();
    list.set(0, Status::Invalid).unwrap();
    list.set(3, Status::Suspended).unwrap();
    list.set(4, Status::Superseded).unwrap();

    assert_eq!(list.bytes(), [0b1000_0001, 0b0000_0011]);
}

#[test]
fn every_width_keeps_every_value_beside_its_neighbours() {
    for bits in [1, 2, 4, 8] {
        let mut list = StatusList::new(bits, 40).unwrap();
        assert_eq!(list.bits(), bits);
        let top = u8::try_from((1_u16 << bits) - 1).unwrap();
        for index in 0..40 {
            list.set(index, top.into()).unwrap();
        }
        list.set(17, Status::Valid).unwrap();
        for index in 0..40 {
            let expected = if index == 17 { 0 } else { top };
            assert_eq!(list.status(index).unwrap().value(), expected);
        }
    }
}

#[test]
fn an_index_past_the_end_is_not_valid() {
    let mut list = StatusList::new(2, LIST_ENTRIES).unwrap();

    for index in [LIST_ENTRIES, LIST_ENTRIES + 1, u64::MAX / 4, u64::MAX] {
        let expected = StatusListError::IndexOutOfRange(index);
        assert_eq!(list.status(index), Err(expected.clone()));
        assert_eq!(list.set(index, Status::Invalid), Err(expected));
    }
}

#[test]
fn a_value_too_wide_for_the_list_is_refused() {
    let mut list = StatusList::new(1, 8).unwrap();

    assert_eq!(list.set(0, Status::Suspended), Err(StatusListError::ValueTooWide(2)));
}

#[test]
fn other_widths_are_refused() {
    for bits in [0, 3, 5, 16, 255] {
        assert_eq!(StatusList::new(bits, 8), Err(StatusListError::BadBits));
    }
    for bits in [json!(3), json!(-1), json!("2"), json!(2.0), Value::Null] {
        let value = json!({"bits": bits, "lst": "eNrbuRgAAhcBXQ"});
        assert_eq!(StatusList::from_json(&value, 100), Err(StatusListError::BadBits));
    }
}

#[test]
fn a_damaged_list_is_refused() {
    for lst in ["", "!", "eNrbuRgAAhcBXQ==", "eNrbuRgAAhcBXA", "eNrbuRgAAhcBXQAA", "eNrbuRgA"] {
        let value = json!({"bits": 1, "lst": lst});
        assert_eq!(StatusList::from_json(&value, 100), Err(StatusListError::Malformed), "{lst}");
    }
}

#[test]
fn a_list_past_the_bound_is_refused() {
    let list = StatusList::new(2, 4096).unwrap().to_json();

    assert!(StatusList::from_json(&list, 1024).is_ok());
    assert_eq!(StatusList::from_json(&list, 1023), Err(StatusListError::TooLarge));
    assert_eq!(StatusList::new(8, 1 << 40), Err(StatusListError::TooLarge));
    assert!(StatusList::from_bytes(2, vec![0; MAX_LIST_BYTES]).is_ok());
    let longer = StatusList::from_bytes(2, vec![0; MAX_LIST_BYTES + 1]);
    assert_eq!(longer, Err(StatusListError::TooLarge));
}

#[test]
fn our_token_verifies_and_says_what_was_set() {
    let key = key();
    let mut list = StatusList::new(2, LIST_ENTRIES).unwrap();
    list.set(77, Status::Invalid).unwrap();
    let claims = TokenClaims {
        uri: URI.to_owned(),
        issued_at: NOW,
        expires_at: Some(NOW.plus(86_400)),
        ttl: Some(30),
    };
    let input = token_input(key.algorithm(), &key.kid(), &claims, &list);
    let signature = key.sign(input.signing_input());

    let public = key.public();
    let kid = key.kid();
    let find = |given: Option<&str>| (given == Some(&kid)).then_some(&public);
    let verified = VerifiedStatusList::verify(&input.finish(&signature), URI, find, NOW).unwrap();

    assert_eq!(verified.claims(), &claims);
    assert_eq!(verified.signer(), &public);
    assert_eq!(verified.entries(), LIST_ENTRIES);
    assert_eq!(verified.status(77), Ok(Status::Invalid));
    assert_eq!(verified.status(78), Ok(Status::Valid));
}

#[test]
fn a_token_of_another_type_is_refused() {
    for typ in ["jwt", "dc+sd-jwt", "kb+jwt", "statuslist+cwt"] {
        assert_eq!(verify(typ, &claims()).unwrap_err(), StatusListError::Malformed);
    }
}

#[test]
fn a_token_of_another_address_is_refused() {
    for sub in ["https://issuer.example/status-lists/2", "HTTPS://issuer.example/status-lists/1"] {
        assert_eq!(
            verify_with("sub", Some(json!(sub))).unwrap_err(),
            StatusListError::WrongSubject
        );
    }
}

#[test]
fn a_token_from_the_future_is_refused_past_a_minute() {
    assert!(verify_with("iat", Some(json!(NOW.0 + 60))).is_ok());
    assert_eq!(
        verify_with("iat", Some(json!(NOW.0 + 61))).unwrap_err(),
        StatusListError::FromFuture
    );
}

#[test]
fn a_token_is_refused_from_its_exp_on() {
    assert!(verify_with("exp", Some(json!(NOW.0 + 1))).is_ok());
    assert!(verify_with("exp", None).is_ok());
    assert_eq!(verify_with("exp", Some(json!(NOW.0))).unwrap_err(), StatusListError::Expired);
}

#[test]
fn a_missing_or_misshapen_claim_is_refused() {
    for (name, value) in [
        ("sub", None),
        ("sub", Some(json!(5))),
        ("iat", None),
        ("iat", Some(json!("1800000000"))),
        ("iat", Some(json!(1e300))),
        ("exp", Some(json!("never"))),
        ("exp", Some(Value::Null)),
        ("ttl", Some(json!(0))),
        ("ttl", Some(json!(-30))),
        ("ttl", Some(json!(0.5))),
        ("ttl", Some(json!(30.5))),
        ("ttl", Some(json!(0.0))),
        ("ttl", Some(json!(-30.0))),
        ("ttl", Some(json!("30"))),
        ("status_list", None),
        ("status_list", Some(json!({"bits": 2}))),
    ] {
        assert_eq!(
            verify_with(name, value.clone()).unwrap_err(),
            StatusListError::Malformed,
            "{name}: {value:?}"
        );
    }
}

#[test]
fn whole_seconds_count_however_they_are_written() {
    for (ttl, seconds) in [(json!(30), 30), (json!(30.0), 30), (json!(1.0), 1), (json!(3e2), 300)] {
        let verified = verify_with("ttl", Some(ttl)).unwrap();
        assert_eq!(verified.claims().ttl, Some(seconds));
    }
}

#[test]
fn a_huge_ttl_is_cut_to_a_day() {
    for ttl in [json!(86_401), json!(86_401.0), json!(1_000_000_000), json!(u64::MAX), json!(1e300)]
    {
        let verified = verify_with("ttl", Some(ttl)).unwrap();
        assert_eq!(verified.claims().ttl, Some(86_400));
    }
}

#[test]
fn a_token_by_another_key_is_refused() {
    let key = key();
    let other = TestKey::ed25519(2).public();
    let es256 = TestKey::p256().public();
    let input = SigningInput::new(key.algorithm(), TYP, Map::new(), &claims());
    let signature = key.sign(input.signing_input());
    let token = input.finish(&signature);

    for trusted in [Some(&other), Some(&es256), None] {
        let refused = VerifiedStatusList::verify(&token, URI, |_| trusted, NOW).unwrap_err();
        assert_eq!(refused, StatusListError::WrongSigner);
    }
}

#[test]
fn a_reference_reads_and_another_mechanism_never_passes_for_no_status() {
    let claims = |status: Value| object(&json!({ "status": status }));

    assert_eq!(reference(&Map::new()), Ok(None));
    assert_eq!(
        reference(&claims(json!({"status_list": {"idx": 9, "uri": URI, "more": 1}}))),
        Ok(Some(StatusReference { idx: 9, uri: URI.to_owned() }))
    );
    for status in [
        Value::Null,
        json!({}),
        json!({"other": {}}),
        json!({"status_list": {"idx": -1, "uri": URI}}),
        json!({"status_list": {"idx": 1.5, "uri": URI}}),
        json!({"status_list": {"idx": "1", "uri": URI}}),
        json!({"status_list": {"idx": 1}}),
    ] {
        assert_eq!(reference(&claims(status.clone())), Err(StatusListError::Malformed), "{status}");
    }
}

/// 2^20 two-bit entries, 1 % set: the entropy is 10,590 bytes.
#[test]
fn a_list_of_a_million_entries_packs_close_to_its_entropy() {
    let mut list = StatusList::new(2, 1 << 20).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for index in 0..1 << 20 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (state >> 33).is_multiple_of(100) {
            list.set(index, Status::Invalid).unwrap();
        }
    }
    let start = Instant::now();
    let text = list.to_json()["lst"].as_str().unwrap().len();
    println!("{} bytes in {:?}", text / 4 * 3, start.elapsed());

    assert!(text / 4 * 3 < 10_590 * 8 / 5, "{text}");
}

#[test]
fn another_packing_counts_only_when_it_is_of_this_list() {
    let mut list = StatusList::new(2, 4096).unwrap();
    list.set(77, Status::Invalid).unwrap();
    let packed = list.pack();

    let taken = list.packed_as(packed.bytes().to_vec()).unwrap();

    assert_eq!(taken, packed);
    assert_eq!(StatusList::from_json(&taken.to_json(), MAX_LIST_BYTES), Ok(list.clone()));
    let mut cut = packed.bytes().to_vec();
    cut.truncate(cut.len() / 2);
    let longer = StatusList::new(2, 8192).unwrap().pack();
    for other in [vec![], cut, longer.bytes().to_vec()] {
        assert_eq!(list.packed_as(other), Err(StatusListError::Malformed));
    }
    list.set(77, Status::Suspended).unwrap();
    assert_eq!(list.packed_as(packed.bytes().to_vec()), Err(StatusListError::Malformed));
}
