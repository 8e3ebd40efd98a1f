//! Hostile tokens cost little (SECURITY.md, T6). One test, so that no other allocates beside it.

use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use vc::base64url;
use vc::jws::{MAX_TOKEN_BYTES, UnverifiedJws};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MAX_HEAP: usize = 1 << 20;
/// Unoptimised code is an order slower.
const MAX_TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 50 } else { 5 });

fn token(payload: &str) -> String {
    let header = base64url::encode(br#"{"alg":"EdDSA","typ":"t"}"#);
    format!("{header}.{}.{}", base64url::encode(payload.as_bytes()), base64url::encode(&[1; 64]))
}

fn members(count: usize) -> String {
    let all: Vec<String> = (0..count).map(|n| format!(r#""{n:x}":[]"#)).collect();
    format!("{{{}}}", all.join(","))
}

#[test]
fn a_hostile_token_takes_less_than_a_megabyte_and_five_milliseconds() {
    // As many bytes of JSON as a token may carry
    let room = MAX_TOKEN_BYTES / 4 * 3 - 256;
    let hostile = [
        ("members past the size", token(&members(100_000))),
        ("members up to the size", token(&members(room / 12))),
        ("elements", token(&format!(r#"{{"a":[{}0]}}"#, "0,".repeat(room / 2 - 10)))),
        ("empty arrays", token(&format!(r#"{{"a":[{}0]}}"#, "[],".repeat(room / 3 - 10)))),
        ("nesting", token(&format!(r#"{{"a":{}"#, "[".repeat(room - 10)))),
        ("one long string", token(&format!(r#"{{"a":"{}"}}"#, "x".repeat(room - 20)))),
        ("one escaped string", token(&format!(r#"{{"a":"{}"}}"#, r"\u0061".repeat(room / 6 - 10)))),
        ("one long name, twice", {
            let name = "n".repeat(room / 2 - 20);
            token(&format!(r#"{{"{name}":1,"{name}":1}}"#))
        }),
        ("most values and most bytes", {
            let text = "x".repeat(room - 2000 * 9 - 40);
            token(&format!(r#"{{"a":{},"b":"{text}"}}"#, members(2000)))
        }),
        ("dots", ".".repeat(MAX_TOKEN_BYTES)),
        ("no dots", "A".repeat(MAX_TOKEN_BYTES)),
    ];
    for (name, token) in hostile {
        let (mut peak, mut fastest) = (0, Duration::MAX);
        for _ in 0..5 {
            HEAP.reset_peak_usage();
            let before = HEAP.current_usage();
            let start = Instant::now();
            let parsed = UnverifiedJws::parse(&token);
            fastest = fastest.min(start.elapsed());
            peak = peak.max(HEAP.peak_usage() - before);
            drop(parsed);
        }
        println!("{name}: {peak} bytes, {fastest:?}");
        assert!(peak < MAX_HEAP, "{name}: {peak} bytes");
        assert!(fastest < MAX_TIME, "{name}: {fastest:?}");
    }
}
