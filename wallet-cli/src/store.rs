//! The sealed store: one document under the holder's passphrase (argon2id, XChaCha20-Poly1305),
//! replaced whole, so that a crash leaves the old copy or the new one.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use keys::{Cost, SealError, SealedFile, Sealing, Secret};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use vc::jwk::PublicKey;
use vc::time::UnixTime;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::history::Entry;

/// The sealed document's name in the store's folder.
const SEALED: &str = "wallet.sealed";
/// What the sealed file says that it holds.
const KIND: &str = "wallet";
/// Held while the document is read or replaced.
const LOCK: &str = "wallet.lock";
/// Held while refresh tokens are spent.
const RENEWING: &str = "renewing.lock";
/// Version of [`Contents`] that this program reads and writes.
const FORMAT: u32 = 1;
/// Shortest passphrase for a new store, in characters.
pub const MIN_PASSPHRASE: usize = 8;

/// Everything that a wallet holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contents {
    format: u32,
    /// Which network it trusts.
    pub settings: Settings,
    /// The last good trust registry.
    pub registry: Option<KeptRegistry>,
    /// Accepted credentials, oldest first.
    pub credentials: Vec<Held>,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
}

/// Which network the wallet trusts; pinned when it is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Address of the trust registry.
    pub registry_url: String,
    /// Pinned operator keys.
    pub operator_keys: Vec<PublicKey>,
    /// How many of them must have signed.
    pub threshold: usize,
}

/// A registry document that verified, as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRegistry {
    /// The document.
    pub document: String,
    /// Its version: nothing older is taken.
    pub version: u64,
    /// Its ETag.
    pub etag: Option<String>,
}

/// One accepted credential with its own holder key.
#[derive(Clone, Serialize, Deserialize)]
pub struct Held {
    /// Our name for it.
    pub id: String,
    /// The SD-JWT with every disclosure, ending in `~`.
    pub credential: String,
    /// The private key of `cnf`.
    pub holder_key: HolderKey,
    /// The issuer's key that its signature verified under.
    pub issuer_key: PublicKey,
    /// Who issued it.
    pub issuer: Issuer,
    /// What it is, in the issuer's words.
    pub name: String,
    /// When it was accepted, or last renewed.
    pub received_at: UnixTime,
    /// How a new copy is fetched; `None` when its issuer gives none without HR.
    #[serde(default)]
    pub renewal: Option<Renewal>,
}

/// What a new copy is asked for with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Renewal {
    /// The credential configuration.
    pub configuration: String,
    /// The authorization server.
    pub server: String,
    /// The private key that tokens are bound to (RFC 9449).
    pub client_key: HolderKey,
    /// The refresh token, good once.
    pub refresh_token: HolderKey,
}

/// Who issued a credential, as the wallet knew it when it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// The issuer identifier.
    pub url: String,
    /// The registry's entry; `None` for an issuer that the network does not know.
    pub registered: Option<Registered>,
}

/// An organisation of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// ODS code.
    pub ods: String,
    /// Name.
    pub name: String,
}

/// The secret bytes of a key, base64url, or a secret token.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct HolderKey(pub String);

impl fmt::Debug for HolderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").field("server", &self.server).finish_non_exhaustive()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Contents {
    fn new(settings: Settings, registry: KeptRegistry) -> Self {
        Self {
            format: FORMAT,
            settings,
            registry: Some(registry),
            credentials: Vec::new(),
            history: Vec::new(),
        }
    }

    /// The credential whose id starts with `id`.
    ///
    /// # Errors
    /// [`StoreError::UnknownCredential`], [`StoreError::AmbiguousCredential`].
    pub fn credential(&self, id: &str) -> Result<&Held, StoreError> {
        let mut found = self.credentials.iter().filter(|held| held.id.starts_with(id));
        match (found.next(), found.next()) {
            (Some(held), None) if !id.is_empty() => Ok(held),
            (Some(_), Some(_)) => Err(StoreError::AmbiguousCredential(id.to_owned())),
            _ => Err(StoreError::UnknownCredential(id.to_owned())),
        }
    }

    /// An id that no credential here has.
    pub fn fresh_id(&self, rng: &mut impl CryptoRng) -> String {
        loop {
            let id = format!("{:08x}", rng.next_u32());
            if self.credentials.iter().all(|held| held.id != id) {
                return id;
            }
        }
    }
}

/// A store that the right passphrase has opened.
pub struct Store {
    folder: PathBuf,
    sealing: Sealing,
    copy: Opened,
}

/// One state of the sealed file.
struct Opened {
    file: SealedFile,
    /// The file's bytes, to see whether another process has replaced it.
    sealed: Vec<u8>,
    contents: Contents,
}

impl Store {
    /// Makes a store in `folder`, which must not hold one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn create(
        folder: &Path,
        passphrase: Secret,
        settings: Settings,
        registry: KeptRegistry,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, StoreError> {
        make_private_folder(folder)?;
        let _lock = lock(folder)?;
        Self::refuse_existing(folder)?;
        let path = folder.join(SEALED);
        let sealing = Sealing::Passphrase(passphrase);
        let contents = Contents::new(settings, registry);
        let plain = serialise(&contents)?;
        let file = SealedFile::create(&path, KIND, &plain, &sealing, Cost::default(), rng)
            .map_err(StoreError::Seal)?;
        let sealed = read_sealed(&path)?;
        Ok(Self { folder: folder.to_owned(), sealing, copy: Opened { file, sealed, contents } })
    }

    /// Opens the store in `folder`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(folder: &Path, passphrase: Secret) -> Result<Self, StoreError> {
        if !Self::exists(folder) {
            return Err(StoreError::NoWallet(folder.to_owned()));
        }
        let sealing = Sealing::Passphrase(passphrase);
        let copy = {
            let _lock = lock(folder)?;
            Opened::open(&folder.join(SEALED), &sealing)?
        };
        Ok(Self { folder: folder.to_owned(), sealing, copy })
    }

    /// Whether `folder` holds a store.
    pub fn exists(folder: &Path) -> bool {
        folder.join(SEALED).exists()
    }

    /// Refuses a folder that already holds a store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`].
    pub fn refuse_existing(folder: &Path) -> Result<(), StoreError> {
        match Self::exists(folder) {
            true => Err(StoreError::AlreadyThere(folder.to_owned())),
            false => Ok(()),
        }
    }

    /// What it held when last read.
    pub fn contents(&self) -> &Contents {
        &self.copy.contents
    }

    /// Waits until no other wallet process renews, and reads the newest copy; others wait until
    /// the answer is dropped. A refresh token that is spent twice ends them all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn renewing(&mut self) -> Result<File, StoreError> {
        let alone = lock_file(&self.folder, RENEWING)?;
        let _lock = lock(&self.folder)?;
        self.read_again()?;
        Ok(alone)
    }

    /// Another process may have replaced the copy.
    fn read_again(&mut self) -> Result<(), StoreError> {
        let path = self.folder.join(SEALED);
        if read_sealed(&path)? != self.copy.sealed {
            self.copy = Opened::open(&path, &self.sealing)?;
        }
        Ok(())
    }

    /// Changes the newest copy and replaces it, while no other wallet process can.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    pub fn update<T>(
        &mut self,
        rng: &mut impl CryptoRng,
        change: impl FnOnce(&mut Contents) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _lock = lock(&self.folder)?;
        self.read_again()?;
        let path = self.folder.join(SEALED);
        let mut contents = self.copy.contents.clone();
        let answer = change(&mut contents)?;
        self.copy.file.write(&serialise(&contents)?, rng).map_err(StoreError::Seal)?;
        self.copy.contents = contents;
        self.copy.sealed = read_sealed(&path)?;
        Ok(answer)
    }
}

impl Opened {
    fn open(path: &Path, sealing: &Sealing) -> Result<Self, StoreError> {
        let sealed = read_sealed(path)?;
        let (file, plain) = SealedFile::open(path, KIND, sealing).map_err(StoreError::Seal)?;
        let contents: Contents = serde_json::from_slice(&plain).map_err(|_| StoreError::NotOurs)?;
        match contents.format {
            FORMAT => Ok(Self { file, sealed, contents }),
            _ => Err(StoreError::NotOurs),
        }
    }
}

fn serialise(contents: &Contents) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    serde_json::to_vec(contents).map(Zeroizing::new).map_err(|_| StoreError::NotOurs)
}

fn read_sealed(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|source| StoreError::io(path, source))
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Only the holder may look into the folder.
fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|source| StoreError::io(folder, source))
}

/// Waits for every other wallet process that is changing this store; ends when dropped.
fn lock(folder: &Path) -> Result<File, StoreError> {
    lock_file(folder, LOCK)
}

fn lock_file(folder: &Path, name: &str) -> Result<File, StoreError> {
    let path = folder.join(name);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| StoreError::io(&path, source))?;
    file.lock().map_err(|source| StoreError::io(&path, source))?;
    Ok(file)
}

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("no wallet in {}", .0.display())]
    NoWallet(PathBuf),
    /// There is one already.
    #[error("a wallet is in {} already", .0.display())]
    AlreadyThere(PathBuf),
    /// The sealed file can't be made, opened or replaced.
    #[error("sealed file")]
    Seal(#[source] SealError),
    /// Opened, but not written by a wallet that this program knows.
    #[error("not a wallet of this version")]
    NotOurs,
    /// Shorter than [`MIN_PASSPHRASE`].
    #[error("passphrase shorter than {MIN_PASSPHRASE} characters")]
    PassphraseTooShort,
    /// No credential has this id.
    #[error("no credential {0:?}")]
    UnknownCredential(String),
    /// More than one id starts so.
    #[error("more than one credential starts with {0:?}")]
    AmbiguousCredential(String),
    /// The file system refused.
    #[error("{}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        #[source]
        source: std::io::Error,
    },
}

impl StoreError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
