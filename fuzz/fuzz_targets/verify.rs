//! Bytes flipped in a genuine presentation: nothing but the genuine one is verified.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../support.rs"]
mod support;

fuzz_target!(|input: (u16, u8, &str)| {
    let (place, flip, splice) = input;
    let genuine = support::presentation();
    let mut bytes = genuine.clone().into_bytes();
    let place = usize::from(place) % bytes.len();
    bytes[place] ^= flip & 0x7f;
    if let Ok(changed) = String::from_utf8(bytes) {
        assert_eq!(support::verifies(&changed), changed == *genuine);
    }
    let spliced = format!("{}{splice}{}", &genuine[..place], &genuine[place..]);
    assert_eq!(support::verifies(&spliced), spliced == *genuine);
    assert!(!support::verifies(splice));
});
