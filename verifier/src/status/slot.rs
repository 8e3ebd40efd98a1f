//! One status list: the newest that verified, and what the last attempt said.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use fetch::{FetchError, Fetched, Reply};
use tokio::sync::Mutex;
use url::Url;
use vc::registry::IssuerEntry;
use vc::status_list::{StatusListError, VerifiedStatusList};
use vc::time::UnixTime;
use vc::x5c::TrustAnchor;

use super::kept::Kept;
use super::{Known, Outside, PollError};

/// The media type of a list (Token Status List, 5.1).
const MEDIA_TYPE: &str = "application/statuslist+jwt";

pub(crate) struct Slot {
    url: Url,
    /// As the credential writes it; the token's `sub` equals it byte for byte.
    uri: String,
    list: ArcSwapOption<VerifiedStatusList>,
    error: ArcSwapOption<StatusListError>,
    attempt: Mutex<Attempt>,
}

#[derive(Default)]
struct Attempt {
    etag: Option<String>,
    /// Highest `iat` seen; outlives the list that set it.
    newest: Option<UnixTime>,
    /// When somebody asked last.
    at: Option<i64>,
}

impl Slot {
    pub(super) fn new(uri: String, url: Url) -> Self {
        Self {
            url,
            uri,
            list: ArcSwapOption::empty(),
            error: ArcSwapOption::empty(),
            attempt: Mutex::default(),
        }
    }

    pub(super) fn known(&self) -> Known {
        Known { list: self.list.load_full(), error: self.error.load_full() }
    }

    /// Whether the list is past its `exp` for good, or was never there.
    pub(super) fn is_spent(&self, now: UnixTime) -> bool {
        match self.list.load().as_deref() {
            Some(list) => list.claims().expires_at.is_some_and(|end| now > end),
            None => true,
        }
    }

    /// Takes a copy from disk.
    pub(super) async fn restore(
        &self,
        kept: Kept,
        entry: &IssuerEntry,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) {
        let mut attempt = self.attempt.lock().await;
        attempt.newest = Some(kept.issued_at);
        match self.verify(&kept.token, entry, anchors, now) {
            Ok(list) => {
                attempt.etag = kept.etag;
                self.list.store(Some(Arc::new(list)));
            }
            Err(error) => self.error.store(Some(Arc::new(error))),
        }
    }

    /// Fetches when the last attempt is `seconds` old (0: always); callers wait for one another, so
    /// that those with the same wish share one attempt.
    pub(super) async fn refresh_if_older(
        &self,
        seconds: i64,
        issuer: &str,
        entry: &IssuerEntry,
        outside: &Outside,
    ) -> Result<(), PollError> {
        let mut attempt = self.attempt.lock().await;
        let now = outside.clock.now();
        if attempt.at.is_some_and(|at| (0..seconds).contains(&now.saturating_sub(at))) {
            return Ok(());
        }
        attempt.at = Some(now);
        self.fetch(&mut attempt, issuer, entry, outside).await
    }

    async fn fetch(
        &self,
        attempt: &mut Attempt,
        issuer: &str,
        entry: &IssuerEntry,
        outside: &Outside,
    ) -> Result<(), PollError> {
        let etag = attempt.etag.as_deref();
        match outside.fetcher.get_as(&self.url, MEDIA_TYPE, etag).await {
            Ok(Fetched::NotModified) => {
                self.error.store(None);
                Ok(())
            }
            Ok(Fetched::Body(reply)) => {
                let taken = self.take(reply, attempt, entry, outside);
                let kept = match taken {
                    Ok(kept) => kept,
                    Err(error) => {
                        if let PollError::List(error) = &error {
                            self.error.store(Some(Arc::new(error.clone())));
                        }
                        return Err(error);
                    }
                };
                self.error.store(None);
                let kept = Kept { issuer: issuer.to_owned(), uri: self.uri.clone(), ..kept };
                outside.shelf.keep(kept).await;
                Ok(())
            }
            Err(FetchError::TooLarge(_)) => {
                self.error.store(Some(Arc::new(StatusListError::TooLarge)));
                Err(StatusListError::TooLarge.into())
            }
            Err(source) => {
                self.error.store(None);
                Err(PollError::Fetch { what: "a status list", source })
            }
        }
    }

    /// Takes an answer when it verifies and is no older than what was seen before.
    fn take(
        &self,
        reply: Reply,
        attempt: &mut Attempt,
        entry: &IssuerEntry,
        outside: &Outside,
    ) -> Result<Kept, PollError> {
        if reply.content_type.as_deref() != Some(MEDIA_TYPE) {
            return Err(StatusListError::Malformed.into());
        }
        let token = String::from_utf8(reply.bytes).map_err(|_| StatusListError::Malformed)?;
        let now = UnixTime(outside.clock.now());
        let list = self.verify(&token, entry, &outside.anchors, now)?;
        let issued_at = list.claims().issued_at;
        if let Some(newest) = attempt.newest.filter(|newest| issued_at < *newest) {
            return Err(PollError::RolledBack(newest.since(issued_at)));
        }
        attempt.newest = Some(issued_at);
        attempt.etag.clone_from(&reply.etag);
        self.list.store(Some(Arc::new(list)));
        Ok(Kept { issuer: String::new(), uri: String::new(), issued_at, etag: reply.etag, token })
    }

    fn verify(
        &self,
        token: &str,
        entry: &IssuerEntry,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Result<VerifiedStatusList, StatusListError> {
        VerifiedStatusList::verify_of_issuer(token, &self.uri, entry, anchors, now)
    }
}
