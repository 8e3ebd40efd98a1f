//! The audit log of accounts, sign-ins and tokens: append-only rows, each holding the hash of the
//! one before. A row is written in the same fact as what it tells of, and holds no name.

pub mod chain;
pub mod heads;
pub mod office;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use chain::{ChainError, Head, Log};

use crate::durable::{Batch, CommitError, Durable, StoreError, View};

const ROWS: &[u8] = b"account-audit/";
const HEAD: &[u8] = b"account-audit-head";
/// The log of accounts.
pub const ACCOUNTS: Log = Log { name: "accounts", rows: ROWS, head: HEAD, is_row };

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// Somebody was invited.
    Invited,
    /// An account got its first or another way to sign in.
    Enrolled,
    /// A provider's roles made or changed an account.
    RolesFromProvider,
    /// A session began.
    SignedIn,
    /// A session was ended by its person.
    SignedOut,
    /// A sign-in was refused.
    SignInRefused,
    /// Somebody tried what her roles do not give.
    RoleMissing,
    /// A change of roles waits for a second administrator.
    RolesAsked,
    /// Roles changed.
    RolesChanged,
    /// The second administrator refused.
    RolesRefused,
    /// An account may not sign in any more.
    Disabled,
    /// It may again.
    Enabled,
    /// An API token was made.
    TokenCreated,
    /// An API token was revoked.
    TokenRevoked,
    /// Whether something needs two people was set.
    TwoPeopleSet,
    /// Somebody wants to import a file, where two people issue.
    ImportAsked,
    /// A colleague sent the same file: it may be imported.
    ImportAgreed,
    /// Somebody else is told what happens.
    WebhookAdded,
    /// Not any more.
    WebhookRemoved,
}

impl Event {
    /// The end of its text's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Enrolled => "enrolled",
            Self::RolesFromProvider => "roles-from-provider",
            Self::SignedIn => "signed-in",
            Self::SignedOut => "signed-out",
            Self::SignInRefused => "sign-in-refused",
            Self::RoleMissing => "role-missing",
            Self::RolesAsked => "roles-asked",
            Self::RolesChanged => "roles-changed",
            Self::RolesRefused => "roles-refused",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::TokenCreated => "token-created",
            Self::TokenRevoked => "token-revoked",
            Self::TwoPeopleSet => "two-people-set",
            Self::ImportAsked => "import-asked",
            Self::ImportAgreed => "import-agreed",
            Self::WebhookAdded => "webhook-added",
            Self::WebhookRemoved => "webhook-removed",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// From 1, without gaps.
    pub sequence: u64,
    /// Seconds since 1970.
    pub at: i64,
    /// Who did it: `person:ID`, `token:ID`, `command` or `nobody`.
    pub who: String,
    /// What.
    pub what: Event,
    /// To whom or what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Codes and roles; never a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Hash of the row before.
    pub before: String,
}

/// What a row tells; [`append`] writes it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Seconds since 1970.
    pub at: i64,
    /// See [`Row::who`].
    pub who: String,
    /// What.
    pub what: Event,
    /// To whom or what.
    pub about: Option<String>,
    /// Codes and roles.
    pub detail: Option<String>,
}

/// Adds one row to a fact. A fact adds one row only: its own batch is not in its view.
///
/// # Errors
/// [`CommitError`], when the head cannot be read.
pub fn append(view: &View<'_>, batch: &mut Batch, entry: Entry) -> Result<(), CommitError> {
    let head = match view.get(HEAD)? {
        Some(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        None => Head::default(),
    };
    let sequence = head.sequence.saturating_add(1);
    let Entry { at, who, what, about, detail } = entry;
    let row = Row { sequence, at, who, what, about, detail, before: head.hash };
    let bytes = serde_json::to_vec(&row).unwrap_or_default();
    let head = Head { sequence, hash: chain::hash(&bytes) };
    batch.put(row_key(sequence), bytes);
    batch.put(HEAD, serde_json::to_vec(&head).unwrap_or_default());
    Ok(())
}

/// Writes one row that stands alone.
///
/// # Errors
/// [`CommitError`].
pub async fn note(db: &Durable, entry: Entry) -> Result<(), CommitError> {
    db.commit(move |view, batch| append(view, batch, entry)).await
}

/// The newest rows first.
pub fn newest(db: &Durable) -> impl Iterator<Item = Result<Row, AuditError>> + use<> {
    before(db, u64::MAX)
}

/// The rows with a smaller number, the newest first.
pub fn before(
    db: &Durable,
    sequence: u64,
) -> impl Iterator<Item = Result<Row, AuditError>> + use<> {
    db.range(row_key(0)..row_key(sequence)).rev().map(|entry| {
        let (key, value) = entry?;
        serde_json::from_slice(&value).map_err(|_| AuditError::Malformed(number(&key)))
    })
}

/// Checks the log from its first row to its head and gives the number of rows.
///
/// # Errors
/// [`AuditError`] with the first row that does not stand.
pub fn verify(db: &Durable) -> Result<u64, AuditError> {
    match ACCOUNTS.verify(db, &BTreeMap::new()) {
        Ok(rows) => Ok(rows),
        Err(ChainError::Row { sequence, .. }) => Err(AuditError::Broken(sequence)),
        Err(ChainError::End { .. } | ChainError::Signed { .. }) => Err(AuditError::Head),
        Err(ChainError::Read(error)) => Err(error.into()),
    }
}

fn is_row(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Row>(bytes)
        .is_ok_and(|row| serde_json::to_vec(&row).is_ok_and(|again| again == bytes))
}

fn row_key(sequence: u64) -> Vec<u8> {
    [ROWS, &sequence.to_be_bytes()].concat()
}

fn number(key: &[u8]) -> u64 {
    key.strip_prefix(ROWS)
        .and_then(|bytes| bytes.try_into().ok())
        .map(u64::from_be_bytes)
        .unwrap_or_default()
}

/// Why the log does not stand.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuditError {
    /// A row is not of its form.
    #[error("row {0} of the account log is malformed")]
    Malformed(u64),
    /// A row does not follow the one before.
    #[error("row {0} of the account log does not follow the one before")]
    Broken(u64),
    /// The head does not fit the last row.
    #[error("the head of the account log does not fit its last row")]
    Head,
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn log(rows: i64) -> (tempfile::TempDir, Durable) {
        let dir = tempfile::tempdir().unwrap();
        let db = Durable::open(dir.path()).unwrap();
        for at in 0..rows {
            let entry = Entry {
                at,
                who: "command".to_owned(),
                what: Event::Invited,
                about: Some("person:1".to_owned()),
                detail: None,
            };
            note(&db, entry).await.unwrap();
        }
        (dir, db)
    }

    #[tokio::test]
    async fn an_untouched_log_stands() {
        let (_dir, db) = log(5).await;

        assert_eq!(verify(&db).unwrap(), 5);
    }

    #[tokio::test]
    async fn any_edited_byte_is_found() {
        let (_dir, db) = log(2).await;
        let rows: Vec<_> = db.scan_prefix(ROWS).map(Result::unwrap).collect();

        for (key, value) in rows {
            for at in 0..value.len() {
                let (key, mut edited) = (key.clone(), value.clone());
                edited[at] ^= 1;
                put(&db, key.clone(), edited).await;
                assert!(verify(&db).is_err(), "byte {at}");
                put(&db, key, value.clone()).await;
            }
        }
        assert_eq!(verify(&db).unwrap(), 2);
    }

    #[tokio::test]
    async fn a_missing_row_is_found_wherever_it_was() {
        for missing in 1..=3 {
            let (_dir, db) = log(3).await;
            db.commit(move |_, batch| {
                batch.remove(row_key(missing));
                Ok::<(), CommitError>(())
            })
            .await
            .unwrap();

            assert!(verify(&db).is_err(), "row {missing}");
        }
    }

    async fn put(db: &Durable, key: Vec<u8>, value: Vec<u8>) {
        db.commit(move |_, batch| {
            batch.put(key, value);
            Ok::<(), CommitError>(())
        })
        .await
        .unwrap();
    }
}
