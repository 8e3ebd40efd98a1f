//! A key from a PIN (argon2id, RFC 9106): guessing must cost something.

use argon2::{Algorithm, Argon2, Params, Version};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Bytes of the key.
const KEY_BYTES: usize = 32;
/// Shortest salt, in bytes.
const SALT_BYTES: usize = 16;

/// 32 bytes out of a PIN, at a cost in KiB of memory and passes; one lane.
///
/// # Errors
/// A short salt, or a cost that argon2id does not know.
#[wasm_bindgen(js_name = keyFromPin)]
pub fn key_from_pin(
    pin: &str,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<Vec<u8>, JsError> {
    if salt.len() < SALT_BYTES {
        return Err(JsError::new("the salt is too short"));
    }
    let cost = Params::new(memory_kib, passes, 1, Some(KEY_BYTES));
    let cost = cost.map_err(|error| JsError::new(&error.to_string()))?;
    let mut key = vec![0; KEY_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
        .hash_password_into(pin.as_bytes(), salt, &mut key)
        .map_err(|error| JsError::new(&error.to_string()))?;
    Ok(key)
}
