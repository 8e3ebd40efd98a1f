//! What the issuer keeps. A method is one whole fact: it happens once, entirely, and is on disk
//! when it answers. The rules, races included, are in `contract.rs` and hold for every backend.

#[cfg(test)]
pub(crate) mod contract;
pub mod facts;
pub mod requests;
pub mod sled;

use async_trait::async_trait;
use server::durable::CommitError;
use vc::status_list::Status;

pub use facts::{
    Act, ArchiveReason, ChangeKind, Copy, Grant, HistoryEntry, ListPolicy, ListRow, Offer,
    OfferReason, OfferState, Passport, PassportId, PassportState, ReinstatementReason,
    RevocationReason, Sealed, SecretHash, StatusEntry, SuspensionReason, UnknownWord,
    WithdrawalReason,
};
pub use requests::{
    Cursor, IndexToken, Issuance, NonceUse, Page, PageRequest, PassportDraft, Recorded, Redeemed,
    Redemption, Revocation, Revoked,
};

use crate::audit::AuditError;

/// Wrong transaction codes that an offer survives.
pub const TX_CODE_TRIES: u8 = 5;

/// The issuer's store.
#[async_trait]
pub trait Store: Send + Sync {
    /// Records a passport, its sealed values, its search index and its first offer.
    async fn draft_passport(&self, draft: PassportDraft) -> Result<(), StoreError>;

    /// An offer by the hash of its id.
    async fn offer(&self, offer: &SecretHash) -> Result<Option<Offer>, StoreError>;

    /// Trades a code for an access token. A code is good once; a wrong transaction code is
    /// counted, and the fifth kills the offer (OpenID4VCI 1.0, "Transaction Code Guessing").
    async fn redeem_code(&self, redemption: Redemption) -> Result<Redeemed, StoreError>;

    /// What an access token allows, by its hash.
    async fn grant(&self, token: &SecretHash) -> Result<Option<Grant>, StoreError>;

    /// Uses up the nonce, reserves a status index that was never given before, and records the
    /// copy, all before anything is signed. The same token and holder again give the same copy.
    async fn record_issuance(&self, issuance: Issuance) -> Result<Recorded, StoreError>;

    /// Revokes a passport: its offer dies and the status of every copy becomes INVALID.
    async fn revoke_passport(&self, revocation: Revocation) -> Result<Revoked, StoreError>;

    /// A passport by its id.
    async fn passport(&self, id: &PassportId) -> Result<Option<Passport>, StoreError>;

    /// A person's sealed values.
    async fn sealed(&self, subject_ref: &str) -> Result<Option<Sealed>, StoreError>;

    /// Passports, newest first, by state and search words.
    async fn passports(&self, request: PageRequest) -> Result<Page, StoreError>;

    /// Makes sure that there is a list to give indices of for credentials signed by `kid`, and a
    /// spare one.
    async fn open_status_lists(&self, kid: &str, now: i64) -> Result<(), StoreError>;

    /// Every status list.
    async fn status_lists(&self) -> Result<Vec<ListRow>, StoreError>;

    /// The entries of a list that are not VALID.
    async fn status_entries(&self, list: u32) -> Result<Vec<(u32, Status)>, StoreError>;

    /// Records that something was signed at `now`, so that [`Self::newest_instant`] never goes
    /// behind it.
    async fn note_instant(&self, now: i64) -> Result<(), StoreError>;

    /// The newest instant of anything recorded.
    fn newest_instant(&self) -> i64;

    /// Forgets nonces and access tokens that expired more than an hour before `now`.
    async fn sweep(&self, now: i64) -> Result<(), StoreError>;

    /// Checks the audit log from its first entry to its head and gives the number of entries.
    async fn verify_audit(&self) -> Result<u64, AuditError>;

    /// Whether the store takes writes; the sentence says why not.
    fn ready(&self) -> Result<(), String>;
}

/// The store could not do it; nothing was recorded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] server::durable::StoreError),
    /// A row is not of its form.
    #[error("row {0:?} of the store is malformed")]
    Malformed(&'static str),
}
