//! Token Status List (draft-ietf-oauth-status-list), JWT form.

mod list;
mod token;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::list::{PackedList, StatusList};
pub use self::token::{
    TokenClaims, VerifiedStatusList, packed_token_input, token_input, token_input_with_x5c,
};

/// `typ` of a status list token.
pub const TYP: &str = "statuslist+jwt";
/// Entries of one of our lists.
pub const LIST_ENTRIES: u64 = 1 << 17;
/// Longest list in bytes: 2^24 entries of two bits.
pub const MAX_LIST_BYTES: usize = 4 << 20;
/// How far in the future a token's `iat` may lie, in seconds.
pub const MAX_SKEW_SECONDS: i64 = 60;
/// Longest time between two fetches, in seconds, whatever `ttl` says.
pub const MAX_TTL_SECONDS: u64 = 24 * 60 * 60;

/// A credential's reference to its entry: `status.status_list`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatusReference {
    /// Index of the entry.
    pub idx: u64,
    /// The list's address; equals the token's `sub`.
    pub uri: String,
}

/// A status value (section 7.1 of the draft).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// 0
    Valid,
    /// 1, for good
    Invalid,
    /// 2, may be undone
    Suspended,
    /// 3, ours: a newer copy stands on another device
    Superseded,
    /// Anything else: never to be treated as valid
    Other(u8),
}

impl Status {
    /// The value in the list.
    pub const fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Superseded => 3,
            Self::Other(value) => value,
        }
    }
}

impl From<u8> for Status {
    fn from(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            3 => Self::Superseded,
            other => Self::Other(other),
        }
    }
}

/// Reads `status.status_list` out of a credential's claims.
///
/// # Errors
/// [`StatusListError::Malformed`] when `status` is there and is not of the form: a credential with
/// another status mechanism must not pass for one without status.
pub fn reference(claims: &Map<String, Value>) -> Result<Option<StatusReference>, StatusListError> {
    let Some(status) = claims.get("status") else {
        return Ok(None);
    };
    let entry = status.get("status_list").ok_or(StatusListError::Malformed)?;
    StatusReference::deserialize(entry).map(Some).map_err(|_| StatusListError::Malformed)
}

/// Why a status list is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// `bits` is not 1, 2, 4 or 8.
    #[error("bits is not 1, 2, 4 or 8")]
    BadBits,
    /// The index lies past the end.
    #[error("index {0} lies past the end")]
    IndexOutOfRange(u64),
    /// The value does not fit into the list's bits.
    #[error("value {0} does not fit")]
    ValueTooWide(u8),
    /// The token or the list is not of the form.
    #[error("malformed status list")]
    Malformed,
    /// The list inflates past the bound.
    #[error("list larger than the bound")]
    TooLarge,
    /// Not signed by a trusted key of the credential's issuer.
    #[error("signed by a key that is not the issuer's")]
    WrongSigner,
    /// `sub` is not the address in the credential.
    #[error("the list is of another address")]
    WrongSubject,
    /// `iat` lies in the future.
    #[error("issued in the future")]
    FromFuture,
    /// Past its `exp`.
    #[error("expired")]
    Expired,
}
