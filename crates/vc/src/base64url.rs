//! base64url without padding, one text for each byte string (RFC 4648, 5; RFC 7515, 2).

/// Encodes without padding.
pub fn encode(bytes: &[u8]) -> String {
    todo!()
}

/// Decodes; refuses padding, the standard alphabet, white space and non-zero trailing bits.
///
/// # Errors
/// [`NotBase64Url`] for any text that [`encode`] would not have written.
pub fn decode(text: &str) -> Result<Vec<u8>, NotBase64Url> {
    todo!()
}

/// The text is not canonical unpadded base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical unpadded base64url")]
pub struct NotBase64Url;
