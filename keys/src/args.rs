//! The flags by which a program opens a key ring.

use std::path::PathBuf;

use crate::ring::{Ring, RingError};
use crate::seal::Sealing;
use crate::secret::Secret;

/// Holds the passphrase of a ring that has no key file.
pub const PASSPHRASE_VARIABLE: &str = "KEYS_PASSPHRASE";

/// `--ring` and `--key-file`; flatten it.
#[derive(Clone, Debug, clap::Args)]
pub struct RingArgs {
    /// The sealed key ring
    #[arg(long, env = "STAFF_PASSPORT_RING")]
    pub ring: PathBuf,
    /// The key file that opens it; without one, a passphrase from KEYS_PASSPHRASE or the terminal
    #[arg(long, env = "STAFF_PASSPORT_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

impl RingArgs {
    /// Opens the ring.
    ///
    /// # Errors
    /// [`OpenRingError`], a sentence.
    pub fn open(&self) -> Result<Ring, OpenRingError> {
        Ok(Ring::open(&self.ring, &self.sealing("Passphrase: ")?)?)
    }

    pub(crate) fn sealing(&self, prompt: &str) -> Result<Sealing, OpenRingError> {
        match &self.key_file {
            Some(file) => Ok(Sealing::KeyFile(file.clone())),
            None => passphrase(prompt).map(Sealing::Passphrase),
        }
    }
}

pub(crate) fn passphrase(prompt: &str) -> Result<Secret, OpenRingError> {
    match std::env::var(PASSPHRASE_VARIABLE) {
        Ok(text) => Ok(Secret::new(text)),
        Err(_) => rpassword::prompt_password(prompt)
            .map(Secret::new)
            .map_err(|_| OpenRingError::NoPassphrase),
    }
}

/// Why a program has no ring.
#[derive(Debug, thiserror::Error)]
pub enum OpenRingError {
    /// The ring is refused.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// There is neither a key file nor somebody to ask.
    #[error("no --key-file, no {PASSPHRASE_VARIABLE}, and no terminal to ask for a passphrase")]
    NoPassphrase,
}
