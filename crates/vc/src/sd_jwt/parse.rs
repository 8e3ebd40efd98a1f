//! The text of an SD-JWT (RFC 9901, 4) before anything in it is believed.

use serde_json::Value;

use super::{
    MAX_BYTES, MAX_DISCLOSURES, MAX_VALUES, RESERVED, SdJwtError, TYP, VerifiedSdJwt, digest,
    rebuild,
};
use crate::base64url;
use crate::json::{self, Limits};
use crate::jwk::PublicKey;
use crate::jws::UnverifiedJws;

/// A parsed SD-JWT, with or without key binding, whose signatures nobody has checked. It has no
/// claims to misuse.
#[derive(Clone, Debug)]
pub struct UnverifiedSdJwt {
    issuer_jwt: UnverifiedJws,
    disclosures: Vec<Disclosure>,
    pub(super) key_binding: Option<BoundKey>,
}

/// The key-binding JWT, and the hash of all that stands before it.
#[derive(Clone, Debug)]
pub(super) struct BoundKey {
    pub(super) jwt: UnverifiedJws,
    pub(super) sd_hash: String,
}

impl UnverifiedSdJwt {
    /// Parses `<issuer JWT>~<disclosure>~…~[<KB-JWT>]`.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn parse(text: &str) -> Result<Self, SdJwtError> {
        if text.len() > MAX_BYTES {
            return Err(SdJwtError::Malformed);
        }
        let (before_binding, binding) = text.rsplit_once('~').ok_or(SdJwtError::Malformed)?;
        let mut parts = before_binding.split('~');
        let issuer_jwt = UnverifiedJws::parse(parts.next().ok_or(SdJwtError::Malformed)?)
            .map_err(SdJwtError::IssuerJwt)?;

        if parts.clone().count() > MAX_DISCLOSURES {
            return Err(SdJwtError::TooManyDisclosures);
        }
        let mut disclosures = Vec::new();
        let mut values = 0_usize;
        for part in parts {
            let disclosure = Disclosure::parse(part)?;
            values = values.saturating_add(size(&disclosure.value));
            if values > MAX_VALUES {
                return Err(SdJwtError::TooManyDisclosures);
            }
            disclosures.push(disclosure);
        }
        let key_binding = if binding.is_empty() {
            None
        } else {
            let jwt = UnverifiedJws::parse(binding).map_err(SdJwtError::KeyBinding)?;
            Some(BoundKey { jwt, sd_hash: digest(&[before_binding, "~"]) })
        };
        Ok(Self { issuer_jwt, disclosures, key_binding })
    }

    /// The issuer-signed JWT.
    pub fn issuer_jwt(&self) -> &UnverifiedJws {
        &self.issuer_jwt
    }

    /// The disclosures as sent. Nothing in them is trusted.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// The key-binding JWT when the text ends in one. A holder MUST refuse one from an issuer
    /// (RFC 9901, 7.2).
    pub fn key_binding(&self) -> Option<&UnverifiedJws> {
        self.key_binding.as_ref().map(|bound| &bound.jwt)
    }

    /// Checks the issuer's signature and `typ`, then rebuilds the disclosed claims (RFC 9901, 7.1).
    /// Says nothing of time, status or key binding.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify_issuer(&self, key: &PublicKey) -> Result<VerifiedSdJwt, SdJwtError> {
        self.verify_issuer_as(key, TYP)
    }

    /// As [`Self::verify_issuer`], for SD-JWTs of another explicit `typ` (RFC 9901, 9.11).
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify_issuer_as(
        &self,
        key: &PublicKey,
        typ: &str,
    ) -> Result<VerifiedSdJwt, SdJwtError> {
        let payload = self.issuer_jwt.verify_claims(key, typ).map_err(SdJwtError::IssuerJwt)?;
        rebuild::rebuild(payload, &self.disclosures, self.issuer_jwt.text())
    }
}

/// How many values a value is made of.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// One disclosure as sent (RFC 9901, 4.2).
#[derive(Clone, Debug)]
pub struct Disclosure {
    encoded: String,
    /// `None` for an array element.
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    fn parse(encoded: &str) -> Result<Self, SdJwtError> {
        let bytes = base64url::decode(encoded).map_err(|_| SdJwtError::BadDisclosure)?;
        let Ok(Value::Array(array)) = json::parse(&bytes, Limits::TOKEN) else {
            return Err(SdJwtError::BadDisclosure);
        };
        let (name, value) = match <[Value; 3]>::try_from(array) {
            Ok([Value::String(_salt), Value::String(name), value]) => (Some(name), value),
            Ok(_) => return Err(SdJwtError::BadDisclosure),
            Err(array) => match <[Value; 2]>::try_from(array) {
                Ok([Value::String(_salt), value]) => (None, value),
                Ok(_) | Err(_) => return Err(SdJwtError::BadDisclosure),
            },
        };
        // RFC 9901, 7.1: "If the claim name is _sd or ..., the SD-JWT MUST be rejected."
        if name.as_ref().is_some_and(|name| RESERVED.contains(&name.as_str())) {
            return Err(SdJwtError::BadDisclosure);
        }
        Ok(Self { encoded: encoded.to_owned(), name, value })
    }

    /// The base64url text.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The claim's name; `None` for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value, digests of inner disclosures still in it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What stands for it in `_sd` or `...`.
    pub fn digest(&self) -> String {
        digest(&[&self.encoded])
    }
}
