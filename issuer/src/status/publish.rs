//! One task holds the lists: it takes changes, rebuilds and signs each list that they touch once,
//! swaps what is served, and only then says that they are public. Changes that come meanwhile wait
//! together, so a burst costs one signature a list. Lists that are quiet are packed tighter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use clock::Clock;
use keys::Ring;
use tokio::sync::{mpsc, oneshot};
use vc::status_list::StatusList;

use crate::status::bits::Bits;
use crate::status::decoys::{Decoy, decoys};
use crate::status::indices::IndexOrder;
use crate::status::served::Served;
use crate::status::{QUIET_SECONDS, RESIGN_SECONDS, tight};
use crate::store::{ListRow, StatusEntry, Store, StoreError};

/// Changes that may wait; a caller beyond them waits to hand its change over.
const WAITING: usize = 1024;

/// A document about a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// The Token Status List.
    Token,
    /// The Bitstring Status List of what is over.
    Revocation,
    /// The Bitstring Status List of what is in doubt.
    Suspension,
}

impl Shown {
    /// By the purpose in its address.
    pub fn of_purpose(purpose: &str) -> Option<Self> {
        match purpose {
            "revocation" => Some(Self::Revocation),
            "suspension" => Some(Self::Suspension),
            _ => None,
        }
    }
}

type Shared = Arc<RwLock<BTreeMap<(u32, Shown), Arc<Served>>>>;

/// Publishes status lists; clones share one task, which ends with the last of them.
#[derive(Clone)]
pub struct Publisher {
    served: Shared,
    orders: mpsc::Sender<Order>,
}

struct Order {
    what: What,
    done: oneshot::Sender<Result<(), PublishError>>,
}

enum What {
    Change(Vec<StatusEntry>),
    Open(ListRow),
    Resign,
    Quiet(oneshot::Sender<Vec<Loose>>),
    Tighten(Tighter),
}

/// The entries of a list at one moment, to be packed tighter.
pub struct Loose {
    number: u32,
    list: StatusList,
}

/// A tighter packing of what a list was.
pub struct Tighter {
    number: u32,
    zlib: Vec<u8>,
}

impl Loose {
    /// Packs it, in some ten to a hundred milliseconds; `None` when that can't be done.
    pub fn pack(&self) -> Option<Tighter> {
        tight::pack(&self.list).map(|zlib| Tighter { number: self.number, zlib })
    }
}

/// What the task needs besides the lists.
pub struct Signing {
    /// The issuer identifier.
    pub base_url: String,
    /// Holds every key that a list is signed by.
    pub ring: Arc<Ring>,
    /// Tells the newest instant recorded.
    pub store: Arc<dyn Store>,
    /// The clock.
    pub clock: Clock,
    /// Where the decoys are.
    pub order: IndexOrder,
}

impl Publisher {
    /// Builds every list from the store, signs it, and starts the task.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn start(signing: Signing) -> Result<Self, PublishError> {
        let served = Shared::default();
        let mut work = Work { signing, served: Arc::clone(&served), lists: BTreeMap::new() };
        for row in work.signing.store.status_lists().await? {
            let entries = work.signing.store.status_entries(row.number).await?;
            let number = row.number;
            let held = work.held(row)?;
            let list = work.lists.entry(number).or_insert(held);
            for (index, status) in entries {
                list.bits.set(index, status)?;
            }
            work.publish(number)?;
        }
        let (orders, waiting) = mpsc::channel(WAITING);
        tokio::spawn(work.run(waiting));
        Ok(Self { served, orders })
    }

    /// Makes changes public that are on disk. What the entries say is read when they are
    /// published: two changes that overtake each other on the way here end as the store has them.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn change(&self, entries: Vec<StatusEntry>) -> Result<(), PublishError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.order(What::Change(entries)).await
    }

    /// Makes a new list public.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn open(&self, list: ListRow) -> Result<(), PublishError> {
        self.order(What::Open(list)).await
    }

    /// Signs anew every list that is four minutes old.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn resign(&self) -> Result<(), PublishError> {
        self.order(What::Resign).await
    }

    /// The lists that have not changed for a while and could be smaller.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn quiet(&self) -> Result<Vec<Loose>, PublishError> {
        let (found, answer) = oneshot::channel();
        self.order(What::Quiet(found)).await?;
        answer.await.map_err(|_| PublishError::Stopped)
    }

    /// Publishes a list in fewer bytes, unless it has changed since it was packed.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn tighten(&self, tighter: Tighter) -> Result<(), PublishError> {
        self.order(What::Tighten(tighter)).await
    }

    /// Packs and publishes all that [`Self::quiet`] finds.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn tighten_quiet(&self) -> Result<(), PublishError> {
        for loose in self.quiet().await? {
            // Not on the threads that serve
            let packed = tokio::task::spawn_blocking(move || loose.pack()).await;
            if let Ok(Some(tighter)) = packed {
                self.tighten(tighter).await?;
            }
        }
        Ok(())
    }

    /// A list as it is served.
    pub fn list(&self, number: u32, shown: Shown) -> Option<Arc<Served>> {
        self.served.read().ok()?.get(&(number, shown)).cloned()
    }

    /// The numbers of all Token Status Lists.
    pub fn numbers(&self) -> Vec<u32> {
        let of_tokens =
            |(number, shown): &(u32, Shown)| (*shown == Shown::Token).then_some(*number);
        let served = self.served.read();
        served.map(|served| served.keys().filter_map(of_tokens).collect()).unwrap_or_default()
    }

    async fn order(&self, what: What) -> Result<(), PublishError> {
        let (done, answer) = oneshot::channel();
        self.orders.send(Order { what, done }).await.map_err(|_| PublishError::Stopped)?;
        answer.await.map_err(|_| PublishError::Stopped)?
    }
}

/// A list and the token last signed over it.
struct Held {
    kid: String,
    bits: Bits,
    issued_at: i64,
    /// Those that have not changed yet, the next one last.
    decoys: Vec<Decoy>,
}

struct Work {
    signing: Signing,
    served: Shared,
    lists: BTreeMap<u32, Held>,
}

impl Work {
    async fn run(mut self, mut waiting: mpsc::Receiver<Order>) {
        let mut orders = Vec::new();
        while waiting.recv_many(&mut orders, WAITING).await > 0 {
            let mut answers = Vec::new();
            let mut touched = BTreeSet::new();
            for Order { what, done } in orders.drain(..) {
                let applied = self.apply(what).await;
                if let Ok(lists) = &applied {
                    touched.extend(lists);
                }
                answers.push((applied.map(|_| ()), done));
            }
            let published = touched.into_iter().try_for_each(|number| self.publish(number));
            if let Err(error) = &published {
                tracing::error!(%error, "a status list is not published");
            }
            for (applied, done) in answers {
                // Whoever asked may have gone away meanwhile.
                let _gone = done.send(applied.and_then(|()| published.clone()));
            }
        }
    }

    fn held(&self, row: ListRow) -> Result<Held, PublishError> {
        let bits = Bits::new(row.form)?;
        let decoys = decoys(&self.signing.order, row.number, self.signing.store.list_policy());
        Ok(Held { kid: row.kid, bits, issued_at: 0, decoys })
    }

    /// Changes the lists and tells which are to be signed.
    async fn apply(&mut self, what: What) -> Result<Vec<u32>, PublishError> {
        match what {
            What::Change(changes) => {
                for entry in &changes {
                    let status = self.signing.store.status(*entry).await?;
                    let held = self.lists.get_mut(&entry.list).ok_or(PublishError::NoSuchList)?;
                    held.bits.set(entry.index, status)?;
                }
                Ok(changes.into_iter().map(|entry| entry.list).collect())
            }
            What::Open(row) => {
                let number = row.number;
                let held = self.held(row)?;
                self.lists.entry(number).or_insert(held);
                Ok(vec![number])
            }
            What::Resign => {
                let now = self.now();
                let old: Vec<u32> = self
                    .lists
                    .iter()
                    .filter(|(_, held)| now.saturating_sub(held.issued_at) >= RESIGN_SECONDS)
                    .map(|(number, _)| *number)
                    .collect();
                if !old.is_empty() {
                    // So that no list goes back in time over a restart.
                    self.signing.store.note_instant(now).await?;
                }
                Ok(old)
            }
            What::Quiet(found) => {
                let now = self.now();
                let quiet = self
                    .lists
                    .iter()
                    .filter(|(_, held)| now.saturating_sub(held.issued_at) >= QUIET_SECONDS)
                    .filter_map(|(number, held)| {
                        let list = held.bits.loose()?.clone();
                        Some(Loose { number: *number, list })
                    });
                // Whoever asked may have gone away meanwhile.
                let _gone = found.send(quiet.collect());
                Ok(vec![])
            }
            What::Tighten(Tighter { number, zlib }) => {
                let held = self.lists.get_mut(&number).ok_or(PublishError::NoSuchList)?;
                if !held.bits.tighten(zlib) {
                    return Ok(vec![]);
                }
                self.signing.store.note_instant(self.now()).await?;
                Ok(vec![number])
            }
        }
    }

    /// Now, or the newest instant on record when the clock was put back: verifiers refuse a list
    /// whose `iat` goes back.
    fn now(&self) -> i64 {
        self.signing.clock.now().max(self.signing.store.newest_instant())
    }

    fn publish(&mut self, number: u32) -> Result<(), PublishError> {
        let now = self.now();
        let held = self.lists.get_mut(&number).ok_or(PublishError::NoSuchList)?;
        let key = self
            .signing
            .ring
            .by_kid(&held.kid)
            .ok_or_else(|| PublishError::NoKey(held.kid.clone()))?;
        let issued_at = held.issued_at.max(now);
        while let Some(decoy) = held.decoys.pop_if(|decoy| decoy.at <= issued_at) {
            held.bits.set(decoy.index, decoy.status)?;
        }
        for (shown, token) in held.bits.sign(&self.signing, key, number, issued_at)? {
            let served = Arc::new(Served::new(shown, token, issued_at)?);
            let mut all = self.served.write().map_err(|_| PublishError::Stopped)?;
            all.insert((number, shown), served);
        }
        held.issued_at = issued_at;
        Ok(())
    }
}

/// Why a list is not published.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PublishError {
    /// The key that signed the list's credentials is not in the ring, or compromised.
    #[error("no usable key {0:?} in the ring to sign its status list")]
    NoKey(String),
    /// A change names a list that is not there.
    #[error("no such status list")]
    NoSuchList,
    /// The list does not take the value.
    #[error(transparent)]
    Bitstring(#[from] vc::bitstring::BitstringError),
    /// The list does not take the value.
    #[error(transparent)]
    List(#[from] vc::status_list::StatusListError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service is stopping.
    #[error("the publisher has stopped")]
    Stopped,
}
