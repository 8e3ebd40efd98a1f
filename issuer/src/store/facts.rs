//! What the store keeps. Nothing personal stands here in clear.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vc::base64url;
use vc::status_list::{LIST_ENTRIES, Status};

/// SHA-256 or HMAC-SHA-256 of a secret: an offer id, a code, a token. The secret is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SecretHash(pub [u8; 32]);

impl From<SecretHash> for String {
    fn from(hash: SecretHash) -> Self {
        base64url::encode(&hash.0)
    }
}

impl TryFrom<String> for SecretHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = base64url::decode(&text).map_err(|_| "not base64url")?;
        bytes.try_into().map(Self).map_err(|_| "not 32 bytes")
    }
}

/// A passport's id in our API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassportId(pub Uuid);

impl fmt::Display for PassportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PassportId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// Writes a closed set of words once: the words on the wire, in rows and in forms.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As the API writes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

/// Not one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words")]
pub struct UnknownWord;

words! {
    /// Where a passport is in its life (`life.rs` has the table).
    PassportState {
        /// HR is still writing it, or has taken it back to be offered anew.
        Drafted = "DRAFTED",
        /// Its offer waits for the staff member's wallet.
        Offered = "OFFERED",
        /// A wallet has collected it.
        Active = "ACTIVE",
        /// The staff member refused it.
        Rejected = "REJECTED",
        /// In doubt: not to be relied on for now.
        Suspended = "SUSPENDED",
        /// Taken back before a wallet had it.
        Withdrawn = "WITHDRAWN",
        /// Another passport of the same person stands in its place.
        Superseded = "SUPERSEDED",
        /// Cancelled.
        Revoked = "REVOKED",
        /// Its last copy has run out.
        Expired = "EXPIRED",
        /// Out of sight.
        Archived = "ARCHIVED",
    }
}

words! {
    /// Why HR revokes.
    RevocationReason {
        /// It should not have been issued.
        IssuedInError = "ISSUED_IN_ERROR",
        /// What it says is no longer so.
        NoLongerValid = "NO_LONGER_VALID",
        /// The staff member has left.
        LeftEmployment = "LEFT_EMPLOYMENT",
        /// The phone is gone.
        LostDevice = "LOST_DEVICE",
    }
}

words! {
    /// Why HR suspends.
    SuspensionReason {
        /// A check is in doubt.
        CheckInDoubt = "CHECK_IN_DOUBT",
        /// Something is being looked into.
        Investigation = "INVESTIGATION",
        /// The staff member is suspended from duty.
        SuspendedFromDuty = "SUSPENDED_FROM_DUTY",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR reinstates.
    ReinstatementReason {
        /// The doubt is settled.
        Cleared = "CLEARED",
        /// It was suspended by mistake.
        SuspendedInError = "SUSPENDED_IN_ERROR",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR withdraws an offer.
    WithdrawalReason {
        /// Offered to the wrong person, or with a mistake in it.
        Mistake = "MISTAKE",
        /// Not needed any more.
        NotNeeded = "NOT_NEEDED",
        /// Somebody else may have seen the offer.
        Exposed = "EXPOSED",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR archives.
    ArchiveReason {
        /// Its time is over.
        Finished = "FINISHED",
        /// It stands twice.
        Duplicate = "DUPLICATE",
        /// The staff member has left.
        LeftEmployment = "LEFT_EMPLOYMENT",
        /// Another reason; the note says it.
        Other = "OTHER",
    }
}

words! {
    /// Why HR offers.
    OfferReason {
        /// For the first time.
        First = "FIRST",
        /// The offer before ran out, was used by the wrong wallet, or was lost.
        Again = "AGAIN",
        /// To a new phone; the copy on the old one is superseded when the new one is collected.
        NewDevice = "NEW_DEVICE",
        /// The phone is gone: its copy is revoked at once.
        LostDevice = "LOST_DEVICE",
        /// What was wrong is put right.
        Corrected = "CORRECTED",
    }
}

words! {
    /// How a change of the checks touches the copies that are out (docs/architecture.md, "Change").
    ChangeKind {
        /// Good news, or of no weight: copies stay valid until they are refreshed.
        Benign = "BENIGN",
        /// In doubt: the passport is suspended.
        Doubt = "DOUBT",
        /// Bad news: every copy is revoked.
        Adverse = "ADVERSE",
    }
}

/// An entry of one of our status lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatusEntry {
    /// The list's number.
    pub list: u32,
    /// Index in it.
    pub index: u32,
}

/// How status lists are filled.
#[derive(Clone, Copy, Debug)]
pub struct ListPolicy {
    /// Entries of a list.
    pub entries: u32,
    /// Seconds that a list is public before its first index is given: a `ttl` and a margin.
    pub lead: i64,
}

impl Default for ListPolicy {
    fn default() -> Self {
        Self { entries: u32::try_from(LIST_ENTRIES).unwrap_or(1 << 17), lead: 60 }
    }
}

/// A status list and the key that signs it: the key of the credentials it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// The list's number.
    pub number: u32,
    /// `kid` of its key.
    pub kid: String,
}

/// A copy of a credential in a wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// Its entry; no other copy has it.
    pub entry: StatusEntry,
    /// What the entry says.
    pub status: Status,
    /// RFC 7638 thumbprint of the holder's key.
    pub holder: String,
    /// `kid` of the issuer's key.
    pub kid: String,
    /// `iat`.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Act {
    /// HR recorded the checks and made an offer.
    Offered,
    /// A wrong transaction code came.
    TxCodeWrong,
    /// Too many wrong transaction codes came.
    OfferKilled,
    /// A wallet redeemed the offer's code.
    Redeemed,
    /// A copy was issued to a wallet.
    Issued,
    /// HR revoked.
    Revoked,
}

/// A line of a passport's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who: `token:` and the id of an API token, or `wallet`.
    pub who: String,
    /// What.
    pub what: Act,
    /// Why, for a revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RevocationReason>,
}

/// A passport without its personal values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// Its id.
    pub id: PassportId,
    /// The person, at this issuer.
    pub subject_ref: String,
    /// Credential configuration.
    pub configuration: String,
    /// Where it is in its life.
    pub state: PassportState,
    /// Milliseconds since 1970.
    pub created_at_ms: i64,
    /// Its latest offer.
    pub offer: SecretHash,
    /// Its copies.
    pub copies: Vec<Copy>,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// Where an offer is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OfferState {
    /// Its code may be redeemed.
    Open,
    /// Its code was redeemed.
    Redeemed,
    /// Killed by wrong transaction codes or by revocation.
    Dead,
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it offers.
    pub passport: PassportId,
    /// Credential configuration.
    pub configuration: String,
    /// Hash of its pre-authorized code.
    pub code: SecretHash,
    /// Keyed hash of its transaction code, when it has one.
    pub tx_code: Option<SecretHash>,
    /// Wrong transaction codes so far.
    pub wrong_tries: u8,
    /// Where it is in its life.
    pub state: OfferState,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
}

/// A person's values, encrypted under a key of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The data key, wrapped by the ring. Destroying it erases the person.
    pub wrapped_key: Vec<u8>,
    /// The checks document.
    pub document: Vec<u8>,
}

/// What an access token allows: one copy of one passport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Which passport.
    pub passport: PassportId,
    /// Credential configuration.
    pub configuration: String,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
    /// Whether the credential request must go by `credential_identifier`.
    pub by_identifier: bool,
    /// The copy, once it is recorded.
    pub entry: Option<StatusEntry>,
}
