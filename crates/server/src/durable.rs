//! The embedded store: sled, made durable by group commit (docs/decisions, "sled").
//!
//! One thread writes. It takes every waiting fact, runs them in the order of their calls, applies
//! each batch, flushes sled, makes its files reach the disk (`fdatasync`: sled's own flush does
//! not), and only then answers all of them. When the disk refuses, what is on it is unknown: the
//! process logs that and aborts, so that nobody is told anything untrue. A restart recovers
//! everything that was acknowledged.

mod ballast;
mod disk;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::oneshot;

use writer::Writer;

/// Values are shorter than this (sled would put them in files of their own).
pub const VALUE_LIMIT: usize = 64 * 1024;

/// The store. Clones share it; the last one closes it.
#[derive(Clone)]
pub struct Durable(Arc<Inner>);

struct Inner {
    writer: Option<Writer>,
    db: sled::Db,
    read_only: Option<String>,
    /// Held for its lock, released last.
    _lock: File,
}

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Facts that may wait; one more is answered with [`CommitError::Overloaded`].
    pub queue: usize,
    /// Facts in one group.
    pub group: usize,
    /// Bytes of sled's page cache.
    pub cache_bytes: u64,
    /// Bytes kept back so that a full disk can still be read; 0 for none.
    pub ballast_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 4096, group: 512, cache_bytes: 64 << 20, ballast_bytes: 16 << 20 }
    }
}

impl Durable {
    /// Opens or makes the store in `dir`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_with(dir, Options::default())
    }

    /// The same with other bounds.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_with(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let disk::Opened { db, disk, lock, read_only } = disk::open(dir, options)?;
        if let Some(why) = &read_only {
            tracing::error!(store.read_only = why, "the store is read-only");
        }
        let writer = Writer::start(db.clone(), disk, options).map_err(disk::io_error(dir))?;
        Ok(Self(Arc::new(Inner { writer: Some(writer), db, read_only, _lock: lock })))
    }

    /// Runs a fact on the writer's thread: it checks what it reads in the [`View`], fills the
    /// [`Batch`], and gives its result. `Ok` comes back only when the batch is on disk. Facts run
    /// one at a time in the order of their calls, so checking and then writing cannot race.
    ///
    /// An `Err` writes nothing. Readers may see a batch before it is on disk: publish only after
    /// this returns. A caller that goes away before its fact begins takes the fact with it; one
    /// that goes away later does not.
    ///
    /// # Errors
    /// The fact's own error, or a [`CommitError`] made into it.
    pub async fn commit<T, E, F>(&self, fact: F) -> Result<T, E>
    where
        F: FnOnce(&View<'_>, &mut Batch) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<CommitError> + Send + 'static,
    {
        if let Some(why) = &self.0.read_only {
            return Err(CommitError::ReadOnly(why.clone()).into());
        }
        let (reply, answer) = oneshot::channel();
        match &self.0.writer {
            Some(writer) => writer.enqueue(fact, reply)?,
            None => return Err(CommitError::Dropped.into()),
        }
        answer.await.unwrap_or_else(|_| Err(CommitError::Dropped.into()))
    }

    /// Reads one value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        View { db: &self.0.db }.get(key)
    }

    /// Every entry whose key starts with `prefix`, in key order; `.rev()` goes backwards.
    pub fn scan_prefix(&self, prefix: &[u8]) -> Scan {
        View { db: &self.0.db }.scan_prefix(prefix)
    }

    /// Every entry with a key in `range`, in key order; `.rev()` goes backwards.
    pub fn range(&self, range: std::ops::Range<Vec<u8>>) -> Scan {
        View { db: &self.0.db }.range(range)
    }

    /// Why the store takes no writes, when it does not.
    pub fn read_only(&self) -> Option<&str> {
        self.0.read_only.as_deref()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // What waits is still written and answered; the lock goes after that.
        if let Some(writer) = self.writer.take() {
            writer.finish();
        }
    }
}

/// What a fact may read: everything before it, earlier facts of its group included. Its own
/// [`Batch`] is not in it yet.
pub struct View<'a> {
    db: &'a sled::Db,
}

impl View<'_> {
    /// Reads one value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get(key).map(|value| value.map(|value| value.to_vec())).map_err(StoreError)
    }

    /// Whether a key is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn contains(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.db.contains_key(key).map_err(StoreError)
    }

    /// Every entry whose key starts with `prefix`, in key order; `.rev()` goes backwards.
    pub fn scan_prefix(&self, prefix: &[u8]) -> Scan {
        Scan(self.db.scan_prefix(prefix))
    }

    /// Every entry with a key in `range`, in key order; `.rev()` goes backwards.
    pub fn range(&self, range: std::ops::Range<Vec<u8>>) -> Scan {
        Scan(self.db.range(range))
    }
}

/// What a fact writes, applied whole or not at all.
#[derive(Default)]
pub struct Batch {
    writes: sled::Batch,
    any: bool,
    too_long: Option<usize>,
}

impl Batch {
    /// Writes a value of less than [`VALUE_LIMIT`]; a longer one makes the commit answer
    /// [`CommitError::ValueTooLong`] and write nothing.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let value = value.into();
        if value.len() >= VALUE_LIMIT {
            self.too_long = Some(value.len());
        } else {
            self.any = true;
            self.writes.insert(key.into(), value);
        }
    }

    /// Removes a key, there or not.
    pub fn remove(&mut self, key: impl Into<Vec<u8>>) {
        self.any = true;
        self.writes.remove(key.into());
    }
}

/// Entries `(key, value)`.
pub struct Scan(sled::Iter);

type Entry = Result<(Vec<u8>, Vec<u8>), StoreError>;

impl Iterator for Scan {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        self.0.next().map(entry)
    }
}

impl DoubleEndedIterator for Scan {
    fn next_back(&mut self) -> Option<Entry> {
        self.0.next_back().map(entry)
    }
}

fn entry(entry: sled::Result<(sled::IVec, sled::IVec)>) -> Entry {
    entry.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(StoreError)
}

/// The store could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store cannot be read")]
pub struct StoreError(#[source] sled::Error);

/// Why a fact was not recorded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// Too many facts wait; try again soon.
    #[error("too many writes wait")]
    Overloaded,
    /// The store takes no writes; the sentence says why.
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// A value is 64 KiB or longer.
    #[error("a value of {0} bytes is too long to store")]
    ValueTooLong(usize),
    /// The fact panicked, or the store is closing.
    #[error("the write was dropped")]
    Dropped,
    /// The fact could not read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another process uses the store in {0}; stop it first")]
    Locked(String),
    /// The file system answered with an error.
    #[error("the store in {dir} cannot be opened")]
    Io {
        /// Which folder.
        dir: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// sled refuses its files.
    #[error("the store in {dir} cannot be opened")]
    Sled {
        /// Which folder.
        dir: String,
        /// The error.
        #[source]
        source: sled::Error,
    },
}
