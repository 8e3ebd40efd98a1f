//! What is looked at before josekit sees a byte.

use serde_json::{Map, Value};
use vc::base64url;
use vc::json::{self, Limits};
use vc::jwk::PublicKey;

use super::{ALG, ContentEncryption, JweError, MAX_JWE_BYTES};

/// GCM's nonce and tag (RFC 7518, 5.3).
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

pub(super) fn check(jwe: &str, kid: Option<&str>) -> Result<(), JweError> {
    if jwe.len() > MAX_JWE_BYTES {
        return Err(JweError::TooLong);
    }
    let mut parts = jwe.split('.');
    let (Some(header), Some(encrypted_key), Some(nonce), Some(ciphertext), Some(tag), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JweError::NotCompact);
    };
    let decode = |part| base64url::decode(part).map_err(|_| JweError::NotCompact);
    let header = decode(header)?;
    // ECDH-ES agrees on the content key itself: "empty octet sequence" (RFC 7518, 4.6).
    if !encrypted_key.is_empty()
        || decode(nonce)?.len() != NONCE_BYTES
        || decode(tag)?.len() != TAG_BYTES
    {
        return Err(JweError::NotCompact);
    }
    decode(ciphertext)?;
    match json::parse(&header, Limits::HEADER) {
        Ok(Value::Object(header)) => check_header(&header, kid),
        _ => Err(JweError::BadHeader),
    }
}

fn check_header(header: &Map<String, Value>, kid: Option<&str>) -> Result<(), JweError> {
    if header.contains_key("zip") {
        return Err(JweError::Compressed);
    }
    if header.contains_key("crit") {
        return Err(JweError::Critical);
    }
    let text = |name| header.get(name).map(Value::as_str);
    let enc = text("enc").flatten();
    if text("alg").flatten() != Some(ALG)
        || !ContentEncryption::ALL.iter().any(|known| Some(known.name()) == enc)
    {
        return Err(JweError::WrongAlgorithm);
    }
    let given = match text("kid") {
        None => None,
        Some(Some(kid)) => Some(kid),
        Some(None) => return Err(JweError::BadHeader),
    };
    if given != kid {
        return Err(JweError::WrongKey);
    }
    // They go into the key derivation: text of base64url or nothing (RFC 7518, 4.6.1).
    for name in ["apu", "apv"] {
        match text(name) {
            None => {}
            Some(Some(value)) if base64url::decode(value).is_ok() => {}
            Some(_) => return Err(JweError::BadHeader),
        }
    }
    let epk = header.get("epk").ok_or(JweError::BadEphemeralKey)?;
    if epk.get("d").is_some() {
        return Err(JweError::BadEphemeralKey);
    }
    p256_key(epk).map(drop).ok_or(JweError::BadEphemeralKey)
}

/// A point of P-256, whatever else the JWK says of its use.
pub(super) fn p256_key(jwk: &Value) -> Option<PublicKey> {
    let point: Map<String, Value> = ["kty", "crv", "x", "y"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), jwk.get(name)?.clone())))
        .collect();
    if point.get("crv")?.as_str() != Some("P-256") {
        return None;
    }
    PublicKey::from_jwk(&Value::Object(point)).ok()
}
