//! Where the published vectors lie. They are not committed: tests read them from
//! `STAFF_PASSPORT_VECTORS`, else from `../shared/vectors` beside the repository.

#![expect(clippy::panic, reason = "a broken vector file must stop the test")]

pub(crate) mod keys;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder or file `name` among the vectors; says so loudly when it is absent.
pub(crate) fn vectors(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("STAFF_PASSPORT_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: published vectors {name} are not in {}", folder.display());
    None
}

/// The JSON file `name` among the vectors.
#[allow(dead_code, reason = "each test program takes what it needs")]
pub(crate) fn json_vectors(name: &str) -> Option<Value> {
    let path = vectors(name)?;
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    Some(serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}
