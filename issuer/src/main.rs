//! The `issuer` program.

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clock::Clock;
use issuer::audit::LOGS;
use issuer::{SCOPES, SERVICE, ServeArgs};
use server::control::{AuditArgs, PersonArgs, TokenArgs};

/// Issues staff passports
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service
    Serve(Box<ServeArgs>),
    /// API tokens
    Token(TokenArgs),
    /// Accounts of people
    Person(PersonArgs),
    /// The audit logs
    Audit(AuditArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("issuer: {error}");
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

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = server::config::arguments(std::env::args_os().collect(), |name| {
        std::env::var_os(name).is_some()
    })?;
    match Cli::parse_from(arguments).command {
        Command::Serve(args) => {
            args.start_logging();
            issuer::serve(*args).await?;
        }
        Command::Token(args) => print!("{}", args.run(Clock::system(), SCOPES).await?),
        Command::Person(args) => print!("{}", args.run(Clock::system(), SERVICE.grants).await?),
        Command::Audit(args) => args.run(LOGS, &mut std::io::stdout().lock()).await?,
    }
    Ok(())
}
