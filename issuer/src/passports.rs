//! `/api/v1/passports`: what home HR does. Unknown members are refused; errors are problems.

pub mod change;
pub mod confirm;
pub mod create;
pub mod drafts;
pub mod life;
pub mod offers;
pub mod progress;
pub mod queues;
pub mod read;
pub mod revoke;

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::{Map, Value};
use server::tokens::Scope;

use crate::state::{Issuer, PersonError};
use crate::status::list_uri;
use crate::store::{HistoryEntry, Passport, PassportState};

/// Every scope that this service knows.
pub const SCOPES: &[&str] = &[ReadPassports::NAME, WritePassports::NAME];

/// May read passports.
#[derive(Clone, Copy, Debug)]
pub struct ReadPassports;

/// May issue and revoke.
#[derive(Clone, Copy, Debug)]
pub struct WritePassports;

impl Scope for ReadPassports {
    const NAME: &'static str = "passports:read";
}

impl Scope for WritePassports {
    const NAME: &'static str = "passports:write";
}

/// A passport as HR reads it.
#[derive(Debug, Serialize)]
pub struct PassportView {
    id: String,
    subject_ref: String,
    state: PassportState,
    created_at: String,
    credential_configuration_id: String,
    copies: Vec<CopyView>,
    history: Vec<HistoryView>,
    checks: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct CopyView {
    status: vc::status_list::Status,
    status_list: StatusListView,
    holder_key: String,
    key: String,
    issued_at: String,
    expires_at: String,
}

#[derive(Debug, Serialize)]
struct StatusListView {
    uri: String,
    idx: u32,
}

#[derive(Debug, Serialize)]
struct HistoryView {
    at: String,
    #[serde(flatten)]
    entry: HistoryWhat,
}

#[derive(Debug, Serialize)]
struct HistoryWhat {
    who: String,
    what: crate::store::Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<crate::store::RevocationReason>,
}

impl PassportView {
    /// The passport with the person's values.
    ///
    /// # Errors
    /// [`PersonError`].
    async fn new(issuer: &Issuer, passport: Passport) -> Result<Self, PersonError> {
        let checks = issuer.claims_of_person(&passport.subject_ref).await?;
        let base_url = issuer.settings.base_url.as_str();
        let copies = passport
            .copies
            .into_iter()
            .map(|copy| CopyView {
                status: copy.status,
                status_list: StatusListView {
                    uri: list_uri(base_url, copy.entry.list),
                    idx: copy.entry.index,
                },
                holder_key: copy.holder,
                key: copy.kid,
                issued_at: instant(copy.issued_at),
                expires_at: instant(copy.expires_at),
            })
            .collect();
        Ok(Self {
            id: passport.id.to_string(),
            subject_ref: passport.subject_ref,
            state: passport.state,
            created_at: instant(passport.created_at_ms.div_euclid(1000)),
            credential_configuration_id: passport.configuration,
            copies,
            history: passport.history.into_iter().map(history).collect(),
            checks,
        })
    }
}

fn history(entry: HistoryEntry) -> HistoryView {
    HistoryView {
        at: instant(entry.at),
        entry: HistoryWhat { who: entry.who, what: entry.what, reason: entry.reason },
    }
}

/// RFC 3339, in UTC.
fn instant(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|instant| instant.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}
