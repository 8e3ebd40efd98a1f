//! The key ring: a service's keys in one sealed file.

mod model;
mod stored;

use std::fmt;
use std::path::Path;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use serde_json::{Value, json};
use sha2::Sha256;
use vc::jwk::Algorithm;
use vc::time::UnixTime;
use vc::x5c::{self, TrustAnchor};
use zeroize::Zeroizing;

use crate::aead;
use crate::aead::OpenFailed;
use crate::certify::{CertifyError, Root};
use crate::data_key::DataKey;
use crate::seal::{Cost, SealError, SealedFile, Sealing};
use crate::signing::SigningKey;

pub use model::{KeyInfo, KeyState, Purpose};
use stored::Entry;

const KIND: &str = "key-ring";

/// A service's keys, opened.
pub struct Ring {
    file: SealedFile,
    root: Zeroizing<[u8; 32]>,
    keys: Vec<Entry>,
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
        let file = SealedFile::create(path, KIND, &stored::write(&root, &[]), sealing, cost, rng)?;
        Ok(Self { file, root, keys: vec![] })
    }

    /// Opens a ring file.
    ///
    /// # Errors
    /// [`RingError`].
    pub fn open(path: &Path, sealing: &Sealing) -> Result<Self, RingError> {
        let (file, plaintext) = SealedFile::open(path, KIND, sealing)?;
        let (root, keys) = stored::read(&plaintext)?;
        Ok(Self { file, root, keys })
    }

    /// Writes the ring back, atomically and durably. Every change below is in memory until then.
    ///
    /// # Errors
    /// [`RingError::Seal`].
    pub fn save(&self, rng: &mut impl CryptoRng) -> Result<(), RingError> {
        Ok(self.file.write(&stored::write(&self.root, &self.keys), rng)?)
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

    /// Adds the key of a network's root with its own certificate, and returns its `kid`.
    ///
    /// # Errors
    /// [`RingError::Certify`].
    pub fn make_root(
        &mut self,
        name: &str,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<String, RingError> {
        let key = SigningKey::generate(Algorithm::Es256, rng);
        let certificate = Root::self_signed(&key, name, now, rng)?;
        let kid = key.kid().to_owned();
        self.keys.push(Entry {
            key,
            purpose: Purpose::Root,
            state: KeyState::Active,
            created_at: now,
            ended_at: None,
            name: Some(name.to_owned()),
            chain: vec![certificate],
        });
        Ok(kid)
    }

    /// The newest active root, to certify with.
    pub fn root(&self) -> Option<Root<'_>> {
        let entry = self.keys.iter().rev().find(|entry| entry.signs(Purpose::Root, None))?;
        Some(Root {
            key: &entry.key,
            name: entry.name.as_deref()?,
            certificate: entry.chain.first()?,
            created_at: entry.created_at,
        })
    }

    /// Keeps the certificate chain of a key, after verifying it up to `anchor`.
    ///
    /// # Errors
    /// [`RingError::NoSuchKey`], [`RingError::Chain`], [`RingError::OtherKey`].
    pub fn attach_chain(
        &mut self,
        kid: &str,
        chain: Vec<Vec<u8>>,
        anchor: &TrustAnchor,
        now: i64,
    ) -> Result<(), RingError> {
        let leaf = x5c::verify(&chain, std::slice::from_ref(anchor), UnixTime(now))?;
        let entry = self
            .keys
            .iter_mut()
            .find(|entry| entry.key.kid() == kid)
            .ok_or_else(|| RingError::NoSuchKey(kid.to_owned()))?;
        if leaf.key() != entry.key.public_key() {
            return Err(RingError::OtherKey(kid.to_owned()));
        }
        entry.chain = chain;
        Ok(())
    }

    /// A key's certificates for `x5c`: DER, leaf first, anchor left out; empty when it has none.
    pub fn chain(&self, kid: &str) -> &[Vec<u8>] {
        self.keys
            .iter()
            .find(|entry| entry.key.kid() == kid && entry.purpose != Purpose::Root)
            .map_or(&[], |entry| &entry.chain)
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
        self.keys.push(Entry {
            key,
            purpose,
            state,
            created_at: now,
            ended_at: None,
            name: None,
            chain: vec![],
        });
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

fn public_jwk(key: &SigningKey) -> Value {
    let mut jwk = key.public_key().to_jwk();
    if let Some(members) = jwk.as_object_mut() {
        members.insert("kid".to_owned(), key.kid().into());
        members.insert("use".to_owned(), "sig".into());
        members.insert("alg".to_owned(), key.algorithm().name().into());
    }
    jwk
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring").field("file", &self.file).finish_non_exhaustive()
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
    /// A certificate could not be made.
    #[error(transparent)]
    Certify(#[from] CertifyError),
    /// A certificate chain is refused.
    #[error("the certificate chain is refused")]
    Chain(#[from] x5c::ChainError),
    /// A certificate chain is of another key.
    #[error("the certificate is not of key {0:?}")]
    OtherKey(String),
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
