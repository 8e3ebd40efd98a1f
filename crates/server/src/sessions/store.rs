//! Where sessions are kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use clock::Clock;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::durable::{CommitError, Durable};
use crate::people::PersonId;
use crate::sessions::{ABSOLUTE_SECONDS, ANONYMOUS_SECONDS, Contents, IDLE_SECONDS, KEY};

const PREFIX: &[u8] = b"session/";
/// Anonymous sessions at once; the oldest give way.
const MAX_ANONYMOUS: usize = 4096;
/// How old the instant of the last request on disk may be.
const SEEN_LAG: i64 = 60;

type Hash = [u8; 32];

/// Sessions on disk and in memory; clones share them.
#[derive(Clone)]
pub(crate) struct Store {
    db: Durable,
    clock: Clock,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    anonymous: HashMap<Hash, (i64, Contents)>,
    /// When a signed-in session was last seen, where that is newer than on disk.
    seen: HashMap<Hash, i64>,
}

/// A signed-in session on disk.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    contents: Contents,
    seen_at: i64,
}

impl Row {
    fn is_live(&self, seen_at: i64, now: i64) -> bool {
        now < seen_at.saturating_add(IDLE_SECONDS)
            && now < self.contents.signed_in_at.saturating_add(ABSOLUTE_SECONDS)
    }
}

impl Store {
    pub(crate) fn new(db: Durable, clock: Clock) -> Self {
        Self { db, clock, memory: Arc::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self, hash: &Hash) -> std::result::Result<Option<Row>, Error> {
        let value = self.db.get(&key(hash)).map_err(backend)?;
        Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// Ends every session of a person.
    pub(crate) async fn end_all_of(
        &self,
        person: PersonId,
    ) -> std::result::Result<(), CommitError> {
        self.remove_where(move |row| row.contents.person == Some(person)).await
    }

    /// Forgets what has ended.
    pub(crate) async fn sweep(&self) -> std::result::Result<(), CommitError> {
        let now = self.clock.now();
        {
            let mut memory = self.memory();
            memory.anonymous.retain(|_, (at, _)| now < at.saturating_add(ANONYMOUS_SECONDS));
            memory.seen.retain(|_, at| now < at.saturating_add(IDLE_SECONDS));
        }
        // On disk the last instant may lag by a minute.
        self.remove_where(move |row| !row.is_live(row.seen_at.saturating_add(SEEN_LAG), now)).await
    }

    async fn remove_where(
        &self,
        ended: impl Fn(&Row) -> bool + Send + 'static,
    ) -> std::result::Result<(), CommitError> {
        self.db
            .commit(move |view, batch| {
                for entry in view.scan_prefix(PREFIX) {
                    let (key, value) = entry?;
                    if serde_json::from_slice(&value).map_or(true, |row| ended(&row)) {
                        batch.remove(key);
                    }
                }
                Ok(())
            })
            .await
    }

    /// `fresh` makes a row; otherwise only a row that is there is written, so that a request that
    /// was under way cannot bring an ended session back.
    async fn write(&self, record: &Record, fresh: bool) -> Result<()> {
        let contents: Contents = match record.data.get(KEY) {
            Some(value) => serde_json::from_value(value.clone())
                .map_err(|error| Error::Decode(error.to_string()))?,
            None => Contents::default(),
        };
        let hash = hash(record.id);
        let now = self.clock.now();
        if contents.person.is_none() {
            let mut memory = self.memory();
            if fresh || memory.anonymous.contains_key(&hash) {
                make_room(&mut memory.anonymous);
                memory.anonymous.insert(hash, (now, contents));
            }
            return Ok(());
        }
        let row = json!(Row { contents, seen_at: now }).to_string();
        self.db
            .commit(move |view, batch| {
                if fresh || view.contains(&key(&hash))? {
                    batch.put(key(&hash), row);
                }
                Ok::<(), CommitError>(())
            })
            .await
            .map_err(backend)?;
        self.memory().anonymous.remove(&hash);
        Ok(())
    }
}

fn make_room(anonymous: &mut HashMap<Hash, (i64, Contents)>) {
    if anonymous.len() < MAX_ANONYMOUS {
        return;
    }
    let mut instants: Vec<i64> = anonymous.values().map(|(at, _)| *at).collect();
    instants.sort_unstable();
    let bound = instants.get(MAX_ANONYMOUS / 8).copied().unwrap_or(i64::MAX);
    anonymous.retain(|_, (at, _)| *at > bound);
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits, and once more should the impossible happen.
        while self.row(&hash(record.id))?.is_some()
            || self.memory().anonymous.contains_key(&hash(record.id))
        {
            record.id = Id::default();
        }
        self.write(record, true).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.write(record, false).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let hash = hash(*id);
        let now = self.clock.now();
        let anonymous = self.memory().anonymous.get(&hash).cloned();
        let contents = match anonymous {
            Some((at, contents)) if now < at.saturating_add(ANONYMOUS_SECONDS) => contents,
            Some(_) => return Ok(None),
            None => {
                let Some(row) = self.row(&hash)? else { return Ok(None) };
                let seen = self.memory().seen.get(&hash).copied().unwrap_or(row.seen_at);
                if !row.is_live(seen.max(row.seen_at), now) {
                    return Ok(None);
                }
                self.memory().seen.insert(hash, now);
                if now >= row.seen_at.saturating_add(SEEN_LAG) {
                    self.note_seen(hash, now).await.map_err(backend)?;
                }
                row.contents
            }
        };
        let data = HashMap::from([(KEY.to_owned(), json!(contents))]);
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(now)
            .map_err(|error| Error::Decode(error.to_string()))?
            .saturating_add(time::Duration::seconds(IDLE_SECONDS));
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let hash = hash(*id);
        {
            let mut memory = self.memory();
            memory.seen.remove(&hash);
            if memory.anonymous.remove(&hash).is_some() {
                return Ok(());
            }
        }
        self.db
            .commit(move |_, batch| {
                batch.remove(key(&hash));
                Ok::<(), CommitError>(())
            })
            .await
            .map_err(backend)
    }
}

impl Store {
    async fn note_seen(&self, hash: Hash, now: i64) -> std::result::Result<(), CommitError> {
        self.db
            .commit(move |view, batch| {
                let row = view.get(&key(&hash))?;
                if let Some(mut row) = row.and_then(|row| serde_json::from_slice::<Row>(&row).ok())
                {
                    row.seen_at = now.max(row.seen_at);
                    batch.put(key(&hash), json!(row).to_string());
                }
                Ok(())
            })
            .await
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sessions::Store")
    }
}

/// Ids are secrets: on disk and in memory stands their hash.
fn hash(id: Id) -> Hash {
    Sha256::digest(id.0.to_be_bytes()).into()
}

fn key(hash: &Hash) -> Vec<u8> {
    [PREFIX, hash].concat()
}

fn backend(error: impl std::error::Error) -> Error {
    Error::Backend(error.to_string())
}
