//! The control socket `DIR/control.sock`: lets a command act on a store that a running service
//! holds. And the `token` command, which uses it when it answers and opens the store otherwise.

use std::path::{Path, PathBuf};

use clock::Clock;

use crate::config::StoreUrl;
use crate::tokens::Tokens;

/// `token create|list|revoke`, the same in every service; flatten it into the service's command.
#[derive(Clone, Debug, clap::Args)]
pub struct TokenArgs {
    /// Where the store is, for example sled:/var/lib/issuer
    #[arg(long, env = "STAFF_PASSPORT_STORE", global = true)]
    store: Option<StoreUrl>,
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum TokenCommand {
    /// Make a token and print its secret once
    Create {
        /// What you call it
        #[arg(long)]
        name: String,
        /// What it may do; repeat for more
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// Days until it expires
        #[arg(long, default_value_t = 90)]
        expires_days: u32,
    },
    /// List tokens (never their secrets)
    List,
    /// Revoke a token by its id
    Revoke {
        /// Its id, as `list` shows it
        id: String,
    },
}

impl TokenArgs {
    /// Does it, and gives what to print on standard output.
    ///
    /// # Errors
    /// [`ControlError`], a sentence.
    pub async fn run(
        self,
        clock: Clock,
        scopes: &'static [&'static str],
    ) -> Result<String, ControlError> {
        todo!()
    }
}

/// A socket that answers until it is dropped.
pub struct Control {
    path: PathBuf,
}

impl Control {
    /// Listens on `DIR/control.sock` (mode 0600), replacing a stale one.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn listen(dir: &Path, tokens: Tokens) -> Result<Self, ControlError> {
        todo!()
    }
}

/// Why a command is not done.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A sentence from the service.
    #[error("{0}")]
    Refused(String),
    /// The socket does not work.
    #[error("the control socket {path} does not work")]
    Socket {
        /// Where it is.
        path: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] crate::durable::OpenError),
    /// The token is not made or removed.
    #[error(transparent)]
    Token(#[from] crate::tokens::TokenError),
    /// No store is named.
    #[error("name the store: --store sled:DIR")]
    NoStore,
}
