//! What two people decide: one asks, a second approves or refuses.

use async_trait::async_trait;

use crate::store::{Asked, Document, Done, NewOffer, PassportId, SecretHash, StoreError};

/// Somebody asks.
#[derive(Clone, Debug)]
pub struct Asking {
    /// About which passport.
    pub id: PassportId,
    /// What for.
    pub asked: Asked,
    /// The document to be put in the place of its own, sealed.
    pub proposal: Option<Vec<u8>>,
}

/// A second person approves.
#[derive(Clone, Debug)]
pub struct Approving {
    /// Which passport.
    pub id: PassportId,
    /// What the second person has seen.
    pub asked: Asked,
    /// The offer, where one was asked for.
    pub offer: Option<NewOffer>,
    /// The document, where a change was asked for.
    pub document: Option<Document>,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// Somebody says no: the second person, or whoever asked takes it back.
#[derive(Clone, Debug)]
pub struct Refusing {
    /// Which passport.
    pub id: PassportId,
    /// Who.
    pub who: String,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// Somebody wants to import a file, where two people issue.
#[derive(Clone, Debug)]
pub struct Agreeing {
    /// Hash of the file and the terms.
    pub import: SecretHash,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// A colleague is to send the same.
    Waits,
    /// Two people have.
    Agreed,
}

/// What the store does for two people.
#[async_trait]
pub trait ApprovalStore: Send + Sync {
    /// Records what is asked for; one thing at a time.
    async fn ask(&self, asking: Asking) -> Result<Done, StoreError>;

    /// The document that a change was asked for with, sealed.
    async fn proposal(&self, id: &PassportId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Does what was asked for, in one fact with the approval; never for the one who asked.
    async fn approve(&self, approving: Approving) -> Result<Done, StoreError>;

    /// Forgets what was asked for.
    async fn refuse_asked(&self, refusing: Refusing) -> Result<Done, StoreError>;

    /// One person wants an import, a second agrees within a week; both stand in the log of accounts.
    /// What was agreed on stays so for a week.
    async fn agree_on_import(&self, agreeing: Agreeing) -> Result<Agreement, StoreError>;

    /// Tells the log of accounts whether two people issue by hand, when that is not what it said
    /// last.
    async fn note_two_people(&self, on: bool, now: i64) -> Result<(), StoreError>;
}
