//! Signing keys, as each library wants them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use ed25519_dalek::Signer as _;
use vc::jwk::{Algorithm, PublicKey};

/// What stands before a seed in PKCS #8 (RFC 8410, 7).
const ED25519_PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A private key.
pub struct Key {
    kind: Kind,
    public: PublicKey,
    pkcs8: Vec<u8>,
}

enum Kind {
    Ed25519(ed25519_dalek::SigningKey),
    P256(EcdsaKeyPair),
}

impl Key {
    /// The Ed25519 key of a seed, or a new P-256 key.
    pub fn of(algorithm: Algorithm, seed: u8) -> Self {
        match algorithm {
            Algorithm::EdDsa => {
                let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
                let public = PublicKey::from_ed25519(key.verifying_key().as_bytes()).unwrap();
                let pkcs8 = [ED25519_PKCS8.as_slice(), &[seed; 32]].concat();
                Self { kind: Kind::Ed25519(key), public, pkcs8 }
            }
            Algorithm::Es256 => {
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &SystemRandom::new(),
                )
                .unwrap();
                let pkcs8 = pkcs8.as_ref().to_vec();
                let key =
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).unwrap();
                let point = key.public_key().as_ref().try_into().unwrap();
                Self {
                    kind: Kind::P256(key),
                    public: PublicKey::from_p256(&point).unwrap(),
                    pkcs8,
                }
            }
        }
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// As PKCS #8.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.kind {
            Kind::Ed25519(key) => key.sign(message).to_bytes(),
            Kind::P256(key) => {
                key.sign(&SystemRandom::new(), message).unwrap().as_ref().try_into().unwrap()
            }
        }
    }
}

/// Bare verification, the key parsed beforehand: the floor.
pub enum BareVerifier {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(aws_lc_rs::signature::ParsedPublicKey),
}

impl BareVerifier {
    pub fn of(key: &Key) -> Self {
        match &key.kind {
            Kind::Ed25519(key) => Self::Ed25519(key.verifying_key()),
            Kind::P256(key) => Self::P256(
                aws_lc_rs::signature::ParsedPublicKey::new(
                    &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED,
                    key.public_key().as_ref(),
                )
                .unwrap(),
            ),
        }
    }

    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) {
        match self {
            Self::Ed25519(key) => key
                .verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
                .unwrap(),
            Self::P256(key) => key.verify_sig(message, signature).unwrap(),
        }
    }
}
