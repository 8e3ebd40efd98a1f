//! Public keys as JWKs (RFC 7517, RFC 8037), their thumbprints (RFC 7638), and verification with
//! the algorithm that the key fixes.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{base64url, ed25519, es256};

/// Members that only private and symmetric keys have (RFC 7518, 6.2.2, 6.3.2, 6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

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
#[derive(Clone)]
pub struct PublicKey {
    kind: KeyKind,
    thumbprint: Thumbprint,
}

#[derive(Clone, PartialEq, Eq)]
enum KeyKind {
    Ed25519(ed25519::Key),
    P256(es256::Key),
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Reads a JWK. Other members are ignored, but a private member such as `d` is refused.
    ///
    /// # Errors
    /// [`JwkError`] with what is wrong.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JwkError> {
        let jwk = jwk.as_object().ok_or(JwkError::NotAnObject)?;
        if jwk.keys().any(|name| PRIVATE_MEMBERS.contains(&name.as_str())) {
            return Err(JwkError::PrivateMember);
        }
        let member = |name| jwk.get(name).and_then(Value::as_str);
        let key = match (member("kty"), member("crv")) {
            (Some("OKP"), Some("Ed25519")) => Self::from_ed25519(&coordinate(jwk, "x")?)?,
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (coordinate(jwk, "x")?, coordinate(jwk, "y")?);
                let mut point = [0x04; 65];
                for (to, from) in point.iter_mut().skip(1).zip(x.iter().chain(&y)) {
                    *to = *from;
                }
                Self::from_p256(&point)?
            }
            _ => return Err(JwkError::UnsupportedKey),
        };
        key.may_verify(jwk)?;
        Ok(key)
    }

    /// Whether `alg`, `use` and `key_ops`, where present, allow verifying (RFC 7517, 4.2 to 4.4).
    fn may_verify(&self, jwk: &Map<String, Value>) -> Result<(), JwkError> {
        let is = |name, allowed: &dyn Fn(&Value) -> bool| match jwk.get(name) {
            Some(value) if !allowed(value) => Err(JwkError::Contradiction(name)),
            _ => Ok(()),
        };
        is("alg", &|alg| alg.as_str().is_some_and(|alg| self.algorithm().is_named(alg)))?;
        is("use", &|usage| usage == "sig")?;
        is("key_ops", &|operations| {
            operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"))
        })
    }

    /// From the 32 bytes of an Ed25519 key (RFC 8032, 5.1.5).
    ///
    /// # Errors
    /// [`JwkError::BadPoint`] when not canonical, not on the curve or of small order.
    pub fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, JwkError> {
        ed25519::Key::from_bytes(bytes)
            .map(|key| Self::new(KeyKind::Ed25519(key)))
            .ok_or(JwkError::BadPoint)
    }

    /// From an uncompressed SEC 1 point of P-256.
    ///
    /// # Errors
    /// [`JwkError::BadPoint`] when not on the curve.
    pub fn from_p256(point: &[u8; 65]) -> Result<Self, JwkError> {
        es256::Key::from_uncompressed(point)
            .map(|key| Self::new(KeyKind::P256(key)))
            .ok_or(JwkError::BadPoint)
    }

    fn new(kind: KeyKind) -> Self {
        // RFC 7638, 3.3: required members only, in lexicographic order, without white space
        let members = match &kind {
            KeyKind::Ed25519(key) => {
                let x = base64url::encode(key.as_bytes());
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
            }
            KeyKind::P256(key) => {
                let (x, y) = coordinates(key);
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
        };
        Self { kind, thumbprint: Thumbprint(Sha256::digest(members).into()) }
    }

    /// From a compressed SEC 1 point of P-256.
    ///
    /// # Errors
    /// [`JwkError::BadPoint`] when not on the curve.
    pub fn from_p256_compressed(point: &[u8; 33]) -> Result<Self, JwkError> {
        let point = es256::decompress(point).ok_or(JwkError::BadPoint)?;
        Self::from_p256(&point)
    }

    /// The 32 bytes of an Ed25519 key, or a compressed SEC 1 point of P-256.
    pub fn to_compressed(&self) -> Vec<u8> {
        match &self.kind {
            KeyKind::Ed25519(key) => key.as_bytes().to_vec(),
            KeyKind::P256(key) => {
                let [_, rest @ .., last] = key.point();
                let sign = 0x02 | (last & 1);
                std::iter::once(sign).chain(rest.iter().copied().take(32)).collect()
            }
        }
    }

    /// The public members only.
    pub fn to_jwk(&self) -> Value {
        match &self.kind {
            KeyKind::Ed25519(key) => {
                json!({ "crv": "Ed25519", "kty": "OKP", "x": base64url::encode(key.as_bytes()) })
            }
            KeyKind::P256(key) => {
                let (x, y) = coordinates(key);
                json!({ "crv": "P-256", "kty": "EC", "x": x, "y": y })
            }
        }
    }

    /// The algorithm that this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        match self.kind {
            KeyKind::Ed25519(_) => Algorithm::EdDsa,
            KeyKind::P256(_) => Algorithm::Es256,
        }
    }

    /// RFC 7638 with SHA-256.
    pub const fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// Our `kid`: base64url of the first 8 bytes of the thumbprint.
    pub fn kid(&self) -> String {
        base64url::encode(self.kid_bytes())
    }

    /// Whether `kid` is [`Self::kid`].
    pub(crate) fn has_kid(&self, kid: &str) -> bool {
        base64url::encode_array::<11>(self.kid_bytes()) == kid.as_bytes()
    }

    fn kid_bytes(&self) -> &[u8] {
        self.thumbprint.0.first_chunk::<8>().map_or(&[], |first| first)
    }

    /// Verifies a JWS signature (64 bytes): Ed25519 strictly (RFC 8032, no small order, canonical
    /// S), ES256 as r ‖ s.
    ///
    /// # Errors
    /// [`SignatureInvalid`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        let signature: &[u8; 64] = signature.try_into().map_err(|_| SignatureInvalid)?;
        let verifies = match &self.kind {
            KeyKind::Ed25519(key) => key.verifies(message, signature),
            KeyKind::P256(key) => key.verifies(message, signature),
        };
        if verifies { Ok(()) } else { Err(SignatureInvalid) }
    }
}

/// A coordinate: base64url of exactly 32 bytes (RFC 7518, 6.2.1.2; RFC 8037, 2).
fn coordinate(jwk: &Map<String, Value>, name: &'static str) -> Result<[u8; 32], JwkError> {
    jwk.get(name)
        .and_then(Value::as_str)
        .and_then(|text| base64url::decode_array(text).ok())
        .ok_or(JwkError::BadMember(name))
}

fn coordinates(key: &es256::Key) -> (String, String) {
    let (x, y) = key.point().split_at(33);
    (base64url::encode(x.get(1..).unwrap_or_default()), base64url::encode(y))
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
