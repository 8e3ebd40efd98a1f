//! SD-JWT (RFC 9901) and the rules that SD-JWT VC adds to it.

#[path = "../common/mod.rs"]
mod common;

mod hold;
mod issue;
mod key_binding;
mod refusals;
mod round_trip;
mod vectors;
