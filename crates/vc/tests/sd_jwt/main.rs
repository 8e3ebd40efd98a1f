//! SD-JWT (RFC 9901) and the rules that SD-JWT VC adds to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod bounds;
mod hold;
mod issue;
mod key_binding;
mod refusals;
mod round_trip;
mod vectors;
