//! SD-JWT (RFC 9901) as SD-JWT VC (`dc+sd-jwt`): issue, hold, present, verify.

use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{JwsError, UnverifiedJws};
use crate::time::UnixTime;

/// `typ` of an SD-JWT VC.
pub const TYP: &str = "dc+sd-jwt";
/// `typ` of a key-binding JWT (RFC 9901, 4.3).
pub const KEY_BINDING_TYP: &str = "kb+jwt";

/// What an issuer signs.
#[derive(Debug)]
pub struct Issuance<'a> {
    /// The algorithm of the issuer's key.
    pub algorithm: Algorithm,
    /// `kid` of the issuer's key.
    pub kid: &'a str,
    /// Certificates, leaf first, anchor left out; empty for none.
    pub x5c: &'a [Vec<u8>],
    /// All claims, in clear: `iss`, `vct`, `iat`, `exp`, `status`, `cnf` and the type's own.
    pub claims: &'a Map<String, Value>,
    /// Which claims hide, inner ones too; a path that is absent is passed over.
    pub hide: &'a [ClaimPath],
}

impl Issuance<'_> {
    /// Draws salts (128 bits each), sorts `_sd`, writes RFC 8785 bytes.
    ///
    /// # Errors
    /// [`IssueError`]: a claim that must not hide, a reserved name, an algorithm mismatch.
    pub fn prepare(&self, rng: &mut impl CryptoRng) -> Result<UnsignedSdJwt, IssueError> {
        todo!()
    }
}

/// Waits for the issuer's signature.
#[derive(Clone, Debug)]
pub struct UnsignedSdJwt {
    input: crate::jws::SigningInput,
    disclosures: Vec<String>,
}

impl UnsignedSdJwt {
    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.input.signing_input()
    }

    /// The issued text, ending in `~`.
    pub fn finish(self, signature: &[u8]) -> String {
        todo!()
    }
}

/// A parsed SD-JWT, with or without key binding, whose signatures nobody has checked. It has no
/// claims to misuse.
#[derive(Clone, Debug)]
pub struct UnverifiedSdJwt {
    issuer_jwt: UnverifiedJws,
    disclosures: Vec<Disclosure>,
    key_binding: Option<UnverifiedJws>,
    /// The text up to and with the last `~`: what `sd_hash` covers.
    presented: String,
}

/// One disclosure as sent (RFC 9901, 4.2).
#[derive(Clone, Debug)]
pub struct Disclosure {
    encoded: String,
    /// `None` for an array element.
    name: Option<String>,
    value: Value,
}

impl UnverifiedSdJwt {
    /// Parses `<issuer JWT>~<disclosure>~…~[<KB-JWT>]`.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn parse(text: &str) -> Result<Self, SdJwtError> {
        todo!()
    }

    /// The issuer-signed JWT.
    pub fn issuer_jwt(&self) -> &UnverifiedJws {
        &self.issuer_jwt
    }

    /// The key-binding JWT when the text ends in one.
    pub fn key_binding(&self) -> Option<&UnverifiedJws> {
        self.key_binding.as_ref()
    }

    /// Checks the issuer's signature and `typ`, then rebuilds the disclosed claims (RFC 9901, 7.1).
    /// Says nothing of time, status or key binding.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify_issuer(&self, key: &PublicKey) -> Result<VerifiedSdJwt, SdJwtError> {
        todo!()
    }

    /// Checks the key-binding JWT: `typ`, signature under `holder`, `sd_hash` (RFC 9901, 7.3).
    /// Audience, nonce and age are the caller's to judge, in the answer.
    ///
    /// # Errors
    /// [`SdJwtError`], [`SdJwtError::KeyBindingMissing`] when there is none.
    pub fn verify_key_binding(&self, holder: &PublicKey) -> Result<KeyBinding, SdJwtError> {
        todo!()
    }
}

/// An SD-JWT whose issuer signature and digests verified; only
/// [`UnverifiedSdJwt::verify_issuer`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedSdJwt {
    claims: Map<String, Value>,
    holder: Option<PublicKey>,
    held: Vec<HeldDisclosure>,
    issuer_jwt: String,
}

#[derive(Clone, Debug)]
struct HeldDisclosure {
    path: ClaimPath,
    encoded: String,
}

impl VerifiedSdJwt {
    /// Claims with disclosed values in their places; `_sd`, `_sd_alg` and `...` are gone.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// `cnf.jwk` (RFC 7800, 3.2).
    pub fn holder(&self) -> Option<&PublicKey> {
        self.holder.as_ref()
    }

    /// Paths that the held disclosures open, parents before children.
    pub fn disclosable(&self) -> Vec<&ClaimPath> {
        self.held.iter().map(|held| &held.path).collect()
    }

    /// The text that discloses exactly `paths` and the parents they need, ending in `~`.
    ///
    /// # Errors
    /// [`SdJwtError::NoSuchDisclosure`] with the path that this copy does not hold.
    pub fn disclose(&self, paths: &[ClaimPath]) -> Result<String, SdJwtError> {
        todo!()
    }
}

/// A verified key binding (RFC 9901, 4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBinding {
    /// Whom the presentation is for.
    pub audience: String,
    /// The verifier's or the holder's fresh value.
    pub nonce: String,
    /// When it was signed.
    pub issued_at: UnixTime,
}

/// The key-binding JWT to sign over a text that ends in `~`.
///
/// # Errors
/// [`SdJwtError::Malformed`] when `disclosed` does not end in `~`.
pub fn key_binding_input(
    disclosed: &str,
    algorithm: Algorithm,
    binding: &KeyBinding,
) -> Result<UnsignedKeyBinding, SdJwtError> {
    todo!()
}

/// Waits for the holder's signature.
#[derive(Clone, Debug)]
pub struct UnsignedKeyBinding {
    disclosed: String,
    input: crate::jws::SigningInput,
}

impl UnsignedKeyBinding {
    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.input.signing_input()
    }

    /// The whole presentation.
    pub fn finish(self, signature: &[u8]) -> String {
        todo!()
    }
}

/// Why an issuer can't make this SD-JWT.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claim must stand in clear (SD-JWT VC, "Registered JWT Claims").
    #[error("{0} must not hide")]
    MustNotHide(ClaimPath),
    /// `_sd` or `...` as a claim name (RFC 9901, 4.1).
    #[error("{0:?} is a reserved name")]
    ReservedName(String),
}

/// Why an SD-JWT is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdJwtError {
    /// The text is not of the form.
    #[error("not an SD-JWT")]
    Malformed,
    /// The issuer-signed JWT is refused.
    #[error("issuer-signed JWT refused")]
    IssuerJwt(#[source] JwsError),
    /// The key-binding JWT is refused.
    #[error("key-binding JWT refused")]
    KeyBinding(#[source] JwsError),
    /// A key-binding JWT is needed and there is none.
    #[error("no key-binding JWT")]
    KeyBindingMissing,
    /// A claim of the key-binding JWT is missing or of the wrong type.
    #[error("key-binding claim {0:?} is missing or of the wrong type")]
    KeyBindingClaim(&'static str),
    /// `sd_hash` is not the hash of what is presented.
    #[error("sd_hash does not cover what is presented")]
    SdHashMismatch,
    /// `_sd_alg` is not `sha-256`.
    #[error("_sd_alg is not sha-256")]
    UnsupportedHash,
    /// A disclosure is not of the form, or uses a reserved name.
    #[error("malformed disclosure")]
    BadDisclosure,
    /// A disclosure belongs to no digest (RFC 9901, 7.1: MUST be rejected).
    #[error("a disclosure belongs to nothing")]
    UnreferencedDisclosure,
    /// A digest stands twice.
    #[error("a digest stands twice")]
    DuplicateDigest,
    /// A disclosed name stands in its object already.
    #[error("claim {0:?} stands twice")]
    ClaimClash(String),
    /// A claim that must stand in clear was hidden.
    #[error("claim {0:?} must not hide")]
    HiddenClaim(String),
    /// `cnf` is present and is not a usable public `jwk`.
    #[error("cnf.jwk is not a usable public key")]
    BadHolderKey,
    /// The held copy does not open this path.
    #[error("nothing to disclose at {0}")]
    NoSuchDisclosure(ClaimPath),
}
