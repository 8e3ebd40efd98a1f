//! `wallet`: see `wallet --help`.

use std::process::ExitCode;

use clap::Parser;
use wallet_cli::cli::Cli;
use wallet_cli::{commands, messages};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let console = wallet_cli::console::Console::open();
    match commands::run(Cli::parse(), console, &clock::Clock::system()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console.tell(&messages::sentence(&error));
            ExitCode::FAILURE
        }
    }
}
