//! Between JavaScript's values and ours.

use std::error::Error;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::de::DeserializeOwned;
use vc::jwk::{Algorithm, PublicKey};
use vc::time::UnixTime;
use wasm_bindgen::JsError;

/// An error with all its causes in one sentence.
pub(crate) fn refusal(error: &dyn Error) -> JsError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    JsError::new(&text)
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, JsError> {
    serde_json::from_str(text).map_err(|error| JsError::new(&format!("{what}: {error}")))
}

pub(crate) fn public_key(jwk: &str) -> Result<PublicKey, JsError> {
    let value = from_json(jwk, "the key")?;
    PublicKey::from_jwk(&value).map_err(|error| refusal(&error))
}

/// Seconds as JavaScript counts them.
pub(crate) fn instant(seconds: f64) -> Result<UnixTime, JsError> {
    #[expect(clippy::as_conversions, reason = "checked to be whole and exactly representable")]
    if seconds.fract() == 0.0 && seconds.abs() < 9_007_199_254_740_992.0 {
        return Ok(UnixTime(seconds as i64));
    }
    Err(JsError::new("an instant is a whole number of seconds"))
}

pub(crate) fn rng(seed: &[u8]) -> Result<ChaCha20Rng, JsError> {
    let seed = seed.try_into().map_err(|_| JsError::new("a seed is 32 random bytes"))?;
    Ok(ChaCha20Rng::from_seed(seed))
}

pub(crate) fn algorithm(name: &str) -> Result<Algorithm, JsError> {
    [Algorithm::EdDsa, Algorithm::Es256]
        .into_iter()
        .find(|algorithm| algorithm.is_named(name))
        .ok_or_else(|| JsError::new("alg is EdDSA or ES256"))
}
