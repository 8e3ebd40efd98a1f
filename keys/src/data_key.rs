//! Data keys: one for each person, so that erasing the key erases the person's values.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::aead::{self, OpenFailed};

/// A random key that encrypts one person's values (XChaCha20-Poly1305).
#[derive(Clone)]
pub struct DataKey(pub(crate) Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Encrypts; `aad` ties the value to its place (for example its record's id).
    pub fn seal(&self, plaintext: &[u8], aad: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        aead::seal(&self.0, plaintext, aad, rng)
    }

    /// Decrypts what [`seal`](Self::seal) wrote under the same key and `aad`.
    ///
    /// # Errors
    /// [`OpenFailed`] for any other key, `aad` or byte.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenFailed> {
        aead::open(&self.0, sealed, aad)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_sealed_value_opens_only_at_its_place() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = DataKey::generate(&mut rng);

        let sealed = key.seal(b"Nadia", b"passport 1", &mut rng);

        assert_eq!(key.open(&sealed, b"passport 1").unwrap().as_slice(), b"Nadia");
        assert_eq!(key.open(&sealed, b"passport 2").unwrap_err(), OpenFailed);
        assert_eq!(
            DataKey::generate(&mut rng).open(&sealed, b"passport 1").unwrap_err(),
            OpenFailed
        );
    }

    #[test]
    fn a_changed_or_missing_byte_does_not_open() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let key = DataKey::generate(&mut rng);
        let sealed = key.seal(b"Nadia", b"", &mut rng);

        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed, b"").unwrap_err(), OpenFailed, "byte {at}");
            assert_eq!(key.open(&sealed[..at], b"").unwrap_err(), OpenFailed, "cut at {at}");
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let key = DataKey::generate(&mut rng);

        assert_ne!(key.seal(b"Nadia", b"", &mut rng), key.seal(b"Nadia", b"", &mut rng));
    }
}
