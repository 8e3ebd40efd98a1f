//! The `keys` program.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use clock::Clock;
use keys::program::{Cli, run};
use rand_core::UnwrapErr;

fn main() -> ExitCode {
    match run(Cli::parse(), &Clock::system(), &mut UnwrapErr(getrandom::SysRng)) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let mut cause: Option<&dyn Error> = Some(&error);
            let mut sentence = Vec::new();
            while let Some(error) = cause {
                sentence.push(error.to_string());
                cause = error.source();
            }
            eprintln!("keys: {}", sentence.join(": "));
            ExitCode::FAILURE
        }
    }
}
