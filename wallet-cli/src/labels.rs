//! Words for claims, from the shipped type metadata (SD-JWT VC, "Claim Metadata").

use std::collections::HashMap;

use passport::types::ALL;
use serde::Deserialize;
use vc::claim_path::{ClaimPath, PathElement};

use crate::text;

/// The language that the program speaks.
const LOCALE: &str = "en-GB";

/// The words of one type, in the order of its metadata; the claims' own names for types that we
/// don't know.
#[derive(Debug, Default)]
pub struct Labels(HashMap<Vec<String>, Label>);

#[derive(Clone, Debug)]
struct Label {
    place: usize,
    words: String,
}

#[derive(Deserialize)]
struct TypeMetadata {
    #[serde(default)]
    claims: Vec<ClaimMetadata>,
}

#[derive(Deserialize)]
struct ClaimMetadata {
    path: ClaimPath,
    #[serde(default)]
    display: Vec<Display>,
}

#[derive(Deserialize)]
struct Display {
    locale: String,
    label: String,
}

impl Labels {
    /// The words for a type.
    pub fn of(vct: Option<&str>) -> Self {
        ALL.iter()
            .find(|kind| Some(kind.vct) == vct)
            .and_then(|kind| serde_json::from_str(kind.metadata).ok())
            .map(|metadata: TypeMetadata| Self::from(metadata))
            .unwrap_or_default()
    }

    /// Words for the claim at a path of member names.
    pub fn label(&self, path: &[&str]) -> String {
        match (self.known(path), path.last()) {
            (Some(label), _) => label.words.clone(),
            (None, Some(name)) => text::label(name),
            (None, None) => String::new(),
        }
    }

    /// Where the claim stands among its like; those that the metadata does not name come last.
    pub fn place(&self, path: &[&str]) -> usize {
        self.known(path).map_or(usize::MAX, |label| label.place)
    }

    fn known(&self, path: &[&str]) -> Option<&Label> {
        let find = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
            self.0.get(&path)
        };
        // An assurance inside a check has the words of the one at the top.
        let assurance = path.iter().rposition(|name| *name == "assurance");
        find(path).or_else(|| find(path.get(assurance?..)?))
    }

    /// Words for the claim at a claim path.
    pub fn of_path(&self, path: &ClaimPath) -> String {
        let names: Vec<&str> = names(path).collect();
        self.label(&names)
    }
}

impl From<TypeMetadata> for Labels {
    fn from(metadata: TypeMetadata) -> Self {
        let in_our_language = |(place, claim): (usize, ClaimMetadata)| {
            let words = claim.display.into_iter().find(|display| display.locale == LOCALE)?.label;
            Some((names(&claim.path).map(str::to_owned).collect(), Label { place, words }))
        };
        Self(metadata.claims.into_iter().enumerate().filter_map(in_our_language).collect())
    }
}

/// The member names of a path; elements of arrays share the words of their array.
fn names(path: &ClaimPath) -> impl Iterator<Item = &str> {
    path.0.iter().filter_map(|element| match element {
        PathElement::Name(name) => Some(name.as_str()),
        PathElement::Index(_) | PathElement::All(()) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_metadata_file_reads() {
        for kind in ALL {
            assert!(!Labels::of(Some(kind.vct)).0.is_empty(), "{}", kind.vct);
        }
    }

    #[test]
    fn an_inner_assurance_is_called_like_the_one_at_the_top() {
        let labels = Labels::of(Some("urn:staff-passport:employment-checks:1"));

        assert_eq!(
            labels.label(&["identity", "assurance", "pedigree"]),
            labels.label(&["assurance", "pedigree"])
        );
        assert_ne!(labels.label(&["assurance", "pedigree"]), "Pedigree");
    }

    #[test]
    fn claims_stand_in_the_order_of_the_metadata() {
        let labels = Labels::of(Some("urn:staff-passport:employment-checks:1"));
        let place = |name| labels.place(&["identity", name]);

        assert!(place("given_name") < place("family_name"));
        assert!(place("family_name") < place("birth_date"));
        assert_eq!(place("shoe_size"), usize::MAX);
    }

    #[test]
    fn a_claim_of_an_unknown_type_is_called_by_its_name() {
        let labels = Labels::of(Some("urn:example:unknown:1"));

        assert_eq!(labels.label(&["some_claim"]), "Some claim");
    }
}
