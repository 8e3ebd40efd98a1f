//! A verified SD-JWT in the hands of its holder or verifier: claims, and what to disclose of them.

use serde_json::{Map, Value};

use super::SdJwtError;
use super::rebuild::Rebuilt;
use crate::claim_path::ClaimPath;
use crate::jwk::PublicKey;

/// An SD-JWT whose issuer signature and digests verified; only
/// [`UnverifiedSdJwt::verify_issuer`](super::UnverifiedSdJwt::verify_issuer) makes one.
#[derive(Clone, Debug)]
pub struct VerifiedSdJwt {
    claims: Map<String, Value>,
    holder: Option<PublicKey>,
    held: Vec<HeldDisclosure>,
    issuer_jwt: String,
}

#[derive(Clone, Debug)]
pub(super) struct HeldDisclosure {
    pub(super) path: ClaimPath,
    pub(super) encoded: String,
}

impl VerifiedSdJwt {
    pub(super) fn new(rebuilt: Rebuilt, issuer_jwt: String) -> Self {
        let Rebuilt { claims, holder, held } = rebuilt;
        Self { claims, holder, held, issuer_jwt }
    }

    /// Claims with disclosed values in their places; `_sd`, `_sd_alg` and `...` are gone.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// [`Self::claims`], owned.
    pub fn into_claims(self) -> Map<String, Value> {
        self.claims
    }

    /// `cnf.jwk` (RFC 7800, 3.2).
    pub fn holder(&self) -> Option<&PublicKey> {
        self.holder.as_ref()
    }

    /// Paths that the held disclosures open, parents before children. An index counts the elements
    /// of [`Self::claims`].
    pub fn disclosable(&self) -> Vec<&ClaimPath> {
        self.held.iter().map(|held| &held.path).collect()
    }

    /// The text that discloses exactly `paths` and the parents they need, ending in `~`. What
    /// hides again beneath a path stays hidden; what stands in clear needs nothing.
    ///
    /// # Errors
    /// [`SdJwtError::NoSuchDisclosure`] with the path that this copy does not hold.
    pub fn disclose(&self, paths: &[ClaimPath]) -> Result<String, SdJwtError> {
        let root = Value::Object(self.claims.clone());
        let mut wanted = Vec::new();
        for path in paths {
            let selected = path.select(&root);
            if selected.is_empty() {
                return Err(SdJwtError::NoSuchDisclosure(path.clone()));
            }
            wanted.extend(selected.into_iter().map(|(place, _)| place));
        }

        let mut text = format!("{}~", self.issuer_jwt);
        for held in self.opening(&wanted) {
            text.push_str(&held.encoded);
            text.push('~');
        }
        Ok(text)
    }

    /// How many disclosures these places need, and their bytes.
    pub(crate) fn cost_of(&self, places: &[ClaimPath]) -> (usize, usize) {
        self.opening(places)
            .fold((0, 0), |(count, bytes), held| (count + 1, bytes + held.encoded.len()))
    }

    /// What opens these places: themselves where they hide, and the parents they need.
    fn opening<'p>(&'p self, places: &'p [ClaimPath]) -> impl Iterator<Item = &'p HeldDisclosure> {
        self.held.iter().filter(|held| places.iter().any(|place| held.path.covers(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_costs_itself_and_the_parents_it_needs() {
        let outer = ClaimPath::of_names(["a"]);
        let inner = ClaimPath::of_names(["a", "b"]);
        let other = ClaimPath::of_names(["c"]);
        let held = [(&outer, "12"), (&inner, "345"), (&other, "6789")]
            .map(|(path, text)| HeldDisclosure { path: path.clone(), encoded: text.to_owned() });
        let rebuilt = Rebuilt { claims: Map::new(), holder: None, held: held.to_vec() };
        let copy = VerifiedSdJwt::new(rebuilt, String::new());

        assert_eq!(copy.cost_of(&[outer]), (1, 2));
        assert_eq!(copy.cost_of(std::slice::from_ref(&inner)), (2, 5));
        assert_eq!(copy.cost_of(&[inner, other]), (3, 9));
        assert_eq!(copy.cost_of(&[ClaimPath::of_names(["c", "clear inside"])]), (1, 4));
        assert_eq!(copy.cost_of(&[ClaimPath::of_names(["in clear"])]), (0, 0));
    }
}
