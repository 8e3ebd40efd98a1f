//! The working file: a person may edit it, so every reading checks all of it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use passport::OdsCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use server::config::BaseUrl;
use vc::jwk::PublicKey;
use vc::registry::{IssuerEntry, IssuerKey, KeyState, OrganisationState, VerifierEntry};
use vc::time::UnixTime;

/// Longest name or contact, in characters.
const MAX_TEXT: usize = 200;

/// Every organisation, and the version that was last signed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The version last signed; signing raises it.
    #[serde(default)]
    pub version: u64,
    /// Every organisation.
    pub organisations: Vec<Organisation>,
}

/// One organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// ODS code.
    pub ods: String,
    /// Its name.
    pub name: String,
    /// Whether it takes part.
    pub state: OrganisationState,
    /// Its issuer, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Issuer>,
    /// Its verifier, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifier: Option<Verifier>,
    /// The `vct`s it may issue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Whom to ask: an office, not a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// An organisation's issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The issuer identifier.
    pub url: String,
    /// Its keys, past ones too.
    pub keys: Vec<Key>,
    /// Whether keys that the network root certified for it may sign as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub x5c: bool,
}

/// One key of an issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The public key.
    pub jwk: PublicKey,
    /// The `kid` of its tokens, when the issuer chose one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// What it may still do.
    pub state: KeyState,
    /// Nothing it signed before this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<UnixTime>,
    /// Nothing it issued after this counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<UnixTime>,
}

/// An organisation's verifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// Its base address.
    pub url: String,
}

impl Draft {
    /// Reads and checks a working file.
    ///
    /// # Errors
    /// [`DraftError`] with every fault.
    pub fn read(path: &Path) -> Result<Self, DraftError> {
        let limit = u64::try_from(vc::registry::MAX_BYTES).unwrap_or(u64::MAX);
        let text = keys::files::read_file(path, limit).map_err(at(path))?;
        vc::json::parse(&text, vc::json::Limits::DOCUMENT)
            .map_err(|error| error.to_string())
            .and_then(|value| serde_json::from_value(value).map_err(|error| error.to_string()))
            .map_err(|why| DraftError::NotADraft { path: path.to_owned(), why })
            .and_then(Self::checked)
    }

    /// Writes the file, atomically, after the same check.
    ///
    /// # Errors
    /// [`DraftError`].
    pub fn write(&self, path: &Path) -> Result<(), DraftError> {
        let checked = self.clone().checked()?;
        let text = format!("{:#}\n", serde_json::json!(checked));
        keys::files::replace_file(path, text.as_bytes(), 0o644).map_err(at(path))
    }

    /// The organisation of this code.
    ///
    /// # Errors
    /// [`DraftError::NoSuchOrganisation`].
    pub fn organisation_mut(&mut self, ods: &str) -> Result<&mut Organisation, DraftError> {
        self.organisations
            .iter_mut()
            .find(|organisation| organisation.ods == ods)
            .ok_or_else(|| DraftError::NoSuchOrganisation(ods.to_owned()))
    }

    /// What is signed.
    pub fn organisations(&self) -> Vec<vc::registry::Organisation> {
        self.organisations.iter().cloned().map(Organisation::published).collect()
    }

    fn checked(self) -> Result<Self, DraftError> {
        let mut faults = Vec::new();
        let mut once = BTreeSet::new();
        for organisation in &self.organisations {
            organisation.check(&mut faults);
            for unique in organisation.unique() {
                if !once.insert(unique.clone()) {
                    faults.push(format!("{unique} stands twice"));
                }
            }
        }
        if faults.is_empty() { Ok(self) } else { Err(DraftError::Faults(faults)) }
    }
}

impl Organisation {
    fn check(&self, faults: &mut Vec<String>) {
        let ods = &self.ods;
        let mut fault = |why: String| faults.push(format!("{ods}: {why}"));
        if ods.parse::<OdsCode>().is_err() {
            fault("this is no ODS code such as RBV".to_owned());
        }
        for text in [Some(&self.name), self.contact.as_ref()].into_iter().flatten() {
            let length = text.chars().count();
            if text.trim() != text || !(1..=MAX_TEXT).contains(&length) || has_control(text) {
                fault(format!("{text:?} is no name or contact of 1 to {MAX_TEXT} characters"));
            }
        }
        for url in self.issuer.iter().map(|issuer| &issuer.url) {
            check_url(url).unwrap_or_else(&mut fault);
        }
        for url in self.verifier.iter().map(|verifier| &verifier.url) {
            check_url(url).unwrap_or_else(&mut fault);
        }
        if self.issuer.is_some() == self.types.is_empty() {
            fault("an issuer and the types it may issue go together".to_owned());
        }
        if self.issuer.as_ref().is_some_and(|issuer| issuer.keys.is_empty()) {
            fault("an issuer needs a key".to_owned());
        }
        for vct in &self.types {
            if !(vct.starts_with("urn:") || vct.starts_with("https://")) || vct.contains(' ') {
                fault(format!("{vct:?} is no credential type (urn:… or https://…)"));
            }
        }
    }

    /// What may belong to one organisation only.
    fn unique(&self) -> impl Iterator<Item = String> {
        let urls = self.issuer.iter().map(|issuer| format!("issuer {}", issuer.url));
        let keys = self.issuer.iter().flat_map(|issuer| &issuer.keys);
        std::iter::once(format!("organisation {}", self.ods))
            .chain(urls)
            .chain(keys.map(|key| format!("key {}", key.jwk.kid())))
    }

    fn published(self) -> vc::registry::Organisation {
        let Self { ods, name, state, issuer, verifier, types, contact } = self;
        let issuer = issuer.map(|Issuer { url, keys, x5c }| IssuerEntry {
            url,
            x5c,
            keys: keys
                .into_iter()
                .map(|Key { jwk, kid, state, not_before, retired_at }| IssuerKey {
                    jwk,
                    kid,
                    state,
                    not_before,
                    retired_at,
                })
                .collect(),
        });
        let verifier = verifier.map(|Verifier { url }| VerifierEntry { url });
        vc::registry::Organisation { ods, name, state, issuer, verifier, types, contact }
    }
}

/// Written as credentials and services write it, for it is compared byte by byte.
fn check_url(text: &str) -> Result<(), String> {
    let url: BaseUrl = text.parse().map_err(|error| format!("{error}"))?;
    if url.as_str() == text { Ok(()) } else { Err(format!("write {url} instead of {text}")) }
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// The active keys of a JWK Set or a single JWK.
///
/// # Errors
/// [`DraftError::BadKeys`].
pub fn read_keys(path: &Path) -> Result<Vec<Key>, DraftError> {
    let bad = |why: String| DraftError::BadKeys { path: path.to_owned(), why };
    let text = keys::files::read_file(path, 1 << 20).map_err(at(path))?;
    let document =
        vc::json::parse(&text, vc::json::Limits::TOKEN).map_err(|error| bad(error.to_string()))?;
    let keys = match document.get("keys") {
        Some(Value::Array(keys)) => keys.clone(),
        Some(_) => return Err(bad("keys is no list".to_owned())),
        None => vec![document],
    };
    if keys.is_empty() {
        return Err(bad("it holds no key".to_owned()));
    }
    keys.iter()
        .map(|value| {
            let jwk = PublicKey::from_jwk(value).map_err(|error| bad(error.to_string()))?;
            let kid = value.get("kid").and_then(Value::as_str);
            let kid = kid.filter(|kid| *kid != jwk.kid()).map(str::to_owned);
            Ok(Key { jwk, kid, state: KeyState::Active, not_before: None, retired_at: None })
        })
        .collect()
}

pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> DraftError {
    move |source| DraftError::Io { path: path.to_owned(), source }
}

/// Why a working file is refused.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The file system answered with an error.
    #[error("{}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The error.
        #[source]
        source: io::Error,
    },
    /// Not of its form.
    #[error("{} is no registry working file: {why}", .path.display())]
    NotADraft {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Every fault found.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// No organisation has this code.
    #[error("no organisation {0}")]
    NoSuchOrganisation(String),
    /// The organisation has no such key.
    #[error("no key {0}")]
    NoSuchKey(String),
    /// A key's state does not allow it.
    #[error("key {0} is compromised; there is no way back")]
    Compromised(String),
    /// Not public keys.
    #[error("{} holds no public keys that can be used: {why}", .path.display())]
    BadKeys {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}
