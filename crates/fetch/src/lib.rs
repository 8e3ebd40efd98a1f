//! Outbound HTTP with guards: known origins only, no redirect, no special-purpose address, a limit
//! of time and of bytes; conditional requests (RFC 9110, 13).

mod address;
mod error;
mod resolve;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    WWW_AUTHENTICATE,
};
use reqwest::{Certificate, Client, RequestBuilder, Response, StatusCode};
use url::{Host, Origin, Url};

pub use crate::error::{FetchError, SetUpError};
use crate::resolve::{GuardedResolver, LOCALHOST, Lookup, RefusedAddress, SystemLookup};

/// Longest time a request takes, from name to last byte.
pub const TIMEOUT: Duration = Duration::from_secs(2);
/// Longest answer in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// How long a connection waits to be used again.
const IDLE: Duration = Duration::from_secs(60);
/// A proof of possession (RFC 9449, 4.1).
const DPOP: HeaderName = HeaderName::from_static("dpop");
/// The nonce for the next proof (RFC 9449, 8).
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
const USER_AGENT: &str = concat!("staff-passport/", env!("CARGO_PKG_VERSION"));

/// What holds for every request of a [`Fetcher`].
#[derive(Clone, Debug)]
pub struct Guards {
    /// For demonstrations: `http` and loopback addresses, for `127.0.0.0/8`, `[::1]` and
    /// `localhost` only.
    pub allow_loopback_http: bool,
    /// From name to last byte.
    pub timeout: Duration,
    /// Longest answer in bytes.
    pub max_bytes: usize,
    /// Root certificates in PEM, beside the system's.
    pub extra_roots: Option<Vec<u8>>,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            allow_loopback_http: false,
            timeout: TIMEOUT,
            max_bytes: MAX_BYTES,
            extra_roots: None,
        }
    }
}

/// Fetches from allowed origins only; none is allowed at first. Clones share one set and one pool.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    allowed: Arc<ArcSwap<HashSet<Origin>>>,
    guards: Arc<Guards>,
}

/// A successful (2xx) answer to a conditional GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// What the caller has is still right (304).
    NotModified,
    /// A new body.
    Body(Reply),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code; never a redirect.
    pub status: u16,
    /// `Content-Type` without its parameters, in lower case.
    pub content_type: Option<String>,
    /// `ETag` as sent.
    pub etag: Option<String>,
    /// `DPoP-Nonce` as sent.
    pub dpop_nonce: Option<String>,
    /// `WWW-Authenticate` as sent.
    pub challenge: Option<String>,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Fetcher {
    /// A fetcher that may go nowhere yet: see [`Self::allow_only`].
    ///
    /// # Errors
    /// [`SetUpError`].
    pub fn new(guards: Guards) -> Result<Self, SetUpError> {
        Self::with_lookup(guards, Arc::new(SystemLookup))
    }

    fn with_lookup(guards: Guards, lookup: Arc<dyn Lookup>) -> Result<Self, SetUpError> {
        let roots = match &guards.extra_roots {
            Some(pem) => Certificate::from_pem_bundle(pem).map_err(SetUpError::BadRoots)?,
            None => Vec::new(),
        };
        let loopback = guards.allow_loopback_http;
        let builder = || {
            Client::builder()
                .user_agent(USER_AGENT)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(guards.timeout)
                .pool_idle_timeout(IDLE)
                .dns_resolver(GuardedResolver { lookup: Arc::clone(&lookup), loopback })
        };
        // A machine without any system root can't make the merged client, yet it can go where
        // the extra roots lead, and to this machine.
        let client = builder()
            .tls_certs_merge(roots.clone())
            .build()
            .or_else(|_| builder().tls_certs_only(roots).build())
            .map_err(SetUpError::NoClient)?;
        Ok(Self { client, allowed: Arc::default(), guards: Arc::new(guards) })
    }

    /// Replaces the set of allowed origins, for all clones.
    pub fn allow_only<'a>(&self, addresses: impl IntoIterator<Item = &'a Url>) {
        self.allowed.store(Arc::new(addresses.into_iter().map(Url::origin).collect()));
    }

    /// GET; `etag` is that of the copy at hand.
    ///
    /// # Errors
    /// [`FetchError`]; every status but 2xx and, when `etag` is given, 304 is one.
    pub async fn get(&self, address: &Url, etag: Option<&str>) -> Result<Fetched, FetchError> {
        self.get_as(address, "*/*", etag).await
    }

    /// GET with an `Accept` header.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_as(
        &self,
        address: &Url,
        accept: &str,
        etag: Option<&str>,
    ) -> Result<Fetched, FetchError> {
        self.check(address)?;
        let mut request = self.client.get(address.clone()).header(ACCEPT, accept);
        // An etag that is no header value can't have come from this server: ask without it.
        let etag = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
        let conditional = etag.is_some();
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let reply = self.send(request).await?;
        match reply.status {
            304 if conditional => Ok(Fetched::NotModified),
            _ if reply.is_success() => Ok(Fetched::Body(reply)),
            status => Err(FetchError::Status(status)),
        }
    }

    /// GET with a bearer token when given. Any status but a redirect is an answer.
    ///
    /// # Errors
    /// [`FetchError`], never [`FetchError::Status`].
    pub async fn get_with_bearer(
        &self,
        address: &Url,
        accept: &str,
        bearer: Option<&str>,
    ) -> Result<Reply, FetchError> {
        self.check(address)?;
        let mut request = self.client.get(address.clone()).header(ACCEPT, accept);
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    /// POST of a form. Any status but a redirect is an answer: OAuth errors have a body.
    ///
    /// # Errors
    /// [`FetchError`], never [`FetchError::Status`].
    pub async fn post_form(
        &self,
        address: &Url,
        fields: &[(&str, &str)],
    ) -> Result<Reply, FetchError> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.post(address, "application/x-www-form-urlencoded", form.finish().into_bytes(), None)
            .await
    }

    /// POST of a JSON text, with a bearer token when given. Any status but a redirect is an answer.
    ///
    /// # Errors
    /// [`FetchError`], never [`FetchError::Status`].
    pub async fn post_json(
        &self,
        address: &Url,
        json: String,
        bearer: Option<&str>,
    ) -> Result<Reply, FetchError> {
        self.post(address, "application/json", json.into_bytes(), bearer).await
    }

    /// POST of any body, with a bearer token when given. Any status but a redirect is an answer.
    ///
    /// # Errors
    /// [`FetchError`], never [`FetchError::Status`].
    pub async fn post(
        &self,
        address: &Url,
        content_type: &str,
        body: Vec<u8>,
        bearer: Option<&str>,
    ) -> Result<Reply, FetchError> {
        self.check(address)?;
        let mut request =
            self.client.post(address.clone()).header(CONTENT_TYPE, content_type).body(body);
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    /// POST of any body with a DPoP proof, and beside it the access token that is bound to the
    /// proof's key (RFC 9449, 7.1). Any status but a redirect is an answer.
    ///
    /// # Errors
    /// [`FetchError`], never [`FetchError::Status`].
    pub async fn post_proving(
        &self,
        address: &Url,
        content_type: &str,
        body: Vec<u8>,
        proof: &str,
        token: Option<&str>,
    ) -> Result<Reply, FetchError> {
        self.check(address)?;
        let mut request = self
            .client
            .post(address.clone())
            .header(CONTENT_TYPE, content_type)
            .header(DPOP, proof)
            .body(body);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("DPoP {token}"));
        }
        self.send(request).await
    }

    /// Scheme, origin and a literal address, before any socket is opened. Names are checked once
    /// more where they are resolved.
    fn check(&self, address: &Url) -> Result<(), FetchError> {
        let host = address.host().ok_or(FetchError::BadAddress)?;
        if !address.username().is_empty() || address.password().is_some() {
            return Err(FetchError::BadAddress);
        }
        let origin = address.origin();
        if !self.allowed.load().contains(&origin) {
            return Err(FetchError::OriginNotAllowed(origin.ascii_serialization()));
        }
        let literal = match &host {
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address)),
            Host::Domain(_) => None,
        };
        let this_machine = self.guards.allow_loopback_http
            && match &host {
                Host::Domain(name) => *name == LOCALHOST,
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
            };
        match address.scheme() {
            "https" => {}
            "http" if this_machine => {}
            scheme => return Err(FetchError::SchemeNotAllowed(scheme.to_owned())),
        }
        match literal {
            Some(address) if !this_machine && !address::is_public(address) => {
                Err(FetchError::AddressNotAllowed(address))
            }
            _ => Ok(()),
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, FetchError> {
        let whole = async {
            let response = request.send().await.map_err(classify)?;
            read(response, self.guards.max_bytes).await
        };
        match tokio::time::timeout(self.guards.timeout, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::TimedOut),
        }
    }
}

/// Reads a whole answer, or stops at the limit.
async fn read(mut response: Response, max_bytes: usize) -> Result<Reply, FetchError> {
    let status = response.status();
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return Err(FetchError::Redirected(status.as_u16()));
    }
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge(max_bytes));
    }
    let header = |name: HeaderName| {
        let value: Option<&HeaderValue> = response.headers().get(name);
        value.and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let (etag, dpop_nonce) = (header(ETAG), header(DPOP_NONCE));
    let challenge = header(WWW_AUTHENTICATE);
    let content_type = header(CONTENT_TYPE).map(|value| match value.split_once(';') {
        Some((essence, _)) => essence.trim().to_ascii_lowercase(),
        None => value.trim().to_ascii_lowercase(),
    });
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if bytes.len().saturating_add(chunk.len()) > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Reply { status: status.as_u16(), content_type, etag, dpop_nonce, challenge, bytes })
}

/// Finds our own refusal in the client's error chain.
fn classify(error: reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::TimedOut;
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(current) = cause {
        if let Some(RefusedAddress(address)) = current.downcast_ref() {
            return FetchError::AddressNotAllowed(*address);
        }
        cause = current.source();
    }
    // The address stays out of logs: a path may name a list or an offer.
    FetchError::Unreachable(error.without_url())
}
