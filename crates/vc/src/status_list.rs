//! Token Status List (draft-ietf-oauth-status-list), JWT form.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::base64url;
use crate::inflate::{InflateError, Wrapping, inflate};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{JwsError, SigningInput, UnverifiedJws, VerifiedJws};
use crate::time::UnixTime;

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

/// Lists are mostly runs of one byte: matching runs alone packs within 5 % of the slowest level, in
/// a tenth of its time.
const COMPRESSION_LEVEL: i32 = 9;
/// zlib's `Z_RLE`.
const RUN_LENGTHS: i32 = 3;
/// zlib's header and checksum.
const ZLIB: i32 = 1;

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

/// Width of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    One,
    Two,
    Four,
    Eight,
}

impl Width {
    const fn of_bits(bits: u64) -> Option<Self> {
        match bits {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// log2 of the entries in a byte.
    const fn shift(self) -> u32 {
        match self {
            Self::One => 3,
            Self::Two => 2,
            Self::Four => 1,
            Self::Eight => 0,
        }
    }

    const fn mask(self) -> u8 {
        match self {
            Self::One => 0b1,
            Self::Two => 0b11,
            Self::Four => 0b1111,
            Self::Eight => 0xff,
        }
    }
}

/// Entries of 1, 2, 4 or 8 bits each, packed least significant bit first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    width: Width,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of `entries` VALID entries of 1, 2, 4 or 8 bits, filled up to whole bytes.
    ///
    /// # Errors
    /// [`StatusListError::BadBits`], [`StatusListError::TooLarge`] past [`MAX_LIST_BYTES`].
    pub fn new(bits: u8, entries: u64) -> Result<Self, StatusListError> {
        let width = Width::of_bits(bits.into()).ok_or(StatusListError::BadBits)?;
        let len = usize::try_from(entries.div_ceil(1 << width.shift()))
            .ok()
            .filter(|len| *len <= MAX_LIST_BYTES)
            .ok_or(StatusListError::TooLarge)?;
        Ok(Self { width, bytes: vec![0; len] })
    }

    /// A list out of its packed bytes, as a store keeps them.
    ///
    /// # Errors
    /// [`StatusListError::BadBits`], [`StatusListError::TooLarge`] past [`MAX_LIST_BYTES`].
    pub fn from_bytes(bits: u8, bytes: Vec<u8>) -> Result<Self, StatusListError> {
        let width = Width::of_bits(bits.into()).ok_or(StatusListError::BadBits)?;
        if bytes.len() > MAX_LIST_BYTES {
            return Err(StatusListError::TooLarge);
        }
        Ok(Self { width, bytes })
    }

    /// The packed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bits of one entry.
    pub const fn bits(&self) -> u8 {
        self.width.bits()
    }

    /// How many entries.
    pub fn entries(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX) << self.width.shift()
    }

    /// The byte that holds entry `index`, and how far the entry is shifted in it.
    fn position(&self, index: u64) -> Result<(usize, u32), StatusListError> {
        let byte = usize::try_from(index >> self.width.shift())
            .map_err(|_| StatusListError::IndexOutOfRange(index))?;
        let within = u32::try_from(index & ((1 << self.width.shift()) - 1)).unwrap_or(0);
        Ok((byte, within * u32::from(self.width.bits())))
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`].
    #[inline]
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        let (byte, shift) = self.position(index)?;
        let byte = self.bytes.get(byte).ok_or(StatusListError::IndexOutOfRange(index))?;
        Ok(((byte >> shift) & self.width.mask()).into())
    }

    /// Sets the entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`], [`StatusListError::ValueTooWide`].
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusListError> {
        let value = status.value();
        let mask = self.width.mask();
        if value > mask {
            return Err(StatusListError::ValueTooWide(value));
        }
        let (byte, shift) = self.position(index)?;
        let byte = self.bytes.get_mut(byte).ok_or(StatusListError::IndexOutOfRange(index))?;
        *byte = (*byte & !(mask << shift)) | (value << shift);
        Ok(())
    }

    /// `{"bits":…,"lst":…}`: zlib (RFC 1950), then base64url.
    pub fn to_json(&self) -> Value {
        let flags = create_comp_flags_from_zip_params(COMPRESSION_LEVEL, ZLIB, RUN_LENGTHS);
        let mut compressor = CompressorOxide::new(flags);
        let mut packed = Vec::new();
        compress_to_output(&mut compressor, &self.bytes, TDEFLFlush::Finish, |bytes| {
            packed.extend_from_slice(bytes);
            true
        });
        json!({ "bits": self.width.bits(), "lst": base64url::encode(&packed) })
    }

    /// Reads `{"bits":…,"lst":…}`, inflating at most `max_bytes`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn from_json(value: &Value, max_bytes: usize) -> Result<Self, StatusListError> {
        let bits = value.get("bits").and_then(Value::as_u64).ok_or(StatusListError::BadBits)?;
        let width = Width::of_bits(bits).ok_or(StatusListError::BadBits)?;
        let text = value.get("lst").and_then(Value::as_str).ok_or(StatusListError::Malformed)?;
        let packed = base64url::decode(text).map_err(|_| StatusListError::Malformed)?;
        let bytes = inflate(&packed, Wrapping::Zlib, max_bytes).map_err(|error| match error {
            InflateError::TooLarge => StatusListError::TooLarge,
            InflateError::Damaged => StatusListError::Malformed,
        })?;
        Ok(Self { width, bytes })
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
    let mut header = Map::new();
    header.insert("kid".to_owned(), json!(kid));
    let mut members = Map::new();
    members.insert("sub".to_owned(), json!(claims.uri));
    members.insert("iat".to_owned(), json!(claims.issued_at));
    if let Some(expires_at) = claims.expires_at {
        members.insert("exp".to_owned(), json!(expires_at));
    }
    if let Some(ttl) = claims.ttl {
        members.insert("ttl".to_owned(), json!(ttl));
    }
    members.insert("status_list".to_owned(), list.to_json());
    SigningInput::new(algorithm, TYP, header, &members)
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
        let unverified = UnverifiedJws::parse(token).map_err(|_| StatusListError::Malformed)?;
        let key = key_of(unverified.header().kid.as_deref()).ok_or(StatusListError::WrongSigner)?;
        let verified = unverified.verify(key, TYP).map_err(|error| match error {
            JwsError::WrongAlgorithm | JwsError::SignatureInvalid => StatusListError::WrongSigner,
            _ => StatusListError::Malformed,
        })?;
        let claims = token_claims(&verified)?;
        if claims.uri != uri {
            return Err(StatusListError::WrongSubject);
        }
        if claims.issued_at > now.plus(MAX_SKEW_SECONDS) {
            return Err(StatusListError::FromFuture);
        }
        // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted".
        if claims.expires_at.is_some_and(|expires_at| now >= expires_at) {
            return Err(StatusListError::Expired);
        }
        let list = verified.claims().get("status_list").ok_or(StatusListError::Malformed)?;
        let list = StatusList::from_json(list, MAX_LIST_BYTES)?;
        Ok(Self { claims, signer: key.clone(), list })
    }

    /// What the token says; `ttl` is at most [`MAX_TTL_SECONDS`].
    pub fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// Who signed it.
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// How many entries.
    pub fn entries(&self) -> u64 {
        self.list.entries()
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`].
    #[inline]
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        self.list.status(index)
    }
}

fn token_claims(token: &VerifiedJws) -> Result<TokenClaims, StatusListError> {
    let claims = token.claims();
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            value.as_i64().map(|time| Some(UnixTime(time))).ok_or(StatusListError::Malformed)
        }
    };
    let ttl = match claims.get("ttl") {
        None => None,
        // "a positive number": whole seconds here, or so many that they are cut.
        Some(value) => match (value.as_u64(), value.as_f64()) {
            (Some(1..), _) => value.as_u64().map(|ttl| ttl.min(MAX_TTL_SECONDS)),
            (None, Some(1e9..)) => Some(MAX_TTL_SECONDS),
            _ => return Err(StatusListError::Malformed),
        },
    };
    Ok(TokenClaims {
        uri: claims
            .get("sub")
            .and_then(Value::as_str)
            .ok_or(StatusListError::Malformed)?
            .to_owned(),
        issued_at: time("iat")?.ok_or(StatusListError::Malformed)?,
        expires_at: time("exp")?,
        ttl,
    })
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
/// [`StatusListError::Malformed`] when `status` is there and is not of the form: a credential with
/// another status mechanism must not pass for one without status.
pub fn reference(claims: &Map<String, Value>) -> Result<Option<StatusReference>, StatusListError> {
    let Some(status) = claims.get("status") else {
        return Ok(None);
    };
    let entry = status.get("status_list").ok_or(StatusListError::Malformed)?;
    StatusReference::deserialize(entry).map(Some).map_err(|_| StatusListError::Malformed)
}
