//! The operators' public keys, as a file that the network hands out.

use std::path::Path;

use serde_json::Value;
use vc::jwk::PublicKey;

use crate::error::OperatorKeysFault;

/// Reads a JWK or a JWK set and checks that the threshold can be met.
///
/// # Errors
/// [`OperatorKeysFault`].
pub fn read(path: &Path, threshold: usize) -> Result<Vec<PublicKey>, OperatorKeysFault> {
    let text = std::fs::read(path)?;
    let value = vc::json::parse(&text, vc::oid4vci::DOCUMENT_LIMITS)
        .map_err(|_| OperatorKeysFault::NotJwks)?;
    let keys = match value.get("keys") {
        Some(Value::Array(keys)) => {
            keys.iter().map(PublicKey::from_jwk).collect::<Result<Vec<_>, _>>()?
        }
        Some(_) => return Err(OperatorKeysFault::NotJwks),
        None if value.get("kty").is_some() => vec![PublicKey::from_jwk(&value)?],
        None => return Err(OperatorKeysFault::NotJwks),
    };
    match threshold {
        1.. if threshold <= keys.len() => Ok(keys),
        _ => Err(OperatorKeysFault::Threshold { threshold, keys: keys.len() }),
    }
}
