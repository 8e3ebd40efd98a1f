//! Prints the sample nurse as HR would give her: `cargo run -p passport --example sample_nurse --
//! 2026-03-02 [seed]`; with a seed, one of the fully filled ones.

use std::process::ExitCode;

use chrono::NaiveDate;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(today) = arguments.next().and_then(|text| text.parse::<NaiveDate>().ok()) else {
        eprintln!("usage: sample_nurse YYYY-MM-DD [SEED]");
        return ExitCode::FAILURE;
    };
    let seed = arguments.next().and_then(|text| text.parse().ok());
    let nurse = seed.map_or_else(
        || passport::samples::sample_nurse(today),
        |seed| passport::samples::filled_nurse(today, seed),
    );
    println!("{nurse:#}");
    ExitCode::SUCCESS
}
