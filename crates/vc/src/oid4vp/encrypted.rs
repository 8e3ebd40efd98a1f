//! Compact JWE around a response or a request object (OpenID4VP 1.0, 5.10 and 8.3): the header read
//! to find the key, the decryption left to whoever holds it.

use serde_json::Value;

use super::{RequestError, ResponseError, parse_json};
use crate::base64url;

/// A response as compact JWE, its header read to find the session's key (8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedResponse(Jwe);

impl EncryptedResponse {
    pub(super) fn parse(jwe: &str) -> Result<Self, ResponseError> {
        Jwe::parse(jwe).map(Self)
    }

    /// The compact text, to decrypt with the session's key only.
    pub fn jwe(&self) -> &str {
        &self.0.text
    }

    /// Which key it says it is encrypted to.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// `A128GCM` or `A256GCM`.
    pub fn enc(&self) -> &str {
        &self.0.enc
    }
}

/// A request object encrypted to the wallet (5.10). What is inside is signed and must be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedRequest(Jwe);

impl EncryptedRequest {
    /// Reads an encrypted request object; `None` when the text is no JWE and so a signed one.
    ///
    /// # Errors
    /// [`RequestError::Encryption`] for encryption that we do not speak.
    pub fn parse(text: &str) -> Result<Option<Self>, RequestError> {
        let text = text.trim_ascii();
        // RFC 7516, 9: "a JWE using the compact serialization has four period characters".
        if text.bytes().filter(|byte| *byte == b'.').count() != 4 {
            return Ok(None);
        }
        Jwe::parse(text).map(|jwe| Some(Self(jwe))).map_err(|_| RequestError::Encryption)
    }

    /// The compact text, to decrypt with the key that was posted only.
    pub fn jwe(&self) -> &str {
        &self.0.text
    }

    /// Which key it says it is encrypted to.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Jwe {
    text: String,
    kid: String,
    enc: String,
}

impl Jwe {
    fn parse(jwe: &str) -> Result<Self, ResponseError> {
        let parts: Vec<&str> = jwe.split('.').collect();
        let [header, "", iv, ciphertext, tag] = parts.as_slice() else {
            // ECDH-ES has no encrypted key (RFC 7518, 4.6).
            return Err(ResponseError::Malformed);
        };
        let header = base64url::decode(header).map_err(|_| ResponseError::Malformed)?;
        let header = parse_json(&header).map_err(|_| ResponseError::Malformed)?;
        if [iv, ciphertext, tag].iter().any(|part| base64url::decode(part).is_err()) {
            return Err(ResponseError::Malformed);
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let enc = text("enc").filter(|enc| matches!(*enc, "A128GCM" | "A256GCM"));
        let (Some("ECDH-ES"), Some(enc), Some(kid)) = (text("alg"), enc, text("kid")) else {
            return Err(ResponseError::UnsupportedEncryption);
        };
        // No compression: a short text may inflate to anything.
        if header.get("zip").is_some() || header.get("crit").is_some() {
            return Err(ResponseError::UnsupportedEncryption);
        }
        Ok(Self { text: jwe.to_owned(), kid: kid.to_owned(), enc: enc.to_owned() })
    }
}
