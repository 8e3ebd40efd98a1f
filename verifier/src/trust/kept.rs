//! The last good registry on disk.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::files;

/// A registry, escaped once more as a JSON text.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// As published, with what the next poll needs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) version: u64,
    pub(super) etag: Option<String>,
    pub(super) document: String,
}

impl Kept {
    pub(super) async fn read(file: PathBuf) -> io::Result<Option<Self>> {
        files::off_runtime(move || {
            let Some(bytes) = files::read_bounded(&file, MAX_FILE_BYTES)? else { return Ok(None) };
            Ok(Some(serde_json::from_slice(&bytes)?))
        })
        .await
    }

    pub(super) async fn write(self, file: PathBuf) -> io::Result<()> {
        files::off_runtime(move || files::write_atomically(&file, &serde_json::to_vec(&self)?))
            .await
    }
}
