//! What is asked of the store, and what it answers. Nothing personal stands here in clear.

mod hr;
mod imports;
mod pages;
mod wallets;

pub use hr::{
    Amendment, Document, Done, HrAct, HrDeed, IndexToken, KeyDecision, KeyVerdict, NewOffer,
    NotDone, Offering, PassportDraft,
};
pub use imports::{Begun, Import, ImportRow, Imported};
pub use pages::{Cursor, Listed, MAX_EXPIRING, Page, PageRequest, QueueCounts};
pub use wallets::{
    Delivered, Delivery, Issuance, IssuedCopies, NonceUse, Notification, Recorded, Redeemed,
    Redemption, WalletSays,
};
