//! What happened, as others are told: events are the entries of the log of passports, and a webhook
//! is a place in it that moves on as its receiver takes them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::AuditRow;
use crate::store::StoreError;

/// A receiver of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: Uuid,
    /// Where events go.
    pub url: String,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// Number of the last event that it took.
    pub taken: u64,
    /// How often in a row the next one was not taken.
    pub failures: u32,
    /// Not before.
    pub next_at: i64,
}

/// What the store does for events.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// The events after one, in order; at most so many.
    async fn events_after(&self, number: u64, most: usize) -> Result<Vec<AuditRow>, StoreError>;

    /// Number of the newest event.
    async fn newest_event(&self) -> Result<u64, StoreError>;

    /// Keeps a new webhook: it takes what happens from now on. The log of accounts has it.
    async fn add_webhook(&self, webhook: Webhook, who: &str) -> Result<Webhook, StoreError>;

    /// Forgets one; `false` when there is none. The log of accounts has it.
    async fn remove_webhook(&self, id: Uuid, who: &str, now: i64) -> Result<bool, StoreError>;

    /// Every webhook.
    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Records how far a webhook is; nothing when it is forgotten meanwhile.
    async fn move_webhook(&self, webhook: Webhook) -> Result<(), StoreError>;
}
