//! The key ring: a service's keys in one sealed file.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use vc::base64url;
use vc::jwk::Algorithm;
use zeroize::{Zeroize, Zeroizing};

use crate::aead;
use crate::data_key::{DataKey, OpenFailed};
use crate::seal::{Cost, SealError, SealedFile, Sealing};
use crate::signing::SigningKey;

const KIND: &str = "key-ring";
const VERSION: u32 = 1;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Credentials and their status lists.
    Issuer,
    /// The trust registry.
    Operator,
    /// Presentation requests.
    Verifier,
    /// Verification receipts and movement notices.
    Receipt,
}

/// What a key may still do. `Pending` and `Active` are `active` in the trust registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Published so that others learn it; signs nothing yet.
    Pending,
    /// Signs.
    Active,
    /// Issues nothing new; goes on signing the status lists of what it issued.
    Retired,
    /// None of its signatures stands.
    Compromised,
}

/// What may be told about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// Its `kid`.
    pub kid: String,
    /// What it signs.
    pub purpose: Purpose,
    /// `EdDSA` or `ES256`.
    pub algorithm: &'static str,
    /// What it may still do.
    pub state: KeyState,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// When it was retired or compromised.
    pub ended_at: Option<i64>,
}

/// A service's keys, opened.
pub struct Ring {
    file: SealedFile,
    root: Zeroizing<[u8; 32]>,
    keys: Vec<Entry>,
}

struct Entry {
    key: SigningKey,
    purpose: Purpose,
    state: KeyState,
    created_at: i64,
    ended_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    root: SecretText,
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    purpose: Purpose,
    algorithm: String,
    state: KeyState,
    created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    secret: SecretText,
}

/// base64url of a secret, wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct SecretText(String);

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Ring {
    /// Makes a new ring file with a fresh root secret and no keys.
    ///
    /// # Errors
    /// [`RingError::Seal`].
    pub fn create(
        path: &Path,
        sealing: &Sealing,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, RingError> {
        Self::create_at_cost(path, sealing, Cost::default(), rng)
    }

    /// The same with another cost of guessing the passphrase.
    ///
    /// # Errors
    /// [`RingError::Seal`].
    pub fn create_at_cost(
        path: &Path,
        sealing: &Sealing,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, RingError> {
        let mut root = Zeroizing::new([0; 32]);
        rng.fill_bytes(root.as_mut_slice());
        let file = SealedFile::create(path, KIND, &contents(&root, &[]), sealing, cost, rng)?;
        Ok(Self { file, root, keys: vec![] })
    }

    /// Opens a ring file.
    ///
    /// # Errors
    /// [`RingError`].
    pub fn open(path: &Path, sealing: &Sealing) -> Result<Self, RingError> {
        let (file, plaintext) = SealedFile::open(path, KIND, sealing)?;
        let contents: Contents =
            serde_json::from_slice(&plaintext).map_err(|_| RingError::Malformed)?;
        if contents.version != VERSION {
            return Err(RingError::Malformed);
        }
        let root = secret_bytes(&contents.root)?;
        let root = root.as_slice().try_into().map_err(|_| RingError::Malformed)?;
        let keys = contents.keys.iter().map(Entry::read).collect::<Result<_, _>>()?;
        Ok(Self { file, root: Zeroizing::new(root), keys })
    }

    /// Writes the ring back, atomically and durably. Every change below is in memory until then.
    ///
    /// # Errors
    /// [`RingError::Seal`].
    pub fn save(&self, rng: &mut impl CryptoRng) -> Result<(), RingError> {
        Ok(self.file.write(&contents(&self.root, &self.keys), rng)?)
    }

    /// Adds a new active key and returns its `kid`.
    pub fn generate(
        &mut self,
        purpose: Purpose,
        algorithm: Algorithm,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> String {
        self.add(purpose, algorithm, KeyState::Active, now, rng)
    }

    /// Begins a rotation: adds a pending key, which is published but signs nothing until
    /// [`promote`](Self::promote), so that everybody has learnt it by then.
    pub fn rotate(
        &mut self,
        purpose: Purpose,
        algorithm: Algorithm,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> String {
        self.add(purpose, algorithm, KeyState::Pending, now, rng)
    }

    /// Ends a rotation: the pending key signs from now on, and the active ones of its purpose and
    /// algorithm retire.
    ///
    /// # Errors
    /// [`RingError::NoSuchKey`], [`RingError::BadChange`] when it is not pending.
    pub fn promote(&mut self, kid: &str, now: i64) -> Result<(), RingError> {
        let promoted = self.change(kid, KeyState::Active, None)?;
        let (purpose, algorithm) = (promoted.purpose, promoted.key.algorithm());
        for entry in &mut self.keys {
            if entry.signs(purpose, Some(algorithm)) && entry.key.kid() != kid {
                entry.state = KeyState::Retired;
                entry.ended_at = Some(now);
            }
        }
        Ok(())
    }

    /// Retires a pending or active key: it issues nothing new.
    ///
    /// # Errors
    /// [`RingError::NoSuchKey`], [`RingError::BadChange`].
    pub fn retire(&mut self, kid: &str, now: i64) -> Result<(), RingError> {
        self.change(kid, KeyState::Retired, Some(now)).map(drop)
    }

    /// Marks a key as in other hands: it signs nothing any more. There is no way back.
    ///
    /// # Errors
    /// [`RingError::NoSuchKey`], [`RingError::BadChange`].
    pub fn compromise(&mut self, kid: &str, now: i64) -> Result<(), RingError> {
        self.change(kid, KeyState::Compromised, Some(now)).map(drop)
    }

    /// The newest active key of a purpose, whatever its algorithm.
    pub fn active(&self, purpose: Purpose) -> Option<&SigningKey> {
        self.newest(purpose, None)
    }

    /// The newest active key of a purpose and algorithm.
    pub fn active_for(&self, purpose: Purpose, algorithm: Algorithm) -> Option<&SigningKey> {
        self.newest(purpose, Some(algorithm))
    }

    /// The key of this `kid`, in any state but compromised.
    pub fn by_kid(&self, kid: &str) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|entry| entry.key.kid() == kid && entry.state != KeyState::Compromised)
            .map(|entry| &entry.key)
    }

    /// Every key, oldest first.
    pub fn list(&self) -> Vec<KeyInfo> {
        self.keys.iter().map(Entry::info).collect()
    }

    /// The public keys of a purpose that others should trust (pending, active and retired) as a
    /// JWK Set with `kid`, `use` and `alg`.
    pub fn public_jwks(&self, purpose: Purpose) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .filter(|entry| entry.purpose == purpose && entry.state != KeyState::Compromised)
            .map(|entry| public_jwk(&entry.key))
            .collect();
        json!({ "keys": keys })
    }

    /// A secret for one use, named by `label` (HKDF-SHA-256 from the root secret, RFC 5869).
    #[expect(clippy::expect_used, reason = "HKDF refuses only more than 8160 bytes")]
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        let mut secret = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.root.as_slice())
            .expand_multi_info(&[b"derive ", label.as_bytes()], secret.as_mut_slice())
            .expect("an output of this size");
        secret
    }

    /// Encrypts a data key under the root secret; `aad` names the person it belongs to.
    pub fn wrap(&self, key: &DataKey, aad: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        aead::seal(&self.derive("data keys"), key.0.as_slice(), aad, rng)
    }

    /// Decrypts what [`wrap`](Self::wrap) wrote with the same `aad`.
    ///
    /// # Errors
    /// [`OpenFailed`].
    pub fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Result<DataKey, OpenFailed> {
        let key = aead::open(&self.derive("data keys"), wrapped, aad)?;
        key.as_slice().try_into().map(|key| DataKey(Zeroizing::new(key))).map_err(|_| OpenFailed)
    }

    fn add(
        &mut self,
        purpose: Purpose,
        algorithm: Algorithm,
        state: KeyState,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> String {
        let key = SigningKey::generate(algorithm, rng);
        let kid = key.kid().to_owned();
        self.keys.push(Entry { key, purpose, state, created_at: now, ended_at: None });
        kid
    }

    fn newest(&self, purpose: Purpose, algorithm: Option<Algorithm>) -> Option<&SigningKey> {
        let signing = self.keys.iter().rev().find(|entry| entry.signs(purpose, algorithm));
        signing.map(|entry| &entry.key)
    }

    fn change(
        &mut self,
        kid: &str,
        to: KeyState,
        ended_at: Option<i64>,
    ) -> Result<&Entry, RingError> {
        let entry = self
            .keys
            .iter_mut()
            .find(|entry| entry.key.kid() == kid)
            .ok_or_else(|| RingError::NoSuchKey(kid.to_owned()))?;
        if !entry.state.may_become(to) {
            return Err(RingError::BadChange { kid: kid.to_owned(), from: entry.state, to });
        }
        entry.state = to;
        entry.ended_at = ended_at;
        Ok(entry)
    }
}

impl KeyState {
    fn may_become(self, to: Self) -> bool {
        match to {
            Self::Pending => false,
            Self::Active => self == Self::Pending,
            Self::Retired => matches!(self, Self::Pending | Self::Active),
            Self::Compromised => self != Self::Compromised,
        }
    }
}

impl Entry {
    fn read(stored: &StoredKey) -> Result<Self, RingError> {
        let algorithm = [Algorithm::EdDsa, Algorithm::Es256]
            .into_iter()
            .find(|algorithm| algorithm.name() == stored.algorithm)
            .ok_or(RingError::Malformed)?;
        let key = SigningKey::from_secret_bytes(algorithm, &secret_bytes(&stored.secret)?)
            .map_err(|_| RingError::Malformed)?;
        let &StoredKey { purpose, state, created_at, ended_at, .. } = stored;
        Ok(Self { key, purpose, state, created_at, ended_at })
    }

    fn stored(&self) -> StoredKey {
        StoredKey {
            purpose: self.purpose,
            algorithm: self.key.algorithm().name().to_owned(),
            state: self.state,
            created_at: self.created_at,
            ended_at: self.ended_at,
            secret: SecretText(base64url::encode(&self.key.to_secret_bytes())),
        }
    }

    fn info(&self) -> KeyInfo {
        KeyInfo {
            kid: self.key.kid().to_owned(),
            purpose: self.purpose,
            algorithm: self.key.algorithm().name(),
            state: self.state,
            created_at: self.created_at,
            ended_at: self.ended_at,
        }
    }

    fn signs(&self, purpose: Purpose, algorithm: Option<Algorithm>) -> bool {
        self.purpose == purpose
            && self.state == KeyState::Active
            && algorithm.is_none_or(|algorithm| algorithm == self.key.algorithm())
    }
}

fn public_jwk(key: &SigningKey) -> Value {
    let mut jwk = key.public_key().to_jwk();
    if let Some(members) = jwk.as_object_mut() {
        members.insert("kid".to_owned(), key.kid().into());
        members.insert("use".to_owned(), "sig".into());
        members.insert("alg".to_owned(), key.algorithm().name().into());
    }
    jwk
}

fn secret_bytes(text: &SecretText) -> Result<Zeroizing<Vec<u8>>, RingError> {
    base64url::decode(&text.0).map(Zeroizing::new).map_err(|_| RingError::Malformed)
}

/// The plaintext of a ring file, in one allocation so that no copy stays behind.
#[expect(clippy::expect_used, reason = "plain structs always become JSON")]
fn contents(root: &[u8; 32], keys: &[Entry]) -> Zeroizing<Vec<u8>> {
    let contents = Contents {
        version: VERSION,
        root: SecretText(base64url::encode(root)),
        keys: keys.iter().map(Entry::stored).collect(),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(256 + 512 * keys.len()));
    serde_json::to_writer(&mut *bytes, &contents).expect("JSON");
    bytes
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring").field("file", &self.file).finish_non_exhaustive()
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text))
            .map_err(|_| format!("{text:?} is no purpose: issuer, operator, verifier or receipt"))
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Why a ring is refused.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The sealed file cannot be read or written.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The sealed file opens but holds no key ring.
    #[error("the file is no key ring of a known version")]
    Malformed,
    /// No key has this `kid`.
    #[error("no key {0:?} in the ring")]
    NoSuchKey(String),
    /// A key's state does not allow it.
    #[error("key {kid:?} is {from} and cannot become {to}")]
    BadChange {
        /// Which.
        kid: String,
        /// Its state.
        from: KeyState,
        /// What was asked for.
        to: KeyState,
    },
}
