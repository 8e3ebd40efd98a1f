//! What is measured: one issuer, one holder, one host, and the same texts for every competitor.

pub mod figures;
pub mod keys;
pub mod peers;
pub mod scene;
pub mod size;

use std::time::Duration;

use criterion::Criterion;

/// A round is short, and there are many: a neighbour on the machine then disturbs all alike.
pub fn short_round() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
}
