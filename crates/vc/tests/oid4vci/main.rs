//! OpenID4VCI 1.0 messages, by endpoint: the specification's examples, and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "../common/mod.rs"]
mod common;

mod credential;
mod error;
mod key_attestation;
mod metadata;
mod offer;
mod proof;
mod token;

/// The specification's example of this name; `None`, loudly, when the vectors are absent.
fn example(name: &str) -> Option<String> {
    let path = common::vectors(&format!("oid4vci/1.0/examples/{name}"))?;
    Some(std::fs::read_to_string(path).unwrap())
}
