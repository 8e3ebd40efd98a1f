//! What the handlers share, and how it starts.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use clock::Clock;
use fetch::{Fetcher, Guards, SetUpError};
use server::{Durable, Tokens};
use vc::x5c::TrustAnchor;

use crate::SCOPES;
use crate::desk::Desk;
use crate::poll::{self, Polls};
use crate::repeats::Repeats;
use crate::requirements::Published;
use crate::router;
use crate::status::StatusCache;
use crate::store::Store;
use crate::trust::{Source, Trust};

/// How a verifier is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its own ODS code: codes made for another host are refused.
    pub ods: String,
    /// Where the registry comes from.
    pub registry: Source,
    /// Where the last good registry and status lists are kept.
    pub data_dir: PathBuf,
    /// Seconds between two looks at the registry and at each issuer's lists.
    pub poll_seconds: u32,
    /// Seconds in which a status list stands without a condition.
    pub max_status_age: u32,
    /// `http` to this machine, for demonstrations.
    pub allow_loopback_http: bool,
    /// Root certificates in PEM, beside the system's.
    pub extra_roots: Option<Vec<u8>>,
    /// The network's roots, which certify keys of issuers (`x5c`).
    pub network_roots: Vec<TrustAnchor>,
}

/// A verifier, started.
#[derive(Clone)]
pub struct Verifier {
    app: App,
    poll_seconds: u32,
}

/// The handlers' state.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) status: Arc<StatusCache>,
    pub(crate) requirements: Published,
    pub(crate) repeats: Repeats,
    pub(crate) desk: Desk,
    /// `ods:` and the own code.
    pub(crate) audience: String,
    pub(crate) max_status_age: i64,
    /// The network's roots.
    pub(crate) anchors: Arc<[TrustAnchor]>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<App> for Tokens {
    fn from_ref(app: &App) -> Self {
        app.tokens.clone()
    }
}

impl Verifier {
    /// Takes up the registry and the lists that the disk has. It goes to the network only in
    /// [`Self::refresh`] and [`Self::poll`].
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        settings: Settings,
        store: Durable,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let fetcher = Fetcher::new(Guards {
            allow_loopback_http: settings.allow_loopback_http,
            extra_roots: settings.extra_roots,
            ..Guards::default()
        })?;
        let trust = Trust::new(
            settings.registry,
            fetcher.clone(),
            clock.clone(),
            settings.data_dir.join("trust-registry.json"),
        );
        trust.restore().await;
        let anchors: Arc<[TrustAnchor]> = settings.network_roots.into();
        let status = StatusCache::new(
            fetcher,
            clock.clone(),
            settings.data_dir.join("status-lists"),
            i64::from(settings.poll_seconds),
            Arc::clone(&anchors),
        );
        if let Some(registry) = trust.current() {
            status.follow(&registry).await;
        }
        let shared = Shared {
            tokens: Tokens::new(store.clone(), clock.clone(), SCOPES),
            store: Arc::new(store),
            trust: Arc::new(trust),
            status: Arc::new(status),
            requirements: Published::shipped()?,
            repeats: Repeats::default(),
            desk: Desk::default(),
            audience: format!("ods:{}", settings.ods),
            max_status_age: i64::from(settings.max_status_age),
            anchors,
            clock,
        };
        Ok(Self { app: App(Arc::new(shared)), poll_seconds: settings.poll_seconds })
    }

    /// The HTTP interface, without the layers of [`server::serve`].
    pub fn router(&self) -> Router {
        router::table(self.app.clone())
    }

    /// The desk's pages; they need the layers of [`server::sign_in`] around them.
    pub fn pages(&self) -> Router {
        router::pages(self.app.clone())
    }

    /// The API tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.app.tokens
    }

    /// Looks once at the registry and at every issuer's lists.
    pub async fn refresh(&self) {
        poll::once(&self.app.trust, &self.app.status).await;
    }

    /// Forgets answers and presentations whose time is over.
    pub async fn forget(&self) {
        poll::forget(&self.app).await;
    }

    /// Goes on looking, and forgetting, until the answer is dropped.
    #[must_use = "polling stops when it is dropped"]
    pub fn poll(&self) -> Polls {
        Polls::start(self.app.clone(), self.poll_seconds)
    }
}

/// Why a verifier does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No HTTP client.
    #[error(transparent)]
    Fetcher(#[from] SetUpError),
    /// The shipped requirements are broken.
    #[error("the placement requirements cannot be read")]
    Requirements(#[from] serde_json::Error),
}
