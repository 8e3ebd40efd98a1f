//! Bitstring Status List 1.0 (W3C): the status list of VCDM credentials.
//!
//! Not to be taken for [`crate::status_list`]: here entry 0 is the left-most bit, the bits are
//! gzipped and multibase, a list has one purpose or several, and `ttl` is in milliseconds.

mod credential;
mod entry;
mod gzip;
mod list;

pub use self::credential::{ListClaims, VerifiedBitstring, list_input};
pub use self::entry::{Purpose, StatusEntry, StatusMessage, entries};
pub use self::list::Bitstring;
use crate::status_list::Status;
use crate::vcdm::VcdmError;

/// Fewest entries of a list (section 3.2): among fewer, a credential stands out.
pub const MIN_ENTRIES: u64 = 131_072;
/// Shortest list in bytes (section 2.2).
pub const MIN_LIST_BYTES: usize = 16 * 1024;
/// Longest list in bytes.
pub const MAX_LIST_BYTES: usize = 4 << 20;
/// Widest entry in bits.
pub const MAX_STATUS_SIZE: u8 = 8;
/// Most status entries in one credential.
pub const MAX_ENTRIES_OF_CREDENTIAL: usize = 16;
/// Longest time between two fetches, in milliseconds, whatever `ttl` says.
pub const MAX_TTL_MILLISECONDS: u64 = 24 * 60 * 60 * 1000;

/// What a list says of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryStatus {
    /// What the entry is about.
    pub purpose: Purpose,
    /// The value in the list.
    pub value: u8,
    /// [`Status::Valid`] for 0. Anything else is INVALID under `revocation`, SUSPENDED under
    /// `suspension`, and [`Status::Other`] under every other purpose, which the caller must know.
    pub status: Status,
    /// What the credential says the value means: for people who look into faults, not for the desk.
    pub message: Option<String>,
}

/// Why no status can be told. A caller that can't fetch the list answers
/// [`BitstringError::Unreachable`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BitstringError {
    /// A member of the entry or of the list is missing or malformed.
    #[error("member {0:?} is missing or malformed")]
    Malformed(&'static str),
    /// `statusSize` is wider than [`MAX_STATUS_SIZE`].
    #[error("entries of {0} bits are not read")]
    UnsupportedSize(u64),
    /// The credential has a status of another mechanism.
    #[error("another status mechanism")]
    UnknownMechanism,
    /// The value does not fit into the entry's bits.
    #[error("value {0} does not fit")]
    ValueTooWide(u8),
    /// The list inflates past [`MAX_LIST_BYTES`].
    #[error("list larger than the bound")]
    TooLarge,
    /// The index lies past the end; `u64::MAX` stands for every larger one.
    #[error("index {0} lies past the end")]
    IndexOutOfRange(u64),
    /// The list could not be fetched.
    #[error("the list could not be fetched")]
    Unreachable,
    /// The list's credential is refused.
    #[error("the list's credential is refused")]
    Refused(#[source] Box<VcdmError>),
    /// Not signed by a trusted key of the list's issuer.
    #[error("signed by a key that is not the issuer's")]
    WrongSigner,
    /// The list is of another issuer than expected.
    #[error("the list is of another issuer")]
    WrongIssuer,
    /// The list is not the one at the address in the entry.
    #[error("the list is of another address")]
    WrongSubject,
    /// The list is about something else.
    #[error("the list has another purpose")]
    WrongPurpose,
    /// The list begins in the future.
    #[error("issued in the future")]
    FromFuture,
    /// Past `validUntil` or `exp`.
    #[error("expired")]
    Expired,
    /// Fewer entries than [`MIN_ENTRIES`].
    #[error("fewer than {MIN_ENTRIES} entries")]
    TooShort,
}

impl BitstringError {
    /// The error's name in the specification (section 3.5, and VCDM 2.0, 7.1).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_)
            | Self::UnsupportedSize(_)
            | Self::UnknownMechanism
            | Self::ValueTooWide(_)
            | Self::TooLarge => "MALFORMED_VALUE_ERROR",
            Self::IndexOutOfRange(_) => "RANGE_ERROR",
            Self::Unreachable => "STATUS_RETRIEVAL_ERROR",
            Self::Refused(_)
            | Self::WrongSigner
            | Self::WrongIssuer
            | Self::WrongSubject
            | Self::WrongPurpose
            | Self::FromFuture
            | Self::Expired => "STATUS_VERIFICATION_ERROR",
            Self::TooShort => "STATUS_LIST_LENGTH_ERROR",
        }
    }
}
