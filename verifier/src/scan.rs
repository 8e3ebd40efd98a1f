//! `POST /api/v1/scan`: a code and a placement in, a verdict out.
//!
//! Order: parse, issuer trust, issuer signature, holder, audience, time, replay, status, checks.
//! Whatever is no passport is a verdict too; only a request of the wrong shape is a problem.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use passport::{Kind, Placement, PlacementRequest, Requirement, StaffGroup};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use server::problem::Fault;
use server::tokens::Scope;
use server::{Authorised, Problem, StrictJson};
use uuid::Uuid;
use vc::qr;
use vc::registry::VerifiedRegistry;
use vc::time::UnixTime;
use vc::verify::{
    Evidence, NoncePolicy, Policy, PresentationId, Reason, Rejection, UnverifiedPresentation,
    Verified,
};

use crate::answer::Judged;
use crate::app::App;
use crate::repeats::Question;
use crate::status::Known;
use crate::store::{Remembered, Session, Shown};

/// Longest request in bytes: a presentation of [`qr::MAX_PRESENTATION_BYTES`] and its frame.
const MAX_REQUEST_BYTES: usize = 128 * 1024;
/// Oldest key binding taken, in seconds.
const MAX_CODE_AGE: i64 = 90;
/// How far a holder's clock may be ahead, in seconds.
const MAX_CODE_AHEAD: i64 = 30;
const DESK_CODE_DIGITS: usize = 6;

/// Scope of a token that may scan.
pub(crate) struct ScanScope;

impl Scope for ScanScope {
    const NAME: &'static str = "scan";
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanRequest {
    /// The caller's scan session: repeats of it get the same answer.
    #[serde(deserialize_with = "scan_id")]
    pub(crate) scan_id: Uuid,
    pub(crate) code: CodeAsked,
    pub(crate) placement: PlacementAsked,
    /// The six digits on the scan page, when the host wants them signed.
    pub(crate) desk_code: Option<String>,
}

/// The text of one QR code, or the parts of an animated one in any order.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a code is one text, or a list of texts")]
pub(crate) enum CodeAsked {
    Whole(String),
    Parts(Vec<String>),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacementAsked {
    pub(crate) kind: String,
    pub(crate) staff_group: String,
    #[serde(deserialize_with = "day")]
    pub(crate) start: NaiveDate,
    #[serde(deserialize_with = "day")]
    pub(crate) end: NaiveDate,
}

fn scan_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    let text = String::deserialize(deserializer)?;
    Uuid::try_parse(&text).map_err(|_| D::Error::custom("a scan_id is a UUID"))
}

/// `YYYY-MM-DD` and nothing else.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    passport::day::parse(&text)
        .ok_or_else(|| D::Error::custom("a day is written like 2026-12-01, and must exist"))
}

pub(crate) async fn scan(
    State(app): State<App>,
    caller: Authorised<ScanScope>,
    StrictJson(request): StrictJson<ScanRequest, MAX_REQUEST_BYTES>,
) -> Result<Response, Problem> {
    Ok(json(answer(&app, &caller.caller.who(), &request).await?))
}

/// The answer to a request of `who`, as JSON; for programs and for the scan page.
pub(crate) async fn answer(app: &App, who: &str, request: &ScanRequest) -> Result<Bytes, Problem> {
    let now = UnixTime(app.clock.now());
    let (requirement, placement) = check(request, app, now)?;
    let registry = app.trust.current();
    let registry = registry.as_deref();
    let judged = Judged { requirement, placement: &placement, registry, now };
    let text = match &request.code {
        CodeAsked::Whole(code) => qr::decode(code),
        CodeAsked::Parts(parts) => {
            qr::join(parts.iter().map(String::as_str)).and_then(|code| qr::decode(&code))
        }
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => return judged.unreadable(&error),
    };
    let session = Session::new(who, request.scan_id);
    let question = question(session, &text, request)?;
    if let Some(answer) = app.repeats.find(&question, now.0) {
        return Ok(answer);
    }

    let seen = examine(app, registry, &text, request.desk_code.as_deref(), now).await;
    let remembered = match seen.presentation_id() {
        Some(id) => {
            let shown = Shown::from(id);
            Some(app.store.remember_presentation(shown, session, now.0).await?)
        }
        None => None,
    };
    let answer = match remembered {
        Some(Remembered::Replayed) => judged.replayed()?,
        Some(Remembered::First | Remembered::SameSession) | None => judged.seen(&seen)?,
    };
    if remembered == Some(Remembered::First) {
        app.repeats.keep(question, answer.clone(), now.0);
    }
    Ok(answer)
}

/// What verifying a presentation brought to light.
pub(crate) struct Seen {
    pub(crate) result: Result<Box<Verified>, Rejection>,
    pub(crate) status: Known,
}

impl Seen {
    fn presentation_id(&self) -> Option<&PresentationId> {
        match &self.result {
            Ok(verified) => Some(verified.presentation_id()),
            Err(rejection) => rejection.presentation.as_ref(),
        }
    }
}

/// Verifies against what is at hand. The network is asked only for a list that nobody has brought
/// yet, and only when nothing else is wrong with the presentation.
async fn examine(
    app: &App,
    registry: Option<&VerifiedRegistry>,
    text: &str,
    desk_code: Option<&str>,
    now: UnixTime,
) -> Seen {
    let presentation = match UnverifiedPresentation::parse(text) {
        Ok(presentation) => presentation,
        Err(rejection) => {
            return Seen { result: Err(rejection), status: Known::default() };
        }
    };
    let policy = Policy {
        audience: &app.audience,
        nonce: desk_code.map_or(NoncePolicy::Fresh, NoncePolicy::FreshWithDeskCode),
        types: &[passport::types::EMPLOYMENT_CHECKS.vct],
        max_code_age: MAX_CODE_AGE,
        max_code_ahead: MAX_CODE_AHEAD,
        max_status_age: app.max_status_age,
    };
    let verify = |presentation: UnverifiedPresentation, status: &Known| {
        let evidence = Evidence { registry, anchors: &app.anchors, status: status.evidence() };
        presentation.verify(&evidence, &policy, now).map(Box::new)
    };

    let needed = presentation.evidence_needed();
    let status = app.status.known(&needed.issuer, needed.status.as_ref());
    if status.list().is_some() {
        return Seen { result: verify(presentation, &status), status };
    }
    let needed = needed.clone();
    let result = verify(presentation.clone(), &status);
    let Err(Rejection { reason: Reason::StatusUnreachable, .. }) = &result else {
        return Seen { result, status };
    };
    let (Some(trusted), Some(reference)) = (registry, &needed.status) else {
        return Seen { result, status };
    };
    let status = app.status.fetch_missing(trusted, &needed.issuer, reference).await;
    Seen { result: verify(presentation, &status), status }
}

/// What serde cannot see: an empty code, days in the wrong order, a requirement nobody wrote.
fn check<'a>(
    request: &ScanRequest,
    app: &'a App,
    now: UnixTime,
) -> Result<(&'a Requirement, Placement), Problem> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, code: &str, message: String| {
        faults.push(Fault::new(pointer, code, message));
    };
    let empty = match &request.code {
        CodeAsked::Whole(code) => code.is_empty(),
        CodeAsked::Parts(parts) => parts.is_empty(),
    };
    if empty {
        fault("/code", "EMPTY", "there is no code".to_owned());
    }
    if let Some(desk_code) = &request.desk_code
        && !(desk_code.len() == DESK_CODE_DIGITS
            && desk_code.bytes().all(|byte| byte.is_ascii_digit()))
    {
        fault("/desk_code", "NOT_SIX_DIGITS", "a desk code has six digits".to_owned());
    }
    let asked = &request.placement;
    let requirement = app.requirements.find(&asked.kind, &asked.staff_group);
    let known_kind = asked.kind.parse::<Kind>().is_ok();
    if !known_kind {
        let kinds = one_of(Kind::ALL.iter().map(|kind| kind.as_str()));
        fault("/placement/kind", "UNKNOWN_KIND", format!("no kind of placement; {kinds}"));
    }
    let known_group = asked.staff_group.parse::<StaffGroup>().is_ok();
    if !known_group {
        let groups = one_of(StaffGroup::ALL.iter().map(|group| group.as_str()));
        fault("/placement/staff_group", "UNKNOWN_STAFF_GROUP", format!("no staff group; {groups}"));
    }
    if requirement.is_none() && known_kind && known_group {
        let message =
            format!("this host has no requirement for it; it has {}", app.requirements.names());
        fault("/placement", "UNKNOWN_REQUIREMENT", message);
    }
    let placement = asked.kind.parse().ok().zip(asked.staff_group.parse().ok()).and_then(
        |(kind, staff_group)| {
            let request =
                PlacementRequest { kind, staff_group, start: asked.start, end: asked.end };
            request
                .check(now)
                .inspect_err(|wrong| {
                    let pointer = format!("/placement{}", wrong.pointer());
                    fault(&pointer, wrong.code(), wrong.to_string());
                })
                .ok()
        },
    );
    match (requirement, placement) {
        (Some(requirement), Some(placement)) if faults.is_empty() => Ok((requirement, placement)),
        _ => Err(Problem::unprocessable(faults)),
    }
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("it is one of {}", names.collect::<Vec<_>>().join(", "))
}

fn question(session: Session, text: &str, request: &ScanRequest) -> Result<Question, Problem> {
    let asked = serde_json::to_string(&(&request.placement, &request.desk_code))
        .map_err(Problem::internal)?;
    Ok(Question::new(session, text, &asked))
}

/// An answer about a person: kept by nobody on the way.
fn json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response()
}
