//! JSON Canonicalization Scheme (RFC 8785), for the bytes that this issuer signs.

use serde_json::Value;

/// The canonical bytes of `value`: members sorted by UTF-16 code units, ECMAScript numbers.
pub fn to_vec(value: &Value) -> Vec<u8> {
    todo!()
}
