//! Anchors out of a PEM file (RFC 7468), as operators hand them out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ChainError, TrustAnchor};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Reads every certificate of a PEM text. Words around the certificates are passed over; anything
/// else in PEM, a private key above all, has no business there.
///
/// # Errors
/// [`ChainError`] with the certificate's place, [`ChainError::Empty`] when there is none.
pub fn anchors_from_pem(text: &str) -> Result<Vec<TrustAnchor>, ChainError> {
    let mut anchors = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines().map(str::trim) {
        let malformed = ChainError::Malformed(anchors.len());
        match (open.as_mut(), line) {
            (None, BEGIN) => open = Some(String::new()),
            (Some(body), END) => {
                let der = STANDARD.decode(body.as_bytes()).map_err(|_| malformed)?;
                anchors.push(TrustAnchor::from_der_at(&der, anchors.len())?);
                open = None;
            }
            (_, line) if line.starts_with("-----") => return Err(malformed),
            (Some(body), line) => body.push_str(line),
            (None, _) => {}
        }
    }
    match open {
        Some(_) => Err(ChainError::Malformed(anchors.len())),
        None if anchors.is_empty() => Err(ChainError::Empty),
        None => Ok(anchors),
    }
}
