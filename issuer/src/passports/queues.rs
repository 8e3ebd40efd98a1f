//! What waits for HR, counted.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use server::{Authorised, Problem};

use crate::oid4vci::NO_STORE;
use crate::passports::ReadPassports;
use crate::state::Issuer;

pub use crate::store::Queue;

/// Days ahead that count as soon when nothing else is asked for.
pub const SOON_DAYS: u32 = 30;
/// Most days ahead.
pub const MAX_SOON_DAYS: u32 = 366;
const DAY_SECONDS: i64 = 24 * 60 * 60;
const UNREADABLE: &str =
    "The address takes expiring_days, a number from 1 to 366, and nothing else.";

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// [`Queue::ToApprove`].
    pub to_approve: u64,
    /// [`Queue::ToConfirm`].
    pub to_confirm: u64,
    /// [`Queue::ToIssue`].
    pub to_issue: u64,
    /// [`Queue::Waiting`].
    pub waiting: u64,
    /// [`Queue::Rejected`].
    pub rejected: u64,
    /// [`Queue::Expiring`] within the days asked for; 1000 stands for that many or more.
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
    let counted = issuer.store.queue_counts(until(issuer, expiring_days)).await?;
    let mut counts = Counts { expiring: counted.expiring, expiring_days, ..Counts::default() };
    for (queue, count) in counted.waiting {
        match queue {
            Queue::ToApprove => counts.to_approve = count,
            Queue::ToConfirm => counts.to_confirm = count,
            Queue::ToIssue => counts.to_issue = count,
            Queue::Waiting => counts.waiting = count,
            Queue::Rejected => counts.rejected = count,
            Queue::Suspended => counts.suspended = count,
            Queue::Expiring => {}
        }
    }
    Ok(counts)
}

/// The end of so many days from now.
pub(super) fn until(issuer: &Issuer, days: u32) -> i64 {
    issuer.clock.now().saturating_add(i64::from(days).saturating_mul(DAY_SECONDS))
}

/// What the address may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueuesQuery {
    expiring_days: Option<u32>,
}

/// `GET /api/v1/queues`
pub async fn get(
    State(issuer): State<Arc<Issuer>>,
    _caller: Authorised<ReadPassports>,
    query: Result<Query<QueuesQuery>, QueryRejection>,
) -> Result<impl IntoResponse, Problem> {
    let days = query
        .map_err(|error| Problem::bad_request("BAD_QUERY", UNREADABLE).logged(error))?
        .expiring_days
        .unwrap_or(SOON_DAYS);
    if !(1..=MAX_SOON_DAYS).contains(&days) {
        return Err(Problem::bad_request("BAD_QUERY", UNREADABLE));
    }
    Ok(([NO_STORE], Json(queues(&issuer, days).await?)))
}
