//! What the verifier must not forget: which presentations were shown, and by which scan session.

#[cfg(test)]
mod contract;
mod sled;

use async_trait::async_trait;
use server::durable::CommitError;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vc::verify::PresentationId;

/// How long the session that showed a code first gets its answer again.
pub const REPEAT_SECONDS: i64 = 60;
/// How long a presentation is remembered. Its code can be taken for 90 + 30 s after it was first
/// shown; the rest is for clocks that are set back.
pub const REMEMBER_SECONDS: i64 = 600;

/// A presentation's name in the store: a digest, so that neither key nor nonce stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown([u8; 32]);

impl From<&PresentationId> for Shown {
    fn from(id: &PresentationId) -> Self {
        let digest = Sha256::new().chain_update(id.holder.0).chain_update(id.nonce.as_bytes());
        Self(digest.finalize().into())
    }
}

/// A caller's scan session: its `scan_id`, scoped to its token or sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Session([u8; 32]);

impl Session {
    /// The session `scan_id` of a caller.
    pub fn new(who: &str, scan_id: Uuid) -> Self {
        let digest = Sha256::new().chain_update(scan_id.as_bytes()).chain_update(who.as_bytes());
        Self(digest.finalize().into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Whether a presentation may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Never shown before; from now on it was.
    First,
    /// Shown before by this session, less than [`REPEAT_SECONDS`] ago.
    SameSession,
    /// Shown before by another session, or by this one too long ago.
    Replayed,
}

/// The verifier's memory. Each method is one fact, whole and on disk when it returns.
#[async_trait]
pub trait Store: Send + Sync {
    /// Remembers that `session` showed `shown` at `now`, unless somebody did before.
    async fn remember_presentation(
        &self,
        shown: Shown,
        session: Session,
        now: i64,
    ) -> Result<Remembered, CommitError>;

    /// Forgets presentations first shown [`REMEMBER_SECONDS`] before `now`; at most a bounded
    /// number in one call. Tells how many.
    async fn forget_presentations(&self, now: i64) -> Result<usize, CommitError>;
}

/// The answer to a session that shows a code which was first shown at `first_at` by `first_by`.
pub(crate) fn answer_again(
    first_by: &[u8],
    first_at: i64,
    session: Session,
    now: i64,
) -> Remembered {
    // A clock set back makes the difference negative: then it is no repeat.
    if first_by == session.as_bytes() && (0..REPEAT_SECONDS).contains(&now.saturating_sub(first_at))
    {
        Remembered::SameSession
    } else {
        Remembered::Replayed
    }
}
