//! What HR asks of the store.

use crate::store::{
    ArchiveReason, ChangeKind, ConfirmKey, OfferReason, Passport, PassportId, PassportState,
    ReinstatementReason, RevocationReason, SecretHash, StatusEntry, SuspensionReason,
    WithdrawalReason,
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
    /// Hashes of what else it is found by: its `issuer_state` and its reference.
    pub found_by: Vec<SecretHash>,
    /// When it expires.
    pub expires_at: i64,
    /// Credential configurations that it names.
    pub configurations: Vec<String>,
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
    /// Something was asked for already and waits for a second person.
    AskedAlready,
    /// Nothing was asked for.
    NothingAsked,
    /// Nobody approves what she asked for herself.
    OwnAsking,
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
