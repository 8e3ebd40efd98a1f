//! Public keys as JWKs (RFC 7517, RFC 8037), their thumbprints (RFC 7638), and verification with
//! the algorithm that the key fixes.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The closed set of signature algorithms. It comes from the key, never from a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519; written `EdDSA`, read as `EdDSA` or `Ed25519` (RFC 8037, RFC 9864).
    EdDsa,
    /// ECDSA with P-256 and SHA-256 (RFC 7518, 3.4).
    Es256,
}

impl Algorithm {
    /// The `alg` that we write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// Whether a token's `alg` names this algorithm (exact, case-sensitive).
    pub fn is_named(self, alg: &str) -> bool {
        match self {
            Self::EdDsa => alg == "EdDSA" || alg == "Ed25519",
            Self::Es256 => alg == "ES256",
        }
    }
}

/// A public key that has been checked: on its curve, canonical, not of small order.
/// Serialises as a JWK with public members only.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(KeyKind);

#[derive(Clone, PartialEq, Eq)]
enum KeyKind {
    Ed25519(ed25519_dalek::VerifyingKey),
    /// Uncompressed SEC 1 point, 65 bytes, checked to lie on the curve.
    P256([u8; 65]),
}

impl PublicKey {
    /// Reads a JWK. Other members are ignored, but a private member (`d`) is refused.
    ///
    /// # Errors
    /// [`JwkError`] with what is wrong.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JwkError> {
        todo!()
    }

    /// From the 32 bytes of an Ed25519 key (RFC 8032, 5.1.5).
    ///
    /// # Errors
    /// [`JwkError::BadPoint`] when not canonical, not on the curve or of small order.
    pub fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, JwkError> {
        todo!()
    }

    /// From an uncompressed SEC 1 point of P-256.
    ///
    /// # Errors
    /// [`JwkError::BadPoint`] when not on the curve.
    pub fn from_p256(point: &[u8; 65]) -> Result<Self, JwkError> {
        todo!()
    }

    /// The public members only.
    pub fn to_jwk(&self) -> Value {
        todo!()
    }

    /// The algorithm that this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            KeyKind::Ed25519(_) => Algorithm::EdDsa,
            KeyKind::P256(_) => Algorithm::Es256,
        }
    }

    /// RFC 7638 with SHA-256.
    pub fn thumbprint(&self) -> Thumbprint {
        todo!()
    }

    /// Our `kid`: base64url of the first 8 bytes of the thumbprint.
    pub fn kid(&self) -> String {
        todo!()
    }

    /// Verifies a JWS signature (64 bytes): Ed25519 strictly (RFC 8032, no small order, canonical
    /// S), ES256 as r ‖ s.
    ///
    /// # Errors
    /// [`SignatureInvalid`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        todo!()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm().name(), self.kid())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_jwk().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_jwk(&value).map_err(serde::de::Error::custom)
    }
}

/// SHA-256 of a key's required members (RFC 7638); shown as base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::base64url::encode(&self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

/// Why a JWK is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not a JSON object.
    #[error("a JWK is a JSON object")]
    NotAnObject,
    /// `kty` and `crv` are not OKP Ed25519 or EC P-256.
    #[error("only OKP Ed25519 and EC P-256 keys are accepted")]
    UnsupportedKey,
    /// A member is missing or not base64url of the right length.
    #[error("member {0:?} is missing or not base64url of its length")]
    BadMember(&'static str),
    /// A private member stands in a public key.
    #[error("a private key stands where a public key belongs")]
    PrivateMember,
    /// `alg`, `use` or `key_ops` contradicts signature verification.
    #[error("member {0:?} contradicts the key's use")]
    Contradiction(&'static str),
    /// Not a canonical point of the curve, or of small order.
    #[error("the key is not a safe point of its curve")]
    BadPoint,
}

/// The signature does not verify under the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureInvalid;
