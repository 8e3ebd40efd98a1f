//! A type with all that it extends.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ClaimMetadata, Hiding, MAX_CHAIN, TypeDisplay, TypeMetadata, TypeMetadataError};
use crate::claim_path::ClaimPath;
use crate::sd_jwt::VerifiedSdJwt;

/// A type and what it extends so far, the most special first.
#[derive(Clone, Debug)]
pub struct TypeChain {
    types: Vec<TypeMetadata>,
}

impl TypeChain {
    /// Begins with the document of a credential's `vct` and its `vct#integrity`.
    ///
    /// # Errors
    /// [`TypeMetadataError`].
    pub fn start(
        octets: &[u8],
        vct: &str,
        integrity: Option<&str>,
    ) -> Result<Self, TypeMetadataError> {
        Ok(Self { types: vec![TypeMetadata::parse(octets, vct, integrity)?] })
    }

    /// The type whose document is needed next; `None` when the chain is whole.
    pub fn needed(&self) -> Option<&str> {
        self.types.last()?.extends.as_deref()
    }

    /// Adds the document of [`Self::needed`].
    ///
    /// # Errors
    /// [`TypeMetadataError`], [`TypeMetadataError::Circular`] and
    /// [`TypeMetadataError::ChainTooLong`] among them.
    pub fn extend(mut self, octets: &[u8]) -> Result<Self, TypeMetadataError> {
        let needed = self.needed().ok_or(TypeMetadataError::NothingNeeded)?.to_owned();
        self.check_further(&needed)?;
        let integrity = self.types.last().and_then(|last| last.extends_integrity.clone());
        self.types.push(TypeMetadata::parse(octets, &needed, integrity.as_deref())?);
        Ok(self)
    }

    /// Whether [`Self::needed`] may be fetched at all: no circle, not too long.
    ///
    /// # Errors
    /// [`TypeMetadataError::Circular`], [`TypeMetadataError::ChainTooLong`].
    pub fn check_needed(&self) -> Result<(), TypeMetadataError> {
        self.needed().map_or(Ok(()), |needed| self.check_further(needed))
    }

    fn check_further(&self, needed: &str) -> Result<(), TypeMetadataError> {
        if self.types.iter().any(|known| known.vct == needed) {
            return Err(TypeMetadataError::Circular(needed.to_owned()));
        }
        if self.types.len() >= MAX_CHAIN {
            return Err(TypeMetadataError::ChainTooLong);
        }
        Ok(())
    }

    /// The whole type.
    ///
    /// # Errors
    /// [`TypeMetadataError::Incomplete`], [`TypeMetadataError::Loosened`].
    pub fn resolve(self) -> Result<ResolvedType, TypeMetadataError> {
        if let Some(needed) = self.needed() {
            return Err(TypeMetadataError::Incomplete(needed.to_owned()));
        }
        let mut claims: Vec<&ClaimMetadata> = Vec::new();
        let mut places: BTreeMap<&ClaimPath, usize> = BTreeMap::new();
        // The most general first; each extending type overrides it path by path.
        for claim in self.types.iter().rev().flat_map(|metadata| &metadata.claims) {
            let place = *places.entry(&claim.path).or_insert(claims.len());
            let Some(inherited) = claims.get_mut(place) else {
                claims.push(claim);
                continue;
            };
            let sd_kept = inherited.sd == Hiding::Allowed || claim.sd == inherited.sd;
            if !sd_kept || (inherited.mandatory && !claim.mandatory) {
                return Err(TypeMetadataError::Loosened(claim.path.clone()));
            }
            *inherited = claim;
        }
        let claims = claims.into_iter().cloned().collect();
        let display =
            self.types.iter().find_map(|metadata| metadata.display.clone()).unwrap_or_default();
        let types = self.types.into_iter().map(|metadata| metadata.vct).collect();
        Ok(ResolvedType { types, display, claims })
    }
}

/// A type with everything it inherits; only [`TypeChain::resolve`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedType {
    types: Vec<String>,
    display: Vec<TypeDisplay>,
    claims: Vec<ClaimMetadata>,
}

impl ResolvedType {
    /// The type, then those it extends.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// All claims, inherited ones first.
    pub fn claims(&self) -> &[ClaimMetadata] {
        &self.claims
    }

    /// The type in the best of the reader's languages, which stand in order of preference.
    pub fn display(&self, languages: &[&str]) -> Option<&TypeDisplay> {
        best(&self.display, |display| &display.locale, languages)
    }

    /// The label of the claim at `path` in the best of the reader's languages.
    pub fn label(&self, path: &ClaimPath, languages: &[&str]) -> Option<&str> {
        let claim = self.claims.iter().find(|claim| claim.path == *path).or_else(|| {
            self.claims
                .iter()
                .find(|claim| claim.path.0.len() == path.0.len() && claim.path.covers(path))
        })?;
        best(&claim.display, |display| &display.locale, languages)
            .map(|display| display.label.as_str())
    }

    /// Whether a whole copy, nothing withheld, keeps to `mandatory` and `sd`.
    ///
    /// # Errors
    /// [`ClaimFault`], the first in the order of [`Self::claims`].
    pub fn check(&self, credential: &VerifiedSdJwt) -> Result<(), ClaimFault> {
        let root = Value::Object(credential.claims().clone());
        let hidden = credential.disclosable();
        for claim in &self.claims {
            let places = claim.path.select(&root);
            if claim.mandatory && places.is_empty() {
                return Err(ClaimFault::Missing(claim.path.clone()));
            }
            for (place, _) in places {
                match (claim.sd, hidden.contains(&&place)) {
                    (Hiding::Always, false) => return Err(ClaimFault::InClear(place)),
                    (Hiding::Never, true) => return Err(ClaimFault::Hidden(place)),
                    (Hiding::Always, true) | (Hiding::Never, false) | (Hiding::Allowed, _) => {}
                }
            }
        }
        Ok(())
    }
}

/// Where a credential breaks its type's rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// `mandatory` and absent.
    #[error("{0} is missing")]
    Missing(ClaimPath),
    /// `sd` is `always` and it stands in clear.
    #[error("{0} stands in clear")]
    InClear(ClaimPath),
    /// `sd` is `never` and it hides.
    #[error("{0} hides")]
    Hidden(ClaimPath),
}

/// Lookup of RFC 4647, 3.4: a language range is shortened until it fits; else the first entry.
fn best<'d, D>(
    displays: &'d [D],
    locale: impl Fn(&D) -> &String,
    languages: &[&str],
) -> Option<&'d D> {
    for language in languages {
        let mut range = *language;
        loop {
            let fits = |display: &&D| locale(display).eq_ignore_ascii_case(range);
            if let Some(display) = displays.iter().find(fits) {
                return Some(display);
            }
            match range.rsplit_once('-') {
                Some((shorter, _)) => range = shorter,
                None => break,
            }
        }
    }
    displays.first()
}
