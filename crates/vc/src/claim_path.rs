//! Claim paths (SD-JWT VC, "Claim Path"; OpenID4VP 1.0, 7): where a claim stands in a credential.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One step of a [`ClaimPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathElement {
    /// A member of an object.
    Name(String),
    /// An element of an array, from 0.
    Index(usize),
    /// Every element of an array; `null` in JSON.
    All(()),
}

/// A non-empty path such as `["identity","personal"]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimPath(pub Vec<PathElement>);

impl ClaimPath {
    /// A path of member names.
    pub fn of_names<const N: usize>(names: [&str; N]) -> Self {
        Self(names.iter().map(|name| PathElement::Name((*name).to_owned())).collect())
    }
}

impl fmt::Display for ClaimPath {
    /// As a JSON pointer (RFC 6901), `*` for every element.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.0 {
            match element {
                PathElement::Name(name) => {
                    write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))?;
                }
                PathElement::Index(index) => write!(f, "/{index}")?,
                PathElement::All(()) => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}
