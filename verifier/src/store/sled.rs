//! The store on [`Durable`].
//!
//! `shown/` ‖ digest → first_at (8 bytes) ‖ session (32 bytes)
//! `shown-at/` ‖ first_at (8 bytes, big-endian) ‖ digest → nothing

use async_trait::async_trait;
use server::Durable;
use server::durable::CommitError;

use super::{REMEMBER_SECONDS, Remembered, Session, Shown, Store, answer_again};

const SHOWN: &[u8] = b"shown/";
const SHOWN_AT: &[u8] = b"shown-at/";
/// Presentations forgotten in one commit.
const FORGET_AT_ONCE: usize = 256;

#[async_trait]
impl Store for Durable {
    async fn remember_presentation(
        &self,
        shown: Shown,
        session: Session,
        now: i64,
    ) -> Result<Remembered, CommitError> {
        self.commit(move |view, batch| {
            let key = [SHOWN, &shown.0].concat();
            if let Some(value) = view.get(&key)? {
                // A value that cannot be read was written by nobody here: never a first showing.
                return Ok(match value.split_first_chunk() {
                    Some((first_at, first_by)) => {
                        answer_again(first_by, i64::from_be_bytes(*first_at), session, now)
                    }
                    None => Remembered::Replayed,
                });
            }
            batch.put(key, [now.to_be_bytes().as_slice(), session.as_bytes()].concat());
            batch.put(at_key(now, &shown.0), []);
            Ok(Remembered::First)
        })
        .await
    }

    async fn forget_presentations(&self, now: i64) -> Result<usize, CommitError> {
        let oldest_kept = now.saturating_sub(REMEMBER_SECONDS);
        let range = at_key(0, &[])..at_key(oldest_kept.saturating_add(1), &[]);
        let mut due = Vec::new();
        for entry in self.range(range).take(FORGET_AT_ONCE) {
            due.push(entry?.0);
        }
        if due.is_empty() {
            return Ok(0);
        }
        self.commit(move |_, batch| {
            let count = due.len();
            for key in due {
                if let Some(digest) = key.get(SHOWN_AT.len().saturating_add(8)..) {
                    batch.remove([SHOWN, digest].concat());
                }
                batch.remove(key);
            }
            Ok(count)
        })
        .await
    }
}

/// Seconds before 1970 sort as 1970: no clock is set there.
fn at_key(at: i64, digest: &[u8]) -> Vec<u8> {
    [SHOWN_AT, &at.max(0).to_be_bytes(), digest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sled_keeps_the_contract() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Durable::open(dir.path()).unwrap();

        super::super::contract::run(open(), |store| async {
            drop(store);
            open()
        })
        .await;
    }
}
