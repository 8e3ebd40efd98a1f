//! The audit log: append-only rows, each holding the hash of the one before. A row is written in
//! the same fact as what it tells of.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vc::base64url;

use crate::store::{Act, HistoryEntry, PassportId, StoreError};

/// What the first row holds in place of a hash.
const BEGINNING: [u8; 32] = [0; 32];

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

/// The end of the log: what the next row holds on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Number of the last row.
    pub sequence: u64,
    /// Its hash.
    pub hash: String,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { sequence: 0, hash: base64url::encode(&BEGINNING) }
    }
}

impl AuditHead {
    /// The row that follows, its bytes, and the new head.
    pub fn next(&self, entry: &HistoryEntry, passport: PassportId) -> (u64, Vec<u8>, Self) {
        let sequence = self.sequence.saturating_add(1);
        let row = AuditRow {
            sequence,
            at: entry.at,
            who: entry.who.clone(),
            what: entry.what,
            reason: entry.reason.clone(),
            passport,
            before: self.hash.clone(),
        };
        let bytes = serde_json::to_vec(&row).unwrap_or_default();
        let hash = base64url::encode(&Sha256::digest(&bytes));
        (sequence, bytes, Self { sequence, hash })
    }
}

/// Walks the rows in order and compares the end with `head`; gives the number of rows.
///
/// # Errors
/// [`AuditError`], with the first row that does not hold.
pub fn verify(
    rows: impl Iterator<Item = Result<Vec<u8>, StoreError>>,
    head: &AuditHead,
) -> Result<u64, AuditError> {
    let mut seen = AuditHead::default();
    for bytes in rows {
        let bytes = bytes?;
        let sequence = seen.sequence.saturating_add(1);
        let row: AuditRow =
            serde_json::from_slice(&bytes).map_err(|_| AuditError::Broken(sequence))?;
        if row.sequence != sequence || row.before != seen.hash {
            return Err(AuditError::Broken(sequence));
        }
        seen = AuditHead { sequence, hash: base64url::encode(&Sha256::digest(&bytes)) };
    }
    if &seen == head { Ok(seen.sequence) } else { Err(AuditError::WrongEnd(seen.sequence)) }
}

/// Why the log does not stand.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// This row was changed, or rows before it were removed.
    #[error("audit row {0} does not follow from the one before it")]
    Broken(u64),
    /// Rows are missing at the end, or the head was changed.
    #[error("the audit log ends at row {0}, which is not its recorded head")]
    WrongEnd(u64),
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn log(rows: u64) -> (Vec<Vec<u8>>, AuditHead) {
        let mut head = AuditHead::default();
        let mut log = Vec::new();
        for n in 0..rows {
            let passport = PassportId(Uuid::from_u128(n.into()));
            let entry = HistoryEntry {
                at: 1_000,
                who: "token:1".to_owned(),
                what: Act::Offered,
                reason: Some("FIRST".to_owned()),
                note: None,
            };
            let (_, row, next) = head.next(&entry, passport);
            log.push(row);
            head = next;
        }
        (log, head)
    }

    fn check(rows: Vec<Vec<u8>>, head: &AuditHead) -> Result<u64, AuditError> {
        verify(rows.into_iter().map(Ok), head)
    }

    #[test]
    fn an_untouched_log_stands() {
        let (rows, head) = log(5);

        assert_eq!(check(rows, &head).unwrap(), 5);
    }

    #[test]
    fn any_edited_byte_is_found() {
        let (rows, head) = log(3);

        for row in 0..rows.len() {
            for at in 0..rows[row].len() {
                let mut edited = rows.clone();
                edited[row][at] ^= 1;
                assert!(check(edited, &head).is_err(), "row {row}, byte {at}");
            }
        }
    }

    #[test]
    fn a_missing_row_is_found_wherever_it_was() {
        let (rows, head) = log(4);

        for row in 0..rows.len() {
            let mut shorter = rows.clone();
            shorter.remove(row);
            assert!(check(shorter, &head).is_err(), "row {row}");
        }
    }
}
