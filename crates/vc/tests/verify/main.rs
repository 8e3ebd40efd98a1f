//! The one safe call: each refusal in its place (SECURITY T10, P1, P6, K1; STANDARDS T9 to T11).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

#[path = "../common/certificates.rs"]
mod certificates;

mod certified;
mod holder;
mod issuer;
mod order;
mod scene;
mod status;
mod time;
