//! Whom the wallet trusts: the network's registry, signed by the pinned operators.

use fetch::{FetchError, Fetched, Fetcher};
use url::Url;
use vc::registry::{Operators, Organisation, OrganisationState, RegistryError, VerifiedRegistry};
use vc::time::UnixTime;

use crate::store::{KeptRegistry, Settings};

/// What is known of the registry after an attempt to fetch it.
#[derive(Debug)]
pub struct Trust {
    /// The newest registry that is in force; `None` when there is none.
    pub registry: Option<VerifiedRegistry>,
    /// What to keep in the store, when it is newer than what is kept.
    pub newer: Option<KeptRegistry>,
    /// Why the newest could not be had, when it could not.
    pub problem: Option<TrustError>,
}

impl Trust {
    /// Fetches the registry; on any failure works from the last good copy and says why.
    pub async fn refresh(
        fetcher: &Fetcher,
        settings: &Settings,
        kept: Option<&KeptRegistry>,
        now: UnixTime,
    ) -> Self {
        match fetch(fetcher, settings, kept, now).await {
            Ok(Newest::Fetched(registry, newer)) => {
                Self { registry: Some(registry), newer: Some(newer), problem: None }
            }
            Ok(Newest::Kept(registry)) => {
                Self { registry: Some(registry), newer: None, problem: None }
            }
            Err(problem) => {
                let registry = kept.and_then(|kept| reopen(settings, kept, now).ok());
                Self { registry, newer: None, problem: Some(problem) }
            }
        }
    }

    /// The registry in force.
    ///
    /// # Errors
    /// Why there is none.
    pub fn in_force(&self) -> Result<&VerifiedRegistry, &TrustError> {
        self.registry.as_ref().ok_or_else(|| self.problem.as_ref().unwrap_or(&TrustError::None))
    }
}

/// The active organisation with this ODS code.
pub fn active_host<'r>(registry: &'r VerifiedRegistry, ods: &str) -> Option<&'r Organisation> {
    registry
        .organisation(ods)
        .filter(|organisation| organisation.state == OrganisationState::Active)
}

enum Newest {
    Fetched(VerifiedRegistry, KeptRegistry),
    Kept(VerifiedRegistry),
}

async fn fetch(
    fetcher: &Fetcher,
    settings: &Settings,
    kept: Option<&KeptRegistry>,
    now: UnixTime,
) -> Result<Newest, TrustError> {
    let url = Url::parse(&settings.registry_url).map_err(|_| TrustError::BadAddress)?;
    let etag = kept.and_then(|kept| kept.etag.as_deref());
    match (fetcher.get(&url, etag).await.map_err(TrustError::Fetch)?, kept) {
        (Fetched::NotModified, Some(kept)) => reopen(settings, kept, now).map(Newest::Kept),
        (Fetched::NotModified, None) => Err(TrustError::None),
        (Fetched::Body(reply), _) => {
            let last = kept.map(|kept| kept.version);
            let registry = VerifiedRegistry::verify(&reply.bytes, &operators(settings), last, now)
                .map_err(TrustError::Refused)?;
            let document = String::from_utf8(reply.bytes)
                .map_err(|_| TrustError::Refused(RegistryError::Malformed))?;
            let version = registry.payload().version;
            Ok(Newest::Fetched(registry, KeptRegistry { document, version, etag: reply.etag }))
        }
    }
}

fn reopen(
    settings: &Settings,
    kept: &KeptRegistry,
    now: UnixTime,
) -> Result<VerifiedRegistry, TrustError> {
    let document = kept.document.as_bytes();
    VerifiedRegistry::verify(document, &operators(settings), Some(kept.version), now)
        .map_err(TrustError::Refused)
}

fn operators(settings: &Settings) -> Operators {
    Operators { keys: settings.operator_keys.clone(), threshold: settings.threshold }
}

/// Why there is no newer registry.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The pinned address is no URL.
    #[error("registry address is not a URL")]
    BadAddress,
    /// It could not be fetched.
    #[error("registry not fetched")]
    Fetch(#[source] FetchError),
    /// What was fetched, or kept, does not hold.
    #[error("registry refused")]
    Refused(#[source] RegistryError),
    /// There never was one.
    #[error("no registry yet")]
    None,
}
