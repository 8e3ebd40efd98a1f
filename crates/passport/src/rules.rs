//! Rules between dates, for which JSON Schema has no words. They come after the schema and are
//! outside what the schema and the typed model must agree on.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::Value;

use crate::fault::{Fault, FaultCode, Faults};
use crate::read::parse_day;
use crate::text::Text;

/// Most entries of `core_skills`.
pub const MAX_SKILLS: usize = 40;

/// Youngest age at work, in years.
const MIN_AGE: i32 = 14;
/// Oldest age at work, in years.
const MAX_AGE: i32 = 100;
/// How far ahead anything may be dated, in days: forty years.
const FAR_AHEAD: u64 = 14_610;

/// Things that have happened: not after today, not before the person was born.
const DONE: [&str; 10] = [
    "/assurance/last_refresh",
    "/identity/checked_on",
    "/right_to_work/checked_on",
    "/professional_registration/registered_on",
    "/professional_registration/checked_on",
    "/employment_history/checked_on",
    "/criminal_record/issued_on",
    "/criminal_record/status_checked_on",
    "/work_health/assessed_on",
    "/assignment/start",
];

/// Things to come: not absurdly far ahead.
const TO_COME: [&str; 6] = [
    "/identity/document_expiry",
    "/right_to_work/permission_until",
    "/right_to_work/follow_up_due",
    "/professional_registration/expires_on",
    "/professional_registration/revalidation_due",
    "/assignment/fixed_term_end",
];

/// What must not come before what.
const ORDER: [(&str, &str, &str); 7] = [
    ("/identity/checked_on", "/identity/document_expiry", "fault-before-identity-check"),
    ("/right_to_work/checked_on", "/right_to_work/permission_until", "fault-before-check"),
    ("/right_to_work/checked_on", "/right_to_work/follow_up_due", "fault-before-check"),
    (
        "/professional_registration/registered_on",
        "/professional_registration/expires_on",
        "fault-before-registration",
    ),
    (
        "/professional_registration/registered_on",
        "/professional_registration/checked_on",
        "fault-before-registration",
    ),
    (
        "/criminal_record/issued_on",
        "/criminal_record/status_checked_on",
        "fault-before-certificate",
    ),
    ("/assignment/start", "/assignment/fixed_term_end", "fault-before-first-day"),
];

/// Objects that may carry an assurance of their own.
const CHECKS: [&str; 7] = [
    "/identity",
    "/right_to_work",
    "/professional_registration",
    "/employment_history",
    "/criminal_record",
    "/work_health",
    "/assignment",
];

/// Every fault between dates of what HR gives. Dates that are missing or not of the form are
/// passed over: reading the document tells of them. `today` is London's.
pub fn rules(value: &Value, today: NaiveDate) -> Vec<Fault> {
    let mut rules = Rules { value, today, born: None, faults: Faults::default() };
    rules.born = rules.day("/identity/birth_date");
    rules.birth();
    for pointer in DONE {
        // A job may be given before its first day.
        rules.done(pointer, pointer == "/assignment/start");
    }
    for check in CHECKS {
        rules.done(&format!("{check}/assurance/last_refresh"), false);
    }
    for pointer in TO_COME {
        rules.ahead(pointer);
    }
    for (earlier, later, what) in ORDER {
        rules.order(earlier, later, what);
    }
    rules.skills();
    rules.faults.0
}

struct Rules<'a> {
    value: &'a Value,
    today: NaiveDate,
    born: Option<NaiveDate>,
    faults: Faults,
}

impl Rules<'_> {
    fn day(&self, pointer: &str) -> Option<NaiveDate> {
        self.value.pointer(pointer)?.as_str().and_then(parse_day)
    }

    fn impossible(&mut self, pointer: &str, problem: impl Into<Text>) {
        self.faults.note(pointer, FaultCode::ImpossibleDate, problem);
    }

    fn birth(&mut self) {
        if let Some(born) = self.born {
            let years = self.today.year().saturating_sub(born.year());
            if !(MIN_AGE..=MAX_AGE).contains(&years) {
                let problem = Text::new("fault-age");
                let problem = problem.counted("least", MIN_AGE).counted("most", MAX_AGE);
                self.impossible("/identity/birth_date", problem);
            }
        }
    }

    fn done(&mut self, pointer: &str, may_be_ahead: bool) {
        let Some(day) = self.day(pointer) else { return };
        if may_be_ahead {
            self.ahead(pointer);
        } else if day > self.today {
            self.impossible(pointer, "fault-in-future");
        }
        if self.born.is_some_and(|born| day < born) {
            self.impossible(pointer, "fault-before-birth");
        }
    }

    fn ahead(&mut self, pointer: &str) {
        let limit = self.today.checked_add_days(Days::new(FAR_AHEAD));
        if self.day(pointer).zip(limit).is_some_and(|(day, limit)| day > limit) {
            self.impossible(pointer, "fault-far-ahead");
        }
    }

    fn order(&mut self, earlier: &str, later: &str, problem: &'static str) {
        if let (Some(first), Some(second)) = (self.day(earlier), self.day(later))
            && second < first
        {
            self.faults.note(later, FaultCode::DateOrder, problem);
        }
    }

    fn skills(&mut self) {
        let Some(skills) = self.value.get("core_skills").and_then(Value::as_array) else { return };
        let mut seen: Vec<[Option<&Value>; 3]> = Vec::new();
        for (index, skill) in skills.iter().enumerate().take(MAX_SKILLS) {
            let at = format!("/core_skills/{index}");
            let (awarded, until) = (format!("{at}/awarded_on"), format!("{at}/valid_until"));
            self.done(&awarded, false);
            self.done(&format!("{at}/assurance/last_refresh"), false);
            self.ahead(&until);
            self.order(&awarded, &until, "fault-before-achievement");
            let key = ["subject", "level", "framework"].map(|name| skill.get(name));
            if key.iter().all(Option::is_some) && seen.contains(&key) {
                let problem = "fault-training-twice";
                self.faults.note(&at, FaultCode::Duplicate, problem);
            }
            seen.push(key);
        }
    }
}
