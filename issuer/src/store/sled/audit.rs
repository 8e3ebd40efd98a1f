//! The audit logs of the embedded store.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use keys::{Purpose, Ring};
use server::audit::ChainError;
use server::audit::heads::{self, HeadsError};
use server::audit::office::Auditor;

use super::SledStore;
use crate::audit::{LOGS, PASSPORTS};
use crate::store::AuditStore;

#[async_trait]
impl AuditStore for SledStore {
    async fn verify_audit(&self) -> Result<u64, ChainError> {
        PASSPORTS.verify(&self.db, &BTreeMap::new())
    }

    async fn sign_audit_head(
        &self,
        iss: &str,
        ring: Arc<Ring>,
        now: i64,
    ) -> Result<bool, HeadsError> {
        heads::sign(&self.db, LOGS, iss, (ring, Purpose::Issuer), now).await
    }

    fn auditor(&self, ring: Arc<Ring>) -> Auditor {
        Auditor::new(self.db.clone(), LOGS, Some(ring))
    }
}
