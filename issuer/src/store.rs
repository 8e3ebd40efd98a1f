//! What the issuer keeps. A method is one whole fact: it happens once, entirely, and is on disk
//! when it answers. The rules, races included, are in `contract.rs` and hold for every backend.

pub mod accounts;
mod approvals;
mod audit;
pub mod authorizations;
#[cfg(test)]
pub(crate) mod contract;
mod downloads;
mod erasure;
pub mod facts;
pub mod grants;
mod movements;
pub mod requests;
pub mod sled;
mod webhooks;

use async_trait::async_trait;
use server::durable::CommitError;
use vc::status_list::Status;

pub use accounts::{AccountStore, Named, Naming, NewAccount};
pub use approvals::{Agreeing, Agreement, ApprovalStore, Approving, Asking, Refusing};
pub use audit::AuditStore;
pub use authorizations::{
    AuthorizationCode, Authorizations, CodeRedeemed, CodeRedemption, Proof, PushedRequest, SignIn,
    SignedIn,
};
pub use downloads::{DownloadStore, Downloaded, NewDownload};
pub use erasure::{Erased, Erasing, ErasureStore};
pub use facts::{
    Act, ArchiveReason, Asked, AskedAct, AskedOffer, ChangeKind, ConfirmKey, Copy, Deferral,
    DeferralState, Grant, HistoryEntry, HolderKey, LatestOffer, ListForm, ListPolicy, ListRow,
    MovementState, Offer, OfferReason, OfferState, OfferStep, Passport, PassportId, PassportState,
    Queue, RefusedRelease, ReinstatementReason, Rejection, RevocationReason, RevokedFor, Sealed,
    SecretHash, StaffAccount, StatusEntry, SuspensionReason, UnknownWord, WithdrawalReason,
};
pub use grants::{Attested, Client, Grants, NewRefresh, RefreshFamily, Refreshed, Refreshing};
pub use movements::{
    Decided, Movement, MovementDecision, MovementId, MovementStore, MovementsRequest, Notice,
    Noticed,
};
pub use requests::{
    Amendment, Begun, Cursor, Delivered, Delivery, Document, Done, HrAct, HrDeed, Import,
    ImportRow, Imported, IndexToken, Issuance, IssuedCopies, KeyDecision, KeyVerdict, Listed,
    MAX_EXPIRING, NewOffer, NonceUse, NotDone, Notification, Offering, Page, PageRequest,
    PassportDraft, QueueCounts, Recorded, Redeemed, Redemption, WalletSays,
};
pub use webhooks::{EventStore, Webhook};

/// Wrong transaction codes that an offer survives.
pub const TX_CODE_TRIES: u8 = 5;

/// The issuer's store.
#[async_trait]
pub trait Store:
    AccountStore
    + ApprovalStore
    + AuditStore
    + Authorizations
    + DownloadStore
    + ErasureStore
    + EventStore
    + MovementStore
    + Grants
    + Send
    + Sync
{
    /// Records a passport, its sealed values, its search index and, when it is offered at once,
    /// its first offer.
    async fn draft_passport(&self, draft: PassportDraft) -> Result<(), StoreError>;

    /// Begins an import, or goes on with it: a key is good for one file.
    async fn begin_import(&self, import: Import) -> Result<Begun, StoreError>;

    /// Records the passport of one row of an import; a row gives one passport, however often it
    /// comes.
    async fn import_passport(&self, row: ImportRow) -> Result<Imported, StoreError>;

    /// Puts a new document in the place of the one that it was made from. The kind of the change
    /// decides what becomes of the copies.
    async fn amend_passport(&self, amendment: Amendment) -> Result<Done, StoreError>;

    /// Offers a passport. The open offer before it dies, and what it had not given yet is not
    /// given any more.
    async fn offer_passport(&self, offering: Offering) -> Result<Done, StoreError>;

    /// HR withdraws, suspends, reinstates, revokes, supersedes or archives: the state, the status
    /// of every copy and the open offer change together.
    async fn act_on_passport(&self, deed: HrDeed) -> Result<Done, StoreError>;

    /// HR confirms, refuses or waives the key that waits.
    async fn decide_key(&self, decision: KeyDecision) -> Result<Done, StoreError>;

    /// An offer by the hash of its id.
    async fn offer(&self, offer: &SecretHash) -> Result<Option<Offer>, StoreError>;

    /// Trades a code for an access token. A code is good once; a wrong transaction code is
    /// counted, and the fifth kills the offer (OpenID4VCI 1.0, "Transaction Code Guessing").
    async fn redeem_code(&self, redemption: Redemption) -> Result<Redeemed, StoreError>;

    /// What an access token allows, by its hash.
    async fn grant(&self, token: &SecretHash) -> Result<Option<Grant>, StoreError>;

    /// Uses up the nonces and, before anything is signed, reserves for each key a status index
    /// that was never given before and records the copies; where HR is to compare first, records
    /// the keys that wait. The same token and keys again give the same answer.
    async fn record_issuance(&self, issuance: Issuance) -> Result<Recorded, StoreError>;

    /// The same for a key that HR has confirmed; once.
    async fn deliver_deferred(&self, delivery: Delivery) -> Result<Delivered, StoreError>;

    /// What a wallet says of its copy. The first word counts; the same again changes nothing.
    async fn record_notification(&self, notification: Notification) -> Result<Done, StoreError>;

    /// Ends what has run out by `now`: passports whose last copy has, keys that nobody compared.
    /// Gives those that changed; at most some hundreds at once.
    async fn lapse(&self, now: i64) -> Result<Vec<PassportId>, StoreError>;

    /// A passport by its id.
    async fn passport(&self, id: &PassportId) -> Result<Option<Passport>, StoreError>;

    /// What happened to a passport, oldest first.
    async fn history(&self, id: &PassportId) -> Result<Vec<HistoryEntry>, StoreError>;

    /// A person's sealed values.
    async fn sealed(&self, subject_ref: &str) -> Result<Option<Sealed>, StoreError>;

    /// Passports by state, queue and search words.
    async fn passports(&self, request: PageRequest) -> Result<Page, StoreError>;

    /// How many wait in each queue, and how many run out by `expiring_until`.
    async fn queue_counts(&self, expiring_until: i64) -> Result<QueueCounts, StoreError>;

    /// Makes sure that there is a list to give indices of for credentials signed by `kid`, and a
    /// spare one.
    async fn open_status_lists(&self, kid: &str, now: i64) -> Result<(), StoreError>;

    /// Every status list.
    async fn status_lists(&self) -> Result<Vec<ListRow>, StoreError>;

    /// How long lists are, and how many of their entries nobody is given.
    fn list_policy(&self) -> ListPolicy;

    /// What one entry says now: what is published is read here, so that changes which overtake
    /// each other on the way end as the store has them.
    async fn status(&self, entry: StatusEntry) -> Result<Status, StoreError>;

    /// The entries of a list that are not VALID.
    async fn status_entries(&self, list: u32) -> Result<Vec<(u32, Status)>, StoreError>;

    /// Records that something was signed at `now`, so that [`Self::newest_instant`] never goes
    /// behind it.
    async fn note_instant(&self, now: i64) -> Result<(), StoreError>;

    /// The newest instant of anything recorded.
    fn newest_instant(&self) -> i64;

    /// Forgets nonces and access tokens that expired more than an hour before `now`.
    async fn sweep(&self, now: i64) -> Result<(), StoreError>;

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
