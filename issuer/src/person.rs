//! A person's values, encrypted under a data key of the person's own: destroying that key erases
//! the person.

use axum::http::StatusCode;
use keys::{DataKey, OpenFailed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use server::Problem;
use vc::base64url;

use crate::oid4vci::error::ProtocolError;
use crate::secrets;
use crate::state::Issuer;
use crate::store::{PassportId, StoreError};

/// A person whose key is at hand.
pub struct Person {
    key: DataKey,
    subject_ref: String,
    document: Vec<u8>,
}

/// What is sealed besides the document; each kind is good only as what it is.
#[derive(Clone, Copy)]
enum Kind {
    Note,
    Offer,
}

/// What HR hands over, as it is kept while an offer is open.
#[derive(Serialize, Deserialize)]
pub struct HandedOver {
    /// The offer's id.
    pub offer: String,
    /// The transaction code.
    pub tx_code: String,
}

impl Issuer {
    /// A new person, and the wrapped key to keep.
    pub fn new_person(&self, subject_ref: &str) -> (Person, Vec<u8>) {
        let mut rng = secrets::rng();
        let key = DataKey::generate(&mut rng);
        let wrapped_key = self.ring.wrap(&key, subject_ref.as_bytes(), &mut rng);
        (Person { key, subject_ref: subject_ref.to_owned(), document: vec![] }, wrapped_key)
    }

    /// A person by the reference in the passport.
    ///
    /// # Errors
    /// [`PersonError`].
    pub async fn person(&self, subject_ref: &str) -> Result<Person, PersonError> {
        let sealed = self.store.sealed(subject_ref).await?.ok_or(PersonError::Gone)?;
        let key = self
            .ring
            .unwrap(&sealed.wrapped_key, subject_ref.as_bytes())
            .map_err(|_| PersonError::DoesNotOpen)?;
        Ok(Person { key, subject_ref: subject_ref.to_owned(), document: sealed.document })
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
        self.person(subject_ref).await?.claims()
    }
}

impl Person {
    /// What HR gave.
    ///
    /// # Errors
    /// [`PersonError::DoesNotOpen`].
    pub fn claims(&self) -> Result<Map<String, Value>, PersonError> {
        self.open_document(&self.document)
    }

    /// A document that was sealed for the person.
    ///
    /// # Errors
    /// [`PersonError::DoesNotOpen`].
    pub fn open_document(&self, sealed: &[u8]) -> Result<Map<String, Value>, PersonError> {
        let values = self
            .key
            .open(sealed, self.subject_ref.as_bytes())
            .map_err(|OpenFailed| PersonError::DoesNotOpen)?;
        serde_json::from_slice(&values).map_err(|_| PersonError::DoesNotOpen)
    }

    /// A document to keep.
    pub fn seal_document(&self, values: &[u8]) -> Vec<u8> {
        self.key.seal(values, self.subject_ref.as_bytes(), &mut secrets::rng())
    }

    /// Somebody's own words to keep.
    pub fn seal_note(&self, words: &str) -> String {
        self.seal(Kind::Note, words.as_bytes())
    }

    /// Those words.
    pub fn open_note(&self, sealed: &str) -> Option<String> {
        String::from_utf8(self.open(Kind::Note, sealed)?).ok()
    }

    /// An offer to show again.
    pub fn seal_offer(&self, offer: &HandedOver) -> String {
        let text = serde_json::to_vec(offer).unwrap_or_default();
        self.seal(Kind::Offer, &text)
    }

    /// That offer.
    pub fn open_offer(&self, sealed: &str) -> Option<HandedOver> {
        serde_json::from_slice(&self.open(Kind::Offer, sealed)?).ok()
    }

    fn seal(&self, kind: Kind, plain: &[u8]) -> String {
        base64url::encode(&self.key.seal(plain, &self.label(kind), &mut secrets::rng()))
    }

    fn open(&self, kind: Kind, sealed: &str) -> Option<Vec<u8>> {
        let sealed = base64url::decode(sealed).ok()?;
        Some(self.key.open(&sealed, &self.label(kind)).ok()?.to_vec())
    }

    /// No subject reference has a space.
    fn label(&self, kind: Kind) -> Vec<u8> {
        let kind = match kind {
            Kind::Note => "note",
            Kind::Offer => "offer",
        };
        format!("{} {kind}", self.subject_ref).into_bytes()
    }
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
            PersonError::Gone => Self::new(StatusCode::GONE, "ERASED", "The person was erased")
                .detail("Nothing personal is kept any more; the log says when, and by whom."),
            PersonError::DoesNotOpen => Self::internal(error),
        }
    }
}
