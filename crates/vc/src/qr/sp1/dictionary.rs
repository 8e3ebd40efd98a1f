//! The frozen dictionary: which members and values the types of `schemas/` have, words of the
//! field, and presentations to learn from. Made by `tests/sp1_dictionary.rs`, never changed after a
//! release.

use std::sync::LazyLock;

use serde::Deserialize;

use super::codec::{Codec, Learnt};
use super::model::hash;
use super::parts::{Binding, Parts};
use super::presentation::Coder;

/// Names this dictionary in a code.
pub(super) const LETTER: char = 'A';

const FROZEN: &str = include_str!("../../../../../schemas/qr/sp1-a.json");

/// The node of which nothing is known.
pub(super) const UNKNOWN: usize = 0;

/// What a value may be.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Node {
    /// Members in the order that they are coded.
    #[serde(default)]
    pub(super) members: Vec<(String, usize)>,
    /// Node of an array's elements.
    #[serde(default)]
    pub(super) items: usize,
    /// Values of a string.
    #[serde(default)]
    pub(super) values: Vec<String>,
}

/// A credential type.
#[derive(Debug, Deserialize)]
pub(super) struct Type {
    /// Empty for all that are not known.
    pub(super) vct: String,
    pub(super) payload: usize,
    /// Names that disclosures have, and the nodes of their values.
    pub(super) disclosures: Vec<(String, usize)>,
}

/// A presentation to learn from: JSON texts.
#[derive(Debug, Deserialize)]
struct Example {
    header: String,
    payload: String,
    disclosures: Vec<String>,
    binding_header: String,
    binding: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dictionary {
    nodes: Vec<Node>,
    pub(super) header: usize,
    pub(super) binding_header: usize,
    pub(super) binding: usize,
    pub(super) types: Vec<Type>,
    words: Vec<(String, Vec<String>)>,
    examples: Vec<Example>,
}

static NOTHING: Node = Node { members: Vec::new(), items: UNKNOWN, values: Vec::new() };

impl Dictionary {
    pub(super) fn node(&self, index: usize) -> &Node {
        self.nodes.get(index).unwrap_or(&NOTHING)
    }
}

/// Nothing known at all: what a broken build would read.
const EMPTY: Dictionary = Dictionary {
    nodes: Vec::new(),
    header: UNKNOWN,
    binding_header: UNKNOWN,
    binding: UNKNOWN,
    types: Vec::new(),
    words: Vec::new(),
    examples: Vec::new(),
};

pub(super) static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| serde_json::from_str(FROZEN).unwrap_or(EMPTY));

/// The model after all of the dictionary: words first, then examples.
pub(super) static LEARNT: LazyLock<Learnt> = LazyLock::new(|| {
    let dictionary: &'static Dictionary = &DICTIONARY;
    let mut codec = Codec::learn();
    for (field, words) in &dictionary.words {
        for word in words {
            // Learning refuses nothing that the dictionary holds.
            let _ = codec.text(hash(field.as_bytes()), 0, word.as_bytes());
        }
    }
    for example in &dictionary.examples {
        let parts = Parts {
            header: example.header.clone(),
            payload: example.payload.clone(),
            signature: vec![0; 64],
            disclosures: example.disclosures.clone(),
            binding: Some(Binding {
                header: example.binding_header.clone(),
                payload: example.binding.clone(),
                signature: vec![0; 64],
            }),
        };
        let mut coder = Coder::new(codec, dictionary);
        let _ = coder.presentation(Some(&parts));
        codec = coder.into_codec();
    }
    codec.into_learnt()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frozen_dictionary_reads() {
        assert!(DICTIONARY.types.len() > 1);
        assert!(DICTIONARY.examples.len() > 1);
    }
}
