//! Which account at the trust's identity provider is a staff member's, so that she may fetch her
//! passport by signing in there.

use async_trait::async_trait;

use crate::store::{Done, Offer, PassportId, SecretHash, StoreError};

/// An account as HR names it for a passport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// What it is found by: a keyed hash.
    pub found_by: SecretHash,
    /// In HR's words, sealed under the person's key.
    pub sealed: String,
}

/// HR names an account, another, or none.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Which passport.
    pub id: PassportId,
    /// The account; `None` takes it away.
    pub account: Option<NewAccount>,
    /// Whether it may be named while an offer is open: whoever may offer alone may.
    pub while_offered: bool,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// It stands.
    Done(Done),
    /// The account is another passport's.
    Taken,
    /// An offer is open, which a second person has approved without this.
    OfferOpen,
}

/// The part of the store that knows accounts.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Names the account of a passport that is not over. One account has one passport.
    async fn name_account(&self, naming: Naming) -> Result<Named, StoreError>;

    /// The latest offer of the passport whose account it is, and the hash of the offer's id.
    async fn offer_of_account(
        &self,
        account: &SecretHash,
    ) -> Result<Option<(SecretHash, Offer)>, StoreError>;
}
