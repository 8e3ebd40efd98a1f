//! The `registry` program.

use std::process::ExitCode;

use clap::Parser;
use clock::Clock;
use rand_core::UnwrapErr;
use registry::program::{Cli, RegistryProgramError, run};

#[tokio::main]
async fn main() -> ExitCode {
    server::program::finish("registry", start().await)
}

async fn start() -> Result<String, RegistryProgramError> {
    let cli = Cli::parse_from(server::config::own_arguments()?);
    run(cli, &Clock::system(), &mut UnwrapErr(getrandom::SysRng)).await
}
