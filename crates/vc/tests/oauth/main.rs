//! OAuth 2.0 beside OpenID4VCI 1.0: the RFCs' examples, and every refusal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod authorization;
mod client_attestation;
mod dpop;
mod pkce;
