//! The services and the wallet as processes, through their HTTP APIs and command lines.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod bad_input;
mod protocol;
mod renewal;
mod scanning;

use serde_json::{Value, json};

pub(crate) const REQUIREMENT: &str =
    "TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED";

pub(crate) fn today() -> chrono::NaiveDate {
    let now = clock::Clock::system().now();
    chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive()
}

pub(crate) fn nurse() -> Value {
    passport::samples::sample_nurse(today())
}

pub(crate) fn placement() -> Value {
    json!({
        "kind": "TRAINING_EDUCATION_DEVELOPMENT",
        "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
        "start": today().to_string(),
        "end": (today() + chrono::Days::new(28)).to_string(),
    })
}

pub(crate) fn codes(verdict: &Value) -> Vec<String> {
    let findings = verdict["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| finding["code"].as_str().unwrap_or("?").to_owned()).collect()
}
