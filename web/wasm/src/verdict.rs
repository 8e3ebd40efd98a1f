//! The verdict, judged where the code is shown: the same verifying and judging as the service's.
//! Whether a code was shown before is not looked at, for that memory is the host's.

use passport::{Placement, PlacementRequest, Presented, Requirement, Requirements, Scan};
use serde::Deserialize;
use serde_json::json;
use vc::qr;
use vc::status_list::VerifiedStatusList;
use vc::time::UnixTime;
use vc::verify::{
    Evidence, NoncePolicy, Policy, Rejection, StatusEvidence, UnverifiedPresentation, Verified,
};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::convert::{from_json, instant, refusal};
use crate::trust::Registry;

/// Who scans, and for what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// For example `ods:R0A`.
    audience: String,
    desk_code: Option<String>,
    placement: PlacementAsked,
    /// Seconds in which a status list stands without a condition.
    #[serde(default = "ten_minutes")]
    max_status_age: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacementAsked {
    kind: String,
    staff_group: String,
    start: String,
    end: String,
}

fn ten_minutes() -> i64 {
    600
}

impl PlacementAsked {
    fn check(&self, now: UnixTime) -> Result<Placement, JsError> {
        let day = |text: &str| {
            passport::day::parse(text).ok_or_else(|| JsError::new("a day is like 2026-12-01"))
        };
        let request = PlacementRequest {
            kind: self.kind.parse().map_err(|_| JsError::new("no such kind of placement"))?,
            staff_group: self
                .staff_group
                .parse()
                .map_err(|_| JsError::new("no such staff group"))?,
            start: day(&self.start)?,
            end: day(&self.end)?,
        };
        request.check(now).map_err(|error| refusal(&error))
    }
}

/// Judges a code, a JSON array of its text or its parts, for `question`: `{"audience":…,
/// "desk_code"?:…,"placement":{"kind":…,"staff_group":…,"start":…,"end":…},"max_status_age"?:…}`.
/// `list` is the newest token of the list that the credential names, as fetched. The answer:
/// `{"outcome":…,"findings":[…],"notes":[…],"requirement":{…},"issuer":{"ods":…,"name":…}|null}`.
///
/// # Errors
/// When the question is not of the form. Whatever is wrong with the code is a verdict.
#[wasm_bindgen]
pub fn judge(
    codes: &str,
    question: &str,
    registry: &Registry,
    list: Option<String>,
    now: f64,
) -> Result<String, JsError> {
    let codes: Vec<String> = from_json(codes, "the codes")?;
    let question: Question = from_json(question, "the question")?;
    let now = instant(now)?;
    let placement = question.placement.check(now)?;
    let shipped = Requirements::shipped();
    let requirement = shipped
        .find(placement.kind(), placement.staff_group())
        .ok_or_else(|| JsError::new("no requirement for this placement"))?;

    let text = match qr::read(codes.iter().map(String::as_str)) {
        Ok(text) => text,
        Err(error) => {
            return verdict(&Scan::Unreadable(&error), requirement, &placement, now, None);
        }
    };
    match examine(&text, &question, registry, list.as_deref(), now) {
        Ok(verified) => {
            let presented = Presented::from_verified(&verified);
            let issuer = Some(verified.issuer().ods.as_str());
            verdict(&Scan::Shown(&presented), requirement, &placement, now, registry.named(issuer))
        }
        Err(rejection) => {
            let issuer = registry.named(rejection.issuer_ods.as_deref());
            verdict(&Scan::Rejected(&rejection.reason), requirement, &placement, now, issuer)
        }
    }
}

fn examine(
    text: &str,
    question: &Question,
    registry: &Registry,
    list: Option<&str>,
    now: UnixTime,
) -> Result<Verified, Rejection> {
    let presentation = UnverifiedPresentation::parse(text)?;
    let needed = presentation.evidence_needed();
    let list = list.zip(needed.status.as_ref()).zip(registry.entry(&needed.issuer)).map(
        |((token, reference), entry)| {
            VerifiedStatusList::verify_of_issuer(token, &reference.uri, entry, &[], now)
        },
    );
    let status = match &list {
        Some(Ok(list)) => StatusEvidence::List(list),
        Some(Err(error)) => StatusEvidence::Unavailable(Some(error)),
        None => StatusEvidence::Unavailable(None),
    };
    let policy = Policy {
        audience: &question.audience,
        nonce: question
            .desk_code
            .as_deref()
            .map_or(NoncePolicy::Fresh, NoncePolicy::FreshWithDeskCode),
        types: &[passport::types::EMPLOYMENT_CHECKS.vct],
        max_code_age: 90,
        max_code_ahead: 30,
        max_status_age: question.max_status_age,
    };
    let evidence = Evidence { registry: Some(registry.verified()), anchors: &[], status };
    presentation.verify(&evidence, &policy, now)
}

fn verdict(
    scan: &Scan<'_>,
    requirement: &Requirement,
    placement: &Placement,
    now: UnixTime,
    issuer: Option<(&str, &str)>,
) -> Result<String, JsError> {
    let verdict = passport::judge(scan, requirement, placement, now);
    let mut answer = serde_json::to_value(verdict).map_err(|error| refusal(&error))?;
    if let Some(members) = answer.as_object_mut() {
        let issuer = issuer.map(|(ods, name)| json!({ "ods": ods, "name": name }));
        members.insert("issuer".to_owned(), issuer.into());
    }
    Ok(answer.to_string())
}
