//! Subresource integrity of a fetched document (W3C SRI, 3; draft-ietf-oauth-sd-jwt-vc-19,
//! "Document Integrity").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hashes of SRI, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn named(name: &str) -> Option<Self> {
        match name {
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn digest(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha384 => Sha384::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

/// Integrity metadata of a document that we publish.
pub fn integrity_of(octets: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(octets)))
}

/// Whether the strongest hash in `metadata` that we know is the octets' (SRI, 3.3.5). Metadata
/// without any is refused, where a browser would let it pass.
///
/// # Errors
/// [`IntegrityError`].
pub fn check_integrity(octets: &[u8], metadata: &str) -> Result<(), IntegrityError> {
    let known: Vec<(Hash, &str)> = metadata
        .split_ascii_whitespace()
        .filter_map(|item| {
            let (name, rest) = item.split_once('-')?;
            // Options come after `?`; none is defined.
            let value = rest.split_once('?').map_or(rest, |(value, _)| value);
            Some((Hash::named(name)?, value))
        })
        .collect();
    let strongest = known.iter().map(|(hash, _)| *hash).max().ok_or(IntegrityError::NoKnownHash)?;
    let expected = STANDARD.encode(strongest.digest(octets));
    if known.iter().any(|(hash, value)| *hash == strongest && *value == expected) {
        Ok(())
    } else {
        Err(IntegrityError::Mismatch)
    }
}

/// Why a document is not the one that was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrityError {
    /// No sha256, sha384 or sha512 in the metadata.
    #[error("no hash that is known")]
    NoKnownHash,
    /// The hash is another document's.
    #[error("the hash is of other octets")]
    Mismatch,
}
