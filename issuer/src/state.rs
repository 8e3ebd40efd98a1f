//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use clock::Clock;
use keys::Ring;
use passport::OdsCode;
use server::config::BaseUrl;
use server::{Problem, Tokens};
use vc::x5c::TrustAnchor;

use crate::catalogue::Catalogue;
use crate::oid4vci::encryption::RequestKey;
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::metadata::Documents;
use crate::oid4vci::par::Pushes;
use crate::oid4vci::policy::Policy;
use crate::passports::watch::Watch;
use crate::profiles::Signers;
use crate::secrets::Secrets;
use crate::status::publish::Publisher;
use crate::store::{Store, StoreError};

/// Life of an offer: HR hands it over in person.
pub const OFFER_SECONDS: u32 = 15 * 60;

/// Who this issuer is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer identifier: `iss`.
    pub base_url: BaseUrl,
    /// ODS code of the organisation.
    pub ods: OdsCode,
    /// Its name.
    pub name: String,
    /// Life of an offer.
    pub offer_seconds: u32,
    /// What it asks of wallets.
    pub policy: Policy,
    /// Whether two people issue by hand: one asks, another approves.
    pub two_people: bool,
    /// Authorities of the network, which certify the keys of hosts.
    pub network_roots: Vec<TrustAnchor>,
}

/// The issuer.
pub struct Issuer {
    /// Who it is.
    pub settings: Settings,
    /// What it keeps.
    pub store: Arc<dyn Store>,
    /// Its keys.
    pub ring: Arc<Ring>,
    /// The key that requests are encrypted to.
    pub request_key: RequestKey,
    /// The keys that sign new credentials.
    pub signers: Signers,
    /// Secrets derived from the ring.
    pub secrets: Secrets,
    /// Its clock.
    pub clock: Clock,
    /// Its status lists.
    pub status: Publisher,
    /// Tells pages what changes.
    pub watch: Watch,
    /// How many authorization requests were pushed lately.
    pub pushes: Pushes,
    /// What it issues.
    pub catalogue: Catalogue,
    /// Its well-known documents.
    pub documents: Documents,
}

impl Issuer {
    /// Now, when something may be signed.
    ///
    /// # Errors
    /// [`ClockBehind`]: a clock that was put back would sign what is expired or not yet true.
    pub fn signing_time(&self) -> Result<i64, ClockBehind> {
        let newest = self.store.newest_instant();
        let now = self.clock.now();
        if now < newest {
            Err(ClockBehind { seconds: newest.saturating_sub(now) })
        } else {
            Ok(now)
        }
    }
}

/// Runs to its end even when the caller hangs up meanwhile: what is on disk and must become public
/// would otherwise wait for the next start.
///
/// # Errors
/// [`BrokeOff`], when it panicked or the service stops.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, BrokeOff> {
    tokio::spawn(work).await.map_err(|_| BrokeOff)
}

/// It panicked, or the service stops.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the work broke off")]
pub struct BrokeOff;

/// The wall clock is behind what was recorded: nothing is signed until it has caught up.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the clock is {seconds} s behind what was recorded")]
pub struct ClockBehind {
    /// By how much.
    pub seconds: i64,
}

impl From<ClockBehind> for ProtocolError {
    fn from(error: ClockBehind) -> Self {
        tracing::error!(%error, "nothing is signed");
        Self::unavailable("the issuer's clock is wrong")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Commit(error) => error.into(),
            StoreError::Read(error) => error.into(),
            StoreError::Malformed(_) => Self::internal(error),
        }
    }
}

/// The router's state.
#[derive(Clone)]
pub struct AppState {
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// Tokens of our own API.
    pub tokens: Tokens,
}

impl FromRef<AppState> for Arc<Issuer> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.issuer)
    }
}

impl FromRef<AppState> for Tokens {
    fn from_ref(state: &AppState) -> Self {
        state.tokens.clone()
    }
}
