//! What is asked of the store, and what it answers. Nothing personal stands here in clear.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use vc::base64url;
use vc::oid4vci::RefusalReason;

use crate::store::{
    ArchiveReason, ChangeKind, ConfirmKey, Copy, Grant, ListRow, OfferReason, Passport, PassportId,
    PassportState, Queue, ReinstatementReason, RevocationReason, SecretHash, StatusEntry,
    SuspensionReason, WithdrawalReason,
};

/// A keyed hash of something that a passport is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexToken(pub [u8; 16]);

/// A new passport, and its offer when it is offered at once.
#[derive(Clone, Debug)]
pub struct PassportDraft {
    /// Its id.
    pub id: PassportId,
    /// The person.
    pub subject_ref: String,
    /// Credential configuration.
    pub configuration: String,
    /// The checks.
    pub document: Document,
    /// The person's data key, wrapped by the ring.
    pub wrapped_key: Vec<u8>,
    /// Its offer; a draft has none.
    pub offer: Option<NewOffer>,
    /// Who.
    pub who: String,
    /// When, in milliseconds.
    pub now_ms: i64,
}

/// The checks as they are kept.
#[derive(Clone, Debug)]
pub struct Document {
    /// Encrypted under the person's data key.
    pub sealed: Vec<u8>,
    /// What the passport is found by.
    pub index: Vec<IndexToken>,
    /// Whether it has no faults.
    pub whole: bool,
    /// Last second of the first check to run out.
    pub due_at: Option<i64>,
}

/// An offer about to be made.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// Hash of its id.
    pub hash: SecretHash,
    /// Hash of its code.
    pub code: SecretHash,
    /// Keyed hash of its transaction code.
    pub tx_code: Option<SecretHash>,
    /// When it expires.
    pub expires_at: i64,
    /// Who vouches for the phone.
    pub confirm_key: ConfirmKey,
    /// Its id and transaction code, sealed.
    pub in_hand: String,
    /// Why.
    pub reason: OfferReason,
}

/// An offer of a passport that is there already.
#[derive(Clone, Debug)]
pub struct Offering {
    /// Which passport.
    pub id: PassportId,
    /// The offer.
    pub offer: NewOffer,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// A document in the place of another.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// Which passport.
    pub id: PassportId,
    /// The revision that the new document was made from.
    pub revision: u64,
    /// The new document.
    pub document: Document,
    /// What that does to the passport; `None` writes on at a draft.
    pub kind: Option<ChangeKind>,
    /// Who.
    pub who: String,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// An act of HR with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HrAct {
    /// Takes the open offer back.
    Withdraw(WithdrawalReason),
    /// Every copy is in doubt.
    Suspend(SuspensionReason),
    /// The doubt is over.
    Reinstate(ReinstatementReason),
    /// Every copy is over for good.
    Revoke(RevocationReason),
    /// Another passport takes its place.
    Supersede(PassportId),
    /// Out of sight.
    Archive(ArchiveReason),
}

/// An act of HR on a passport.
#[derive(Clone, Debug)]
pub struct HrDeed {
    /// Which passport.
    pub id: PassportId,
    /// What, and why.
    pub act: HrAct,
    /// Who.
    pub who: String,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// What came of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done: the passport, and the status entries that are to be published.
    Done(Box<Passport>, Vec<StatusEntry>),
    /// It is not, and nothing has changed.
    Not(NotDone),
}

/// Why an act is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// There is no such passport.
    Unknown,
    /// Its state does not allow it.
    State(PassportState),
    /// Revoked before for another reason.
    RevokedFor(RevocationReason),
    /// No offer is open.
    NoOpenOffer,
    /// Its document has faults.
    NotWhole,
    /// Somebody has changed it meanwhile.
    ChangedMeanwhile,
    /// No key waits for HR.
    NothingToConfirm,
    /// These are not the digits of the key that waits.
    OtherDigits,
    /// A passport can't take its own place, or that of another person's.
    NoReplacement,
}

/// What HR says of a key that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyVerdict {
    /// The phone shows these digits.
    Confirmed {
        /// As on the phone.
        digits: String,
    },
    /// The phone shows others.
    Refused,
    /// HR does without.
    Waived,
}

/// HR's word on a key.
#[derive(Clone, Debug)]
pub struct KeyDecision {
    /// Which passport.
    pub id: PassportId,
    /// What HR says.
    pub verdict: KeyVerdict,
    /// Who.
    pub who: String,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// A token request.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Hash of the code.
    pub code: SecretHash,
    /// Keyed hash of the transaction code, when one came.
    pub tx_code: Option<SecretHash>,
    /// Credential configurations that the request names; empty for whatever is offered.
    pub wanted: Vec<String>,
    /// Hash of the access token to give.
    pub token: SecretHash,
    /// When that expires.
    pub token_expires_at: i64,
    /// When.
    pub now: i64,
}

/// What came of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The access token stands.
    Granted(Box<Grant>),
    /// There is no such code.
    Unknown,
    /// The code was redeemed before.
    Used,
    /// The offer was killed.
    Dead,
    /// The offer has expired.
    Expired,
    /// The request names other credentials than the offer.
    NotOffered,
    /// The offer has a transaction code and none came.
    TxCodeMissing,
    /// The offer has none and one came.
    TxCodeUnexpected,
    /// Another one, for this passport; so many tries are left.
    TxCodeWrong(PassportId, u8),
}

/// A nonce of ours in a holder's proof.
#[derive(Clone, Copy, Debug)]
pub struct NonceUse {
    /// Its random part.
    pub id: [u8; 16],
    /// When it expires.
    pub expires_at: i64,
}

/// A credential about to be signed.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// Hash of the access token.
    pub token: SecretHash,
    /// The proof's nonce.
    pub nonce: NonceUse,
    /// Thumbprint of the proof's key.
    pub holder: String,
    /// The key itself, a JWK.
    pub holder_jwk: Value,
    /// Hash of the `transaction_id` to defer with, where HR is to compare.
    pub transaction: SecretHash,
    /// The digits to compare.
    pub digits: String,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// A copy that is recorded and may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCopy {
    /// The passport.
    pub passport: PassportId,
    /// The person.
    pub subject_ref: String,
    /// The copy.
    pub copy: Copy,
    /// A status list that was opened on the way and is to be published.
    pub opened: Option<ListRow>,
    /// Copies on other phones that it supersedes: to be published.
    pub changed: Vec<StatusEntry>,
}

/// What came of an issuance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Recorded, now or before for the same token and holder. Sign this.
    Copy(Box<IssuedCopy>),
    /// HR is to compare the digits first.
    Deferred(PassportId),
    /// HR has refused the key.
    Denied,
    /// The nonce was used before.
    NonceUsed,
    /// No such access token, or expired.
    TokenInvalid,
    /// The token is bound to another key by now.
    TokenSpent,
    /// The passport is no longer offered.
    Closed,
    /// Every index of the open list is given, and the next list is not public for long enough.
    NoStatusIndex,
}

/// A deferred credential about to be fetched.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Hash of the access token.
    pub token: SecretHash,
    /// Hash of `transaction_id`.
    pub transaction: SecretHash,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// What came of fetching a deferred credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Sign this.
    Copy {
        /// The copy.
        issued: Box<IssuedCopy>,
        /// The holder's key, a JWK.
        holder_jwk: Value,
    },
    /// HR has not compared yet.
    Pending,
    /// HR has refused the key, or the passport is no longer offered.
    Denied,
    /// No such transaction of this token, or its credential was fetched.
    Unknown,
    /// No such access token, or expired.
    TokenInvalid,
    /// As for [`Recorded::NoStatusIndex`].
    NoStatusIndex,
}

/// What a wallet says of its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletSays {
    /// Kept.
    Accepted,
    /// Could not be kept.
    Failed,
    /// Refused at review, or deleted later.
    Deleted,
}

/// A notification of a wallet.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Which passport.
    pub passport: PassportId,
    /// Which copy.
    pub entry: StatusEntry,
    /// What.
    pub says: WalletSays,
    /// Why, where something was given.
    pub reason: Option<RefusalReason>,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}

/// A place in a list of passports: the end of an index key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

impl Cursor {
    /// Longest index key's end: an instant and a place.
    const MAX_BYTES: usize = 32;
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match base64url::decode(text) {
            Ok(bytes) if (24..=Self::MAX_BYTES).contains(&bytes.len()) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err("not a cursor"),
        }
    }
}

/// Which passports.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// In this state only; archived ones are shown only when asked for.
    pub state: Option<PassportState>,
    /// In this queue only.
    pub queue: Option<Queue>,
    /// Until when something must run out to be in [`Queue::Expiring`].
    pub expiring_until: i64,
    /// Found by all of these.
    pub tokens: Vec<IndexToken>,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// Passports: newest first, those that run out in that order.
#[derive(Clone, Debug)]
pub struct Page {
    /// The passports.
    pub items: Vec<Listed>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Cursor>,
}

/// A row of a page. One that can't be read does not hide the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A passport.
    Passport(Box<Passport>),
    /// Its row is damaged.
    Unreadable(PassportId),
}

/// How many wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// In each queue but [`Queue::Expiring`].
    pub waiting: Vec<(Queue, u64)>,
    /// That run out in time, and not past [`MAX_EXPIRING`].
    pub expiring: u64,
}

/// Most passports that run out soon that are counted one by one.
pub const MAX_EXPIRING: u64 = 1000;

/// An import of many passports out of one file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Import {
    /// Hash of who imports and the key that the caller gave it.
    pub id: SecretHash,
    /// SHA-256 of the file.
    pub file: SecretHash,
    /// Name of the mapping.
    pub mapping: String,
    /// Who.
    pub who: String,
    /// When.
    pub at: i64,
}

/// What came of beginning an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new.
    Now,
    /// The same file was begun before: it goes on.
    Before,
    /// The key was used with another file or mapping.
    Otherwise,
}

/// One row of an import.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Which import.
    pub import: SecretHash,
    /// Its number in the file.
    pub row: usize,
    /// The passport.
    pub draft: PassportDraft,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The passport is recorded.
    Now,
    /// The row had its passport already.
    Before,
}
