//! What inflates from outside stays under its bound (SECURITY.md, S1 and T12). One test, so that no
//! other allocates beside it.

use peak_alloc::PeakAlloc;
use serde_json::json;
use vc::base64url;
use vc::qr::{self, MAX_PRESENTATION_BYTES, QrError};
use vc::status_list::{StatusList, StatusListError};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// State of the inflater, texts.
const ROOM: usize = 96 * 1024;

fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let done = work();
    (done, HEAP.peak_usage() - before)
}

#[test]
fn a_bomb_takes_no_more_memory_than_the_bound() {
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 256 << 20], 9);
    let list = json!({"bits": 1, "lst": base64url::encode(&bomb)});
    let bound = 1 << 20;

    let (refused, bytes) = peak(|| StatusList::from_json(&list, bound));
    println!("a list that inflates to 256 MiB: {bytes} bytes");
    assert_eq!(refused, Err(StatusListError::TooLarge));
    // Decoded text, then the output while it grows into its last size
    assert!(bytes < bomb.len() + bound * 3 / 2 + ROOM, "{bytes}");

    let bomb = "A".repeat(64 << 20);
    let code = qr::encode(&bomb);
    let (refused, bytes) = peak(|| qr::decode(&code));
    println!("a code that inflates to 64 MiB: {bytes} bytes");
    assert_eq!(refused, Err(QrError::TooLarge));
    assert!(bytes < code.len() + MAX_PRESENTATION_BYTES * 3 / 2 + ROOM, "{bytes}");

    let long = format!("SP0:{}", "0".repeat(64 << 20));
    let (refused, bytes) = peak(|| qr::decode(&long));
    assert_eq!(refused, Err(QrError::TooLarge));
    assert!(bytes < 1024, "{bytes}");
}
