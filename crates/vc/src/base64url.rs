//! base64url without padding, one text for each byte string (RFC 4648, 5; RFC 7515, 2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Encodes without padding at the end of `text`.
pub fn encode_onto(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Encodes into exactly `N` characters; all zero when that is not their number.
pub(crate) fn encode_array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut chars = [0; N];
    match URL_SAFE_NO_PAD.encode_slice(bytes, &mut chars) {
        Ok(len) if len == N => chars,
        Ok(_) | Err(_) => [0; N],
    }
}

/// Decodes; refuses padding, the standard alphabet, white space and non-zero trailing bits.
///
/// # Errors
/// [`NotBase64Url`] for any text that [`encode`] would not have written.
pub fn decode(text: &str) -> Result<Vec<u8>, NotBase64Url> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotBase64Url)
}

/// As [`decode`], at the end of `bytes`.
pub(crate) fn decode_onto(text: &str, bytes: &mut Vec<u8>) -> Result<(), NotBase64Url> {
    URL_SAFE_NO_PAD.decode_vec(text, bytes).map_err(|_| NotBase64Url)
}

/// Decodes a text of exactly `N` bytes.
///
/// # Errors
/// [`NotBase64Url`] for any text that [`encode`] would not have written of `N` bytes.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], NotBase64Url> {
    // The check of the length first keeps a long text from being decoded
    if text.len() != N.saturating_mul(4).div_ceil(3) {
        return Err(NotBase64Url);
    }
    decode(text)?.try_into().map_err(|_| NotBase64Url)
}

/// The text is not canonical unpadded base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical unpadded base64url")]
pub struct NotBase64Url;
