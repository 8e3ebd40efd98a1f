//! Key files: 32 random bytes as one line of text, readable by their owner only.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::files::{create_file, read_bounded};
use crate::seal::{SealError, at};

const PREFIX: &str = "staff-passport-key-1:";
const MAX_FILE_BYTES: u64 = 256;

pub(crate) struct KeyFile(Hkdf<Sha256>);

/// Makes a key file: 32 random bytes as text, mode 0600.
///
/// # Errors
/// [`SealError`]; a file that is already there is never overwritten.
pub fn create_key_file(path: &Path, rng: &mut impl CryptoRng) -> Result<(), SealError> {
    let mut key = Zeroizing::new([0; 32]);
    rng.fill_bytes(key.as_mut_slice());
    let text =
        Zeroizing::new(format!("{PREFIX}{}\n", BASE64_URL_SAFE_NO_PAD.encode(key.as_slice())));
    create_file(path, text.as_bytes(), 0o600).map_err(at(path))
}

impl KeyFile {
    pub(crate) fn read(path: &Path) -> Result<Self, SealError> {
        let file = File::open(path).map_err(at(path))?;
        if file.metadata().map_err(at(path))?.mode() & 0o077 != 0 {
            return Err(SealError::Exposed(path.to_owned()));
        }
        let text = Zeroizing::new(read_bounded(file, MAX_FILE_BYTES).map_err(at(path))?);
        let key = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.trim_end().strip_prefix(PREFIX))
            .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok())
            .map(Zeroizing::new)
            .filter(|key| key.len() == 32)
            .ok_or_else(|| SealError::BadKeyFile(path.to_owned()))?;
        Ok(Self(Hkdf::new(None, &key)))
    }

    /// Tells key files apart without telling anything of the key.
    pub(crate) fn id(&self) -> String {
        let mut id = [0; 8];
        self.expand(b"id", &mut id);
        BASE64_URL_SAFE_NO_PAD.encode(id)
    }

    /// The key for one kind of file.
    pub(crate) fn key(&self, kind: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        self.expand(&[b"seal ", kind.as_bytes()].concat(), key.as_mut_slice());
        key
    }

    #[expect(clippy::expect_used, reason = "HKDF refuses only more than 8160 bytes")]
    fn expand(&self, info: &[u8], out: &mut [u8]) {
        self.0.expand(info, out).expect("an output of this size");
    }
}
