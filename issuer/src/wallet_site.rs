//! The phone wallet on an origin of its own: its files, what it must know, and a strict policy. An
//! issuer's script never reaches holder keys, because no issuer's page has this origin.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Response};
use axum::middleware::map_response;
use axum::routing::get;
use serde_json::{Value, json};
use server::config::BaseUrl;
use server::etag::Tagged;
use server::web::Web;
use vc::jwk::{JwkError, PublicKey};

/// The manifest that the build would serve; name and colour are put in here.
const MANIFEST: &str = include_str!("../../web/wallet/manifest.webmanifest");
/// Where plain http may go: services of this machine, when the wallet itself is served by one.
const LOOPBACK: &str = " http://localhost:* http://127.0.0.1:*";
/// What the wallet may use of the browser.
const PERMISSIONS: &str = "camera=(self), screen-wake-lock=(self), clipboard-write=(self), \
     publickey-credentials-create=(self), publickey-credentials-get=(self), accelerometer=(), \
     display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
     payment=(), serial=(), usb=()";

/// Flags of `issuer serve` for the phone wallet.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct WalletArgs {
    /// Address to serve the phone wallet on; it is not served without one
    #[arg(long, env = "STAFF_PASSPORT_WALLET_LISTEN",
          requires_all = ["wallet_origin", "wallet_registry_url", "wallet_operator_key"])]
    pub wallet_listen: Option<SocketAddr>,
    /// Origin that phones reach the wallet by; not the issuer's
    #[arg(long, env = "STAFF_PASSPORT_WALLET_ORIGIN", requires = "wallet_listen")]
    wallet_origin: Option<BaseUrl>,
    /// Where the wallet finds the network's registry
    #[arg(long, env = "STAFF_PASSPORT_WALLET_REGISTRY_URL", requires = "wallet_listen")]
    wallet_registry_url: Option<BaseUrl>,
    /// Public keys of the network's operators, which the wallet pins: a JWK or a JWK Set
    #[arg(long, env = "STAFF_PASSPORT_WALLET_OPERATOR_KEY", requires = "wallet_listen")]
    wallet_operator_key: Option<PathBuf>,
    /// How many operators must have signed the registry
    #[arg(long, env = "STAFF_PASSPORT_WALLET_OPERATOR_THRESHOLD", default_value_t = 1)]
    wallet_operator_threshold: usize,
    /// Main colour of the wallet, for example #003d5c; white text must be readable on it
    #[arg(long, env = "STAFF_PASSPORT_WALLET_COLOUR", default_value = "#003d5c",
          value_parser = colour)]
    wallet_colour: String,
}

impl WalletArgs {
    /// Where phones reach the wallet.
    pub fn origin(&self) -> Option<&BaseUrl> {
        self.wallet_origin.as_ref()
    }

    /// The site, when there is an address for one.
    ///
    /// # Errors
    /// [`WalletSiteError`], a sentence that stops start-up.
    pub fn site(
        &self,
        issuer: &BaseUrl,
        organisation: &str,
        product: &str,
        web: &Web,
    ) -> Result<Option<WalletSite>, WalletSiteError> {
        let (Some(_), Some(origin), Some(registry), Some(keys)) = (
            &self.wallet_listen,
            &self.wallet_origin,
            &self.wallet_registry_url,
            &self.wallet_operator_key,
        ) else {
            return Ok(None);
        };
        if !web.has_wallet() {
            return Err(WalletSiteError::NotBuilt);
        }
        if origin.url().path() != "/" {
            return Err(WalletSiteError::NotAnOrigin(origin.to_string()));
        }
        if origin.url().origin() == issuer.url().origin() {
            return Err(WalletSiteError::SameOrigin(origin.to_string()));
        }
        let operators = operators(keys, self.wallet_operator_threshold)?;
        Ok(Some(WalletSite {
            origin: origin.clone(),
            config: json!({
                "product": product,
                "theme": self.wallet_colour,
                "organisation": organisation,
                "registry": registry.as_str(),
                "operators": operators.iter().map(PublicKey::to_jwk).collect::<Vec<_>>(),
                "threshold": self.wallet_operator_threshold,
            }),
            web: web.clone(),
        }))
    }
}

fn colour(text: &str) -> Result<String, String> {
    match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(text.to_ascii_lowercase())
        }
        _ => Err("a colour is # and six hexadecimal digits".to_owned()),
    }
}

/// Pinned keys out of a file with a JWK or a JWK Set.
fn operators(file: &Path, threshold: usize) -> Result<Vec<PublicKey>, WalletSiteError> {
    let bytes = std::fs::read(file)
        .map_err(|source| WalletSiteError::Unreadable { file: file.to_owned(), source })?;
    let not_keys = || WalletSiteError::NoOperatorKeys(file.to_owned());
    let json: Value = serde_json::from_slice(&bytes).map_err(|_| not_keys())?;
    let jwks = match json.get("keys") {
        Some(Value::Array(keys)) => keys.clone(),
        Some(_) => return Err(not_keys()),
        None => vec![json],
    };
    let keys = jwks.iter().map(PublicKey::from_jwk).collect::<Result<Vec<_>, JwkError>>();
    let keys =
        keys.map_err(|source| WalletSiteError::BadOperatorKey { file: file.to_owned(), source })?;
    if threshold == 0 || threshold > keys.len() {
        return Err(WalletSiteError::Threshold { threshold, keys: keys.len() });
    }
    Ok(keys)
}

/// What the second listener serves.
#[derive(Clone, Debug)]
pub struct WalletSite {
    origin: BaseUrl,
    config: Value,
    web: Web,
}

impl WalletSite {
    /// Every file of the wallet, `/config.json` and the manifest with this network's names.
    pub fn router(&self) -> Router {
        let document = |value: &Value, kind: &'static str| {
            let document = Tagged::new(value.to_string());
            get(move |request: HeaderMap| std::future::ready(document.answer(&request, kind)))
        };
        let headers = self.headers();
        Router::new()
            .route("/config.json", document(&self.config, "application/json"))
            .route("/manifest.webmanifest", document(&self.manifest(), "application/manifest+json"))
            .merge(self.web.wallet_router(&[]))
            .layer(map_response(move |mut response: Response<axum::body::Body>| {
                for (name, value) in &headers {
                    response.headers_mut().insert(name, value.clone());
                }
                std::future::ready(response)
            }))
    }

    fn manifest(&self) -> Value {
        let mut manifest: Value = serde_json::from_str(MANIFEST).unwrap_or_default();
        if let Some(members) = manifest.as_object_mut() {
            for (name, from) in
                [("name", "product"), ("short_name", "product"), ("theme_color", "theme")]
            {
                let value = self.config.get(from).cloned().unwrap_or_default();
                members.insert(name.to_owned(), value);
            }
        }
        manifest
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let https = self.origin.url().scheme() == "https";
        // Issuers, hosts and registry are other origins, and the registry says which.
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; connect-src 'self' https:{}; manifest-src 'self'; \
             worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types wallet",
            if https { "" } else { LOOPBACK }
        );
        let fixed = HeaderValue::from_static;
        let mut headers = vec![
            (REFERRER_POLICY, fixed("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin")),
            (HeaderName::from_static("permissions-policy"), fixed(PERMISSIONS)),
        ];
        headers
            .extend(HeaderValue::try_from(policy).map(|policy| (CONTENT_SECURITY_POLICY, policy)));
        if https {
            headers.push((STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000")));
        }
        headers
    }
}

/// Why the wallet is not served.
#[derive(Debug, thiserror::Error)]
pub enum WalletSiteError {
    /// No files.
    #[error("the phone wallet was not built: run web/build, or leave --wallet-listen out")]
    NotBuilt,
    /// The origin has a path.
    #[error("{0:?} is no origin: leave the path out")]
    NotAnOrigin(String),
    /// The issuer's own origin.
    #[error("{0:?} is the issuer's own origin; the wallet needs one of its own")]
    SameOrigin(String),
    /// The operators' keys cannot be read.
    #[error("{} cannot be read", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Not keys.
    #[error("{} holds neither a JWK nor a JWK Set", .0.display())]
    NoOperatorKeys(PathBuf),
    /// A key that cannot be used.
    #[error("{} holds a key that cannot be used", file.display())]
    BadOperatorKey {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: JwkError,
    },
    /// More signatures than keys, or none.
    #[error("{threshold} of {keys} operator keys can't be the threshold")]
    Threshold {
        /// As given.
        threshold: usize,
        /// How many keys.
        keys: usize,
    },
}

#[cfg(test)]
mod tests;
