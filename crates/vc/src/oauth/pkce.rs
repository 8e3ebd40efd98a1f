//! Proof Key for Code Exchange (RFC 7636), S256 only: `plain` would let a stolen request be used.

use sha2::{Digest, Sha256};

use crate::base64url;

/// Lengths of a verifier (RFC 7636, 4.1).
const VERIFIER_LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;

/// `code_challenge` of an authorization request, by method S256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Reads the parameters `code_challenge` and `code_challenge_method`.
    ///
    /// # Errors
    /// [`PkceError::OtherMethod`] for anything but `S256`, an absent method included, for which
    /// RFC 7636, 4.3 means `plain`; [`PkceError::BadChallenge`].
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, PkceError> {
        if method != Some("S256") {
            return Err(PkceError::OtherMethod);
        }
        base64url::decode_array(challenge).map(Self).map_err(|_| PkceError::BadChallenge)
    }

    /// The challenge of a verifier.
    ///
    /// # Errors
    /// [`PkceError::BadVerifier`].
    pub fn of(verifier: &str) -> Result<Self, PkceError> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !VERIFIER_LENGTHS.contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
            return Err(PkceError::BadVerifier);
        }
        Ok(Self(Sha256::digest(verifier).into()))
    }

    /// Checks the `code_verifier` of a token request (RFC 7636, 4.6).
    ///
    /// # Errors
    /// [`PkceError::BadVerifier`], [`PkceError::Mismatch`].
    pub fn check(&self, verifier: &str) -> Result<(), PkceError> {
        if Self::of(verifier)? == *self { Ok(()) } else { Err(PkceError::Mismatch) }
    }

    /// As the parameter `code_challenge`.
    pub fn to_text(&self) -> String {
        base64url::encode(&self.0)
    }
}

/// Why a challenge or a verifier is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// Not S256.
    #[error("code_challenge_method is not S256")]
    OtherMethod,
    /// Not base64url of 32 bytes.
    #[error("code_challenge is not base64url of a SHA-256 hash")]
    BadChallenge,
    /// Not 43 to 128 unreserved characters.
    #[error("code_verifier is not 43 to 128 unreserved characters")]
    BadVerifier,
    /// Another verifier's challenge.
    #[error("code_verifier does not fit code_challenge")]
    Mismatch,
}
