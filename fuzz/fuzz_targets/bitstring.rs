//! Any bits packed into a list and out again, any text as a list, any JSON as an entry.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vc::bitstring::{
    Bitstring, MAX_LIST_BYTES, MAX_STATUS_SIZE, MIN_ENTRIES, MIN_LIST_BYTES, StatusEntry, entries,
};

#[path = "../support.rs"]
mod support;

fn check(list: &Bitstring) {
    assert!(list.bytes().len() <= MAX_LIST_BYTES);
    assert!(list.entries() >= MIN_ENTRIES);
    assert!(list.value(list.entries()).is_err());
    assert!(list.value(u64::MAX).is_err());
    assert!(list.value(list.entries() - 1).is_ok());
}

fuzz_target!(|input: (u8, u32, u8, &[u8])| {
    let (size, index, value, bytes) = input;
    let size = size % 10;
    let text = String::from_utf8_lossy(bytes);
    for text in [text.to_string(), format!("u{}", vc::base64url::encode(bytes))] {
        if let Ok(list) = Bitstring::decode(&text, size) {
            check(&list);
        }
    }

    let room = MIN_LIST_BYTES * usize::from(size);
    let mut packed = bytes.repeat(room.div_ceil(bytes.len().max(1)));
    packed.truncate(room);
    if let Ok(mut list) = Bitstring::from_bytes(size, packed) {
        check(&list);
        let (index, before) = (u64::from(index), list.clone());
        let [under, over] = [index.checked_sub(1), index.checked_add(1)]
            .map(|beside| beside.and_then(|beside| list.value(beside).ok()));
        match list.set(index, value) {
            Ok(()) => assert_eq!(list.value(index), Ok(value)),
            Err(_) => assert_eq!(list, before, "a refused change changed something"),
        }
        assert_eq!(under, index.checked_sub(1).and_then(|beside| list.value(beside).ok()));
        assert_eq!(over, list.value(index + 1).ok(), "a neighbour changed");
        // The dear part: packing 16 KiB and more
        if value % 16 == 0 {
            assert_eq!(Bitstring::decode(&list.encode(), size), Ok(list));
        }
    }

    let Some(members) = support::object(bytes) else { return };
    let _ = entries(&members);
    if let Ok(entry) = StatusEntry::parse(&Value::Object(members)) {
        assert!((1..=MAX_STATUS_SIZE).contains(&entry.size));
        assert_eq!(StatusEntry::parse(&entry.to_json()), Ok(entry));
    }
});
