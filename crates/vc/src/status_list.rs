//! Token Status List (draft-ietf-oauth-status-list), JWT form.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::jwk::{Algorithm, PublicKey};
use crate::jws::SigningInput;
use crate::time::UnixTime;

/// `typ` of a status list token.
pub const TYP: &str = "statuslist+jwt";
/// Entries of one of our lists.
pub const LIST_ENTRIES: u64 = 1 << 17;

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

/// Entries of `bits` bits each, packed least significant bit first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of `entries` VALID entries of 1, 2, 4 or 8 bits.
    ///
    /// # Errors
    /// [`StatusListError::BadBits`].
    pub fn new(bits: u8, entries: u64) -> Result<Self, StatusListError> {
        todo!()
    }

    /// How many entries.
    pub fn entries(&self) -> u64 {
        todo!()
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`].
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        todo!()
    }

    /// Sets the entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`], [`StatusListError::ValueTooWide`].
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusListError> {
        todo!()
    }

    /// `{"bits":…,"lst":…}`: zlib (RFC 1950), then base64url.
    pub fn to_json(&self) -> Value {
        todo!()
    }

    /// Reads `{"bits":…,"lst":…}`, inflating at most `max_bytes`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn from_json(value: &Value, max_bytes: usize) -> Result<Self, StatusListError> {
        todo!()
    }
}

/// What a status list token says beside its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenClaims {
    /// `sub`: the list's address.
    pub uri: String,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: Option<UnixTime>,
    /// `ttl` in seconds.
    pub ttl: Option<u64>,
}

/// The status list token to sign.
pub fn token_input(
    algorithm: Algorithm,
    kid: &str,
    claims: &TokenClaims,
    list: &StatusList,
) -> SigningInput {
    todo!()
}

/// A status list whose token verified; only [`VerifiedStatusList::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedStatusList {
    claims: TokenClaims,
    signer: PublicKey,
    list: StatusList,
}

impl VerifiedStatusList {
    /// Verifies a token fetched from `uri`. `key_of` finds the issuer's trusted key by `kid`.
    ///
    /// # Errors
    /// [`StatusListError`]: wrong `typ`, signer, `sub`; `iat` in the future (60 s allowed);
    /// past `exp`; a list that can't be read.
    pub fn verify<'k>(
        token: &str,
        uri: &str,
        key_of: impl FnOnce(Option<&str>) -> Option<&'k PublicKey>,
        now: UnixTime,
    ) -> Result<Self, StatusListError> {
        todo!()
    }

    /// What the token says.
    pub fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// Who signed it.
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`].
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        self.list.status(index)
    }
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

/// Reads `status.status_list` out of a credential's claims.
///
/// # Errors
/// [`StatusListError::Malformed`] when `status` is there and is not of the form.
pub fn reference(claims: &Map<String, Value>) -> Result<Option<StatusReference>, StatusListError> {
    todo!()
}
