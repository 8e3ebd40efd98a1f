//! Opening sled's files, and making them reach the disk.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::ballast::{self, Space};
use super::{OpenError, Options};

/// sled lets go of its files a moment after its last handle.
const REOPEN: Duration = Duration::from_secs(5);
/// Longer than the grain of a file system's time stamps.
const SETTLED: Duration = Duration::from_millis(100);

pub(super) struct Opened {
    pub(super) db: sled::Db,
    pub(super) disk: Disk,
    pub(super) lock: File,
    pub(super) read_only: Option<String>,
}

pub(super) fn open(dir: &Path, options: Options) -> Result<Opened, OpenError> {
    let failed = io_error(dir);
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(&failed)?;
    let lock = lock(dir)?;
    let read_only = match ballast::hold(dir, options.ballast_bytes).map_err(&failed)? {
        Space::Enough => None,
        Space::Full if !dir.join("db").exists() => {
            return Err(failed(io::ErrorKind::StorageFull.into()));
        }
        Space::Full => {
            let dir = dir.display();
            Some(format!("the disk that holds {dir} is full; make room and start again"))
        }
    };
    let db = open_sled(dir, options.cache_bytes)?;
    let file = OpenOptions::new().write(true).open(dir.join("db")).map_err(&failed)?;
    let mut disk =
        Disk { db: file, blobs: dir.join("blobs"), synced: HashSet::new(), listing: None };
    if read_only.is_none() {
        disk.sync(&db).map_err(&failed)?;
        // The names of new files, not their contents alone.
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(&failed)?;
    }
    Ok(Opened { db, disk, lock, read_only })
}

pub(super) fn io_error(dir: &Path) -> impl Fn(io::Error) -> OpenError {
    move |source| OpenError::Io { dir: dir.display().to_string(), source }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(dir.join("lock"))
        .map_err(io_error(dir))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(dir.display().to_string())),
        Err(TryLockError::Error(error)) => Err(io_error(dir)(error)),
    }
}

fn open_sled(dir: &Path, cache_bytes: u64) -> Result<sled::Db, OpenError> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes).flush_every_ms(None);
    let began = Instant::now();
    loop {
        match config.open() {
            // Our own lock is held, so this is the tail of a store that closed in this process.
            Err(sled::Error::Io(error))
                if error.to_string().contains("acquire lock") && began.elapsed() < REOPEN =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            opened => {
                return opened
                    .map_err(|source| OpenError::Sled { dir: dir.display().to_string(), source });
            }
        }
    }
}

/// Makes acknowledged writes survive a power cut.
pub(super) struct Disk {
    db: File,
    blobs: PathBuf,
    /// Blobs that are on disk; sled never writes one twice.
    synced: HashSet<OsString>,
    listing: Option<Listing>,
}

struct Listing {
    modified: SystemTime,
    first_seen: Instant,
    /// Listed once more after the time stamp's grain had passed.
    settled: bool,
}

impl Disk {
    /// Blocks until everything applied so far is on disk.
    pub(super) fn sync(&mut self, db: &sled::Db) -> io::Result<()> {
        db.flush().map_err(io::Error::other)?;
        self.sync_blobs()?;
        self.db.sync_data()
    }

    /// Values are too short for blobs, but sled also puts a node of many long ones in a blob.
    fn sync_blobs(&mut self) -> io::Result<()> {
        let modified = fs::metadata(&self.blobs)?.modified()?;
        let settled = match &self.listing {
            Some(listing) if listing.modified == modified => {
                if listing.settled {
                    return Ok(());
                }
                listing.first_seen.elapsed() > SETTLED
            }
            _ => {
                self.listing =
                    Some(Listing { modified, first_seen: Instant::now(), settled: false });
                false
            }
        };

        let mut present = HashSet::new();
        let mut any_new = false;
        for blob in fs::read_dir(&self.blobs)? {
            let name = blob?.file_name();
            if !self.synced.contains(&name) {
                match File::open(self.blobs.join(&name)) {
                    Ok(file) => file.sync_all()?,
                    // Already replaced by a newer one.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                }
                any_new = true;
            }
            present.insert(name);
        }
        if any_new {
            File::open(&self.blobs)?.sync_all()?;
        }
        self.synced = present;
        if let Some(listing) = &mut self.listing {
            listing.settled = settled;
        }
        Ok(())
    }
}
