//! The embedded store: sled, made durable by group commit (docs/decisions, "sled").

use std::path::Path;

/// The store. Clones share it; the last one closes it.
#[derive(Clone)]
pub struct Durable {}

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Facts that may wait; one more is answered with [`CommitError::Overloaded`].
    pub queue: usize,
    /// Facts in one group.
    pub group: usize,
    /// Bytes of sled's page cache.
    pub cache_bytes: u64,
    /// Bytes kept back so that a full disk can still be read.
    pub ballast_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 4096, group: 512, cache_bytes: 64 << 20, ballast_bytes: 16 << 20 }
    }
}

/// What a fact may read: everything before it, earlier facts of its group included.
pub struct View<'a> {
    db: &'a sled::Db,
}

/// What a fact writes, applied whole or not at all.
#[derive(Default)]
pub struct Batch {}

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
        todo!()
    }

    /// Runs a fact on the writer's thread: it checks what it reads in the [`View`], fills the
    /// [`Batch`], and gives its result. `Ok` comes back only when the batch is on disk. Facts run
    /// one at a time in the order of their calls, so checking and then writing cannot race.
    ///
    /// An `Err` writes nothing. Readers may see a batch before it is on disk: publish only after
    /// this returns.
    ///
    /// # Errors
    /// The fact's own error, or a [`CommitError`] made into it.
    pub async fn commit<T, E, F>(&self, fact: F) -> Result<T, E>
    where
        F: FnOnce(&View<'_>, &mut Batch) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<CommitError> + Send + 'static,
    {
        todo!()
    }

    /// Reads one value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }

    /// Every entry whose key starts with `prefix`, in key order.
    pub fn scan_prefix(&self, prefix: &[u8]) -> Scan {
        todo!()
    }

    /// Every entry with a key in `range`, in key order; `.rev()` goes backwards.
    pub fn range(&self, range: std::ops::Range<Vec<u8>>) -> Scan {
        todo!()
    }

    /// Why the store takes no writes, when it does not.
    pub fn read_only(&self) -> Option<&str> {
        todo!()
    }
}

impl View<'_> {
    /// Reads one value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }

    /// Whether a key is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn contains(&self, key: &[u8]) -> Result<bool, StoreError> {
        todo!()
    }

    /// Every entry whose key starts with `prefix`, in key order.
    pub fn scan_prefix(&self, prefix: &[u8]) -> Scan {
        todo!()
    }
}

impl Batch {
    /// Writes a value of less than 64 KiB; a longer one makes the commit answer
    /// [`CommitError::ValueTooLong`].
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        todo!()
    }

    /// Removes a key, there or not.
    pub fn remove(&mut self, key: impl Into<Vec<u8>>) {
        todo!()
    }
}

/// Entries `(key, value)`.
pub struct Scan(sled::Iter);

impl Iterator for Scan {
    type Item = Result<(Vec<u8>, Vec<u8>), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        todo!()
    }
}

impl DoubleEndedIterator for Scan {
    fn next_back(&mut self) -> Option<Self::Item> {
        todo!()
    }
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
