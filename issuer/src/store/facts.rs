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

/// Where a passport is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassportState {
    /// Its offer waits for the staff member's wallet.
    Offered,
    /// A wallet has collected it.
    Active,
    /// For good.
    Revoked,
}

impl PassportState {
    /// As the API writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::Active => "ACTIVE",
            Self::Revoked => "REVOKED",
        }
    }
}

/// Why HR revokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RevocationReason {
    /// It should not have been issued.
    IssuedInError,
    /// What it says is no longer so.
    NoLongerValid,
    /// The staff member has left.
    LeftEmployment,
    /// The phone is gone.
    LostDevice,
}

impl RevocationReason {
    /// As the API writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IssuedInError => "ISSUED_IN_ERROR",
            Self::NoLongerValid => "NO_LONGER_VALID",
            Self::LeftEmployment => "LEFT_EMPLOYMENT",
            Self::LostDevice => "LOST_DEVICE",
        }
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
