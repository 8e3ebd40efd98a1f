//! Signing keys for tests, and SD-JWTs made by hand: what an honest issuer would never sign.
#![allow(dead_code, reason = "each test program takes what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, reason = "helpers of tests")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use ed25519_dalek::{Signer as _, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value, json};
use vc::base64url;
use vc::claim_path::{ClaimPath, PathElement};
use vc::jwk::{Algorithm, PublicKey};
use vc::jws::SigningInput;
use vc::sd_jwt::{Disclosure, Issuance, KeyBinding, UnverifiedSdJwt, key_binding_input};

/// A key pair of either algorithm.
pub(crate) enum TestKey {
    Ed25519(Box<SigningKey>),
    P256(Box<EcdsaKeyPair>),
}

impl TestKey {
    /// The Ed25519 key of a seed.
    pub(crate) fn ed25519(seed: u8) -> Self {
        Self::Ed25519(Box::new(SigningKey::from_bytes(&[seed; 32])))
    }

    /// A new P-256 key.
    pub(crate) fn p256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self::P256(Box::new(pair))
    }

    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => PublicKey::from_ed25519(key.verifying_key().as_bytes()).unwrap(),
            Self::P256(pair) => {
                let point: [u8; 65] = pair.public_key().as_ref().try_into().unwrap();
                PublicKey::from_p256(&point).unwrap()
            }
        }
    }

    pub(crate) fn kid(&self) -> String {
        self.public().kid()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.public().algorithm()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
        }
    }

    /// A token of this `typ` with our `kid`.
    pub(crate) fn token(&self, typ: &str, claims: &Value) -> String {
        let header = object(&json!({ "kid": self.kid() }));
        self.token_with_header(typ, header, claims)
    }

    pub(crate) fn token_with_header(
        &self,
        typ: &str,
        header: Map<String, Value>,
        claims: &Value,
    ) -> String {
        let input = SigningInput::new(self.algorithm(), typ, header, &object(claims));
        let signature = self.sign(input.signing_input());
        input.finish(&signature)
    }

    /// An SD-JWT from a payload as it stands, digests and all.
    pub(crate) fn by_hand(&self, payload: &Value, disclosures: &[&str]) -> String {
        let mut text = self.token("dc+sd-jwt", payload) + "~";
        for disclosure in disclosures {
            text += disclosure;
            text += "~";
        }
        text
    }

    /// An SD-JWT as this crate issues it, salts from `seed`.
    pub(crate) fn issue(&self, claims: &Value, hide: &[ClaimPath], seed: u8) -> String {
        let unsigned = Issuance {
            algorithm: self.algorithm(),
            kid: &self.kid(),
            x5c: &[],
            claims: &object(claims),
            hide,
        }
        .prepare(&mut rng(seed))
        .unwrap();
        let signature = self.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }

    /// `disclosed` with this holder's key binding.
    pub(crate) fn bind(&self, disclosed: &str, binding: &KeyBinding) -> String {
        let unsigned = key_binding_input(disclosed, self.algorithm(), binding).unwrap();
        let signature = self.sign(unsigned.signing_input());
        unsigned.finish(&signature)
    }
}

pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub(crate) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// A path as it stands in JSON.
pub(crate) fn path(elements: &Value) -> ClaimPath {
    let elements: Vec<PathElement> = serde_json::from_value(elements.clone()).unwrap();
    ClaimPath(elements)
}

/// The encoded disclosure of any JSON, and its digest.
pub(crate) fn disclosure(array: &Value) -> (String, String) {
    use sha2::{Digest as _, Sha256};
    let encoded = base64url::encode(array.to_string().as_bytes());
    let digest = base64url::encode(&Sha256::digest(encoded.as_bytes()));
    (encoded, digest)
}

pub(crate) fn parse(text: &str) -> UnverifiedSdJwt {
    UnverifiedSdJwt::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The payload of the issuer-signed JWT, digests and all.
pub(crate) fn payload(text: &str) -> Value {
    let part = text.split(['.', '~']).nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(part).unwrap()).unwrap()
}

pub(crate) fn digests_of(disclosures: &[Disclosure]) -> Vec<String> {
    disclosures.iter().map(Disclosure::digest).collect()
}
