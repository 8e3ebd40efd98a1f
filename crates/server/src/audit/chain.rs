//! A chained log in a store: what every log has in common, and the walk that finds the first row
//! which does not stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vc::base64url;

use crate::durable::{Durable, StoreError, View};

/// What the first row holds in place of a hash.
const BEGINNING: [u8; 32] = [0; 32];

/// A log: rows under a prefix, numbered from 1, each with the hash of the one before; and its head.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    /// As reports name it.
    pub name: &'static str,
    /// The rows' prefix; a big-endian number follows.
    pub rows: &'static [u8],
    /// Where the head is.
    pub head: &'static [u8],
    /// Whether bytes are a row, byte for byte as it is written.
    pub is_row: fn(&[u8]) -> bool,
}

/// The end of a log: what the next row holds on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of the last row.
    pub sequence: u64,
    /// Its hash.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { sequence: 0, hash: base64url::encode(&BEGINNING) }
    }
}

/// What every row has.
#[derive(Deserialize)]
struct Link {
    sequence: u64,
    before: String,
}

/// A row's hash: SHA-256 as base64url.
pub fn hash(row: &[u8]) -> String {
    base64url::encode(&Sha256::digest(row))
}

impl Log {
    /// The key of a row.
    pub fn key(self, sequence: u64) -> Vec<u8> {
        [self.rows, &sequence.to_be_bytes()].concat()
    }

    /// The head as a fact sees it.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn head_in(self, view: &View<'_>) -> Result<Head, ChainError> {
        self.parse(view.get(self.head)?)
    }

    fn head_of(self, db: &Durable) -> Result<Head, ChainError> {
        self.parse(db.get(self.head)?)
    }

    fn parse(self, bytes: Option<Vec<u8>>) -> Result<Head, ChainError> {
        bytes.map_or_else(
            || Ok(Head::default()),
            |bytes| {
                serde_json::from_slice(&bytes)
                    .map_err(|_| ChainError::End { log: self.name, sequence: 0 })
            },
        )
    }

    /// The rows after one, in order, as they stand in the store.
    pub fn rows_after(
        self,
        db: &Durable,
        sequence: u64,
    ) -> impl Iterator<Item = Result<(u64, Vec<u8>), StoreError>> + use<> {
        let from = self.key(sequence.saturating_add(1));
        let prefix = self.rows;
        db.range(from..self.key(u64::MAX)).map(move |entry| {
            let (key, row) = entry?;
            let number = key.strip_prefix(prefix).and_then(|rest| rest.try_into().ok());
            Ok((number.map_or(0, u64::from_be_bytes), row))
        })
    }

    /// Walks from the first row to the head. `marks` are hashes that rows of these numbers were
    /// said to have, from outside the log. Rows may be added meanwhile.
    ///
    /// # Errors
    /// [`ChainError`] with the first row that does not stand.
    pub fn verify(self, db: &Durable, marks: &BTreeMap<u64, String>) -> Result<u64, ChainError> {
        let broken = |sequence| ChainError::Row { log: self.name, sequence };
        let known = self.head_of(db)?;
        let mut seen = Head::default();
        let mut at_known = known == seen;
        for entry in db.scan_prefix(self.rows) {
            let (key, bytes) = entry?;
            let sequence = seen.sequence.saturating_add(1);
            let link: Link = serde_json::from_slice(&bytes).map_err(|_| broken(sequence))?;
            let stands = key == self.key(sequence)
                && link.sequence == sequence
                && link.before == seen.hash
                && (self.is_row)(&bytes);
            if !stands {
                return Err(broken(sequence));
            }
            seen = Head { sequence, hash: hash(&bytes) };
            if marks.get(&sequence).is_some_and(|marked| *marked != seen.hash) {
                return Err(ChainError::Signed { log: self.name, sequence });
            }
            at_known |= seen == known;
        }
        // Rows that came meanwhile moved the head as well.
        let ends = at_known && seen.sequence <= self.head_of(db)?.sequence;
        if !ends {
            return Err(ChainError::End { log: self.name, sequence: seen.sequence });
        }
        match marks.keys().next_back() {
            Some(last) if *last > seen.sequence => {
                Err(ChainError::End { log: self.name, sequence: seen.sequence })
            }
            _ => Ok(seen.sequence),
        }
    }
}

/// Why a log does not stand.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChainError {
    /// The row was changed, or rows before it were removed.
    #[error("entry {sequence} of the log {log} was changed, or an entry before it was removed")]
    Row {
        /// Which log.
        log: &'static str,
        /// Which row.
        sequence: u64,
    },
    /// The log was written anew: its rows agree with each other and not with what was signed.
    #[error("entry {sequence} of the log {log} is not the one that was signed")]
    Signed {
        /// Which log.
        log: &'static str,
        /// Which row.
        sequence: u64,
    },
    /// Rows are missing at the end, or were put there.
    #[error("the log {log} ends at entry {sequence}, and that is not its recorded end")]
    End {
        /// Which log.
        log: &'static str,
        /// The last row.
        sequence: u64,
    },
    /// The store does not answer.
    #[error(transparent)]
    Read(#[from] StoreError),
}
