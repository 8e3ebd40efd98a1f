//! The audit log: append-only rows, each holding the hash of the one before. A row is written in
//! the same fact as what it tells of.

use serde::{Deserialize, Serialize};
use server::audit::{ACCOUNTS, Head, Log, chain};

use crate::store::{Act, HistoryEntry, PassportId};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub sequence: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub who: String,
    /// What.
    pub what: Act,
    /// Why: a word of the act's own set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// To which passport.
    pub passport: PassportId,
    /// Hash of the row before.
    pub before: String,
}

/// The number of the row that follows, its bytes, and the new head.
pub fn next(head: &Head, entry: &HistoryEntry, passport: PassportId) -> (u64, Vec<u8>, Head) {
    let sequence = head.sequence.saturating_add(1);
    let row = AuditRow {
        sequence,
        at: entry.at,
        who: entry.who.clone(),
        what: entry.what,
        reason: entry.reason.clone(),
        passport,
        before: head.hash.clone(),
    };
    let bytes = serde_json::to_vec(&row).unwrap_or_default();
    let head = Head { sequence, hash: chain::hash(&bytes) };
    (sequence, bytes, head)
}

/// The log of passports.
pub const PASSPORTS: Log =
    Log { name: "passports", rows: b"audit/", head: b"head-of-audit", is_row };

/// Every log of the issuer.
pub const LOGS: &[Log] = &[PASSPORTS, ACCOUNTS];

fn is_row(bytes: &[u8]) -> bool {
    serde_json::from_slice::<AuditRow>(bytes)
        .is_ok_and(|row| serde_json::to_vec(&row).is_ok_and(|again| again == bytes))
}
