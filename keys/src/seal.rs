//! Files sealed at rest: a JSON envelope around XChaCha20-Poly1305, under a key file or a
//! passphrase (argon2id, RFC 9106), replaced atomically.

use std::io;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::aead;
use crate::files::{create_file, read_file, replace_file};
use crate::key_file::KeyFile;
use crate::secret::Secret;

const FORMAT: &str = "staff-passport-sealed-1";
const MODE: u32 = 0o600;
/// Longest sealed file.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// A file from outside may not ask for more memory, passes or lanes than these.
const MAX_COST: Cost = Cost { memory_kib: 1 << 20, passes: 32, lanes: 16 };

/// What opens a sealed file.
#[derive(Clone, Debug)]
pub enum Sealing {
    /// A file of mode 0600 holding a random key.
    KeyFile(PathBuf),
    /// A passphrase that a person types.
    Passphrase(Secret),
}

/// What guessing a passphrase costs (argon2id). Written into the file; used when one is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// 64 MiB, three passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

/// A sealed file that is open: its key is at hand, so that writing again costs no derivation.
pub struct SealedFile {
    path: PathBuf,
    header: Header,
    key: Zeroizing<[u8; 32]>,
}

/// Everything but the ciphertext, and authenticated with it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    kind: String,
    kdf: Kdf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Kdf {
    KeyFile { id: String },
    Argon2id { cost: Cost, salt: String },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    header: Header,
    /// base64url of nonce ‖ ciphertext ‖ tag.
    sealed: String,
}

impl SealedFile {
    /// Makes a new file. `kind` names what it holds (`"key-ring"`), so that one cannot stand in
    /// for another.
    ///
    /// # Errors
    /// [`SealError`]; a file that is already there is never overwritten.
    pub fn create(
        path: &Path,
        kind: &str,
        plaintext: &[u8],
        sealing: &Sealing,
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SealError> {
        let (kdf, key) = match sealing {
            Sealing::KeyFile(file) => {
                let file = KeyFile::read(file)?;
                (Kdf::KeyFile { id: file.id() }, file.key(kind))
            }
            Sealing::Passphrase(passphrase) => {
                let mut salt = [0; 16];
                rng.fill_bytes(&mut salt);
                let key = derive(passphrase, &salt, cost).ok_or(SealError::BadCost)?;
                (Kdf::Argon2id { cost, salt: BASE64_URL_SAFE_NO_PAD.encode(salt) }, key)
            }
        };
        let header = Header { format: FORMAT.to_owned(), kind: kind.to_owned(), kdf };
        let file = Self { path: path.to_owned(), header, key };
        create_file(path, &file.envelope(plaintext, rng), MODE).map_err(at(path))?;
        Ok(file)
    }

    /// Opens a file and gives its contents.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(
        path: &Path,
        kind: &str,
        sealing: &Sealing,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), SealError> {
        let malformed = || SealError::Malformed(path.to_owned());
        let bytes = read_file(path, MAX_FILE_BYTES).map_err(at(path))?;
        let Envelope { header, sealed } =
            serde_json::from_slice(&bytes).map_err(|_| malformed())?;
        if header.format != FORMAT || header.kind != kind {
            return Err(malformed());
        }
        let key = match (sealing, &header.kdf) {
            (Sealing::KeyFile(file), Kdf::KeyFile { id }) => {
                let key_file = KeyFile::read(file)?;
                if key_file.id() != *id {
                    return Err(SealError::OtherKeyFile(path.to_owned()));
                }
                key_file.key(kind)
            }
            (Sealing::Passphrase(passphrase), Kdf::Argon2id { cost, salt }) => {
                let salt = BASE64_URL_SAFE_NO_PAD.decode(salt).map_err(|_| malformed())?;
                derive(passphrase, &salt, *cost).ok_or_else(malformed)?
            }
            (Sealing::Passphrase(_), Kdf::KeyFile { .. }) => {
                return Err(SealError::NeedsKeyFile(path.to_owned()));
            }
            (Sealing::KeyFile(_), Kdf::Argon2id { .. }) => {
                return Err(SealError::NeedsPassphrase(path.to_owned()));
            }
        };
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| malformed())?;
        let plaintext = aead::open(&key, &sealed, &aad(&header))
            .map_err(|_| SealError::DoesNotOpen(path.to_owned()))?;
        Ok((Self { path: path.to_owned(), header, key }, plaintext))
    }

    /// Replaces the contents atomically and durably.
    ///
    /// # Errors
    /// [`SealError::Io`].
    pub fn write(&self, plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<(), SealError> {
        replace_file(&self.path, &self.envelope(plaintext, rng), MODE).map_err(at(&self.path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn envelope(&self, plaintext: &[u8], rng: &mut impl CryptoRng) -> Vec<u8> {
        let sealed = aead::seal(&self.key, plaintext, &aad(&self.header), rng);
        let mut text = serde_json::json!({
            "header": self.header,
            "sealed": BASE64_URL_SAFE_NO_PAD.encode(sealed),
        })
        .to_string();
        text.push('\n');
        text.into_bytes()
    }
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedFile({})", self.path.display())
    }
}

/// Ties the ciphertext to every field of the header.
fn aad(header: &Header) -> Vec<u8> {
    let Header { format, kind, kdf } = header;
    match kdf {
        Kdf::KeyFile { id } => format!("{format}\n{kind}\nkey-file\n{id}"),
        Kdf::Argon2id { cost: Cost { memory_kib, passes, lanes }, salt } => {
            format!("{format}\n{kind}\nargon2id\n{memory_kib}\n{passes}\n{lanes}\n{salt}")
        }
    }
    .into_bytes()
}

/// Nothing when the cost is outside what argon2id or [`MAX_COST`] allows.
fn derive(passphrase: &Secret, salt: &[u8], cost: Cost) -> Option<Zeroizing<[u8; 32]>> {
    let Cost { memory_kib, passes, lanes } = cost;
    if memory_kib > MAX_COST.memory_kib || passes > MAX_COST.passes || lanes > MAX_COST.lanes {
        return None;
    }
    let params = Params::new(memory_kib, passes, lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.as_mut_slice())
        .ok()?;
    Some(key)
}

pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> SealError {
    move |source| match source.kind() {
        io::ErrorKind::AlreadyExists => SealError::Exists(path.to_owned()),
        _ => SealError::Io { path: path.to_owned(), source },
    }
}

/// Why a sealed file is refused.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file system answered with an error.
    #[error("{}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The error.
        #[source]
        source: io::Error,
    },
    /// It is there already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// Not a sealed file of this kind and version.
    #[error("{} is no sealed file of this kind", .0.display())]
    Malformed(PathBuf),
    /// Wrong passphrase, or a byte was changed.
    #[error("{} does not open: wrong passphrase, or the file was changed", .0.display())]
    DoesNotOpen(PathBuf),
    /// Sealed under another key file.
    #[error("{} was sealed with another key file", .0.display())]
    OtherKeyFile(PathBuf),
    /// A passphrase was given for a file under a key file.
    #[error("{} was sealed with a key file, not a passphrase", .0.display())]
    NeedsKeyFile(PathBuf),
    /// A key file was given for a file under a passphrase.
    #[error("{} was sealed with a passphrase, not a key file", .0.display())]
    NeedsPassphrase(PathBuf),
    /// Not a key file.
    #[error("{} is no key file", .0.display())]
    BadKeyFile(PathBuf),
    /// Others may read the key file.
    #[error("{} may be read by others: chmod 600 it", .0.display())]
    Exposed(PathBuf),
    /// argon2id does not take these parameters.
    #[error("no such cost of guessing a passphrase")]
    BadCost,
}
