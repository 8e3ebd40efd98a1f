//! What HR downloads of a passport (`vc+jwt`), each with a status index of its own.

use async_trait::async_trait;

use crate::store::{Copy, ListRow, NotDone, PassportId, StoreError};

/// A download about to be signed.
#[derive(Clone, Debug)]
pub struct NewDownload {
    /// Which passport.
    pub id: PassportId,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// Who.
    pub who: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Downloaded {
    /// Recorded: sign this.
    Copy {
        /// The person.
        subject_ref: String,
        /// The copy; its holder is empty.
        copy: Copy,
        /// Status lists that were opened on the way and are to be published.
        opened: Vec<ListRow>,
    },
    /// It is not, and nothing has changed.
    Not(NotDone),
    /// Every index of the open list is given, and the next list is not public for long enough.
    NoStatusIndex,
}

/// Facts about downloads.
#[async_trait]
pub trait DownloadStore {
    /// Makes sure that there is a list to give indices of for downloads signed by `kid`, and a
    /// spare one.
    async fn open_bitstring_lists(&self, kid: &str, now: i64) -> Result<(), StoreError>;

    /// Reserves a status index that was never given before and records the download. Only a
    /// passport in use is downloaded.
    async fn record_download(&self, new: NewDownload) -> Result<Downloaded, StoreError>;
}
