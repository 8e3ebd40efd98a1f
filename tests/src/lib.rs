//! A whole small network on loopback as real processes, for tests and the demonstration.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test support: a broken promise must stop the test at once"
)]

pub mod http;
pub mod network;
pub mod programs;
pub mod tamper;
