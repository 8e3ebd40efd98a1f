//! Text of the QR codes (docs/qr-format.md): `SP0:` and animated parts `SPP:`.

use rand_core::CryptoRng;

/// Longest presentation a code may hold, in bytes, after inflating.
pub const MAX_PRESENTATION_BYTES: usize = 64 * 1024;
/// Longest text of one QR code that we make: version 25, level L, alphanumeric.
pub const MAX_CODE_CHARS: usize = 1853;
/// Most parts of one sequence.
pub const MAX_PARTS: usize = 64;

/// `SP0:` + base45(raw deflate) of a presentation.
pub fn encode(presentation: &str) -> String {
    todo!()
}

/// Reads `SP0:…`, or a raw SD-JWT+KB as it is.
///
/// # Errors
/// [`QrError`].
pub fn decode(code: &str) -> Result<String, QrError> {
    todo!()
}

/// Splits a code's text into parts `SPP:<id>/<k>/<n>:<piece>` of at most `chars` characters each;
/// one part, the code itself, when it fits.
pub fn split(code: &str, chars: usize, rng: &mut impl CryptoRng) -> Vec<String> {
    todo!()
}

/// Puts parts together, in any order, repeats allowed.
///
/// # Errors
/// [`QrError`]: parts of different sequences, missing parts (which), contradicting repeats.
pub fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<String, QrError> {
    todo!()
}

/// Why a code can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// Not one of our codes.
    #[error("not a staff passport code")]
    NotACode,
    /// A later version than this reader knows.
    #[error("a code of a version this reader does not know")]
    UnknownVersion,
    /// Larger than the bound.
    #[error("code larger than the bound")]
    TooLarge,
    /// Damaged.
    #[error("damaged code")]
    Damaged,
    /// Some parts are missing.
    #[error("parts {missing:?} of {total} are missing")]
    PartsMissing {
        /// Numbers from 1.
        missing: Vec<usize>,
        /// How many there are.
        total: usize,
    },
    /// Parts of more than one sequence, or two that contradict.
    #[error("parts that do not belong together")]
    PartsContradict,
}
