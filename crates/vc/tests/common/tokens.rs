//! Tokens of any form, signed by keys that tests trust.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ed25519_dalek::Signer as _;
use vc::base64url;
use vc::jwk::{Algorithm, PublicKey};

/// A key pair of either algorithm.
pub enum Signer {
    Ed25519(ed25519_dalek::SigningKey),
    P256(Box<EcdsaKeyPair>),
}

impl Signer {
    pub fn ed25519(seed: u8) -> Self {
        Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }

    pub fn p256() -> Self {
        Self::P256(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => PublicKey::from_ed25519(key.verifying_key().as_bytes()).unwrap(),
            Self::P256(key) => {
                PublicKey::from_p256(key.public_key().as_ref().try_into().unwrap()).unwrap()
            }
        }
    }

    pub fn algorithm(&self) -> Algorithm {
        self.public_key().algorithm()
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
        }
    }

    /// A compact token with exactly these texts inside, rightly signed whatever they say.
    pub fn token(&self, header: &str, payload: &str) -> String {
        let signed = format!(
            "{}.{}",
            base64url::encode(header.as_bytes()),
            base64url::encode(payload.as_bytes())
        );
        let signature = base64url::encode(&self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
