//! The key-binding JWT (RFC 9901, 4.3 and 7.3): the holder signs what is presented, to whom, when.

use serde_json::{Map, Value};

use super::parse::BoundKey;
use super::{KEY_BINDING_TYP, SdJwtError, UnverifiedSdJwt, digest};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::SigningInput;
use crate::time::UnixTime;

/// Clock difference allowed between holder and verifier, in seconds.
const CLOCK_SKEW: i64 = 60;

/// A verified key binding (RFC 9901, 4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBinding {
    /// Whom the presentation is for.
    pub audience: String,
    /// The verifier's or the holder's fresh value.
    pub nonce: String,
    /// When it was signed.
    pub issued_at: UnixTime,
}

impl UnverifiedSdJwt {
    /// Checks the key-binding JWT: `typ`, signature under `holder`, `sd_hash` (RFC 9901, 7.3), and
    /// its own `exp` and `nbf` where it has them ("a valid JWT in all other respects"). Audience,
    /// nonce and age are the caller's to judge, in the answer.
    ///
    /// # Errors
    /// [`SdJwtError`], [`SdJwtError::KeyBindingMissing`] when there is none.
    pub fn verify_key_binding(
        &self,
        holder: &PublicKey,
        now: UnixTime,
    ) -> Result<KeyBinding, SdJwtError> {
        Ok(self.verify_key_binding_claims(holder, now)?.0)
    }

    /// As [`Self::verify_key_binding`], with all claims of the key-binding JWT, for those that
    /// other specifications add (OpenID4VP 1.0, B.3.3: `transaction_data_hashes`).
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify_key_binding_claims(
        &self,
        holder: &PublicKey,
        now: UnixTime,
    ) -> Result<(KeyBinding, Map<String, Value>), SdJwtError> {
        let (binding, claims) = self.key_binding_at_any_time(holder)?;
        check_key_binding_time(&claims, now)?;
        Ok((binding, claims))
    }

    /// For the safe call, which judges the audience before the time.
    pub(crate) fn key_binding_at_any_time(
        &self,
        holder: &PublicKey,
    ) -> Result<(KeyBinding, Map<String, Value>), SdJwtError> {
        self.key_binding.clone().ok_or(SdJwtError::KeyBindingMissing)?.verify(holder)
    }
}

impl BoundKey {
    /// As [`UnverifiedSdJwt::verify_key_binding_claims`].
    pub(crate) fn verify(
        self,
        holder: &PublicKey,
    ) -> Result<(KeyBinding, Map<String, Value>), SdJwtError> {
        let verified =
            self.jwt.into_verified(holder, KEY_BINDING_TYP).map_err(SdJwtError::KeyBinding)?;
        let claims = verified.into_claims();
        let text = |name: &'static str| {
            let value = claims.get(name).and_then(Value::as_str);
            value.ok_or(SdJwtError::KeyBindingClaim(name))
        };
        let binding = KeyBinding {
            audience: text("aud")?.to_owned(),
            nonce: text("nonce")?.to_owned(),
            issued_at: claims
                .get("iat")
                .and_then(UnixTime::from_json)
                .ok_or(SdJwtError::KeyBindingClaim("iat"))?,
        };
        if text("sd_hash")? != self.sd_hash {
            return Err(SdJwtError::SdHashMismatch);
        }
        Ok((binding, claims))
    }
}

/// `exp` and `nbf` of a key-binding JWT (RFC 7519, 4.1.4 and 4.1.5), with some leeway.
pub(crate) fn check_key_binding_time(
    claims: &Map<String, Value>,
    now: UnixTime,
) -> Result<(), SdJwtError> {
    let date = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            UnixTime::from_json(value).map(Some).ok_or(SdJwtError::KeyBindingClaim(name))
        }
    };
    if date("exp")?.is_some_and(|end| now >= end.plus(CLOCK_SKEW)) {
        return Err(SdJwtError::KeyBindingExpired);
    }
    if date("nbf")?.is_some_and(|start| now.plus(CLOCK_SKEW) < start) {
        return Err(SdJwtError::KeyBindingNotYetValid);
    }
    Ok(())
}

/// The key-binding JWT to sign over a text that ends in `~`.
///
/// # Errors
/// [`SdJwtError::Malformed`] when `disclosed` does not end in `~`.
pub fn key_binding_input(
    disclosed: &str,
    algorithm: Algorithm,
    binding: &KeyBinding,
) -> Result<UnsignedKeyBinding, SdJwtError> {
    key_binding_input_with(disclosed, algorithm, binding, Map::new())
}

/// As [`key_binding_input`], with further claims that a protocol asks for. They do not replace
/// the key binding's own.
///
/// # Errors
/// [`SdJwtError::Malformed`] when `disclosed` does not end in `~`.
pub fn key_binding_input_with(
    disclosed: &str,
    algorithm: Algorithm,
    binding: &KeyBinding,
    further: Map<String, Value>,
) -> Result<UnsignedKeyBinding, SdJwtError> {
    if !disclosed.ends_with('~') {
        return Err(SdJwtError::Malformed);
    }
    let mut claims = further;
    claims.insert("aud".to_owned(), binding.audience.as_str().into());
    claims.insert("iat".to_owned(), binding.issued_at.0.into());
    claims.insert("nonce".to_owned(), binding.nonce.as_str().into());
    claims.insert("sd_hash".to_owned(), digest(&[disclosed]).into());
    let input = SigningInput::new(algorithm, KEY_BINDING_TYP, Map::new(), &claims);
    Ok(UnsignedKeyBinding { disclosed: disclosed.to_owned(), input })
}

/// Waits for the holder's signature.
#[derive(Clone, Debug)]
pub struct UnsignedKeyBinding {
    disclosed: String,
    input: SigningInput,
}

impl UnsignedKeyBinding {
    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.input.signing_input()
    }

    /// The whole presentation.
    pub fn finish(self, signature: &[u8]) -> String {
        self.disclosed + &self.input.finish(signature)
    }
}
