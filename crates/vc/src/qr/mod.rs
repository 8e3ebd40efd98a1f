//! Text of the QR codes (docs/qr-format.md): compact `SP1`, plain `SP0:`, animated parts `SPP:`.
//!
//! Every character is of the QR alphanumeric mode, so that a symbol stays small.

mod base45;
mod parts;
mod sp0;
mod sp1;

pub use parts::{MAX_PARTS, join, split};

/// Longest presentation a code may hold, in bytes, after inflating.
pub const MAX_PRESENTATION_BYTES: usize = 64 * 1024;
/// Longest text of one QR code that we make: version 25, level L, alphanumeric.
pub const MAX_CODE_CHARS: usize = 1853;
/// Longest text that a reader looks at.
pub const MAX_TEXT_CHARS: usize = 112 * 1024;

/// Learns the dictionary of the compact form now, not at the first code: a service does so at its
/// start.
pub fn prepare() {
    sp1::prepare();
}

/// The shorter of the presentation's SP1 and SP0 codes. Readers refuse presentations of more than
/// [`MAX_PRESENTATION_BYTES`].
pub fn encode(presentation: &str) -> String {
    let plain = sp0::encode(presentation);
    sp1::encode(presentation).filter(|compact| compact.len() < plain.len()).unwrap_or(plain)
}

/// `SP0:` + base45(raw deflate) of a presentation, for readers that know no other form.
pub fn encode_plain(presentation: &str) -> String {
    sp0::encode(presentation)
}

/// Reads `SP1…`, `SP0:…`, one part of a single one, or a raw SD-JWT+KB as it is.
///
/// # Errors
/// [`QrError`].
pub fn decode(code: &str) -> Result<String, QrError> {
    if code.len() > MAX_TEXT_CHARS {
        return Err(QrError::TooLarge);
    }
    // Scanners that type add an end of line.
    let code = code.trim_matches(['\r', '\n', '\t']);
    if let Some(body) = code.strip_prefix(sp0::PREFIX) {
        return sp0::decode(body);
    }
    if let Some(rest) = code.strip_prefix(sp1::PREFIX) {
        return sp1::decode(rest);
    }
    if code.starts_with(parts::PREFIX) {
        return decode(&join([code])?);
    }
    let mut start = code.chars();
    if start.next() == Some('S') && start.next() == Some('P') {
        let version = start.next().is_some_and(|c| c.is_ascii_alphanumeric());
        return Err(match (version, start.next()) {
            (true, Some(':')) => QrError::UnknownVersion,
            _ => QrError::NotACode,
        });
    }
    if !looks_like_sd_jwt(code) {
        return Err(QrError::NotACode);
    }
    if code.len() > MAX_PRESENTATION_BYTES {
        return Err(QrError::TooLarge);
    }
    Ok(code.to_owned())
}

/// Puts parts together when there are several, then decodes.
///
/// # Errors
/// [`QrError`].
pub fn read<'a>(codes: impl IntoIterator<Item = &'a str>) -> Result<String, QrError> {
    decode(&join(codes)?)
}

/// Whether a text has an SD-JWT's characters, a header's start and at least one `~`.
fn looks_like_sd_jwt(text: &str) -> bool {
    let permitted = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'~');
    text.starts_with("ey") && text.contains('~') && text.bytes().all(permitted)
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
