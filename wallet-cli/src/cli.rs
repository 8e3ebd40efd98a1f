//! The command line of `wallet`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use vc::oid4vci::RefusalReason;

/// Keeps your staff passport on this machine and shows it to hospitals.
#[derive(Debug, Parser)]
#[command(
    name = "wallet",
    version,
    about,
    after_help = "The store is sealed with a passphrase: it is asked for, or read from \
                  WALLET_PASSPHRASE.\n\nExit codes: 0 done, 1 refused or failed (the reason is on \
                  standard error), 2 wrong usage."
)]
pub struct Cli {
    /// Folder of the sealed store [default: staff-passport/wallet in your data folder]
    #[arg(long, global = true, env = "WALLET_STORE", value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One verb each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new wallet that trusts one network
    Init(Init),
    /// Receive a passport from your employer: an offer link, and the code HR tells you
    Receive(Receive),
    /// Ask your employer for the newest copy of what you hold
    Refresh(Refresh),
    /// What you hold, in short
    List(List),
    /// Everything that one credential says
    Show(Show),
    /// Show a code to a hospital that you are going to
    Present(Present),
    /// What was received and what was shown to whom
    History,
    /// Delete one credential and its key for good
    Delete(Delete),
}

/// `wallet init`
#[derive(Debug, Args)]
pub struct Init {
    /// Address of the network's trust registry
    #[arg(long, value_name = "URL")]
    pub registry: String,
    /// The operators' public keys, a JWK or a JWK set; got from your network, not from the registry
    #[arg(long, value_name = "FILE")]
    pub operator_key: PathBuf,
    /// How many operators must have signed the registry
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub operator_threshold: usize,
}

/// `wallet receive`
#[derive(Debug, Args)]
pub struct Receive {
    /// The offer: the text of HR's QR code, openid-credential-offer://…
    #[arg(value_name = "OFFER")]
    pub offer: String,
    /// The transaction code that HR gave you apart from the offer; asked for when left out
    #[arg(long, value_name = "CODE")]
    pub tx_code: Option<String>,
    /// Accept without being asked
    #[arg(long)]
    pub yes: bool,
    /// Refuse without being asked, and tell HR why: incorrect, duplicate, not-wanted or other
    #[arg(long, value_name = "REASON", value_parser = refusal_reason, conflicts_with = "yes")]
    pub reject: Option<RefusalReason>,
    /// What HR should know of the refusal, in your own words
    #[arg(long, value_name = "TEXT", requires = "reject", default_value = "")]
    pub words: String,
    /// Receive even from an issuer that the network does not know (hosts will not accept it)
    #[arg(long)]
    pub allow_unregistered: bool,
}

/// `wallet refresh`
#[derive(Debug, Args)]
pub struct Refresh {
    /// One credential, as `wallet list` names it; all that can be renewed when left out
    #[arg(value_name = "ID")]
    pub id: Option<String>,
}

/// `not-wanted` for NOT_WANTED.
pub(crate) fn refusal_reason(text: &str) -> Result<RefusalReason, String> {
    let word = text.trim().to_uppercase().replace(['-', ' '], "_");
    word.parse().map_err(|_| "incorrect, duplicate, not-wanted or other".to_owned())
}

/// `wallet list`
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON, for scripts
    #[arg(long)]
    pub json: bool,
}

/// `wallet show`
#[derive(Debug, Args)]
pub struct Show {
    /// The credential, as `wallet list` names it; its first characters are enough
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `wallet present`
#[derive(Debug, Args)]
pub struct Present {
    /// ODS code of the hospital that you show it to, for example R0A
    #[arg(long, value_name = "ODS")]
    pub to: String,
    /// What for, for example OBSERVER/NURSING_AND_MIDWIFERY_REGISTERED
    #[arg(long = "for", value_name = "KIND/STAFF_GROUP")]
    pub purpose: String,
    /// Which credential, when you hold more than one
    #[arg(long, value_name = "ID")]
    pub credential: Option<String>,
    /// The six digits on the host's screen, when it shows some
    #[arg(long, value_name = "DIGITS")]
    pub desk_code: Option<String>,
    /// Show without being asked
    #[arg(long)]
    pub yes: bool,
    /// Print the QR code once, don't renew it
    #[arg(long)]
    pub once: bool,
    /// Print only the code's text, for scripts; several parts come one a line
    #[arg(long, conflicts_with_all = ["png", "svg"])]
    pub text: bool,
    /// Write the QR code as a PNG file; several parts become FILE with -1, -2, …
    #[arg(long, value_name = "FILE")]
    pub png: Option<PathBuf>,
    /// Write the QR code as an SVG file; several parts become FILE with -1, -2, …
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// `wallet delete`
#[derive(Debug, Args)]
pub struct Delete {
    /// The credential, as `wallet list` names it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Delete without being asked
    #[arg(long)]
    pub yes: bool,
}
