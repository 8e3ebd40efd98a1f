//! The answer to a scan: verdict, what it rests on, and the disclosed facts.

use axum::body::Bytes;
use chrono::{DateTime, SecondsFormat};
use passport::text::Note;
use passport::{Finding, Outcome, Placement, Presented, Requirement, RequirementUsed, Scan, judge};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use server::Problem;
use vc::qr::QrError;
use vc::registry::VerifiedRegistry;
use vc::time::UnixTime;
use vc::verify::Reason;

use crate::scan::Seen;

/// Claims that say nothing about the person, and that would link one scan to another.
const TECHNICAL: [&str; 9] =
    ["iss", "vct", "vct#integrity", "iat", "nbf", "exp", "jti", "status", "cnf"];

/// An answer with every fact of the sample nurse fits.
const USUAL_BYTES: usize = 6 * 1024;

#[derive(Serialize)]
struct Answer<'a> {
    outcome: Outcome,
    findings: &'a [Finding],
    notes: &'a [Note],
    checked_at: String,
    status: Option<StatusLine>,
    registry: Option<RegistryLine>,
    requirement: RequirementUsed,
    issuer: Option<IssuerLine<'a>>,
    facts: Option<Facts<'a>>,
    holder_proven: bool,
}

#[derive(Serialize)]
struct StatusLine {
    as_of: String,
    age_seconds: i64,
}

#[derive(Serialize)]
struct RegistryLine {
    version: u64,
}

#[derive(Serialize)]
struct IssuerLine<'a> {
    ods: &'a str,
    name: &'a str,
}

/// Disclosed claims without the technical ones, written without a copy.
struct Facts<'a>(&'a Map<String, Value>);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut facts = serializer.serialize_map(None)?;
        for (name, value) in self.0 {
            if !TECHNICAL.contains(&name.as_str()) {
                facts.serialize_entry(name, value)?;
            }
        }
        facts.end()
    }
}

/// What every answer of one scan has in common.
pub(crate) struct Judged<'a> {
    pub(crate) requirement: &'a Requirement,
    pub(crate) placement: &'a Placement,
    pub(crate) registry: Option<&'a VerifiedRegistry>,
    pub(crate) now: UnixTime,
}

impl Judged<'_> {
    /// A text that could not be read as a presentation.
    pub(crate) fn unreadable(&self, error: &QrError) -> Result<Bytes, Problem> {
        self.write(&Scan::Unreadable(error), None, None, None, false)
    }

    /// A presentation that another session showed before: nothing of it is told.
    pub(crate) fn replayed(&self) -> Result<Bytes, Problem> {
        self.write(&Scan::Replayed, None, None, None, false)
    }

    pub(crate) fn seen(&self, seen: &Seen) -> Result<Bytes, Problem> {
        match &seen.result {
            Ok(verified) => {
                let presented = Presented::from_verified(verified);
                let issuer = verified.issuer();
                self.write(
                    &Scan::Shown(&presented),
                    Some(verified.status_as_of()),
                    Some(IssuerLine { ods: &issuer.ods, name: &issuer.name }),
                    Some(Facts(verified.claims())),
                    true,
                )
            }
            Err(rejection) => {
                let as_of = seen
                    .status
                    .list()
                    .filter(|_| rests_on_list(&rejection.reason))
                    .map(|list| list.claims().issued_at);
                let issuer = rejection
                    .issuer_ods
                    .as_deref()
                    .and_then(|ods| self.registry?.organisation(ods))
                    .map(|issuer| IssuerLine { ods: &issuer.ods, name: &issuer.name });
                self.write(
                    &Scan::Rejected(&rejection.reason),
                    as_of,
                    issuer,
                    None,
                    rejection.presentation.is_some(),
                )
            }
        }
    }

    fn write(
        &self,
        scan: &Scan<'_>,
        as_of: Option<UnixTime>,
        issuer: Option<IssuerLine<'_>>,
        facts: Option<Facts<'_>>,
        holder_proven: bool,
    ) -> Result<Bytes, Problem> {
        let verdict = judge(scan, self.requirement, self.placement, self.now);
        let answer = Answer {
            outcome: verdict.outcome,
            findings: &verdict.findings,
            notes: &verdict.notes,
            checked_at: instant(self.now),
            status: as_of.map(|as_of| StatusLine {
                as_of: instant(as_of),
                // A list may be a little ahead of this clock.
                age_seconds: self.now.since(as_of).max(0),
            }),
            registry: self
                .registry
                .map(|registry| RegistryLine { version: registry.payload().version }),
            requirement: verdict.requirement,
            issuer,
            facts,
            holder_proven,
        };
        let mut body = Vec::with_capacity(USUAL_BYTES);
        serde_json::to_writer(&mut body, &answer).map_err(Problem::internal)?;
        Ok(body.into())
    }
}

/// Whether the list's age belongs to the answer.
fn rests_on_list(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Revoked | Reason::Suspended | Reason::Superseded | Reason::StatusTooOld
    )
}

fn instant(at: UnixTime) -> String {
    DateTime::from_timestamp(at.0, 0)
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}
