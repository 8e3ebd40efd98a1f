//! The audit logs, as the issuer asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use keys::Ring;
use server::audit::ChainError;
use server::audit::heads::HeadsError;
use server::audit::office::Auditor;

/// What the store does for oversight.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Checks the log of passports from its first entry to its head and gives the number of
    /// entries.
    async fn verify_audit(&self) -> Result<u64, ChainError>;

    /// Signs the ends of the logs and keeps that, unless it was done less than an hour ago.
    async fn sign_audit_head(
        &self,
        iss: &str,
        ring: Arc<Ring>,
        now: i64,
    ) -> Result<bool, HeadsError>;

    /// Checks and exports the logs; `ring` has the keys of the signed heads.
    fn auditor(&self, ring: Arc<Ring>) -> Auditor;
}
