//! Settings: flags, then environment `STAFF_PASSPORT_…`, then `--config FILE` (TOML).

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// Where a service keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sled:DIR`, embedded.
    Sled(PathBuf),
}

impl FromStr for StoreUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        todo!()
    }
}

/// A base URL: https, or http on loopback only; no query, fragment, credentials or final slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// As written in `iss`: without a final slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// As a URL.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BaseUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        todo!()
    }
}

/// The program's arguments, with the settings of `--config FILE` put in where neither a flag nor
/// the environment gives them. Hand the result to `clap::Parser::parse_from`.
///
/// # Errors
/// [`ConfigError`] when the file cannot be read or holds anything but plain settings.
pub fn arguments(arguments: Vec<OsString>) -> Result<Vec<OsString>, ConfigError> {
    todo!()
}

/// The flags of every `serve` command; flatten it.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// Address to listen on, for example 127.0.0.1:8101 (port 0 takes a free one)
    #[arg(long, env = "STAFF_PASSPORT_LISTEN", default_value = "127.0.0.1:0")]
    pub listen: std::net::SocketAddr,
    /// Certificate chain (PEM) for TLS
    #[arg(long, env = "STAFF_PASSPORT_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM) for TLS
    #[arg(long, env = "STAFF_PASSPORT_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Settings as TOML; flags and environment win
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Least important log line to write: error, warn, info, debug
    #[arg(long, env = "STAFF_PASSPORT_LOG", default_value = "info")]
    pub log: tracing_subscriber::filter::LevelFilter,
}

/// A setting that stops start-up.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not `sled:DIR`.
    #[error("{0:?} is no store: write sled:DIR")]
    BadStore(String),
    /// Not a base URL.
    #[error("{url:?} is no base URL: {why}")]
    BadBaseUrl {
        /// As given.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The file cannot be read.
    #[error("the settings file {file} cannot be read")]
    Unreadable {
        /// Which.
        file: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// The file is not plain settings.
    #[error("the settings file {file}: {why}")]
    BadFile {
        /// Which.
        file: String,
        /// What is wrong.
        why: String,
    },
}
