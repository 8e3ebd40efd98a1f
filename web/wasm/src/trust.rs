//! The trust registry and status lists: whom to believe, and what still stands.

use vc::jwk::PublicKey;
use vc::registry::{IssuerEntry, KeyState, Operators, VerifiedRegistry};
use vc::status_list::VerifiedStatusList;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{from_json, instant, refusal};

/// A trust registry that enough pinned operators signed.
#[wasm_bindgen]
pub struct Registry(VerifiedRegistry);

#[wasm_bindgen]
impl Registry {
    /// Verifies a published document. `operators` is a JSON array of JWKs.
    ///
    /// # Errors
    /// Why the document is refused.
    pub fn verify(
        document: &str,
        operators: &str,
        threshold: usize,
        last_version: Option<f64>,
        now: f64,
    ) -> Result<Registry, JsError> {
        let keys: Vec<PublicKey> = from_json(operators, "the operators' keys")?;
        let last = last_version.map(instant).transpose()?;
        let last = last.and_then(|version| u64::try_from(version.0).ok());
        let operators = Operators { keys, threshold };
        VerifiedRegistry::verify(document.as_bytes(), &operators, last, instant(now)?)
            .map(Self)
            .map_err(|error| refusal(&error))
    }

    /// The signed payload as JSON.
    ///
    /// # Errors
    /// When it can't be written, which a verified one always can.
    pub fn payload(&self) -> Result<String, JsError> {
        serde_json::to_string(self.0.payload()).map_err(|error| refusal(&error))
    }

    /// The key for a status list: a retired one goes on signing those.
    pub(crate) fn verified(&self) -> &VerifiedRegistry {
        &self.0
    }

    pub(crate) fn entry(&self, issuer: &str) -> Option<&IssuerEntry> {
        self.0.issuer(issuer).map(|(_, entry)| entry)
    }

    /// Code and name of an organisation.
    pub(crate) fn named(&self, ods: Option<&str>) -> Option<(&str, &str)> {
        let organisation = self.0.organisation(ods?)?;
        Some((&organisation.ods, &organisation.name))
    }

    pub(crate) fn key(&self, issuer: &str, kid: Option<&str>) -> Result<PublicKey, JsError> {
        self.key_that(issuer, kid, |state| state != KeyState::Compromised)
    }

    /// The key for a new credential.
    pub(crate) fn issuing_key(
        &self,
        issuer: &str,
        kid: Option<&str>,
    ) -> Result<PublicKey, JsError> {
        self.key_that(issuer, kid, |state| state == KeyState::Active)
    }

    fn key_that(
        &self,
        issuer: &str,
        kid: Option<&str>,
        may: impl Fn(KeyState) -> bool,
    ) -> Result<PublicKey, JsError> {
        let (_, entry) =
            self.0.issuer(issuer).ok_or_else(|| JsError::new("the issuer is not registered"))?;
        entry
            .key(kid)
            .filter(|key| may(key.state))
            .map(|key| key.jwk.clone())
            .ok_or_else(|| JsError::new("no standing key of the issuer fits"))
    }
}

/// A status list that its issuer signed.
#[wasm_bindgen]
pub struct StatusList(VerifiedStatusList);

#[wasm_bindgen]
impl StatusList {
    /// Verifies a token fetched from `uri`, signed by a key of `issuer`.
    ///
    /// # Errors
    /// Why the token is refused.
    pub fn verify(
        token: &str,
        uri: &str,
        issuer: &str,
        registry: &Registry,
        now: f64,
    ) -> Result<StatusList, JsError> {
        let parsed = vc::jws::UnverifiedJws::parse(token).map_err(|error| refusal(&error))?;
        let key = registry.key(issuer, parsed.header().kid.as_deref())?;
        VerifiedStatusList::verify(token, uri, |_| Some(&key), instant(now)?)
            .map(Self)
            .map_err(|error| refusal(&error))
    }

    /// Verifies a token with the key itself, for a list that no registry names.
    ///
    /// # Errors
    /// Why the token is refused.
    #[wasm_bindgen(js_name = verifyWithKey)]
    pub fn verify_with_key(
        token: &str,
        uri: &str,
        jwk: &str,
        now: f64,
    ) -> Result<StatusList, JsError> {
        let key = crate::convert::public_key(jwk)?;
        VerifiedStatusList::verify(token, uri, |_| Some(&key), instant(now)?)
            .map(Self)
            .map_err(|error| refusal(&error))
    }

    /// When the issuer signed it, in seconds since 1970.
    #[wasm_bindgen(js_name = issuedAt)]
    pub fn issued_at(&self) -> f64 {
        #[expect(clippy::as_conversions, reason = "seconds of any real date are exact in a double")]
        let seconds = self.0.claims().issued_at.0 as f64;
        seconds
    }

    /// `VALID`, `INVALID`, `SUSPENDED`, `SUPERSEDED` or the number of another state, as JSON.
    ///
    /// # Errors
    /// When the index lies past the end.
    pub fn status(&self, index: u32) -> Result<String, JsError> {
        let status = self.0.status(u64::from(index)).map_err(|error| refusal(&error))?;
        serde_json::to_string(&status).map_err(|error| refusal(&error))
    }
}

/// The raw value at `index` of a list `{"bits":…,"lst":…}`, inflating at most `max_bytes`.
///
/// # Errors
/// Why the list is refused, or that the index lies past its end.
#[wasm_bindgen(js_name = statusIn)]
pub fn status_in(list: &str, index: u32, max_bytes: usize) -> Result<u8, JsError> {
    let value = from_json(list, "the list")?;
    let list = vc::status_list::StatusList::from_json(&value, max_bytes);
    let list = list.map_err(|error| refusal(&error))?;
    let status = list.status(u64::from(index)).map_err(|error| refusal(&error))?;
    Ok(status.value())
}
