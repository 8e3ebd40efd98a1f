//! Encryption and decryption (JWE, RFC 7516) by josekit, behind a guard: compact form, ECDH-ES with
//! A128GCM or A256GCM on P-256, no compression, size first. Used for encrypted responses and
//! requests of OpenID4VP 1.0 and OpenID4VCI 1.0.

mod guard;

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use josekit::jwe::{ECDH_ES, JweHeader, deserialize_compact, serialize_compact};
use rand_core::CryptoRng;
use serde_json::{Value, json};
use vc::jwk::{Algorithm, PublicKey};
use zeroize::Zeroizing;

use crate::certify::p256_point;
use crate::signing::{NotAKey, SigningKey};

/// Longest JWE in bytes.
pub const MAX_JWE_BYTES: usize = 250_000;
/// The one key agreement.
const ALG: &str = "ECDH-ES";
/// SubjectPublicKeyInfo of a P-256 point, up to the point (RFC 5480).
const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// How the content is encrypted (RFC 7518, 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES-128 in Galois counter mode.
    A128Gcm,
    /// AES-256 in Galois counter mode.
    A256Gcm,
}

impl ContentEncryption {
    /// Both, the preferred one first.
    pub const ALL: [Self; 2] = [Self::A256Gcm, Self::A128Gcm];

    /// Its `enc`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The best of those that a recipient's metadata names.
    pub fn choose<'a>(supported: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let supported: Vec<&str> = supported.into_iter().collect();
        Self::ALL.into_iter().find(|enc| supported.contains(&enc.name()))
    }
}

/// A private key that others encrypt to.
pub struct DecryptionKey {
    kid: Option<String>,
    public: PublicKey,
    secret: Zeroizing<[u8; 32]>,
}

impl DecryptionKey {
    /// A new key, named by its thumbprint.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_signing_key(&SigningKey::generate(Algorithm::Es256, rng), |public| {
            Some(public.kid())
        })
    }

    /// From the 32 bytes of a P-256 scalar. Without a `kid` it takes only messages without one.
    ///
    /// # Errors
    /// [`NotAKey`].
    pub fn from_secret_bytes(kid: Option<String>, secret: &[u8]) -> Result<Self, NotAKey> {
        let key = SigningKey::from_secret_bytes(Algorithm::Es256, secret)?;
        Ok(Self::from_signing_key(&key, |_| kid))
    }

    fn from_signing_key(key: &SigningKey, kid: impl FnOnce(&PublicKey) -> Option<String>) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&key.to_secret_bytes());
        let public = key.public_key().clone();
        Self { kid: kid(&public), public, secret }
    }

    /// The 32 secret bytes, to be sealed and nothing else.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.secret.to_vec())
    }

    /// The public half for a JWK Set: `use` `enc`, `alg` `ECDH-ES`, `kid`.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = self.public.to_jwk();
        if let Some(members) = jwk.as_object_mut() {
            members.insert("use".to_owned(), "enc".into());
            members.insert("alg".to_owned(), ALG.into());
            if let Some(kid) = &self.kid {
                members.insert("kid".to_owned(), kid.as_str().into());
            }
        }
        jwk
    }

    /// Decrypts a compact JWE. Who encrypted it is not known: anybody can.
    ///
    /// # Errors
    /// [`JweError`]; everything but [`JweError::DoesNotDecrypt`] before any cryptography.
    pub fn decrypt(&self, jwe: &str) -> Result<Zeroizing<Vec<u8>>, JweError> {
        guard::check(jwe, self.kid.as_deref())?;
        let decrypter = ECDH_ES
            .decrypter_from_der(self.pkcs8()?.as_slice())
            .map_err(|_| JweError::DoesNotDecrypt)?;
        deserialize_compact(jwe, &decrypter)
            .map(|(plaintext, _)| Zeroizing::new(plaintext))
            .map_err(|_| JweError::DoesNotDecrypt)
    }

    fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JweError> {
        let point = p256_point(&self.public).ok_or(JweError::DoesNotDecrypt)?;
        EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            self.secret.as_slice(),
            &point,
        )
        .ok()
        .and_then(|pair| pair.to_pkcs8v1().ok())
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .ok_or(JweError::DoesNotDecrypt)
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptionKey({} [redacted])", self.kid.as_deref().unwrap_or("no kid"))
    }
}

/// Somebody to encrypt to.
#[derive(Clone, Debug)]
pub struct Recipient {
    kid: Option<String>,
    key: PublicKey,
}

impl Recipient {
    /// Reads a JWK: EC P-256, `use` absent or `enc`, `alg` absent or `ECDH-ES`, no private member.
    ///
    /// # Errors
    /// [`JweError::UnusableKey`].
    pub fn from_jwk(jwk: &Value) -> Result<Self, JweError> {
        let member = |name| jwk.get(name).map(Value::as_str);
        let is_for_this = matches!(member("use"), None | Some(Some("enc")))
            && matches!(member("alg"), None | Some(Some(ALG)));
        let kid = match member("kid") {
            None => None,
            Some(Some(kid)) => Some(kid.to_owned()),
            Some(None) => return Err(JweError::UnusableKey),
        };
        if !is_for_this || jwk.get("d").is_some() {
            return Err(JweError::UnusableKey);
        }
        let key = guard::p256_key(jwk).ok_or(JweError::UnusableKey)?;
        Ok(Self { kid, key })
    }

    /// The first usable key of a JWK Set; others are passed over (OpenID4VP 1.0, 8.3).
    pub fn choose(jwks: &Value) -> Option<Self> {
        jwks.get("keys")?.as_array()?.iter().find_map(|jwk| Self::from_jwk(jwk).ok())
    }

    /// Encrypts. The ephemeral key and the nonce come from OpenSSL's generator.
    ///
    /// # Errors
    /// [`JweError::TooLong`], [`JweError::DoesNotEncrypt`].
    pub fn encrypt(&self, plaintext: &[u8], enc: ContentEncryption) -> Result<String, JweError> {
        self.encrypt_with(JweHeader::new(), plaintext, enc)
    }

    /// Encrypts a signed token as a nested JWT (RFC 7519, 5.2), for example a request object.
    ///
    /// # Errors
    /// As [`Self::encrypt`].
    pub fn encrypt_jwt(&self, jwt: &str, enc: ContentEncryption) -> Result<String, JweError> {
        let mut header = JweHeader::new();
        header.set_content_type("JWT");
        self.encrypt_with(header, jwt.as_bytes(), enc)
    }

    fn encrypt_with(
        &self,
        mut header: JweHeader,
        plaintext: &[u8],
        enc: ContentEncryption,
    ) -> Result<String, JweError> {
        let point = p256_point(&self.key).ok_or(JweError::DoesNotEncrypt)?;
        let encrypter = ECDH_ES
            .encrypter_from_der([P256_SPKI.as_slice(), &point].concat())
            .map_err(|_| JweError::DoesNotEncrypt)?;
        header.set_content_encryption(enc.name());
        if let Some(kid) = &self.kid {
            header.set_key_id(kid);
        }
        let jwe = serialize_compact(plaintext, &header, &encrypter)
            .map_err(|_| JweError::DoesNotEncrypt)?;
        if jwe.len() > MAX_JWE_BYTES { Err(JweError::TooLong) } else { Ok(jwe) }
    }
}

/// What we announce in metadata: the key and both content encryptions.
pub fn supported_enc() -> Value {
    json!(ContentEncryption::ALL.map(ContentEncryption::name))
}

/// Why a JWE is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JweError {
    /// Longer than [`MAX_JWE_BYTES`].
    #[error("longer than {MAX_JWE_BYTES} bytes")]
    TooLong,
    /// Not five canonical base64url parts, or a part of the wrong length.
    #[error("not a compact JWE")]
    NotCompact,
    /// The header is not an acceptable JSON object.
    #[error("the header is not an acceptable JSON object")]
    BadHeader,
    /// `zip`: compressed content is never inflated.
    #[error("compressed content is not taken")]
    Compressed,
    /// `crit`: no extension is understood.
    #[error("critical header extensions are not understood")]
    Critical,
    /// `alg` or `enc` is another one.
    #[error("only ECDH-ES with A128GCM or A256GCM is taken")]
    WrongAlgorithm,
    /// `kid` is not the key's.
    #[error("kid is not that of the key")]
    WrongKey,
    /// `epk` is no safe point of P-256.
    #[error("epk is no point of P-256")]
    BadEphemeralKey,
    /// The JWK cannot be encrypted to.
    #[error("the key cannot be encrypted to")]
    UnusableKey,
    /// It was encrypted to another key, or changed.
    #[error("it does not decrypt")]
    DoesNotDecrypt,
    /// The library refuses.
    #[error("it does not encrypt")]
    DoesNotEncrypt,
}
