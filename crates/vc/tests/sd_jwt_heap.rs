//! Hostile SD-JWTs cost little (SECURITY.md, T6). One test, so that no other allocates beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, reason = "helpers of tests")]

mod common;

use std::time::{Duration, Instant};

use common::keys::{TestKey, disclosure};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use vc::sd_jwt::{MAX_BYTES, MAX_DISCLOSURES, UnverifiedSdJwt};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MAX_HEAP: usize = 1 << 20;
/// Unoptimised code is an order slower.
const MAX_TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 5 });

/// An SD-JWT that its issuer did sign, with a disclosure of each value.
fn signed(values: &[Value]) -> String {
    let (disclosures, digests): (Vec<String>, Vec<String>) = values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            disclosure(&json!([format!("salt{index}"), index.to_string(), value]))
        })
        .unzip();
    let disclosures: Vec<&str> = disclosures.iter().map(String::as_str).collect();
    TestKey::ed25519(1).by_hand(&json!({ "_sd": digests }), &disclosures)
}

#[test]
fn a_hostile_sd_jwt_takes_less_than_a_megabyte_and_five_milliseconds() {
    let key = TestKey::ed25519(1).public();
    let empty = |count: usize| json!(vec![json!([]); count]);
    let hostile = [
        ("tildes", "~".repeat(MAX_BYTES)),
        ("empty disclosures", TestKey::ed25519(1).by_hand(&json!({}), &[]) + &"~".repeat(1000)),
        ("past the size", "x".repeat(MAX_BYTES + 1)),
        ("as many disclosures as may be", signed(&vec![json!("x".repeat(400)); MAX_DISCLOSURES])),
        ("more disclosures", signed(&vec![json!(1); MAX_DISCLOSURES + 1])),
        ("one long disclosure", signed(&[json!("x".repeat(MAX_BYTES / 4 * 3 - 1000))])),
        ("as many values as may be", signed(&[empty(1000), empty(1000)])),
        ("more values", signed(&vec![empty(1000); 12])),
        ("most values and most bytes", signed(&[empty(2000), json!("x".repeat(130_000))])),
    ];
    for (name, text) in hostile {
        let (mut peak, mut fastest) = (0, Duration::MAX);
        for _ in 0..5 {
            HEAP.reset_peak_usage();
            let before = HEAP.current_usage();
            let start = Instant::now();
            let parsed = UnverifiedSdJwt::parse(&text);
            let verified = parsed.as_ref().map(|parsed| parsed.verify_issuer(&key));
            fastest = fastest.min(start.elapsed());
            peak = peak.max(HEAP.peak_usage() - before);
            drop(verified);
            drop(parsed);
        }
        println!("{name}: {} bytes of text, {peak} bytes of heap, {fastest:?}", text.len());
        assert!(peak < MAX_HEAP, "{name}: {peak} bytes");
        assert!(fastest < MAX_TIME, "{name}: {fastest:?}");
    }
}
