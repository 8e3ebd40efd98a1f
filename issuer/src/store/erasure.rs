//! Erasure of a person.

use async_trait::async_trait;

use crate::store::{PassportId, PassportState, StatusEntry, StoreError};

/// HR erases a person.
#[derive(Clone, Debug)]
pub struct Erasing {
    /// Her passport.
    pub id: PassportId,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// What was personal is gone; these status entries are to be published.
    Done(Vec<StatusEntry>),
    /// There is no such passport.
    Unknown,
    /// It is in use, or offered: that is to be ended first.
    State(PassportState),
}

/// What the store does for erasure.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Destroys the person's data key, sealed values, search index and words, in one fact. Status
    /// entries, numbers and the log stay. Once more changes nothing.
    async fn erase_person(&self, erasing: Erasing) -> Result<Erased, StoreError>;
}
