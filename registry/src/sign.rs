//! Signing: a new version of the trust registry from the working file.

use std::io;
use std::path::Path;

use keys::{Purpose, Ring};
use vc::jws::UnverifiedJws;
use vc::registry::{TrustRegistry, document, signing_input};
use vc::time::UnixTime;

use crate::draft::{Draft, DraftError, at};

/// How long a signed registry may be used, in days.
pub const DAYS: i64 = 7;

/// Signs the next version and replaces `out` atomically. The version is recorded in the working
/// file first, so that none is ever signed twice with different contents.
///
/// # Errors
/// [`SignError`].
pub fn sign(draft: &Path, ring: &Ring, out: &Path, now: i64) -> Result<u64, SignError> {
    let key = ring.active(Purpose::Operator).ok_or(SignError::NoOperatorKey)?;
    let mut working = Draft::read(draft)?;
    let published = published_version(out)?;
    let version = working.version.max(published).saturating_add(1);
    working.version = version;
    working.write(draft)?;

    let now = UnixTime(now);
    let payload = TrustRegistry {
        version,
        iat: now,
        exp: now.plus(DAYS * 86_400),
        organisations: working.organisations(),
    };
    let input = signing_input(key.algorithm(), key.kid(), &payload);
    let signature = key.sign(input.signing_input());
    let text = document(&[input.finish(&signature)]);
    if text.len() > vc::registry::MAX_BYTES {
        return Err(SignError::TooLong(text.len()));
    }
    keys::files::replace_file(out, text.as_bytes(), 0o644).map_err(at(out))?;
    Ok(version)
}

/// The version of the published file, 0 when there is none. Nothing is decided on it but never to
/// fall behind.
fn published_version(out: &Path) -> Result<u64, SignError> {
    let limit = u64::try_from(vc::registry::MAX_BYTES).unwrap_or(u64::MAX);
    let text = match keys::files::read_file(out, limit) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(at(out)(error).into()),
    };
    serde_json::from_slice::<Vec<String>>(&text)
        .ok()
        .and_then(|signatures| UnverifiedJws::parse(signatures.first()?).ok())
        .and_then(|jws| jws.dangerous_unverified_claim("version")?.as_u64())
        .ok_or_else(|| SignError::NotARegistry(out.display().to_string()))
}

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The working file is refused.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The ring has no active operator key.
    #[error("the ring has no active operator key")]
    NoOperatorKey,
    /// The file to replace is something else.
    #[error("{0} is there and is no trust registry; it is left as it is")]
    NotARegistry(String),
    /// Services would refuse it.
    #[error("the signed registry would be {0} bytes, too long for services to take")]
    TooLong(usize),
}
