//! Settings: flags, then environment `STAFF_PASSPORT_…`, then `--config FILE` (TOML).

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use url::{Host, Url};

use crate::serve::Tls;

/// Where a service keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sled:DIR`, embedded.
    Sled(PathBuf),
}

impl FromStr for StoreUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.strip_prefix("sled:") {
            Some(dir) if !dir.is_empty() => Ok(Self::Sled(PathBuf::from(dir))),
            _ => Err(ConfigError::BadStore(text.to_owned())),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sled(dir) => write!(f, "sled:{}", dir.display()),
        }
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

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BaseUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let bad = |why| ConfigError::BadBaseUrl { url: text.to_owned(), why };
        let url = Url::parse(text).map_err(|_| bad("it does not parse"))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("it has a query or a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it has credentials"));
        }
        match (url.scheme(), url.host()) {
            (_, None) => Err(bad("it has no host")),
            ("https", _) => Ok(Self(url)),
            ("http", Some(host)) if is_loopback(&host) => Ok(Self(url)),
            ("http", _) => Err(bad(
                "plain http is for this machine only (127.0.0.1, ::1, localhost); use https",
            )),
            _ => Err(bad("it is neither https nor http")),
        }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The program's arguments, with the settings of `--config FILE` put in where neither a flag nor
/// the environment gives them. A key is a flag's name without the hyphens in front; a list repeats
/// the flag, `true` sets it. Hand the result to `clap::Parser::parse_from`, which refuses what is
/// no setting.
///
/// # Errors
/// [`ConfigError`] when the file cannot be read or holds anything but plain settings.
pub fn arguments(
    mut arguments: Vec<OsString>,
    environment: impl Fn(&str) -> bool,
) -> Result<Vec<OsString>, ConfigError> {
    let Some(file) = flag_value(&arguments, "config") else {
        return Ok(arguments);
    };
    let text = std::fs::read_to_string(&file)
        .map_err(|source| ConfigError::Unreadable { file: file.clone(), source })?;
    let bad = |why: String| ConfigError::BadFile { file: file.clone(), why };
    let settings: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // Without the line itself, which may hold a secret.
        bad(error.message().to_owned())
    })?;
    for (key, value) in settings {
        let variable = format!("STAFF_PASSPORT_{}", key.replace('-', "_").to_ascii_uppercase());
        if key == "config" {
            return Err(bad("config names another file".to_owned()));
        }
        if has_flag(&arguments, &key) || environment(&variable) {
            continue;
        }
        let values = match value {
            toml::Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            match value {
                toml::Value::Boolean(true) => arguments.push(format!("--{key}").into()),
                toml::Value::Boolean(false) => {}
                toml::Value::String(text) => arguments.push(format!("--{key}={text}").into()),
                toml::Value::Integer(number) => arguments.push(format!("--{key}={number}").into()),
                _ => return Err(bad(format!("{key} is no text, number or list of them"))),
            }
        }
    }
    Ok(arguments)
}

/// [`arguments`] of this process.
///
/// # Errors
/// [`ConfigError`].
pub fn own_arguments() -> Result<Vec<OsString>, ConfigError> {
    arguments(std::env::args_os().collect(), |name| std::env::var_os(name).is_some())
}

fn has_flag(arguments: &[OsString], key: &str) -> bool {
    let flag = format!("--{key}");
    let with_value = format!("{flag}=");
    arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .any(|argument| argument == flag || argument.starts_with(&with_value))
}

fn flag_value(arguments: &[OsString], key: &str) -> Option<String> {
    let flag = format!("--{key}");
    let with_value = format!("{flag}=");
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        if argument == flag {
            return arguments.next().map(str::to_owned);
        }
        if let Some(value) = argument.strip_prefix(&with_value) {
            return Some(value.to_owned());
        }
    }
    None
}

/// The flags of every `serve` command; flatten it.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// Address to listen on, for example 127.0.0.1:8101 (port 0 takes a free one)
    #[arg(long, env = "STAFF_PASSPORT_LISTEN", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Certificate chain (PEM) for TLS
    #[arg(long, env = "STAFF_PASSPORT_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM) for TLS
    #[arg(long, env = "STAFF_PASSPORT_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Settings as TOML; flags and environment win
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Address to serve /metrics on, for example 127.0.0.1:9101; none without it
    #[arg(long, env = "STAFF_PASSPORT_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Least important log line to write: error, warn, info, debug
    #[arg(long, env = "STAFF_PASSPORT_LOG", default_value = "info")]
    pub log: tracing_subscriber::filter::LevelFilter,
}

impl ServeArgs {
    /// The certificate and key, when given.
    pub fn tls(&self) -> Option<Tls> {
        let (cert, key) = self.tls_cert.clone().zip(self.tls_key.clone())?;
        Some(Tls { cert, key })
    }
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
