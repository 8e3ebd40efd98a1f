//! SP1, the compact form (docs/qr-format.md): what the receiver can compute is left out, random
//! bytes go raw, and all else is coded by what `schemas/` lets expect. Lossless for every text that
//! it takes; what it does not take travels as SP0.

mod codec;
mod date;
mod dictionary;
mod model;
mod parts;
mod presentation;
mod range;
mod string;
mod tree;

use super::{QrError, base45};
use codec::Codec;
use dictionary::{DICTIONARY, LEARNT, LETTER};
use parts::Parts;
use presentation::Coder;

/// Start of every code of this form; the dictionary's letter and `:` follow.
pub(super) const PREFIX: &str = "SP1";
/// Longest presentation that is taken.
const MAX_BYTES: usize = 12 * 1024;
/// Longest code body that is looked at: Base64's four characters are Base45's four and a half.
const MAX_BODY_CHARS: usize = 14 * 1024;

/// The bytes are no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Damaged;

/// Makes the model that every code starts from.
pub(super) fn prepare() {
    std::sync::LazyLock::force(&LEARNT);
}

/// The code of a presentation, when there is one that reads back to the very same text.
pub(super) fn encode(presentation: &str) -> Option<String> {
    if presentation.len() > MAX_BYTES {
        return None;
    }
    let parts = Parts::parse(presentation)?;
    let mut coder = Coder::new(Codec::write(&LEARNT), &DICTIONARY);
    coder.presentation(Some(&parts)).ok()?;
    let bytes = coder.into_codec().finish().ok()?;
    let reads_back = read(&bytes).is_ok_and(|text| text == presentation);
    reads_back.then(|| format!("{PREFIX}{LETTER}:{}", base45::encode(&bytes)))
}

/// The presentation of a code, without [`PREFIX`].
pub(super) fn decode(rest: &str) -> Result<String, QrError> {
    let mut chars = rest.chars();
    let letter = chars.next().ok_or(QrError::NotACode)?;
    let body = chars.as_str().strip_prefix(':').ok_or(QrError::NotACode)?;
    if letter != LETTER {
        return Err(QrError::UnknownVersion);
    }
    if body.len() > MAX_BODY_CHARS {
        return Err(QrError::TooLarge);
    }
    let bytes = base45::decode(body).map_err(|base45::NotBase45| QrError::Damaged)?;
    read(&bytes).map_err(|Damaged| QrError::Damaged)
}

fn read(bytes: &[u8]) -> Result<String, Damaged> {
    let mut coder = Coder::new(Codec::read(&LEARNT, bytes), &DICTIONARY);
    let parts = coder.presentation(None)?;
    coder.into_codec().finish()?;
    let text = parts.text();
    if text.len() > MAX_BYTES { Err(Damaged) } else { Ok(text) }
}
