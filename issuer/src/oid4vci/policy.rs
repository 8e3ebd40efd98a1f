//! What the issuer asks of wallets, beside what OpenID4VCI 1.0 asks.

use std::path::{Path, PathBuf};

use keys::files::read_file;
use vc::jwk::PublicKey;
use vc::oid4vci::JwkSet;
use vc::x5c::{TrustAnchor, anchors_from_pem};

use crate::profiles::Profile;

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
    /// Keys of those whose wallet attestations are believed.
    pub wallet_attesters: Vec<PublicKey>,
    /// Authorities of those who attest wallets with certificates.
    pub wallet_attester_roots: Vec<TrustAnchor>,
    /// Whether HAIP is asked for where it can be: see [`Self::requires_haip`].
    pub require_haip: bool,
    /// Whether there are pages, so that staff can sign in for the authorization code flow.
    pub authorization_code: bool,
}

impl Policy {
    /// Whether a credential configuration is given by authorization code, DPoP and wallet
    /// attestation only (OpenID4VC HAIP 1.0): the policy is on `es256`.
    pub fn requires_haip(&self, configuration: &str) -> bool {
        self.require_haip && Profile::of_configuration(configuration).1 == Profile::Es256
    }

    /// Whether anybody's wallet attestation is believed.
    pub fn believes_wallets(&self) -> bool {
        !(self.wallet_attesters.is_empty() && self.wallet_attester_roots.is_empty())
    }

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
    /// JWK Set of those whose wallet attestations are believed
    #[arg(long, env = "STAFF_PASSPORT_WALLET_ATTESTERS")]
    wallet_attesters: Option<PathBuf>,
    /// Certificates (PEM) of the authorities of those who attest wallets with certificates
    #[arg(long, env = "STAFF_PASSPORT_WALLET_ATTESTER_ROOTS")]
    wallet_attester_roots: Option<PathBuf>,
    /// Give es256 credentials by authorization code, DPoP and wallet attestation only (HAIP 1.0)
    #[arg(long, env = "STAFF_PASSPORT_REQUIRE_HAIP")]
    require_haip: bool,
}

impl PolicyArgs {
    /// Reads the files.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let policy = Policy {
            key_attesters: keys(self.key_attesters.as_deref())?,
            key_attester_roots: roots(self.key_attester_roots.as_deref())?,
            encryption_required: self.require_encryption,
            wallet_attesters: keys(self.wallet_attesters.as_deref())?,
            wallet_attester_roots: roots(self.wallet_attester_roots.as_deref())?,
            require_haip: self.require_haip,
            authorization_code: false,
        };
        if policy.require_haip && !policy.believes_wallets() {
            return Err(PolicyError::NoWalletAttester);
        }
        Ok(policy)
    }
}

/// The keys of a JWK Set, at least one.
fn keys(path: Option<&Path>) -> Result<Vec<PublicKey>, PolicyError> {
    let Some(path) = path else { return Ok(vec![]) };
    let set: Option<JwkSet> = serde_json::from_slice(&read(path)?).ok();
    let keys = set.iter().flat_map(JwkSet::verification_keys);
    let keys: Vec<PublicKey> = keys.map(|(_, key)| key).collect();
    if keys.is_empty() { Err(PolicyError::Empty(path.to_owned())) } else { Ok(keys) }
}

/// The certificates of a PEM file, at least one.
fn roots(path: Option<&Path>) -> Result<Vec<TrustAnchor>, PolicyError> {
    let Some(path) = path else { return Ok(vec![]) };
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    match anchors_from_pem(&text) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        Ok(_) | Err(_) => Err(PolicyError::Empty(path.to_owned())),
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
    /// Nobody could be given what is asked for.
    #[error(
        "--require-haip needs somebody who attests wallets: give --wallet-attesters or \
         --wallet-attester-roots"
    )]
    NoWalletAttester,
    /// A file holds nothing usable.
    #[error("{} holds no usable public key or certificate", .0.display())]
    Empty(PathBuf),
}
