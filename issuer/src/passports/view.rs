//! A passport as HR reads it.

use serde::Serialize;
use serde_json::{Map, Value};
use server::Problem;
use vc::status_list::Status;

use crate::checks::{Due, due};
use crate::passports::instant;
use crate::state::Issuer;
use crate::status::list_uri;
use crate::store::{Act, AskedAct, Copy, HistoryEntry, Passport, PassportId, PassportState};

/// A passport as HR reads it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PassportView {
    /// Its id.
    pub id: PassportId,
    /// The person, at this issuer.
    pub subject_ref: String,
    /// Where it is in its life.
    pub state: PassportState,
    /// RFC 3339.
    pub created_at: String,
    /// Its type.
    pub credential_configuration_id: String,
    /// Whether its document has no faults: only then may it be offered.
    pub whole: bool,
    /// When the staff member said that she keeps the newest copy.
    pub accepted_at: Option<String>,
    /// Why the staff member refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejection: Option<RejectionView>,
    /// What stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<PassportId>,
    /// The account at the identity provider by which the staff member may fetch it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedView>,
    /// Copies in wallets, oldest first.
    pub copies: Vec<CopyView>,
    /// When each check runs out, soonest first.
    pub due: Vec<Due>,
    /// What happened, oldest first.
    pub history: Vec<HistoryView>,
    /// What it says.
    #[schema(value_type = Object)]
    pub checks: Map<String, Value>,
}

/// A refusal by the staff member.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RejectionView {
    /// Why; absent when the wallet could not keep it.
    pub reason: Option<&'static str>,
    /// In the staff member's words.
    pub words: Option<String>,
}

/// What one person asked for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AskedView {
    /// What for.
    pub act: AskedAct,
    /// Who asked: `token:ID` or `person:ID`.
    pub by: String,
    /// RFC 3339.
    pub at: String,
    /// In whose own words.
    pub note: Option<String>,
}

/// A copy in a wallet.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CopyView {
    /// What its status entry says.
    #[schema(value_type = String)]
    pub status: Status,
    /// Where that is.
    pub status_list: StatusListView,
    /// Thumbprint of the holder's key.
    pub holder_key: String,
    /// `kid` of the issuer's key.
    pub key: String,
    /// RFC 3339.
    pub issued_at: String,
    /// RFC 3339.
    pub expires_at: String,
}

/// A status entry.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StatusListView {
    /// Address of the list.
    pub uri: String,
    /// Index in it.
    pub idx: u32,
}

/// A line of the history.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HistoryView {
    /// RFC 3339.
    pub at: String,
    /// `token:ID`, `person:ID`, `wallet` or `issuer`.
    pub who: String,
    /// What.
    pub what: Act,
    /// Why: a word of the act's own set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In somebody's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl PassportView {
    /// The passport with the person's values.
    ///
    /// # Errors
    /// 500 or 503.
    pub async fn new(issuer: &Issuer, passport: Passport) -> Result<Self, Problem> {
        let person = issuer.person(&passport.subject_ref).await?;
        let checks = person.claims()?;
        let open = |note: Option<String>| note.and_then(|note| person.open_note(&note));
        let base_url = issuer.settings.base_url.as_str();
        let history = issuer.store.history(&passport.id).await?;
        let rejection = passport.rejection.map(|rejection| RejectionView {
            reason: rejection.reason.map(vc::oid4vci::RefusalReason::name),
            words: open(rejection.note),
        });
        Ok(Self {
            id: passport.id,
            subject_ref: passport.subject_ref,
            state: passport.state,
            created_at: instant(passport.created_at_ms.div_euclid(1000)),
            credential_configuration_id: passport.configuration,
            whole: passport.whole,
            accepted_at: passport.accepted_at.map(instant),
            rejection,
            superseded_by: passport.superseded_by,
            account: open(passport.account.map(|account| account.sealed)),
            asked: passport.asked.map(|asked| AskedView {
                act: asked.act,
                by: asked.by,
                at: instant(asked.at),
                note: open(asked.note),
            }),
            copies: passport.copies.into_iter().map(|copy| view_of(base_url, copy)).collect(),
            due: due(&checks),
            history: history
                .into_iter()
                .map(|HistoryEntry { at, who, what, reason, note }| HistoryView {
                    at: instant(at),
                    who,
                    what,
                    reason,
                    note: open(note),
                })
                .collect(),
            checks,
        })
    }
}

fn view_of(base_url: &str, copy: Copy) -> CopyView {
    CopyView {
        status: copy.status,
        status_list: StatusListView {
            uri: list_uri(base_url, copy.entry.list),
            idx: copy.entry.index,
        },
        holder_key: copy.holder,
        key: copy.kid,
        issued_at: instant(copy.issued_at),
        expires_at: instant(copy.expires_at),
    }
}
