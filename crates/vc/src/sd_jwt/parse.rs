//! The text of an SD-JWT (RFC 9901, 4) before anything in it is believed.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::rebuild::{Keep, rebuild};
use super::{
    DIGEST_CHARS, MAX_BYTES, MAX_DISCLOSURES, MAX_VALUES, RESERVED, SdJwtError, TYP, VerifiedSdJwt,
    digest, hash,
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
pub(crate) struct BoundKey {
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
        let issuer_jwt = parts.next().ok_or(SdJwtError::Malformed)?;
        let mut end = issuer_jwt.len();
        let issuer_jwt = UnverifiedJws::parse(issuer_jwt).map_err(SdJwtError::IssuerJwt)?;

        // One copy, shared by all
        let shared: Arc<str> = Arc::from(before_binding);
        let count = parts.clone().count();
        if count > MAX_DISCLOSURES {
            return Err(SdJwtError::TooManyDisclosures);
        }
        let mut disclosures = Vec::with_capacity(count);
        let mut json = Vec::new();
        let mut values = 0_usize;
        for part in parts {
            let start = end.saturating_add(1);
            end = start.saturating_add(part.len());
            let encoded = Encoded { text: Arc::clone(&shared), range: start..end };
            let disclosure = Disclosure::parse(encoded, &mut json)?;
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
        let rebuilt = rebuild(payload.clone(), self.disclosures.clone(), Keep::Disclosures)?;
        Ok(VerifiedSdJwt::new(rebuilt, self.issuer_jwt.text().to_owned()))
    }

    /// As [`Self::verify_issuer`], for a verifier who wants the claims and not the text.
    pub(crate) fn into_verified(self, key: &PublicKey) -> Result<VerifiedPresented, SdJwtError> {
        let issued = self.issuer_jwt.into_verified(key, TYP).map_err(SdJwtError::IssuerJwt)?;
        let rebuilt = rebuild(issued.into_claims(), self.disclosures, Keep::Nothing)?;
        Ok(VerifiedPresented {
            claims: rebuilt.claims,
            holder: rebuilt.holder,
            key_binding: self.key_binding,
        })
    }
}

/// What the issuer says of what is presented, verified, and the key binding, which is not.
pub(crate) struct VerifiedPresented {
    pub(crate) claims: Map<String, Value>,
    pub(crate) holder: Option<PublicKey>,
    pub(crate) key_binding: Option<BoundKey>,
}

/// How many values a value is made of.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// A disclosure's text within that of its SD-JWT.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    text: Arc<str>,
    range: Range<usize>,
}

impl Encoded {
    pub(super) fn as_str(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }
}

/// One disclosure as sent (RFC 9901, 4.2).
#[derive(Clone, Debug)]
pub struct Disclosure {
    pub(super) encoded: Encoded,
    /// `None` for an array element.
    pub(super) name: Option<String>,
    pub(super) value: Value,
}

impl Disclosure {
    /// `json` is room to decode in.
    fn parse(encoded: Encoded, json: &mut Vec<u8>) -> Result<Self, SdJwtError> {
        json.clear();
        base64url::decode_onto(encoded.as_str(), json).map_err(|_| SdJwtError::BadDisclosure)?;
        let (name, value) =
            json::parse_disclosure(json, Limits::TOKEN).map_err(|_| SdJwtError::BadDisclosure)?;
        // RFC 9901, 7.1: "If the claim name is _sd or ..., the SD-JWT MUST be rejected."
        if name.as_ref().is_some_and(|name| RESERVED.contains(&name.as_str())) {
            return Err(SdJwtError::BadDisclosure);
        }
        Ok(Self { encoded, name, value })
    }

    /// The base64url text.
    pub fn encoded(&self) -> &str {
        self.encoded.as_str()
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
        digest(&[self.encoded()])
    }

    /// [`Self::digest`] without a heap.
    pub(super) fn digest_chars(&self) -> [u8; DIGEST_CHARS] {
        base64url::encode_array(&hash(&[self.encoded()]))
    }
}
