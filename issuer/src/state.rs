//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use clock::Clock;
use keys::{DataKey, Ring};
use passport::OdsCode;
use serde_json::{Map, Value};
use server::config::BaseUrl;
use server::{Problem, Tokens};
use zeroize::Zeroizing;

use crate::catalogue::Catalogue;
use crate::oid4vci::error::ProtocolError;
use crate::oid4vci::metadata::Documents;
use crate::secrets::{self, Secrets};
use crate::status::publish::Publisher;
use crate::store::{PassportId, Sealed, Store, StoreError};

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
}

/// The issuer.
pub struct Issuer {
    /// Who it is.
    pub settings: Settings,
    /// What it keeps.
    pub store: Arc<dyn Store>,
    /// Its keys.
    pub ring: Arc<Ring>,
    /// `kid` of the key that signs new credentials.
    pub signing_kid: String,
    /// Secrets derived from the ring.
    pub secrets: Secrets,
    /// Its clock.
    pub clock: Clock,
    /// Its status lists.
    pub status: Publisher,
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

    /// Encrypts a person's values under a new key of the person's own.
    pub fn seal(&self, subject_ref: &str, values: &[u8]) -> Sealed {
        let mut rng = secrets::rng();
        let key = DataKey::generate(&mut rng);
        Sealed {
            wrapped_key: self.ring.wrap(&key, subject_ref.as_bytes(), &mut rng),
            document: key.seal(values, subject_ref.as_bytes(), &mut rng),
        }
    }

    /// The claims that HR gave for a passport.
    ///
    /// # Errors
    /// [`PersonError`].
    pub async fn claims_of(&self, id: &PassportId) -> Result<Map<String, Value>, PersonError> {
        let passport = self.store.passport(id).await?.ok_or(PersonError::Gone)?;
        self.claims_of_person(&passport.subject_ref).await
    }

    /// The claims that HR gave for a person.
    ///
    /// # Errors
    /// [`PersonError`].
    pub async fn claims_of_person(
        &self,
        subject_ref: &str,
    ) -> Result<Map<String, Value>, PersonError> {
        let sealed = self.store.sealed(subject_ref).await?.ok_or(PersonError::Gone)?;
        let values = self.open(subject_ref, &sealed).map_err(|_| PersonError::DoesNotOpen)?;
        serde_json::from_slice(&values).map_err(|_| PersonError::DoesNotOpen)
    }

    fn open(
        &self,
        subject_ref: &str,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, keys::data_key::OpenFailed> {
        self.ring
            .unwrap(&sealed.wrapped_key, subject_ref.as_bytes())?
            .open(&sealed.document, subject_ref.as_bytes())
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

/// Why a person's values are not to be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PersonError {
    /// They are not in the store.
    #[error("the person's values are not in the store")]
    Gone,
    /// They do not open under this ring.
    #[error("the person's values do not open under this key ring")]
    DoesNotOpen,
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ClockBehind> for ProtocolError {
    fn from(error: ClockBehind) -> Self {
        tracing::error!(%error, "nothing is signed");
        Self::unavailable("the issuer's clock is wrong")
    }
}

impl From<PersonError> for ProtocolError {
    fn from(error: PersonError) -> Self {
        match error {
            PersonError::Store(error) => error.into(),
            PersonError::Gone | PersonError::DoesNotOpen => Self::internal(&error),
        }
    }
}

impl From<PersonError> for Problem {
    fn from(error: PersonError) -> Self {
        match error {
            PersonError::Store(error) => error.into(),
            PersonError::Gone | PersonError::DoesNotOpen => Self::internal(error),
        }
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
