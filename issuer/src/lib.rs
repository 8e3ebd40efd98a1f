//! The home trust's issuer: HR's API, OpenID4VCI 1.0, status lists.

pub mod audit;
mod bulk;
pub mod catalogue;
pub mod checks;
pub mod console;
pub mod life;
pub mod oid4vci;
pub mod openapi;
pub mod oversight;
pub mod passports;
pub mod person;
pub mod profiles;
pub mod router;
mod run;
pub mod search;
pub mod secrets;
mod service;
pub mod state;
pub mod status;
pub mod store;
pub mod types;
pub mod wallet_site;

use std::sync::Arc;

use axum::Router;
use clock::Clock;
use keys::{Purpose, Ring};
use server::Tokens;
use server::serve::Limits;

pub use crate::passports::SCOPES;
pub use crate::run::{RunError, ServeArgs, open_store, serve};
pub use crate::service::SERVICE;
pub use crate::state::{OFFER_SECONDS, Settings};

use crate::catalogue::{Catalogue, CatalogueError};
use crate::oid4vci::encryption::RequestKey;
use crate::oid4vci::metadata::Documents;
use crate::oid4vci::par::Pushes;
use crate::passports::watch::Watch;
use crate::profiles::{Profile, SignerError, Signers};
use crate::secrets::Secrets;
use crate::state::{AppState, Issuer};
use crate::status::publish::{PublishError, Publisher, Signing};
use crate::status::standing::Standing;
use crate::store::{Store, StoreError};

/// What is served at once, and which routes take files.
pub fn limits() -> Limits {
    Limits { files: bulk::FILE_ROUTES, ..Limits::default() }
}

/// What an issuer is built from.
pub struct Parts {
    /// What it keeps.
    pub store: Arc<dyn Store>,
    /// Tokens of its own API.
    pub tokens: Tokens,
    /// Its keys.
    pub ring: Ring,
    /// Its clock.
    pub clock: Clock,
}

/// An issuer that is ready: its lists are published.
#[derive(Clone)]
pub struct App {
    state: AppState,
}

/// Builds an issuer and publishes its status lists. Needs a tokio runtime.
///
/// # Errors
/// [`StartError`].
pub async fn app(settings: Settings, parts: Parts) -> Result<App, StartError> {
    let Parts { store, tokens, ring, clock } = parts;
    let signers = Signers::of_ring(&ring, settings.base_url.as_str(), clock.now())?;
    let request_key = RequestKey::of_ring(&ring).ok_or(SignerError::NoKey)?;
    let catalogue = Catalogue::shipped()?;
    let documents = Documents::new(
        &settings,
        &catalogue,
        &signers,
        &request_key,
        ring.public_jwks(Purpose::Issuer),
    )
    .map_err(CatalogueError::from)?;
    let secrets = Secrets::from_ring(&ring);
    let ring = Arc::new(ring);

    store.note_two_people(settings.two_people, clock.now()).await?;
    for kid in signers.profiles().filter_map(|profile| signers.kid(profile)) {
        store.open_status_lists(kid, clock.now()).await?;
    }
    if let Some(kid) = signers.kid(Profile::Native).or_else(|| signers.certified_first()) {
        store.open_bitstring_lists(kid, clock.now()).await?;
    }
    let signing = Signing {
        base_url: settings.base_url.as_str().to_owned(),
        ring: Arc::clone(&ring),
        store: Arc::clone(&store),
        clock: clock.clone(),
        order: secrets::index_order(&ring),
    };
    let status = Publisher::start(signing).await?;
    let issuer = Issuer {
        settings,
        store,
        ring,
        signers,
        request_key,
        secrets,
        clock,
        status,
        watch: Watch::new(),
        pushes: Pushes::default(),
        catalogue,
        documents,
    };
    Ok(App { state: AppState { issuer: Arc::new(issuer), tokens } })
}

impl App {
    /// Every route, without the layers of `server::serve`.
    pub fn router(&self) -> Router {
        let store = Arc::clone(&self.state.issuer.store);
        router::router(self.state.clone(), Arc::new(move || store.ready()))
    }

    /// What stands ready before the router is asked: the status lists.
    pub fn standing(&self) -> Standing {
        let issuer = &self.state.issuer;
        let base_path = issuer.settings.base_url.url().path().trim_end_matches('/');
        Standing::new(issuer.status.clone(), base_path)
    }

    /// The console's pages; they need the layers of [`server::sign_in`] around them.
    pub fn pages(&self) -> Router {
        console::routes().merge(oid4vci::authorize::routes()).with_state(self.state.clone())
    }

    /// What is done every half minute: old lists are signed anew, quiet ones packed tighter, old
    /// nonces and tokens forgotten; and every hour: where the audit logs end is signed.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn maintain(&self) -> Result<(), StartError> {
        let issuer = &self.state.issuer;
        issuer.status.resign().await?;
        issuer.status.tighten_quiet().await?;
        for id in issuer.store.lapse(issuer.clock.now()).await? {
            issuer.watch.changed(id);
        }
        issuer.store.sweep(issuer.clock.now()).await?;
        // A clock that was put back signs nothing.
        if let Ok(now) = issuer.signing_time() {
            let (iss, ring) = (issuer.settings.base_url.as_str(), Arc::clone(&issuer.ring));
            issuer.store.sign_audit_head(iss, ring, now).await?;
        }
        Ok(())
    }

    /// Sends to webhooks what waits for them and is due; answers how many events were taken.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn deliver(&self, fetcher: &fetch::Fetcher) -> Result<usize, StartError> {
        Ok(oversight::events::deliver(&self.state.issuer, fetcher).await?)
    }

    /// The issuer itself, for tests.
    pub fn issuer(&self) -> &Arc<Issuer> {
        &self.state.issuer
    }
}

/// Why an issuer does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is nothing to sign with.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The credential types cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The head of the audit logs cannot be signed.
    #[error(transparent)]
    Audit(#[from] server::audit::heads::HeadsError),
    /// A status list cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}
