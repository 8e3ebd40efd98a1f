//! The keys of the generator's own issuer and holder.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url of our own")
}

pub fn digest(text: &str) -> String {
    b64(Sha256::digest(text))
}

#[derive(Clone)]
pub enum Key {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

impl Key {
    pub fn new(es256: bool, seed: u8) -> Self {
        let bytes = [seed; 32];
        if es256 {
            Self::P256(p256::ecdsa::SigningKey::from_slice(&bytes).expect("a scalar"))
        } else {
            Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(&bytes))
        }
    }

    pub fn alg(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::P256(_) => "ES256",
        }
    }

    pub fn jwk(&self) -> Value {
        match self {
            Self::Ed25519(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": b64(key.verifying_key().as_bytes())})
            }
            Self::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let bytes = point.as_bytes();
                json!({"kty": "EC", "crv": "P-256", "x": b64(&bytes[1..33]), "y": b64(&bytes[33..])})
            }
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }

    /// The other signature that ECDSA takes for the same message: (r, n − s).
    pub fn sign_other_s(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(_) => self.sign(message),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                let (r, s) = signature.split_scalars();
                let other = p256::ecdsa::Signature::from_scalars(r, -s).expect("a signature");
                other.to_bytes().to_vec()
            }
        }
    }
}

/// How one JWT of a token is signed.
#[derive(Clone)]
pub enum Signing {
    With(Key),
    WithOtherS(Key),
    Fixed(Vec<u8>),
    /// HMAC under a public key's bytes: the classic confusion of algorithms.
    Hmac(Vec<u8>),
}

impl Signing {
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::With(key) => key.sign(message),
            Self::WithOtherS(key) => key.sign_other_s(message),
            Self::Fixed(signature) => signature.clone(),
            Self::Hmac(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
                mac.update(message);
                mac.finalize().into_bytes().to_vec()
            }
        }
    }
}
