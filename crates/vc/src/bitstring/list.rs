//! The bits (sections 2.2, 3.3 and 3.4): entry 0 left-most, most significant bit first.

use super::{BitstringError, MAX_LIST_BYTES, MAX_STATUS_SIZE, MIN_ENTRIES, gzip};
use crate::base64url;

/// Multibase's letter of base64url without padding.
const MULTIBASE: char = 'u';
const NAME: &str = "encodedList";

/// Entries of 1 to [`MAX_STATUS_SIZE`] bits each, packed most significant bit first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitstring {
    size: u8,
    bytes: Vec<u8>,
}

impl Bitstring {
    /// `entries` entries of 0, `size` bits each, filled up to whole bytes.
    ///
    /// # Errors
    /// [`BitstringError::UnsupportedSize`], [`BitstringError::TooShort`] below [`MIN_ENTRIES`],
    /// [`BitstringError::TooLarge`].
    pub fn new(size: u8, entries: u64) -> Result<Self, BitstringError> {
        let bytes = entries
            .checked_mul(size.into())
            .and_then(|bits| usize::try_from(bits.div_ceil(8)).ok())
            .filter(|bytes| *bytes <= MAX_LIST_BYTES)
            .ok_or(BitstringError::TooLarge)?;
        Self::from_bytes(size, vec![0; bytes])
    }

    /// A list out of its packed bytes, as a store keeps them.
    ///
    /// # Errors
    /// [`BitstringError::UnsupportedSize`], [`BitstringError::TooShort`] below [`MIN_ENTRIES`],
    /// [`BitstringError::TooLarge`].
    pub fn from_bytes(size: u8, bytes: Vec<u8>) -> Result<Self, BitstringError> {
        if !(1..=MAX_STATUS_SIZE).contains(&size) {
            return Err(BitstringError::UnsupportedSize(size.into()));
        }
        if bytes.len() > MAX_LIST_BYTES {
            return Err(BitstringError::TooLarge);
        }
        let list = Self { size, bytes };
        // "If the length of the revocation bitstring divided by statusSize is less than
        // minimumNumberOfEntries, raise a STATUS_LIST_LENGTH_ERROR"
        if list.entries() < MIN_ENTRIES { Err(BitstringError::TooShort) } else { Ok(list) }
    }

    /// The packed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bits of one entry.
    pub const fn size(&self) -> u8 {
        self.size
    }

    /// How many entries.
    pub fn entries(&self) -> u64 {
        let bits = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX).saturating_mul(8);
        bits.checked_div(self.size.into()).unwrap_or(0)
    }

    /// The value at `index`.
    ///
    /// # Errors
    /// [`BitstringError::IndexOutOfRange`].
    pub fn value(&self, index: u64) -> Result<u8, BitstringError> {
        value(&self.bytes, self.size, index)
    }

    /// Sets the value at `index`.
    ///
    /// # Errors
    /// [`BitstringError::IndexOutOfRange`], [`BitstringError::ValueTooWide`].
    pub fn set(&mut self, index: u64, value: u8) -> Result<(), BitstringError> {
        if u16::from(value) >= 1 << self.size {
            return Err(BitstringError::ValueTooWide(value));
        }
        let first = first_bit(&self.bytes, self.size, index)?;
        for (place, bit) in (first..).zip((0..self.size).rev()) {
            let (byte, mask) = locate(place);
            if let Some(byte) = self.bytes.get_mut(byte) {
                let set = (value >> bit) & 1 == 1;
                *byte = if set { *byte | mask } else { *byte & !mask };
            }
        }
        Ok(())
    }

    /// `encodedList`: `u`, then base64url of the gzipped bits.
    pub fn encode(&self) -> String {
        let mut text = String::from(MULTIBASE);
        base64url::encode_onto(&gzip::compress(&self.bytes), &mut text);
        text
    }

    /// Reads `encodedList`, inflating at most [`MAX_LIST_BYTES`].
    ///
    /// # Errors
    /// [`BitstringError`], as [`Self::from_bytes`] and [`BitstringError::Malformed`].
    pub fn decode(text: &str, size: u8) -> Result<Self, BitstringError> {
        Self::from_bytes(size, decode(text)?)
    }
}

/// The bits of an `encodedList`.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, BitstringError> {
    let packed = text
        .strip_prefix(MULTIBASE)
        .and_then(|text| base64url::decode(text).ok())
        .ok_or(BitstringError::Malformed(NAME))?;
    gzip::expand(&packed, MAX_LIST_BYTES).map_err(|error| match error {
        gzip::GzipError::TooLarge => BitstringError::TooLarge,
        gzip::GzipError::Damaged => BitstringError::Malformed(NAME),
    })
}

/// The value of `size` bits at `index`, of a list that says nothing of its width.
pub(super) fn value(bytes: &[u8], size: u8, index: u64) -> Result<u8, BitstringError> {
    let first = first_bit(bytes, size, index)?;
    (first..).take(size.into()).try_fold(0, |value, place| {
        let (byte, mask) = locate(place);
        let byte = bytes.get(byte).ok_or(BitstringError::IndexOutOfRange(index))?;
        Ok((value << 1) | u8::from(byte & mask != 0))
    })
}

/// The bit that entry `index` begins at; all of the entry lies within the list.
fn first_bit(bytes: &[u8], size: u8, index: u64) -> Result<usize, BitstringError> {
    let first = usize::try_from(index).ok().and_then(|index| index.checked_mul(size.into()));
    let bits = bytes.len().saturating_mul(8);
    first
        .filter(|first| first.checked_add(size.into()).is_some_and(|end| end <= bits))
        .ok_or(BitstringError::IndexOutOfRange(index))
}

/// The byte and the mask of a bit, counted from the left.
const fn locate(bit: usize) -> (usize, u8) {
    (bit / 8, 0x80 >> (bit % 8))
}
