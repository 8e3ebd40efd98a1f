//! The ring's contents as they are sealed.

use serde::{Deserialize, Serialize};
use vc::base64url;
use vc::jwk::Algorithm;
use zeroize::{Zeroize, Zeroizing};

use super::RingError;
use super::model::{KeyInfo, KeyState, Purpose};
use crate::signing::SigningKey;

const VERSION: u32 = 1;

pub(super) struct Entry {
    pub(super) key: SigningKey,
    pub(super) purpose: Purpose,
    pub(super) state: KeyState,
    pub(super) created_at: i64,
    pub(super) ended_at: Option<i64>,
    /// The name in a root's certificate.
    pub(super) name: Option<String>,
    /// DER, leaf first, anchor left out; a root's own certificate.
    pub(super) chain: Vec<Vec<u8>>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chain: Vec<String>,
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

impl Entry {
    fn read(stored: &StoredKey) -> Result<Self, RingError> {
        let algorithm = [Algorithm::EdDsa, Algorithm::Es256]
            .into_iter()
            .find(|algorithm| algorithm.name() == stored.algorithm)
            .ok_or(RingError::Malformed)?;
        let key = SigningKey::from_secret_bytes(algorithm, &secret_bytes(&stored.secret)?)
            .map_err(|_| RingError::Malformed)?;
        let chain = stored
            .chain
            .iter()
            .map(|text| base64url::decode(text).map_err(|_| RingError::Malformed))
            .collect::<Result<_, _>>()?;
        let &StoredKey { purpose, state, created_at, ended_at, .. } = stored;
        let name = stored.name.clone();
        Ok(Self { key, purpose, state, created_at, ended_at, name, chain })
    }

    fn stored(&self) -> StoredKey {
        StoredKey {
            purpose: self.purpose,
            algorithm: self.key.algorithm().name().to_owned(),
            state: self.state,
            created_at: self.created_at,
            ended_at: self.ended_at,
            name: self.name.clone(),
            chain: self.chain.iter().map(|der| base64url::encode(der)).collect(),
            secret: SecretText(base64url::encode(&self.key.to_secret_bytes())),
        }
    }

    pub(super) fn info(&self) -> KeyInfo {
        KeyInfo {
            kid: self.key.kid().to_owned(),
            purpose: self.purpose,
            algorithm: self.key.algorithm().name(),
            state: self.state,
            created_at: self.created_at,
            ended_at: self.ended_at,
        }
    }

    pub(super) fn signs(&self, purpose: Purpose, algorithm: Option<Algorithm>) -> bool {
        self.purpose == purpose
            && self.state == KeyState::Active
            && algorithm.is_none_or(|algorithm| algorithm == self.key.algorithm())
    }
}

fn secret_bytes(text: &SecretText) -> Result<Zeroizing<Vec<u8>>, RingError> {
    base64url::decode(&text.0).map(Zeroizing::new).map_err(|_| RingError::Malformed)
}

/// The root secret and the keys of an opened file.
pub(super) fn read(plaintext: &[u8]) -> Result<(Zeroizing<[u8; 32]>, Vec<Entry>), RingError> {
    let contents: Contents = serde_json::from_slice(plaintext).map_err(|_| RingError::Malformed)?;
    if contents.version != VERSION {
        return Err(RingError::Malformed);
    }
    let root = secret_bytes(&contents.root)?;
    let root = root.as_slice().try_into().map_err(|_| RingError::Malformed)?;
    let keys = contents.keys.iter().map(Entry::read).collect::<Result<_, _>>()?;
    Ok((Zeroizing::new(root), keys))
}

/// The plaintext of a ring file, in one allocation so that no copy stays behind.
#[expect(clippy::expect_used, reason = "plain structs always become JSON")]
pub(super) fn write(root: &[u8; 32], keys: &[Entry]) -> Zeroizing<Vec<u8>> {
    let contents = Contents {
        version: VERSION,
        root: SecretText(base64url::encode(root)),
        keys: keys.iter().map(Entry::stored).collect(),
    };
    let certificates: usize =
        contents.keys.iter().flat_map(|key| &key.chain).map(|text| text.len() + 3).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(256 + 1024 * keys.len() + certificates));
    serde_json::to_writer(&mut *bytes, &contents).expect("JSON");
    bytes
}
