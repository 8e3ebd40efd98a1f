//! The last good lists on disk, so that a restart without network still answers, with its age.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vc::time::UnixTime;

use crate::files;

/// The token and its frame.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// A list as published, with what the next poll needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) issuer: String,
    pub(super) uri: String,
    pub(super) issued_at: UnixTime,
    pub(super) etag: Option<String>,
    pub(super) token: String,
}

/// A folder for each issuer, a file for each list.
#[derive(Clone, Debug)]
pub(super) struct Shelf(pub(super) PathBuf);

impl Shelf {
    /// Every list kept of an issuer; unreadable ones are passed over.
    pub(super) async fn of_issuer(&self, issuer: &str) -> Vec<Kept> {
        let folder = self.folder(issuer);
        let issuer = issuer.to_owned();
        let found = files::off_runtime(move || {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            let mut found = Vec::new();
            for entry in entries.flatten() {
                if let Ok(Some(bytes)) = files::read_bounded(&entry.path(), MAX_FILE_BYTES)
                    && let Ok(kept) = serde_json::from_slice::<Kept>(&bytes)
                    && kept.issuer == issuer
                {
                    found.push(kept);
                }
            }
            Ok(found)
        })
        .await;
        found.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "kept status lists cannot be read");
            Vec::new()
        })
    }

    /// Keeps a list. What cannot be kept is logged: the list in memory stands all the same.
    pub(super) async fn keep(&self, kept: Kept) {
        let folder = self.folder(&kept.issuer);
        let file = folder.join(name(&kept.uri)).with_extension("json");
        let written = files::off_runtime(move || {
            std::fs::create_dir_all(&folder)?;
            files::write_atomically(&file, &serde_json::to_vec(&kept)?)
        })
        .await;
        if let Err(error) = written {
            tracing::error!(error = %error, "a status list cannot be kept on disk");
        }
    }

    /// Forgets a list.
    pub(super) async fn forget(&self, issuer: &str, uri: &str) {
        let file = self.folder(issuer).join(name(uri)).with_extension("json");
        // Already gone is as good.
        let _ = files::off_runtime(move || std::fs::remove_file(file)).await;
    }

    fn folder(&self, issuer: &str) -> PathBuf {
        self.0.join(name(issuer))
    }
}

/// A file name that any address has, whatever it contains.
fn name(address: &str) -> String {
    vc::base64url::encode(&Sha256::digest(address.as_bytes()))
}
