//! A private signing key with its public half.

use std::fmt;

use aws_lc_rs::agreement;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use ed25519_dalek::Signer;
use rand_core::CryptoRng;
use vc::jwk::{Algorithm, PublicKey};
use zeroize::Zeroizing;

/// Signs with Ed25519 (RFC 8032) or ES256 (RFC 7518, 3.4). `Debug` shows the `kid` only.
pub struct SigningKey {
    public: PublicKey,
    kid: String,
    private: Private,
}

enum Private {
    Ed25519(ed25519_dalek::SigningKey),
    P256 { pair: EcdsaKeyPair, scalar: Zeroizing<[u8; 32]> },
}

impl SigningKey {
    /// A new key.
    pub fn generate(algorithm: Algorithm, rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        loop {
            rng.fill_bytes(secret.as_mut_slice());
            // One in 2^32 texts is no P-256 scalar: draw again.
            if let Ok(key) = Self::from_secret_bytes(algorithm, secret.as_slice()) {
                return key;
            }
        }
    }

    /// From the 32 secret bytes: an Ed25519 seed or a P-256 scalar.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn from_secret_bytes(algorithm: Algorithm, secret: &[u8]) -> Result<Self, NotAKey> {
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(secret.try_into().map_err(|_| NotAKey)?);
        let (public, private) = match algorithm {
            Algorithm::EdDsa => {
                let key = ed25519_dalek::SigningKey::from_bytes(&secret);
                (PublicKey::from_ed25519(key.verifying_key().as_bytes()), Private::Ed25519(key))
            }
            Algorithm::Es256 => {
                let point = p256_point(&secret)?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    secret.as_slice(),
                    &point,
                )
                .map_err(|_| NotAKey)?;
                (PublicKey::from_p256(&point), Private::P256 { pair, scalar: secret })
            }
        };
        let public = public.map_err(|_| NotAKey)?;
        Ok(Self { kid: public.kid(), public, private })
    }

    /// The 32 secret bytes, to be sealed and nothing else.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.private {
            Private::Ed25519(key) => key.as_bytes().to_vec(),
            Private::P256 { scalar, .. } => scalar.to_vec(),
        })
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Base64url of the first 8 bytes of the RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that the key fixes.
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Signs: 64 bytes, Ed25519 or r ‖ s. Ends the process when the system has no randomness left
    /// for ECDSA, for then nothing here may go on.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.private {
            Private::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Private::P256 { pair, .. } => match pair.sign(&SystemRandom::new(), message) {
                Ok(signature) => signature.as_ref().to_vec(),
                Err(_) => std::process::abort(),
            },
        }
    }
}

/// The uncompressed point of a scalar.
fn p256_point(scalar: &[u8; 32]) -> Result<[u8; 65], NotAKey> {
    agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, scalar)
        .ok()
        .and_then(|key| key.compute_public_key().ok())
        .and_then(|point| point.as_ref().try_into().ok())
        .ok_or(NotAKey)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {} [redacted])", self.algorithm().name(), self.kid)
    }
}

/// The bytes are no private key of the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a private key of its algorithm")]
pub struct NotAKey;

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    const BOTH: [Algorithm; 2] = [Algorithm::EdDsa, Algorithm::Es256];

    #[test]
    fn a_signature_verifies_under_the_public_half_and_no_other() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for algorithm in BOTH {
            let key = SigningKey::generate(algorithm, &mut rng);
            let other = SigningKey::generate(algorithm, &mut rng);

            let signature = key.sign(b"checks");

            assert_eq!(signature.len(), 64);
            key.public_key().verify(b"checks", &signature).unwrap();
            key.public_key().verify(b"cheques", &signature).unwrap_err();
            other.public_key().verify(b"checks", &signature).unwrap_err();
        }
    }

    #[test]
    fn a_key_survives_its_secret_bytes() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for algorithm in BOTH {
            let key = SigningKey::generate(algorithm, &mut rng);

            let again = SigningKey::from_secret_bytes(algorithm, &key.to_secret_bytes()).unwrap();

            assert_eq!(again.kid(), key.kid());
            key.public_key().verify(b"m", &again.sign(b"m")).unwrap();
        }
    }

    #[test]
    fn the_seed_of_rfc_8032_gives_its_public_key() {
        // RFC 8032, 7.1, test 1.
        let seed = vc::base64url::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();

        let key = SigningKey::from_secret_bytes(Algorithm::EdDsa, &seed).unwrap();

        assert_eq!(key.public_key().to_jwk()["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    }

    #[test]
    fn bytes_that_are_no_scalar_are_no_key() {
        for secret in [[0; 32], [0xff; 32]] {
            SigningKey::from_secret_bytes(Algorithm::Es256, &secret).unwrap_err();
        }
        for algorithm in BOTH {
            SigningKey::from_secret_bytes(algorithm, &[1; 31]).unwrap_err();
            SigningKey::from_secret_bytes(algorithm, &[1; 33]).unwrap_err();
        }
    }
}
