//! Claim paths (SD-JWT VC, "Claim Path"; OpenID4VP 1.0, 7): where a claim stands in a credential.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
#[serde(try_from = "Vec<PathElement>")]
pub struct ClaimPath(pub Vec<PathElement>);

impl ClaimPath {
    /// A path of member names.
    pub fn of_names<const N: usize>(names: [&str; N]) -> Self {
        Self(names.iter().map(|name| PathElement::Name((*name).to_owned())).collect())
    }

    /// The values that this path selects, each with its own path without `null`; empty when it
    /// selects nothing. A step of the wrong kind anywhere selects nothing at all (OpenID4VP 1.0,
    /// 7.1.1: "abort processing and return an error").
    pub fn select<'v>(&self, root: &'v Value) -> Vec<(Self, &'v Value)> {
        let mut selected = vec![(Self(Vec::new()), root)];
        for element in &self.0 {
            let mut next = Vec::new();
            for (path, value) in selected {
                let step = |element: PathElement| {
                    let mut longer = path.0.clone();
                    longer.push(element);
                    Self(longer)
                };
                match (element, value) {
                    (PathElement::Name(name), Value::Object(members)) => {
                        next.extend(members.get(name).map(|value| (step(element.clone()), value)));
                    }
                    (PathElement::Index(index), Value::Array(items)) => {
                        next.extend(items.get(*index).map(|value| (step(element.clone()), value)));
                    }
                    (PathElement::All(()), Value::Array(items)) => {
                        next.extend(
                            items
                                .iter()
                                .enumerate()
                                .map(|(index, value)| (step(PathElement::Index(index)), value)),
                        );
                    }
                    (PathElement::Name(_) | PathElement::Index(_) | PathElement::All(()), _) => {
                        return Vec::new();
                    }
                }
            }
            selected = next;
        }
        selected
    }

    /// Whether `inner` is this path or lies beneath it. `null` here takes every index of `inner`.
    pub fn covers(&self, inner: &Self) -> bool {
        self.0.len() <= inner.0.len()
            && self.0.iter().zip(&inner.0).all(|(outer, inner)| match (outer, inner) {
                (PathElement::All(()), PathElement::Index(_)) => true,
                (outer, inner) => outer == inner,
            })
    }
}

impl TryFrom<Vec<PathElement>> for ClaimPath {
    type Error = EmptyClaimPath;

    fn try_from(elements: Vec<PathElement>) -> Result<Self, Self::Error> {
        if elements.is_empty() { Err(EmptyClaimPath) } else { Ok(Self(elements)) }
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

/// A claim path has no elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a claim path has at least one element")]
pub struct EmptyClaimPath;
