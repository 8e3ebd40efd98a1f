//! Any texts as parts, and every code split, shuffled and put together again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rand_core::SeedableRng;

fuzz_target!(|input: (u16, u8, &str)| {
    let (chars, turn, text) = input;
    if let Ok(code) = vc::qr::join(text.split('\n')) {
        assert!(!code.starts_with("SPP:"), "a sequence of sequences");
    }
    let code = vc::qr::encode(text);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(u64::from(chars));
    let mut parts = vc::qr::split(&code, usize::from(chars).max(64), &mut rng);
    if !parts.is_empty() && parts.len() <= vc::qr::MAX_PARTS {
        let turn = usize::from(turn) % parts.len();
        parts.rotate_left(turn);
        assert_eq!(vc::qr::join(parts.iter().map(String::as_str)).as_deref(), Ok(code.as_str()));
    }
});
