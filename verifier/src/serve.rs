//! `verifier serve`: settings to a running service.

use std::path::{Path, PathBuf};

use clock::Clock;
use serde_json::Value;
use server::audit::AuditError;
use server::config::{BaseUrl, ConfigError, ServeArgs, StoreUrl};
use server::control::{Control, ControlError};
use server::durable::OpenError;
use server::serve::{Limits, ServeError, Tls};
use server::sign_in::{SignInArgs, SignInError, Site};
use server::web::WebArgs;
use server::{Durable, telemetry};
use tokio::net::TcpListener;
use url::Url;
use vc::jwk::{JwkError, PublicKey};
use vc::registry::Operators;
use vc::x5c::{self, ChainError, TrustAnchor};

use crate::app::{Settings, StartError, Verifier};
use crate::service::SERVICE;
use crate::trust::Source;

/// Largest file that is read at the start.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Flags of `verifier serve`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    serve: ServeArgs,
    /// Public address of this verifier
    #[arg(long, env = "STAFF_PASSPORT_BASE_URL")]
    base_url: BaseUrl,
    /// ODS code of this trust, for example R0A
    #[arg(long, env = "STAFF_PASSPORT_ODS", value_parser = ods_code)]
    ods: String,
    /// Name of this trust
    #[arg(long, env = "STAFF_PASSPORT_NAME")]
    name: String,
    /// Where to keep data, for example sled:/var/lib/verifier
    #[arg(long, env = "STAFF_PASSPORT_STORE")]
    store: StoreUrl,
    /// Address of the network's signed trust registry
    #[arg(long, env = "STAFF_PASSPORT_REGISTRY_URL")]
    registry_url: Url,
    /// Public keys of the network's operators: a file with a JWK or a JWK Set
    #[arg(long, env = "STAFF_PASSPORT_OPERATOR_KEY")]
    operator_key: PathBuf,
    /// How many of them must have signed
    #[arg(long, env = "STAFF_PASSPORT_OPERATOR_THRESHOLD", default_value_t = 1)]
    operator_threshold: usize,
    /// Seconds between two looks at the registry and the status lists
    #[arg(long, env = "STAFF_PASSPORT_POLL_SECONDS", default_value_t = 15,
          value_parser = clap::value_parser!(u32).range(1..=300))]
    poll_seconds: u32,
    /// Seconds in which a status list stands without a condition
    #[arg(long, env = "STAFF_PASSPORT_MAX_STATUS_AGE", default_value_t = 600,
          value_parser = clap::value_parser!(u32).range(60..=86_400))]
    max_status_age: u32,
    /// Root certificates (PEM) to trust beside the system's
    #[arg(long, env = "STAFF_PASSPORT_EXTRA_ROOTS")]
    extra_roots: Option<PathBuf>,
    #[command(flatten)]
    web: WebArgs,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// Root certificates (PEM) of the network, which certify keys of issuers (x5c)
    #[arg(long, env = "STAFF_PASSPORT_NETWORK_ROOT")]
    network_root: Option<PathBuf>,
}

/// Serves until it is told to stop.
///
/// # Errors
/// [`RunError`], a sentence.
pub async fn run(args: Args, clock: Clock) -> Result<(), RunError> {
    telemetry::init(args.serve.log);
    let loopback = args.base_url.url().scheme() == "http";
    // One rule for every address: plain http is for this machine only.
    if args.registry_url.scheme() != "https"
        && !(loopback && args.registry_url.as_str().parse::<BaseUrl>().is_ok())
    {
        return Err(RunError::PlainRegistry);
    }
    let operators = operators(&args.operator_key, args.operator_threshold)?;
    let extra_roots = args.extra_roots.as_deref().map(read).transpose()?;
    let network_roots =
        args.network_root.as_deref().map_or_else(|| Ok(Vec::new()), network_roots)?;
    let StoreUrl::Sled(data_dir) = args.store;
    let store = Durable::open(&data_dir)?;
    let settings = Settings {
        ods: args.ods,
        registry: Source { url: args.registry_url, operators },
        data_dir: data_dir.clone(),
        poll_seconds: args.poll_seconds,
        max_status_age: args.max_status_age,
        allow_loopback_http: loopback,
        extra_roots,
        network_roots,
    };
    let verifier = Verifier::start(settings, store.clone(), clock.clone()).await?;
    let who = (&args.base_url, args.name.as_str());
    let site = Site::start(SERVICE, who, (store, clock), &args.sign_in, &args.web)?;
    let tokens = verifier.tokens().clone();
    let _control = Control::with_people(&data_dir, tokens, site.accounts())?;
    let _maintenance = site.maintained();
    let address = args.serve.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address: address.to_string(), source })?;
    tracing::info!(name = %args.name, base_url = %args.base_url, "verifier starts");
    let _polls = verifier.poll();
    let tls = args.serve.tls_cert.zip(args.serve.tls_key).map(|(cert, key)| Tls { cert, key });
    if let Some(address) = args.serve.metrics_listen {
        server::metrics::listen(address).await?;
    }
    let stop = server::serve::shutdown_signal();
    let router = site.router(verifier.router(), verifier.pages());
    server::serve(listener, router, tls, Limits::default(), stop).await?;
    Ok(())
}

/// `verifier audit verify`: gives the number of rows.
///
/// # Errors
/// [`RunError`].
pub fn verify_audit(store: &StoreUrl) -> Result<u64, RunError> {
    let StoreUrl::Sled(dir) = store;
    Ok(server::audit::verify(&Durable::open(dir)?)?)
}

/// Pinned keys out of a file with a JWK or a JWK Set.
fn operators(file: &Path, threshold: usize) -> Result<Operators, RunError> {
    let name = || file.display().to_string();
    let json: Value =
        serde_json::from_slice(&read(file)?).map_err(|_| RunError::NoOperatorKeys(name()))?;
    let keys: Result<Vec<PublicKey>, JwkError> = match json.get("keys") {
        Some(Value::Array(keys)) => keys.iter().map(PublicKey::from_jwk).collect(),
        Some(_) => return Err(RunError::NoOperatorKeys(name())),
        None => PublicKey::from_jwk(&json).map(|key| vec![key]),
    };
    let keys = keys.map_err(|source| RunError::BadOperatorKey { file: name(), source })?;
    if threshold == 0 || threshold > keys.len() {
        return Err(RunError::Threshold { threshold, keys: keys.len() });
    }
    Ok(Operators { keys, threshold })
}

/// The authorities of a PEM file.
fn network_roots(file: &Path) -> Result<Vec<TrustAnchor>, RunError> {
    let name = || file.display().to_string();
    let bytes = read(file)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| RunError::BadNetworkRoot { file: name(), source: ChainError::Empty })?;
    x5c::anchors_from_pem(text).map_err(|source| RunError::BadNetworkRoot { file: name(), source })
}

fn read(file: &Path) -> Result<Vec<u8>, RunError> {
    crate::files::read_bounded(file, MAX_FILE_BYTES)
        .and_then(|bytes| bytes.ok_or_else(|| std::io::ErrorKind::NotFound.into()))
        .map_err(|source| RunError::Unreadable { file: file.display().to_string(), source })
}

/// The form of an ODS code: what a key binding's audience is compared with.
fn ods_code(text: &str) -> Result<String, String> {
    let fits = (3..=10).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("an ODS code, for example R0A".to_owned()) }
}

/// Why the service does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Plain HTTP to a registry outside this machine.
    #[error(
        "the registry's address must be https, unless it and this verifier are a demonstration \
         on this machine"
    )]
    PlainRegistry,
    /// A file named by a flag.
    #[error("{file} cannot be read")]
    Unreadable {
        /// Which.
        file: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// The file is neither a JWK nor a JWK Set.
    #[error("{0} is neither a JWK nor a JWK Set")]
    NoOperatorKeys(String),
    /// A key in it is refused.
    #[error("a key in {file} is refused")]
    BadOperatorKey {
        /// Which file.
        file: String,
        /// Why.
        #[source]
        source: JwkError,
    },
    /// The file is not PEM with authorities' certificates.
    #[error("the network root in {file} is refused")]
    BadNetworkRoot {
        /// Which file.
        file: String,
        /// Why.
        #[source]
        source: ChainError,
    },
    /// More signatures are asked for than there are keys, or none.
    #[error("{threshold} of {keys} operator keys can't be the threshold")]
    Threshold {
        /// As set.
        threshold: usize,
        /// As pinned.
        keys: usize,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The verifier.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Sign-in of people.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The audit log does not stand.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The control socket.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The server.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 8037, appendix A.2.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn pinned(json: &Value, threshold: usize) -> Result<Operators, RunError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("operator.json");
        std::fs::write(&file, json.to_string()).unwrap();
        operators(&file, threshold)
    }

    #[test]
    fn operator_keys_come_as_a_jwk_or_a_set() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": X});

        assert_eq!(pinned(&jwk, 1).unwrap().keys.len(), 1);
        assert_eq!(pinned(&json!({ "keys": [jwk] }), 1).unwrap().keys.len(), 1);
    }

    #[test]
    fn a_private_key_is_not_pinned() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": X, "d": X});

        assert!(matches!(pinned(&jwk, 1), Err(RunError::BadOperatorKey { .. })));
    }

    #[test]
    fn a_threshold_that_nobody_or_everybody_meets_is_refused() {
        let set = json!({ "keys": [{"kty": "OKP", "crv": "Ed25519", "x": X}] });

        for threshold in [0, 2] {
            assert!(matches!(pinned(&set, threshold), Err(RunError::Threshold { .. })));
        }
    }

    #[test]
    fn a_network_root_that_is_no_pem_certificate_stops_the_start() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("root.pem");
        for wrong in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAQID\n"] {
            std::fs::write(&file, wrong).unwrap();
            assert!(
                matches!(network_roots(&file), Err(RunError::BadNetworkRoot { .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn an_ods_code_is_capitals_and_digits() {
        assert_eq!(ods_code("R0A").as_deref(), Ok("R0A"));
        for bad in ["", "R0", "r0a", "R0A/", "ods:R0A", "R0A R0A"] {
            assert!(ods_code(bad).is_err(), "{bad}");
        }
    }
}
