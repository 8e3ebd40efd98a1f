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
            eprint!("keys: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprint!(": {error}");
                cause = error.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}
