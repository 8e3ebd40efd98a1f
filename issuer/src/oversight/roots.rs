//! The network's root, which certifies the keys of hosts.

use std::io;
use std::path::Path;

use vc::x5c::{self, ChainError, TrustAnchor};

/// Longest file in bytes: some certificates.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// The authorities of a PEM file.
///
/// # Errors
/// [`RootsError`].
pub fn network_roots(file: &Path) -> Result<Vec<TrustAnchor>, RootsError> {
    let name = || file.display().to_string();
    let unreadable = |source| RootsError::Unreadable { file: name(), source };
    if std::fs::metadata(file).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(unreadable(io::ErrorKind::FileTooLarge.into()));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    x5c::anchors_from_pem(&text).map_err(|source| RootsError::Refused { file: name(), source })
}

/// Why the root is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The file cannot be read.
    #[error("the network root {file} cannot be read")]
    Unreadable {
        /// Which file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is no PEM with authorities' certificates.
    #[error("the network root in {file} is refused")]
    Refused {
        /// Which file.
        file: String,
        /// Why.
        #[source]
        source: ChainError,
    },
}
