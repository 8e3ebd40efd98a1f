//! What the issuer asks of wallets, beside what OpenID4VCI 1.0 asks.

use std::path::{Path, PathBuf};

use keys::files::read_file;
use vc::jwk::PublicKey;
use vc::oid4vci::JwkSet;
use vc::x5c::{TrustAnchor, anchors_from_pem};

/// Most copies in one answer.
pub const BATCH_SIZE: usize = 8;
const MAX_FILE_BYTES: u64 = 1 << 20;

/// What it asks.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Keys of those whose key attestations are believed.
    pub key_attesters: Vec<PublicKey>,
    /// Authorities of those who attest with certificates.
    pub key_attester_roots: Vec<TrustAnchor>,
    /// Whether a plain credential request, or one for a plain answer, is refused.
    pub encryption_required: bool,
}

impl Policy {
    /// Whether anybody's key attestation is believed.
    pub fn believes_attesters(&self) -> bool {
        !(self.key_attesters.is_empty() && self.key_attester_roots.is_empty())
    }
}

/// The same as flags.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct PolicyArgs {
    /// JWK Set of those whose key attestations are believed
    #[arg(long, env = "STAFF_PASSPORT_KEY_ATTESTERS")]
    key_attesters: Option<PathBuf>,
    /// Certificates (PEM) of the authorities of those who attest with certificates
    #[arg(long, env = "STAFF_PASSPORT_KEY_ATTESTER_ROOTS")]
    key_attester_roots: Option<PathBuf>,
    /// Refuse credential requests that are plain, or that ask for a plain answer
    #[arg(long, env = "STAFF_PASSPORT_REQUIRE_ENCRYPTION")]
    require_encryption: bool,
}

impl PolicyArgs {
    /// Reads the files.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let key_attesters = match &self.key_attesters {
            None => vec![],
            Some(path) => {
                let set: Option<JwkSet> = serde_json::from_slice(&read(path)?).ok();
                let keys = set.iter().flat_map(JwkSet::verification_keys);
                keys.map(|(_, key)| key).collect()
            }
        };
        let key_attester_roots = match &self.key_attester_roots {
            None => vec![],
            Some(path) => {
                let text = String::from_utf8_lossy(&read(path)?).into_owned();
                anchors_from_pem(&text).map_err(|_| PolicyError::Empty(path.clone()))?
            }
        };
        for (path, empty) in [
            (&self.key_attesters, key_attesters.is_empty()),
            (&self.key_attester_roots, key_attester_roots.is_empty()),
        ] {
            if let (Some(path), true) = (path, empty) {
                return Err(PolicyError::Empty(path.clone()));
            }
        }
        let encryption_required = self.require_encryption;
        Ok(Policy { key_attesters, key_attester_roots, encryption_required })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PolicyError> {
    read_file(path, MAX_FILE_BYTES)
        .map_err(|source| PolicyError::Unreadable { path: path.to_owned(), source })
}

/// Why the policy cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file holds nothing usable.
    #[error("{} holds no usable public key or certificate", .0.display())]
    Empty(PathBuf),
}
