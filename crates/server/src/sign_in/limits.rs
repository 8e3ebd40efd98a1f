//! How often one address or person may try, in bounded memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;

use crate::people::PersonId;
use crate::problem::Problem;

/// Seconds of a window.
const WINDOW: i64 = 60;
/// Keys at once; past it the windows that are over give way, or all.
const MAX_KEYS: usize = 10_000;
/// A hospital's staff share few addresses, and begin their shifts together.
const PER_ADDRESS: u32 = 600;
/// Failures of one person.
const PER_PERSON: u32 = 10;
/// Rows about refused strangers, so that they cannot fill the disk.
const STRANGERS: u32 = 60;

/// Who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A peer.
    Address(Option<IpAddr>),
    /// Somebody whose account is known.
    Person(PersonId),
    /// All whose account is not.
    Strangers,
}

/// Counts attempts.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<Key, (i64, u32)>>);

impl Attempts {
    /// Counts one; 429 when there were too many in this minute.
    pub(crate) fn count(&self, key: Key, now: i64) -> Result<(), Problem> {
        let most = match key {
            Key::Address(_) => PER_ADDRESS,
            Key::Person(_) => PER_PERSON,
            Key::Strangers => STRANGERS,
        };
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MAX_KEYS && !windows.contains_key(&key) {
            windows.retain(|_, (began, _)| now < began.saturating_add(WINDOW));
            if windows.len() >= MAX_KEYS {
                windows.clear();
            }
        }
        let (began, count) = windows.entry(key).or_insert((now, 0));
        if now >= began.saturating_add(WINDOW) {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count > most {
            let wait = began.saturating_add(WINDOW).saturating_sub(now);
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TOO_MANY_ATTEMPTS",
                "Too many attempts",
            )
            .retry_after(u64::try_from(wait).unwrap_or(1)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_eleventh_failure_in_a_minute_waits() {
        let attempts = Attempts::default();
        let key = Key::Person(PersonId(Uuid::from_u128(1)));
        for _ in 0..PER_PERSON {
            attempts.count(key, 100).unwrap();
        }

        assert!(attempts.count(key, 159).is_err());
        attempts.count(key, 160).unwrap();
    }

    #[test]
    fn one_persons_attempts_are_not_anothers() {
        let attempts = Attempts::default();
        for _ in 0..PER_PERSON {
            attempts.count(Key::Person(PersonId(Uuid::from_u128(1))), 0).unwrap();
        }

        attempts.count(Key::Person(PersonId(Uuid::from_u128(2))), 0).unwrap();
    }

    #[test]
    fn memory_stays_bounded() {
        let attempts = Attempts::default();

        for person in 0..30_000 {
            attempts.count(Key::Person(PersonId(Uuid::from_u128(person))), 0).unwrap();
        }

        assert!(attempts.0.lock().unwrap().len() <= MAX_KEYS);
    }
}
