//! What waits for HR, counted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use server::Problem;

use crate::state::Issuer;

/// Days ahead that count as soon when nothing else is asked for.
pub const SOON_DAYS: u32 = 30;

/// A queue of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Queue {
    /// A phone waits for HR to compare six digits.
    ToConfirm,
    /// Drafts to finish and offer.
    ToIssue,
    /// Offered, and no wallet has come.
    Waiting,
    /// Refused by the staff member.
    Rejected,
    /// A check or the copy runs out soon.
    Expiring,
    /// Suspended.
    Suspended,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// [`Queue::ToConfirm`].
    pub to_confirm: u64,
    /// [`Queue::ToIssue`].
    pub to_issue: u64,
    /// [`Queue::Waiting`].
    pub waiting: u64,
    /// [`Queue::Rejected`].
    pub rejected: u64,
    /// [`Queue::Expiring`] within the days asked for; not counted past `MAX_EXPIRING`.
    pub expiring: u64,
    /// [`Queue::Suspended`].
    pub suspended: u64,
    /// Those days.
    pub expiring_days: u32,
}

/// How many wait in each queue. The cost does not grow with the number of passports.
///
/// # Errors
/// 500 or 503.
pub async fn queues(issuer: &Arc<Issuer>, expiring_days: u32) -> Result<Counts, Problem> {
    let _ = (issuer, expiring_days);
    Err(Problem::internal("not built yet"))
}
