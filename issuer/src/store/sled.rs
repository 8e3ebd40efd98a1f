//! The embedded store, on `server::durable`: every fact is checked and written on one thread and
//! on disk before it answers.

mod accounts;
mod acts;
mod approvals;
mod audit;
mod authorizations;
mod documents;
mod downloads;
mod erasure;
mod find;
mod grants;
mod held;
mod issuance;
mod movements;
mod offers;
mod review;
mod rows;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use server::Durable;
use server::durable::{Batch, View};
use vc::status_list::Status;

use self::issuance::Indices;
use self::rows::key;
use crate::status::indices::IndexOrder;
use crate::store::{
    Amendment, Begun, Delivered, Delivery, Done, Grant, HistoryEntry, HrDeed, Import, ImportRow,
    Imported, Issuance, KeyDecision, ListForm, ListPolicy, ListRow, Notification, Offer, Offering,
    Page, PageRequest, Passport, PassportDraft, PassportId, QueueCounts, Recorded, Redeemed,
    Redemption, Sealed, SecretHash, StatusEntry, Store, StoreError,
};

/// Who acts at the protocol endpoints.
const WALLET: &str = "wallet";
/// Who acts when time runs out.
const ISSUER: &str = "issuer";
/// Most passports that end in one look.
const LAPSED_AT_ONCE: usize = 200;
/// How long expired nonces and tokens are remembered, so that a clock put back an hour does not
/// bring them to life.
const REMEMBERED_SECONDS: i64 = 3600;
/// Most rows of one kind that one sweep removes.
const SWEPT_AT_ONCE: usize = 1000;

/// The store in one folder.
#[derive(Clone)]
pub struct SledStore {
    db: Durable,
    order: Arc<IndexOrder>,
    policy: ListPolicy,
    newest: Arc<AtomicI64>,
}

impl SledStore {
    /// Over an opened store; `order` must be the same as ever for this store.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn new(db: Durable, order: IndexOrder, policy: ListPolicy) -> Result<Self, StoreError> {
        let newest = match db.get(key::INSTANT)? {
            Some(bytes) => {
                i64::from_be_bytes(bytes.try_into().map_err(|_| StoreError::Malformed("instant"))?)
            }
            None => 0,
        };
        let newest = Arc::new(AtomicI64::new(newest));
        Ok(Self { db, order: Arc::new(order), policy, newest })
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        key: &[u8],
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.db.get(key)?.map(|bytes| rows::parse(&bytes, what)).transpose()
    }

    fn indices(&self) -> Indices<'_> {
        Indices { order: &self.order, policy: self.policy }
    }

    /// Runs a fact that happens at `now`.
    async fn fact<T, F>(&self, now: i64, fact: F) -> Result<T, StoreError>
    where
        F: FnOnce(&Self, &View<'_>, &mut Batch) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let store = self.clone();
        let answer = self
            .db
            .commit(move |view, batch| {
                let answer = fact(&store, view, batch)?;
                // Facts run one at a time: nobody else writes the instant meanwhile.
                if store.newest.load(Ordering::SeqCst) < now {
                    batch.put(key::INSTANT, now.to_be_bytes());
                }
                Ok::<T, StoreError>(answer)
            })
            .await?;
        self.newest.fetch_max(now, Ordering::SeqCst);
        Ok(answer)
    }
}

#[async_trait]
impl Store for SledStore {
    async fn draft_passport(&self, draft: PassportDraft) -> Result<(), StoreError> {
        let now = draft.now_ms.div_euclid(1000);
        self.fact(now, move |_, view, batch| documents::draft(view, batch, draft)).await
    }

    async fn begin_import(&self, import: Import) -> Result<Begun, StoreError> {
        self.fact(import.at, move |_, view, batch| documents::begin_import(view, batch, &import))
            .await
    }

    async fn import_passport(&self, row: ImportRow) -> Result<Imported, StoreError> {
        let now = row.draft.now_ms.div_euclid(1000);
        self.fact(now, move |_, view, batch| documents::import(view, batch, row)).await
    }

    async fn amend_passport(&self, amendment: Amendment) -> Result<Done, StoreError> {
        self.fact(amendment.now, move |_, view, batch| documents::amend(view, batch, amendment))
            .await
    }

    async fn offer_passport(&self, offering: Offering) -> Result<Done, StoreError> {
        self.fact(offering.now, move |_, view, batch| offers::offer(view, batch, offering)).await
    }

    async fn act_on_passport(&self, deed: HrDeed) -> Result<Done, StoreError> {
        self.fact(deed.now, move |_, view, batch| acts::act(view, batch, deed)).await
    }

    async fn decide_key(&self, decision: KeyDecision) -> Result<Done, StoreError> {
        self.fact(decision.now, move |_, view, batch| review::decide(view, batch, decision)).await
    }

    async fn offer(&self, offer: &SecretHash) -> Result<Option<Offer>, StoreError> {
        self.read(&key::offer(offer), "offer")
    }

    async fn redeem_code(&self, redemption: Redemption) -> Result<Redeemed, StoreError> {
        // An invented code costs no write.
        if self.db.get(&key::code(&redemption.code))?.is_none() {
            return Ok(Redeemed::Unknown);
        }
        self.fact(redemption.now, move |_, view, batch| offers::redeem(view, batch, &redemption))
            .await
    }

    async fn grant(&self, token: &SecretHash) -> Result<Option<Grant>, StoreError> {
        self.read(&key::grant(token), "grant")
    }

    async fn record_issuance(&self, issuance: Issuance) -> Result<Recorded, StoreError> {
        self.fact(issuance.issued_at, move |store, view, batch| {
            issuance::record(store.indices(), view, batch, issuance)
        })
        .await
    }

    async fn deliver_deferred(&self, delivery: Delivery) -> Result<Delivered, StoreError> {
        self.fact(delivery.issued_at, move |store, view, batch| {
            issuance::deliver(store.indices(), view, batch, &delivery)
        })
        .await
    }

    async fn record_notification(&self, notification: Notification) -> Result<Done, StoreError> {
        self.fact(notification.now, move |_, view, batch| review::notify(view, batch, notification))
            .await
    }

    async fn lapse(&self, now: i64) -> Result<Vec<PassportId>, StoreError> {
        let (over, waiting) = find::to_lapse(self, now, LAPSED_AT_ONCE)?;
        let mut lapsed = Vec::new();
        // A fact each: none sees what another of its batch has written.
        for id in over {
            let ended = self.fact(now, move |_, view, batch| acts::expire(view, batch, &id, now));
            if ended.await? {
                lapsed.push(id);
            }
        }
        for id in waiting {
            let ended =
                self.fact(now, move |_, view, batch| acts::lapse_key(view, batch, &id, now));
            if ended.await? {
                lapsed.push(id);
            }
        }
        Ok(lapsed)
    }

    async fn passport(&self, id: &PassportId) -> Result<Option<Passport>, StoreError> {
        self.read(&key::passport(id), "passport")
    }

    async fn history(&self, id: &PassportId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.db
            .scan_prefix(&key::history(id))
            .map(|entry| rows::parse(&entry?.1, "history"))
            .collect()
    }

    async fn sealed(&self, subject_ref: &str) -> Result<Option<Sealed>, StoreError> {
        let wrapped_key = self.db.get(&key::data_key(subject_ref))?;
        let document = self.db.get(&key::personal(subject_ref))?;
        Ok(wrapped_key
            .zip(document)
            .map(|(wrapped_key, document)| Sealed { wrapped_key, document }))
    }

    async fn passports(&self, request: PageRequest) -> Result<Page, StoreError> {
        find::page(self, &request)
    }

    async fn queue_counts(&self, expiring_until: i64) -> Result<QueueCounts, StoreError> {
        find::counts(self, expiring_until)
    }

    async fn open_status_lists(&self, kid: &str, now: i64) -> Result<(), StoreError> {
        let kid = kid.to_owned();
        self.fact(now, move |_, view, batch| {
            issuance::open_lists(view, batch, &kid, ListForm::Token)
        })
        .await
    }

    async fn status_lists(&self) -> Result<Vec<ListRow>, StoreError> {
        self.db
            .scan_prefix(key::STATUS_LIST)
            .map(|entry| rows::parse(&entry?.1, "status list"))
            .collect()
    }

    fn list_policy(&self) -> ListPolicy {
        self.policy
    }

    async fn status(&self, entry: StatusEntry) -> Result<Status, StoreError> {
        let status = self.read(&key::status_entry(entry.list, entry.index), "status entry")?;
        Ok(status.unwrap_or(Status::Valid))
    }

    async fn status_entries(&self, list: u32) -> Result<Vec<(u32, Status)>, StoreError> {
        let prefix = key::status_entries(list);
        self.db
            .scan_prefix(&prefix)
            .map(|entry| {
                let (key, value) = entry?;
                let index = key
                    .last_chunk::<4>()
                    .ok_or(StoreError::Malformed("status entry"))
                    .map(|bytes| u32::from_be_bytes(*bytes))?;
                Ok((index, rows::parse(&value, "status entry")?))
            })
            .collect()
    }

    async fn note_instant(&self, now: i64) -> Result<(), StoreError> {
        self.fact(now, |_, _, _| Ok(())).await
    }

    fn newest_instant(&self) -> i64 {
        self.newest.load(Ordering::SeqCst)
    }

    async fn sweep(&self, now: i64) -> Result<(), StoreError> {
        let before = now.saturating_sub(REMEMBERED_SECONDS);
        self.db
            .commit(move |view, batch| {
                for (prefix, of_expiring) in [
                    (key::NONCE, None),
                    (key::GRANT_EXPIRY, Some(key::GRANT)),
                    (key::REFRESH_EXPIRY, Some(key::REFRESH)),
                    (key::REFRESH_FAMILY_EXPIRY, Some(key::REFRESH_FAMILY)),
                    (key::PUSHED_EXPIRY, Some(key::PUSHED)),
                    (key::AUTHORIZATION_EXPIRY, Some(key::AUTHORIZATION)),
                ] {
                    for entry in view.scan_prefix(prefix).take(SWEPT_AT_ONCE) {
                        let (key, _) = entry?;
                        let Some((expiry, id)) =
                            key.strip_prefix(prefix).and_then(|rest| rest.split_first_chunk::<8>())
                        else {
                            return Err(StoreError::Malformed("expiry"));
                        };
                        // In order of expiry.
                        if i64::from_be_bytes(*expiry) >= before {
                            break;
                        }
                        if let Some(row) = of_expiring {
                            batch.remove([row, id].concat());
                        }
                        batch.remove(key);
                    }
                }
                Ok(())
            })
            .await
    }

    fn ready(&self) -> Result<(), String> {
        self.db.read_only().map_or(Ok(()), |why| Err(why.to_owned()))
    }
}

impl std::fmt::Debug for SledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SledStore")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;
    use zeroize::Zeroizing;

    use super::*;
    use crate::store::contract::{Backend, contract};

    struct Sled {
        dir: TempDir,
        policy: ListPolicy,
        store: Option<Arc<SledStore>>,
    }

    fn open(dir: &TempDir, policy: ListPolicy) -> Arc<SledStore> {
        let order = IndexOrder::new(Zeroizing::new([9; 32]));
        Arc::new(SledStore::new(Durable::open(dir.path()).unwrap(), order, policy).unwrap())
    }

    impl Backend for Sled {
        fn fresh(policy: ListPolicy) -> Self {
            let dir = TempDir::new().unwrap();
            let store = Some(open(&dir, policy));
            Self { dir, policy, store }
        }

        fn store(&self) -> Arc<dyn Store> {
            self.store.clone().unwrap()
        }

        fn reopened(mut self) -> Self {
            drop(self.store.take());
            self.store = Some(open(&self.dir, self.policy));
            self
        }

        fn damage(&self, id: &PassportId) {
            let (db, row) = (self.store.clone().unwrap().db.clone(), key::passport(id));
            let damaged = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(db.commit(|_, batch| {
                    batch.put(row, b"{");
                    Ok::<_, StoreError>(())
                }))
            });
            damaged.join().unwrap().unwrap();
        }
    }

    contract!(Sled);
}
