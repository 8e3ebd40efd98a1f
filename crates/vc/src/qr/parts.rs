//! Animated parts: `SPP:<id>/<k>/<n>:<piece>`, for a text that one symbol can't hold.

use rand_core::CryptoRng;

use super::{MAX_TEXT_CHARS, QrError};

/// Most parts of one sequence.
pub const MAX_PARTS: usize = 64;

pub(super) const PREFIX: &str = "SPP:";

/// Digits and capitals that are not mistaken for each other, 5 bits each.
const ID_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ID_CHARS: usize = 5;
const MAX_ID_CHARS: usize = 8;
/// `SPP:`, id, two numbers of two digits, two `/`, `:`.
const MAX_HEAD_CHARS: usize = 4 + ID_CHARS + 1 + 2 + 1 + 2 + 1;

/// Splits a code's text into parts `SPP:<id>/<k>/<n>:<piece>` of at most `chars` characters each;
/// one part, the code itself, when it fits. Parts are longer than `chars` where it would take more
/// than [`MAX_PARTS`].
pub fn split(code: &str, chars: usize, rng: &mut impl CryptoRng) -> Vec<String> {
    let code_chars: Vec<char> = code.chars().collect();
    if code_chars.len() <= chars {
        return vec![code.to_owned()];
    }
    // One part of room is kept, for a piece may end early (below).
    let least = code_chars.len().div_ceil(MAX_PARTS - 1);
    let most = chars.saturating_sub(MAX_HEAD_CHARS).max(least);
    // Pieces of equal length, so that all symbols are of one version.
    let even = code_chars.len().div_ceil(code_chars.len().div_ceil(most));
    let mut pieces = Vec::new();
    let mut rest = code_chars.as_slice();
    while !rest.is_empty() {
        let mut len = even.min(rest.len());
        // A space at a text's end may get lost on the way.
        while len > 1 && len < rest.len() && rest.get(len - 1) == Some(&' ') {
            len -= 1;
        }
        let (piece, after) = rest.split_at(len);
        pieces.push(piece.iter().collect::<String>());
        rest = after;
    }
    let id = id(rng);
    let total = pieces.len();
    pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| format!("{PREFIX}{id}/{}/{total}:{piece}", index + 1))
        .collect()
}

fn id(rng: &mut impl CryptoRng) -> String {
    let mut bytes = [0; ID_CHARS];
    rng.fill_bytes(&mut bytes);
    bytes
        .iter()
        .filter_map(|byte| ID_ALPHABET.get(usize::from(byte % 32)).copied().map(char::from))
        .collect()
}

/// One part of a sequence.
struct Part<'a> {
    id: &'a str,
    number: usize,
    total: usize,
    piece: &'a str,
}

impl<'a> Part<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(['\r', '\n', '\t']);
        let (id, rest) = text.strip_prefix(PREFIX)?.split_once('/')?;
        let (number, rest) = rest.split_once('/')?;
        let (total, piece) = rest.split_once(':')?;
        let id_ok = (1..=MAX_ID_CHARS).contains(&id.len())
            && id.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let (number, total) = (count(number)?, count(total)?);
        (id_ok && number <= total && !piece.is_empty()).then_some(Self { id, number, total, piece })
    }
}

/// A number from 1 to [`MAX_PARTS`], written without leading zero or sign.
fn count(text: &str) -> Option<usize> {
    let plain =
        text.len() <= 2 && text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| plain)?;
    (number <= MAX_PARTS).then_some(number)
}

/// Puts parts together, in any order, repeats allowed. A single text that is no part comes back as
/// it is.
///
/// # Errors
/// [`QrError`]: parts of different sequences, missing parts (which), contradicting repeats.
pub fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<String, QrError> {
    let mut parts = parts.into_iter();
    let first = parts.next().ok_or(QrError::NotACode)?;
    if !first.starts_with(PREFIX) {
        // The same code read twice is one code.
        return if parts.all(|again| again == first) {
            Ok(first.to_owned())
        } else {
            Err(QrError::PartsContradict)
        };
    }
    let first = Part::parse(first).ok_or(QrError::Damaged)?;
    let (id, total) = (first.id, first.total);
    let mut pieces = vec![None; total];
    let mut chars = 0;
    for part in std::iter::once(Ok(first)).chain(parts.map(|text| {
        if text.starts_with(PREFIX) {
            Part::parse(text).ok_or(QrError::Damaged)
        } else {
            Err(QrError::PartsContradict)
        }
    })) {
        let part = part?;
        if part.id != id || part.total != total {
            return Err(QrError::PartsContradict);
        }
        let slot = pieces.get_mut(part.number - 1).ok_or(QrError::Damaged)?;
        match *slot {
            Some(piece) if piece != part.piece => return Err(QrError::PartsContradict),
            Some(_) => {}
            None => {
                chars += part.piece.len();
                if chars > MAX_TEXT_CHARS {
                    return Err(QrError::TooLarge);
                }
                *slot = Some(part.piece);
            }
        }
    }
    let missing: Vec<usize> = pieces
        .iter()
        .enumerate()
        .filter_map(|(index, piece)| piece.is_none().then_some(index + 1))
        .collect();
    if !missing.is_empty() {
        return Err(QrError::PartsMissing { missing, total });
    }
    let code: String = pieces.into_iter().flatten().collect();
    // A sequence holds a code, never another sequence.
    if code.starts_with(PREFIX) { Err(QrError::Damaged) } else { Ok(code) }
}
