//! The list itself: packed entries, and their compressed form (section 4 of the draft).

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use serde_json::{Value, json};

use super::{MAX_LIST_BYTES, Status, StatusListError};
use crate::base64url;
use crate::inflate::{InflateError, Wrapping, inflate};

/// Lists are mostly runs of one byte: matching runs alone packs within 5 % of the slowest level, in
/// a tenth of its time.
const COMPRESSION_LEVEL: i32 = 9;
/// zlib's `Z_RLE`.
const RUN_LENGTHS: i32 = 3;
/// zlib's header and checksum.
const ZLIB: i32 = 1;

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

    /// The list packed fast: for what must be public at once.
    pub fn pack(&self) -> PackedList {
        let flags = create_comp_flags_from_zip_params(COMPRESSION_LEVEL, ZLIB, RUN_LENGTHS);
        let mut compressor = CompressorOxide::new(flags);
        let mut packed = Vec::new();
        compress_to_output(&mut compressor, &self.bytes, TDEFLFlush::Finish, |bytes| {
            packed.extend_from_slice(bytes);
            true
        });
        PackedList { bits: self.width.bits(), zlib: packed }
    }

    /// The list as a slower compressor packed it, in zlib's form (RFC 1950).
    ///
    /// # Errors
    /// [`StatusListError::Malformed`] when that inflates to anything but this list.
    pub fn packed_as(&self, zlib: Vec<u8>) -> Result<PackedList, StatusListError> {
        match inflate(&zlib, Wrapping::Zlib, self.bytes.len()) {
            Ok(bytes) if bytes == self.bytes => Ok(PackedList { bits: self.width.bits(), zlib }),
            Ok(_) | Err(_) => Err(StatusListError::Malformed),
        }
    }

    /// `{"bits":…,"lst":…}`: zlib (RFC 1950), then base64url.
    pub fn to_json(&self) -> Value {
        self.pack().to_json()
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

/// A list as it is published: compressed, and known to inflate to the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedList {
    bits: u8,
    zlib: Vec<u8>,
}

impl PackedList {
    /// The compressed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.zlib
    }

    /// As [`StatusList::to_json`].
    pub fn to_json(&self) -> Value {
        json!({ "bits": self.bits, "lst": base64url::encode(&self.zlib) })
    }
}
