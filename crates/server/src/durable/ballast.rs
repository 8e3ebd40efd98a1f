//! Space kept back: sled writes when it opens, so a full disk could not even be read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Less free space than this counts as full.
const PROBE_BYTES: u64 = 1 << 20;
const BLOCK: usize = 64 * 1024;

pub(super) enum Space {
    Enough,
    /// The ballast is gone, so there is room to open and read.
    Full,
}

/// Makes sure that the ballast is there and some space besides; gives it up when the disk is full.
pub(super) fn hold(dir: &Path, bytes: u64) -> io::Result<Space> {
    if bytes == 0 {
        return Ok(Space::Enough);
    }
    let ballast = dir.join("ballast");
    let whole = fs::metadata(&ballast).is_ok_and(|file| file.len() == bytes);
    let probe = dir.join("probe");
    let written = if whole { Ok(()) } else { fill(&ballast, bytes) };
    let written = written.and_then(|()| fill(&probe, PROBE_BYTES));
    remove(&probe)?;
    match written {
        Ok(()) => Ok(Space::Enough),
        Err(error) if is_full(&error) => {
            remove(&ballast)?;
            Ok(Space::Full)
        }
        Err(error) => Err(error),
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes what neither compresses nor leaves holes, so that it really takes its space.
fn fill(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut left = bytes;
    let mut block = Vec::with_capacity(BLOCK);
    while left > 0 {
        block.clear();
        while block.len() < BLOCK {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_le_bytes());
        }
        block.truncate(usize::try_from(left).unwrap_or(BLOCK));
        file.write_all(&block)?;
        left = left.saturating_sub(u64::try_from(block.len()).unwrap_or(left));
    }
    file.sync_all()
}
