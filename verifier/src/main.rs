//! The `verifier` program.

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clock::Clock;
use server::config::StoreUrl;
use server::control::{PersonArgs, TokenArgs};

/// Tells a host trust whether a staff member may start
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer scans until stopped
    Serve(Box<verifier::serve::Args>),
    /// Make, list and revoke API tokens
    Token(TokenArgs),
    /// Accounts of people
    Person(PersonArgs),
    /// The audit log of accounts, sign-ins and tokens
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check that no row was changed or removed (the service must be stopped)
    Verify {
        /// Where the store is, for example sled:/var/lib/verifier
        #[arg(long, env = "STAFF_PASSPORT_STORE")]
        store: StoreUrl,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("verifier: {}", server::program::sentence(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let set = |variable: &str| std::env::var_os(variable).is_some();
    let arguments = server::config::arguments(std::env::args_os().collect(), set)?;
    let clock = Clock::system();
    match Cli::parse_from(arguments).command {
        Command::Serve(args) => verifier::serve::run(*args, clock).await?,
        Command::Token(args) => println!("{}", args.run(clock, verifier::SCOPES).await?),
        Command::Person(args) => print!("{}", args.run(clock, verifier::SERVICE.grants).await?),
        Command::Audit(AuditCommand::Verify { store }) => {
            let rows = verifier::serve::verify_audit(&store)?;
            println!("the account log is whole: {rows} rows");
        }
    }
    Ok(())
}
