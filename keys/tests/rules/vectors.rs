//! Published vectors, which are not part of this repository: from the folder that
//! `STAFF_PASSPORT_VECTORS` names, else from `../shared/vectors` beside the repository.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The tests of a Wycheproof file, each with its group; nothing when the vectors are absent, which
/// is said aloud.
pub(crate) fn wycheproof(file: &str) -> Vec<(Value, Value)> {
    let folder = std::env::var_os("STAFF_PASSPORT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors"),
        PathBuf::from,
    );
    let path = folder.join("wycheproof").join(file);
    let Ok(text) = std::fs::read(&path) else {
        eprintln!("SKIPPED: no vectors at {}", path.display());
        return vec![];
    };
    let document: Value = serde_json::from_slice(&text).unwrap();
    document["testGroups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| {
            let tests = group["tests"].as_array().unwrap();
            tests.iter().map(|test| (group.clone(), test.clone()))
        })
        .collect()
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
