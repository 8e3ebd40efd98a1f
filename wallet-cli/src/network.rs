//! Where the wallet may go: the pinned registry, the members that it names, and nobody else.

use fetch::{FetchError, Fetched, Fetcher, Guards, Reply, SetUpError};
use url::{Host, Url};
use vc::oid4vci::Transport;
use vc::registry::{OrganisationState, VerifiedRegistry};

use crate::trust::TrustError;

/// The outbound side of one command.
#[derive(Debug)]
pub struct Network {
    fetcher: Fetcher,
    transport: Transport,
    allowed: Vec<Url>,
}

impl Network {
    /// May go to the registry only. A registry on this machine makes it a network for trying
    /// things: then `http` on this machine is allowed for all its members.
    ///
    /// # Errors
    /// [`NetworkError`].
    pub fn new(registry_url: &str) -> Result<Self, NetworkError> {
        let registry = Url::parse(registry_url).map_err(|_| TrustError::BadAddress)?;
        let transport = match registry.scheme() {
            "http" if is_loopback(&registry) => Transport::LoopbackHttp,
            "https" => Transport::Https,
            _ => return Err(TrustError::BadAddress.into()),
        };
        let guards = Guards {
            allow_loopback_http: transport == Transport::LoopbackHttp,
            ..Guards::default()
        };
        let network = Self { fetcher: Fetcher::new(guards)?, transport, allowed: vec![registry] };
        network.fetcher.allow_only(&network.allowed);
        Ok(network)
    }

    /// Which addresses documents may name.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The fetcher.
    pub fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// May also go to the origins of every active member.
    pub fn allow_members(&mut self, registry: &VerifiedRegistry) {
        let active = registry
            .payload()
            .organisations
            .iter()
            .filter(|organisation| organisation.state == OrganisationState::Active);
        let addresses = active.flat_map(|organisation| {
            let issuer = organisation.issuer.as_ref().map(|issuer| &issuer.url);
            let verifier = organisation.verifier.as_ref().map(|verifier| &verifier.url);
            issuer.into_iter().chain(verifier)
        });
        self.allowed.extend(addresses.filter_map(|address| Url::parse(address).ok()));
        self.fetcher.allow_only(&self.allowed);
    }

    /// May also go to the origin of one address.
    pub fn allow(&mut self, address: &str) {
        self.allowed.extend(Url::parse(address));
        self.fetcher.allow_only(&self.allowed);
    }

    /// Whether one address lies where the wallet may go.
    pub fn allows(&self, address: &str) -> bool {
        Url::parse(address)
            .is_ok_and(|url| self.allowed.iter().any(|allowed| allowed.origin() == url.origin()))
    }

    /// GET of a document.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, address: &str, accept: &str) -> Result<Reply, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::BadAddress)?;
        match self.fetcher.get_as(&url, accept, None).await? {
            Fetched::Body(reply) => Ok(reply),
            Fetched::NotModified => Err(FetchError::Status(304)),
        }
    }

    /// POST of any body.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn post(
        &self,
        address: &str,
        content_type: &str,
        body: String,
        bearer: Option<&str>,
    ) -> Result<Reply, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::BadAddress)?;
        self.fetcher.post(&url, content_type, body.into_bytes(), bearer).await
    }

    /// POST of any body beside a DPoP proof and the access token that is bound to its key.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn post_proving(
        &self,
        address: &str,
        content_type: &str,
        body: String,
        proof: &str,
        token: Option<&str>,
    ) -> Result<Reply, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::BadAddress)?;
        self.fetcher.post_proving(&url, content_type, body.into_bytes(), proof, token).await
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Why there is no way out.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The registry's address is not usable.
    #[error(transparent)]
    Registry(#[from] TrustError),
    /// No HTTP client on this machine.
    #[error("no HTTP client")]
    SetUp(#[from] SetUpError),
}
