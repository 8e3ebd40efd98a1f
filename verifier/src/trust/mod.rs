//! The trust registry as this verifier holds it: polled, verified, never older than before, and
//! kept on disk so that a start without network still knows whom to trust.

mod kept;

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use clock::Clock;
use fetch::{FetchError, Fetched, Fetcher};
use tokio::sync::Mutex;
use url::Url;
use vc::registry::{Operators, RegistryError, VerifiedRegistry};
use vc::time::UnixTime;

use self::kept::Kept;

/// Where the registry comes from and who must have signed it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The published document.
    pub url: Url,
    /// Pinned operator keys and how many of them are needed.
    pub operators: Operators,
}

/// The registry in force and how to get the next.
pub struct Trust {
    source: Source,
    fetcher: Fetcher,
    clock: Clock,
    file: PathBuf,
    current: ArcSwapOption<VerifiedRegistry>,
    polling: Mutex<Progress>,
}

/// What the next poll goes by. The floor outlives the registry that set it.
#[derive(Default)]
struct Progress {
    etag: Option<String>,
    highest_version: Option<u64>,
}

/// What a poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// A new registry is in force.
    New,
    /// The one in force is the published one.
    Unchanged,
}

/// Why the published registry was not taken; the one in force stays.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It could not be fetched.
    #[error("the trust registry could not be fetched")]
    Fetch(#[from] FetchError),
    /// It is refused.
    #[error("the published trust registry is refused")]
    Refused(#[from] RegistryError),
    /// One version, two contents.
    #[error("version {0} was published with two contents")]
    TwoContents(u64),
}

impl Trust {
    /// Holds nothing until [`Self::restore`] or [`Self::poll`]. `file` keeps the last good copy.
    pub fn new(source: Source, fetcher: Fetcher, clock: Clock, file: PathBuf) -> Self {
        fetcher.allow_only([&source.url]);
        Self {
            source,
            fetcher,
            clock,
            file,
            current: ArcSwapOption::empty(),
            polling: Mutex::default(),
        }
    }

    /// The registry last taken; it may be past its `exp`.
    pub fn current(&self) -> Option<Arc<VerifiedRegistry>> {
        self.current.load_full()
    }

    /// Whether a registry is in force.
    ///
    /// # Errors
    /// A sentence for `/readyz`.
    pub fn ready(&self) -> Result<(), String> {
        let now = UnixTime(self.clock.now());
        match self.current.load().as_deref() {
            None => Err("no trust registry yet".to_owned()),
            Some(registry) if registry.is_expired(now) => {
                Err("the trust registry has expired".to_owned())
            }
            Some(_) => Ok(()),
        }
    }

    /// Takes the copy on disk, when there is a good one. Its version is the floor even when it has
    /// expired meanwhile.
    pub async fn restore(&self) {
        let kept = match Kept::read(self.file.clone()).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = %error, "the kept trust registry cannot be read");
                return;
            }
        };
        let mut progress = self.polling.lock().await;
        progress.highest_version = Some(kept.version);
        match self.verify(kept.document.as_bytes(), Some(kept.version)) {
            Ok(registry) => {
                progress.etag = kept.etag;
                self.take(registry);
            }
            Err(error) => tracing::warn!(error = %error, "the kept trust registry is refused"),
        }
    }

    /// Asks for the published registry once.
    ///
    /// # Errors
    /// [`TrustError`]; the registry in force stays.
    pub async fn poll(&self) -> Result<Polled, TrustError> {
        let mut progress = self.polling.lock().await;
        let Fetched::Body(reply) =
            self.fetcher.get(&self.source.url, progress.etag.as_deref()).await?
        else {
            return Ok(Polled::Unchanged);
        };
        let registry = self.verify(&reply.bytes, progress.highest_version)?;
        let version = registry.payload().version;
        if let Some(current) = self.current.load().as_deref()
            && current.payload().version == version
        {
            if *current != registry {
                return Err(TrustError::TwoContents(version));
            }
            progress.etag = reply.etag;
            return Ok(Polled::Unchanged);
        }
        progress.highest_version = Some(version);
        progress.etag.clone_from(&reply.etag);
        // Verified documents are JSON, so they are text.
        let document = String::from_utf8_lossy(&reply.bytes).into_owned();
        let kept = Kept { version, etag: reply.etag, document };
        if let Err(error) = kept.write(self.file.clone()).await {
            tracing::error!(error = %error, "the trust registry cannot be kept on disk");
        }
        self.take(registry);
        Ok(Polled::New)
    }

    fn verify(
        &self,
        document: &[u8],
        floor: Option<u64>,
    ) -> Result<VerifiedRegistry, RegistryError> {
        let now = UnixTime(self.clock.now());
        VerifiedRegistry::verify(document, &self.source.operators, floor, now)
    }

    /// Puts a registry in force and lets the fetcher go to its issuers.
    fn take(&self, registry: VerifiedRegistry) {
        let issuers: Vec<Url> =
            crate::status::active_issuers(&registry).map(|(_, url)| url).collect();
        self.fetcher.allow_only(issuers.iter().chain([&self.source.url]));
        tracing::info!(
            version = registry.payload().version,
            issuers = issuers.len(),
            "trust registry in force"
        );
        self.current.store(Some(Arc::new(registry)));
    }
}
