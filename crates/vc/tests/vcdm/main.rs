//! VCDM 2.0 with VC-JOSE-COSE: each rule W1 to W9 of STANDARDS by its number, the published vectors,
//! and every refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod credential;
mod date_time;
mod document;
mod presentation;
mod scene;
mod sd_jwt;
mod signer;
mod vectors;
