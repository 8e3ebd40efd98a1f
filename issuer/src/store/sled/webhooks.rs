//! Events and webhooks in the embedded store.

use async_trait::async_trait;
use server::audit::{self, Entry, Event};
use uuid::Uuid;

use super::SledStore;
use super::rows::{parse, put};
use crate::audit::{AuditRow, PASSPORTS};
use crate::store::{EventStore, StoreError, Webhook};

const PREFIX: &[u8] = b"webhook/";

fn row(id: Uuid) -> Vec<u8> {
    [PREFIX, id.as_bytes()].concat()
}

fn entry(at: i64, who: &str, what: Event, webhook: &Webhook) -> Entry {
    Entry {
        at,
        who: who.to_owned(),
        what,
        about: Some(format!("webhook:{}", webhook.id)),
        detail: Some(webhook.url.clone()),
    }
}

#[async_trait]
impl EventStore for SledStore {
    async fn events_after(&self, number: u64, most: usize) -> Result<Vec<AuditRow>, StoreError> {
        PASSPORTS
            .rows_after(&self.db, number)
            .take(most)
            .map(|entry| parse(&entry?.1, "audit row"))
            .collect()
    }

    async fn newest_event(&self) -> Result<u64, StoreError> {
        let head: Option<audit::Head> = self.read(PASSPORTS.head, "audit head")?;
        Ok(head.map_or(0, |head| head.sequence))
    }

    async fn add_webhook(&self, mut webhook: Webhook, who: &str) -> Result<Webhook, StoreError> {
        let who = who.to_owned();
        self.fact(webhook.created_at, move |_, view, batch| {
            let head: Option<audit::Head> = super::rows::get(view, PASSPORTS.head, "audit head")?;
            webhook.taken = head.map_or(0, |head| head.sequence);
            put(batch, row(webhook.id), &webhook);
            let entry = entry(webhook.created_at, &who, Event::WebhookAdded, &webhook);
            audit::append(view, batch, entry)?;
            Ok(webhook)
        })
        .await
    }

    async fn remove_webhook(&self, id: Uuid, who: &str, now: i64) -> Result<bool, StoreError> {
        let who = who.to_owned();
        self.fact(now, move |_, view, batch| {
            let Some(webhook) = super::rows::get::<Webhook>(view, &row(id), "webhook")? else {
                return Ok(false);
            };
            batch.remove(row(id));
            audit::append(view, batch, entry(now, &who, Event::WebhookRemoved, &webhook))?;
            Ok(true)
        })
        .await
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.db.scan_prefix(PREFIX).map(|entry| parse(&entry?.1, "webhook")).collect()
    }

    async fn move_webhook(&self, webhook: Webhook) -> Result<(), StoreError> {
        self.db
            .commit(move |view, batch| {
                if view.contains(&row(webhook.id))? {
                    put(batch, row(webhook.id), &webhook);
                }
                Ok(())
            })
            .await
    }
}
