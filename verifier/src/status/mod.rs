//! Status lists of every issuer of the registry, fetched before they are needed, so that a scan
//! does not wait for the network (Token Status List, 8).

mod issuer;
mod kept;
mod slot;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use clock::Clock;
use fetch::Fetcher;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;
use vc::registry::{Organisation, OrganisationState, VerifiedRegistry};
use vc::status_list::{StatusListError, StatusReference, VerifiedStatusList};
use vc::verify::StatusEvidence;
use vc::x5c::TrustAnchor;

pub(crate) use self::issuer::IssuerLists;
use self::kept::Shelf;
use self::slot::Slot;

/// Issuers asked at one time.
const CONCURRENT_ISSUERS: usize = 32;

/// Every active issuer of a registry with its address.
pub(crate) fn active_issuers(
    registry: &VerifiedRegistry,
) -> impl Iterator<Item = (&Organisation, Url)> {
    registry.payload().organisations.iter().filter_map(|organisation| {
        if organisation.state != OrganisationState::Active {
            return None;
        }
        let url = organisation.issuer.as_ref()?.url.parse().ok()?;
        Some((organisation, url))
    })
}

/// The lists of every issuer.
pub struct StatusCache {
    outside: Arc<Outside>,
    issuers: ArcSwap<HashMap<String, Arc<IssuerLists>>>,
    at_once: Arc<Semaphore>,
}

/// What a list needs of the world.
pub(crate) struct Outside {
    fetcher: Fetcher,
    clock: Clock,
    shelf: Shelf,
    /// Seconds in which a list that no aggregation names is asked for once.
    poll_seconds: i64,
    /// The network's roots.
    anchors: Arc<[TrustAnchor]>,
}

/// What is known of one list, for [`vc::verify`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    list: Option<Arc<VerifiedStatusList>>,
    error: Option<Arc<StatusListError>>,
}

impl Known {
    pub(crate) fn evidence(&self) -> StatusEvidence<'_> {
        match &self.list {
            Some(list) => StatusEvidence::List(list),
            None => StatusEvidence::Unavailable(self.error.as_deref()),
        }
    }

    pub(crate) fn list(&self) -> Option<&VerifiedStatusList> {
        self.list.as_deref()
    }
}

impl StatusCache {
    /// Knows no list yet; `folder` keeps the last good ones.
    pub fn new(
        fetcher: Fetcher,
        clock: Clock,
        folder: PathBuf,
        poll_seconds: i64,
        anchors: Arc<[TrustAnchor]>,
    ) -> Self {
        let outside = Outside { fetcher, clock, shelf: Shelf(folder), poll_seconds, anchors };
        Self {
            outside: Arc::new(outside),
            issuers: ArcSwap::default(),
            at_once: Arc::new(Semaphore::new(CONCURRENT_ISSUERS)),
        }
    }

    /// What is known of a list, without waiting.
    pub(crate) fn known(&self, issuer: &str, reference: Option<&StatusReference>) -> Known {
        let Some(reference) = reference else { return Known::default() };
        self.issuers
            .load()
            .get(issuer)
            .and_then(|lists| lists.slot(&reference.uri))
            .map_or_else(Known::default, |slot| slot.known())
    }

    /// Asks once for a list that the last polls did not bring. Call it only for a credential whose
    /// issuer signature verified: the address is then the issuer's word.
    pub(crate) async fn fetch_missing(
        &self,
        registry: &VerifiedRegistry,
        issuer: &str,
        reference: &StatusReference,
    ) -> Known {
        let Some(lists) = self.issuers.load().get(issuer).map(Arc::clone) else {
            return Known::default();
        };
        lists.fetch_missing(registry, &reference.uri, &self.outside).await
    }

    /// Follows the registry: takes up new issuers, with what the disk has of them, and drops those
    /// that left. Known lists of those that stay are kept.
    pub async fn follow(&self, registry: &VerifiedRegistry) {
        let before = self.issuers.load_full();
        let mut issuers = HashMap::new();
        for (organisation, url) in active_issuers(registry) {
            let Some(entry) = &organisation.issuer else { continue };
            let lists = match before.get(&entry.url) {
                Some(known) => Arc::clone(known),
                None => {
                    let lists = IssuerLists::new(entry.url.clone(), url);
                    lists.restore(entry, &self.outside).await;
                    Arc::new(lists)
                }
            };
            issuers.insert(entry.url.clone(), lists);
        }
        self.issuers.store(Arc::new(issuers));
    }

    /// Every issuer that is followed.
    pub(crate) fn issuers(&self) -> Arc<HashMap<String, Arc<IssuerLists>>> {
        self.issuers.load_full()
    }

    /// Polls one issuer: its aggregation and every list of it.
    ///
    /// # Errors
    /// [`PollError`] of the first thing that went wrong; what could be refreshed is.
    pub(crate) async fn poll(
        &self,
        lists: &IssuerLists,
        registry: &VerifiedRegistry,
    ) -> Result<(), PollError> {
        let Ok(_permit) = self.at_once.acquire().await else { return Ok(()) };
        lists.poll(registry, &self.outside).await
    }

    /// Polls every issuer once.
    pub async fn poll_all(self: &Arc<Self>, registry: &Arc<VerifiedRegistry>) {
        let mut polls = JoinSet::new();
        for lists in self.issuers().values() {
            let (cache, lists, registry) =
                (Arc::clone(self), Arc::clone(lists), Arc::clone(registry));
            polls.spawn(async move {
                if let Err(error) = cache.poll(&lists, &registry).await {
                    lists.log(&error);
                }
            });
        }
        while polls.join_next().await.is_some() {}
    }
}

/// Why an issuer's lists could not all be refreshed; known ones stay.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    /// Its metadata, its aggregation or a list could not be fetched.
    #[error("{what} could not be fetched")]
    Fetch {
        what: &'static str,
        #[source]
        source: fetch::FetchError,
    },
    /// Its metadata or aggregation is not of the form.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// An address leads off the issuer's own origin.
    #[error("{0} is not at the issuer's origin")]
    OtherOrigin(&'static str),
    /// It has more lists than one issuer may have here.
    #[error("more than {0} status lists")]
    TooManyLists(usize),
    /// A list was refused.
    #[error("a status list is refused")]
    List(#[from] StatusListError),
    /// A list is older than the one known.
    #[error("a status list went back in time by {0} s")]
    RolledBack(i64),
}
