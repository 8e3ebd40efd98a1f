//! One issuer's lists: found by its metadata's aggregation endpoint (Token Status List, 9), or
//! named by a credential that it signed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use fetch::{FetchError, Fetched, Reply};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use url::Url;
use vc::json::{self, Limits};
use vc::registry::{IssuerEntry, VerifiedRegistry};
use vc::time::UnixTime;

use super::{Known, Outside, PollError, Slot};

/// Most lists of one issuer: 130 million credentials in force.
const MAX_LISTS: usize = 1024;
/// Metadata is asked for again after an hour, or as soon as something fails.
const METADATA_SECONDS: i64 = 3600;
const METADATA: &str = "authorization server metadata";
const AGGREGATION: &str = "the status list aggregation";

/// Slots by the address that credentials write.
type Slots = HashMap<String, Arc<Slot>>;

pub(crate) struct IssuerLists {
    issuer: String,
    url: Url,
    slots: ArcSwap<Slots>,
    /// One poll at a time.
    discovery: Mutex<Discovery>,
}

#[derive(Default)]
struct Discovery {
    endpoint: Option<(Url, i64)>,
    etag: Option<String>,
    named: HashSet<String>,
}

impl IssuerLists {
    pub(super) fn new(issuer: String, url: Url) -> Self {
        Self { issuer, url, slots: ArcSwap::default(), discovery: Mutex::default() }
    }

    pub(super) fn slot(&self, uri: &str) -> Option<Arc<Slot>> {
        self.slots.load().get(uri).map(Arc::clone)
    }

    /// Says once where it is handled what went wrong.
    pub(crate) fn log(&self, error: &PollError) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::warn!(issuer = %self.issuer, error = %error, cause, "status not refreshed");
    }

    /// Takes what the disk has.
    pub(super) async fn restore(&self, entry: &IssuerEntry, outside: &Outside) {
        let now = UnixTime(outside.clock.now());
        for kept in outside.shelf.of_issuer(&self.issuer).await {
            if let Ok(slot) = self.slot_for(&kept.uri) {
                slot.restore(kept, entry, &outside.anchors, now).await;
            }
        }
    }

    /// One bounded attempt for a list that is not known.
    pub(super) async fn fetch_missing(
        &self,
        registry: &VerifiedRegistry,
        uri: &str,
        outside: &Outside,
    ) -> Known {
        let Some((_, entry)) = registry.issuer(&self.issuer) else { return Known::default() };
        let slot = match self.slot_for(uri) {
            Ok(slot) => slot,
            Err(error) => {
                self.log(&error);
                return Known::default();
            }
        };
        let fetched =
            slot.refresh_if_older(outside.poll_seconds, &self.issuer, entry, outside).await;
        if let Err(error) = fetched {
            self.log(&error);
        }
        slot.known()
    }

    /// Refreshes the aggregation, then every list. The first error is told; the rest goes on
    /// unless the host is down.
    pub(super) async fn poll(
        &self,
        registry: &VerifiedRegistry,
        outside: &Outside,
    ) -> Result<(), PollError> {
        let Some((_, entry)) = registry.issuer(&self.issuer) else { return Ok(()) };
        let mut discovery = self.discovery.lock().await;
        let mut first_error = None;
        if let Err(error) = self.discover(&mut discovery, outside).await {
            discovery.endpoint = None;
            discovery.etag = None;
            if host_is_down(&error) {
                return Err(error);
            }
            first_error = Some(error);
        }
        let slots = self.slots.load_full();
        for slot in slots.values() {
            if let Err(error) = slot.refresh_if_older(0, &self.issuer, entry, outside).await {
                let down = host_is_down(&error);
                first_error.get_or_insert(error);
                if down {
                    break;
                }
            }
        }
        self.drop_spent(&discovery, outside).await;
        first_error.map_or(Ok(()), Err)
    }

    /// Learns which lists there are.
    async fn discover(
        &self,
        discovery: &mut Discovery,
        outside: &Outside,
    ) -> Result<(), PollError> {
        let now = outside.clock.now();
        let endpoint = match &discovery.endpoint {
            Some((endpoint, at)) if now.saturating_sub(*at) < METADATA_SECONDS => endpoint.clone(),
            _ => {
                let endpoint = self.aggregation_endpoint(outside).await?;
                discovery.endpoint = Some((endpoint.clone(), now));
                endpoint
            }
        };
        let fetched = outside.fetcher.get(&endpoint, discovery.etag.as_deref()).await;
        let reply = match fetched {
            Ok(Fetched::NotModified) => return Ok(()),
            Ok(Fetched::Body(reply)) => reply,
            Err(source) => return Err(PollError::Fetch { what: AGGREGATION, source }),
        };
        let named = named_lists(&reply)?;
        // One bad address takes nothing from the others.
        let refused = named.iter().filter_map(|uri| self.slot_for(uri).err()).next();
        discovery.named = named.into_iter().collect();
        discovery.etag = reply.etag;
        refused.map_or(Ok(()), Err)
    }

    /// `status_list_aggregation_endpoint` of the issuer's metadata (RFC 8414, 3).
    async fn aggregation_endpoint(&self, outside: &Outside) -> Result<Url, PollError> {
        let mut address = self.url.clone();
        let path = self.url.path().trim_end_matches('/');
        // RFC 8414, 3.1: the well-known part goes between host and path.
        address.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        let reply = match outside.fetcher.get(&address, None).await {
            Ok(Fetched::Body(reply)) => reply,
            Ok(Fetched::NotModified) => return Err(PollError::Malformed(METADATA)),
            Err(source) => return Err(PollError::Fetch { what: METADATA, source }),
        };
        let metadata = object(&reply, METADATA)?;
        // RFC 8414, 3.3: the issuer "MUST be identical" to the one that was asked for.
        if metadata.get("issuer").and_then(Value::as_str) != Some(self.issuer.as_str()) {
            return Err(PollError::Malformed(METADATA));
        }
        let endpoint: Url = metadata
            .get("status_list_aggregation_endpoint")
            .and_then(Value::as_str)
            .and_then(|endpoint| endpoint.parse().ok())
            .ok_or(PollError::Malformed(METADATA))?;
        if endpoint.origin() != self.url.origin() {
            return Err(PollError::OtherOrigin(AGGREGATION));
        }
        Ok(endpoint)
    }

    /// The slot of an address, made when it is new and at the issuer's own origin.
    fn slot_for(&self, uri: &str) -> Result<Arc<Slot>, PollError> {
        if let Some(slot) = self.slot(uri) {
            return Ok(slot);
        }
        let url: Url = uri.parse().map_err(|_| PollError::Malformed("a status list's address"))?;
        if url.origin() != self.url.origin() {
            return Err(PollError::OtherOrigin("a status list"));
        }
        let new = Arc::new(Slot::new(uri.to_owned(), url));
        self.slots.rcu(|slots| {
            let mut slots = Slots::clone(slots);
            if slots.len() < MAX_LISTS {
                slots.entry(uri.to_owned()).or_insert_with(|| Arc::clone(&new));
            }
            slots
        });
        // Another caller's may have come first.
        self.slot(uri).ok_or(PollError::TooManyLists(MAX_LISTS))
    }

    /// Drops lists that the issuer no longer names and that can't answer any more.
    async fn drop_spent(&self, discovery: &Discovery, outside: &Outside) {
        let now = UnixTime(outside.clock.now());
        let slots = self.slots.load_full();
        let spent: Vec<&String> = slots
            .iter()
            .filter(|(uri, slot)| !discovery.named.contains(*uri) && slot.is_spent(now))
            .map(|(uri, _)| uri)
            .collect();
        if spent.is_empty() {
            return;
        }
        self.slots.rcu(|slots| {
            let mut slots = Slots::clone(slots);
            slots.retain(|uri, _| !spent.contains(&uri));
            slots
        });
        for uri in spent {
            outside.shelf.forget(&self.issuer, uri).await;
        }
    }
}

/// Asking for more would only wait again.
fn host_is_down(error: &PollError) -> bool {
    matches!(
        error,
        PollError::Fetch {
            source: FetchError::TimedOut
                | FetchError::Unreachable(_)
                | FetchError::OriginNotAllowed(_)
                | FetchError::SchemeNotAllowed(_)
                | FetchError::AddressNotAllowed(_),
            ..
        }
    )
}

/// `{"status_lists":[…]}` (Token Status List, 9.3).
fn named_lists(reply: &Reply) -> Result<Vec<String>, PollError> {
    let malformed = || PollError::Malformed(AGGREGATION);
    let aggregation = object(reply, AGGREGATION)?;
    let lists = aggregation.get("status_lists").and_then(Value::as_array).ok_or_else(malformed)?;
    if lists.len() > MAX_LISTS {
        return Err(PollError::TooManyLists(MAX_LISTS));
    }
    lists.iter().map(|uri| uri.as_str().map(str::to_owned).ok_or_else(malformed)).collect()
}

fn object(reply: &Reply, what: &'static str) -> Result<Map<String, Value>, PollError> {
    json::parse_object(&reply.bytes, Limits::TOKEN).map_err(|_| PollError::Malformed(what))
}
