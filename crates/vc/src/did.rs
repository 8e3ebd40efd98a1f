//! DIDs that carry their key in their text: `did:jwk` and `did:key`, for Ed25519 and P-256.
//! Nothing is fetched.

use serde_json::Value;

use crate::json::{JsonError, Limits};
use crate::jwk::{Algorithm, JwkError, PublicKey};
use crate::{base64url, jcs, json};

/// Longest DID URL in bytes.
pub const MAX_DID_BYTES: usize = 2048;

/// Bounds on the JWK inside a `did:jwk`.
const JWK_LIMITS: Limits = Limits { bytes: MAX_DID_BYTES, depth: 4, values: 64 };
/// Multicodec prefixes, as varints.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const P256_PUB: [u8; 2] = [0x80, 0x24];
/// Longest base58 text of a key: 35 bytes take at most 48 digits.
const MAX_BASE58: usize = 48;
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The key of a DID, or of the DID URL of its one verification method.
///
/// # Errors
/// [`DidError`]: another method, another form, another fragment than the key's own, or a key that
/// is refused.
pub fn resolve(did_url: &str) -> Result<PublicKey, DidError> {
    if did_url.len() > MAX_DID_BYTES {
        return Err(DidError::Malformed);
    }
    let (did, fragment) = match did_url.split_once('#') {
        Some((did, fragment)) => (did, Some(fragment)),
        None => (did_url, None),
    };
    let (key, own_fragment) = if let Some(encoded) = did.strip_prefix("did:jwk:") {
        (from_encoded_jwk(encoded)?, "0")
    } else if let Some(multibase) = did.strip_prefix("did:key:") {
        (from_multibase(multibase)?, multibase)
    } else {
        return Err(DidError::UnsupportedMethod);
    };
    if fragment.is_some_and(|fragment| fragment != own_fragment) {
        return Err(DidError::UnknownMethod);
    }
    Ok(key)
}

/// `did:jwk` of a key; its verification method is this with `#0`.
pub fn jwk(key: &PublicKey) -> String {
    format!("did:jwk:{}", base64url::encode(&jcs::to_vec(&key.to_jwk())))
}

/// `did:key` of a key; its verification method is this with `#` and what follows `did:key:`.
pub fn key(key: &PublicKey) -> String {
    let prefix = match key.algorithm() {
        Algorithm::EdDsa => ED25519_PUB,
        Algorithm::Es256 => P256_PUB,
    };
    format!("did:key:z{}", to_base58(&[&prefix[..], &key.to_compressed()].concat()))
}

fn from_encoded_jwk(encoded: &str) -> Result<PublicKey, DidError> {
    let text = base64url::decode(encoded).map_err(|_| DidError::Malformed)?;
    let jwk = json::parse_object(&text, JWK_LIMITS).map_err(DidError::BadJson)?;
    PublicKey::from_jwk(&Value::Object(jwk)).map_err(DidError::BadKey)
}

fn from_multibase(multibase: &str) -> Result<PublicKey, DidError> {
    let bytes = multibase.strip_prefix('z').and_then(from_base58).ok_or(DidError::Malformed)?;
    let (prefix, key) = bytes.split_first_chunk::<2>().ok_or(DidError::Malformed)?;
    let key = match *prefix {
        ED25519_PUB => PublicKey::from_ed25519(key.try_into().map_err(|_| DidError::Malformed)?),
        P256_PUB => {
            PublicKey::from_p256_compressed(key.try_into().map_err(|_| DidError::Malformed)?)
        }
        _ => return Err(DidError::BadKey(JwkError::UnsupportedKey)),
    };
    key.map_err(DidError::BadKey)
}

/// base58btc (draft-msporny-base58): a number in base 58, `1` for each leading zero byte.
fn from_base58(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_BASE58 {
        return None;
    }
    // Least significant byte first
    let mut number: Vec<u8> = Vec::new();
    for digit in text.bytes() {
        let mut carry = BASE58.iter().position(|known| *known == digit)?;
        for byte in &mut number {
            carry = carry.checked_add(usize::from(*byte).checked_mul(58)?)?;
            *byte = u8::try_from(carry & 0xff).ok()?;
            carry >>= 8;
        }
        if carry > 0 {
            number.push(u8::try_from(carry).ok()?);
        }
    }
    let zeros = text.bytes().take_while(|digit| *digit == b'1').count();
    Some(std::iter::repeat_n(0, zeros).chain(number.into_iter().rev()).collect())
}

fn to_base58(bytes: &[u8]) -> String {
    // Least significant digit first
    let mut digits: Vec<u32> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry = carry.saturating_add(digit.saturating_mul(256));
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| 0);
    zeros
        .chain(digits.into_iter().rev())
        .filter_map(|digit| BASE58.get(usize::try_from(digit).ok()?))
        .map(|digit| char::from(*digit))
        .collect()
}

/// Why a DID is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// Neither `did:jwk` nor `did:key`.
    #[error("only did:jwk and did:key are resolved")]
    UnsupportedMethod,
    /// Not of the method's form, or too long.
    #[error("malformed DID")]
    Malformed,
    /// The fragment names no verification method of this DID.
    #[error("no such verification method")]
    UnknownMethod,
    /// The JWK inside is not acceptable JSON.
    #[error("the DID's JWK is not acceptable JSON")]
    BadJson(#[source] JsonError),
    /// The key inside is refused.
    #[error("the DID's key is refused")]
    BadKey(#[source] JwkError),
}

#[cfg(test)]
mod tests {
    use super::{from_base58, to_base58};

    #[test]
    fn base58_as_its_draft_shows_it() {
        // draft-msporny-base58-03, 5
        for (bytes, text) in [
            (&b"Hello World!"[..], "2NEpo7TZRRrLZSi2U"),
            (&[0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd][..], "11233QC4"),
            (&[0][..], "1"),
            (&[][..], ""),
        ] {
            assert_eq!(to_base58(bytes), text);
            assert_eq!(from_base58(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn letters_outside_the_alphabet_are_refused() {
        for text in ["0", "O", "I", "l", "+", "é", " 2", "2\n"] {
            assert_eq!(from_base58(text), None);
        }
    }
}
