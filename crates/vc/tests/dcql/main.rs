//! DCQL (STANDARDS P7, P9, H5; OpenID4VP 1.0, 6 and 7).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod check;
mod choose;
mod query;
