//! HR's body: read and judged by `passport`, every fault at once.

use chrono::{Days, Months, NaiveDate, NaiveTime};
use passport::EmploymentChecks;
use passport::checks::Assurance;
use serde::Serialize;
use serde_json::{Map, Value};
use server::Problem;
use server::problem::Fault;
use vc::time::UnixTime;

use crate::state::Settings;

/// How long checks stand that have no last day of their own (the verdict counts the same).
const IDENTITY_MONTHS: u32 = 24;
const REGISTRATION_DAYS: u64 = 90;
const CRIMINAL_RECORD_MONTHS: u32 = 36;
const WORK_HEALTH_MONTHS: u32 = 36;

/// The claims of an acceptable body, with the assurance filled in where HR gives none.
///
/// # Errors
/// 422 with every fault by JSON pointer and in plain words.
pub fn accept(
    body: Map<String, Value>,
    settings: &Settings,
    now: i64,
) -> Result<Map<String, Value>, Problem> {
    judge(body, settings, now).map_err(Problem::unprocessable)
}

/// The same, with the faults by themselves.
///
/// # Errors
/// Every fault.
pub fn judge(
    body: Map<String, Value>,
    settings: &Settings,
    now: i64,
) -> Result<Map<String, Value>, Vec<Fault>> {
    let today = passport::day::london(UnixTime(now));
    let mut checks = EmploymentChecks::accept(&Value::Object(body), today)
        .map_err(|faults| faults.iter().map(fault).collect::<Vec<_>>())?;
    if checks.assurance.is_none() {
        checks.assurance = Assurance::by_employer(&settings.ods, today);
    }
    Ok(checks.to_claims())
}

fn fault(fault: &passport::Fault) -> Fault {
    let code = serde_json::to_value(fault.code)
        .ok()
        .and_then(|code| code.as_str().map(str::to_owned))
        .unwrap_or_default();
    Fault {
        pointer: fault.pointer.clone(),
        code,
        message: fault.message.clone(),
        text: serde_json::to_value(&fault.text).ok(),
    }
}

/// A check and the last day on which it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct Due {
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub on: NaiveDate,
    /// What: a JSON pointer into the checks.
    pub pointer: String,
}

/// When each check runs out, soonest first.
pub fn due(claims: &Map<String, Value>) -> Vec<Due> {
    let day =
        |check: &str, member: &str| passport::day::parse(claims.get(check)?.get(member)?.as_str()?);
    let months = |day: NaiveDate, months| day.checked_add_months(Months::new(months));
    let own = [
        ("identity", "document_expiry"),
        ("right_to_work", "permission_until"),
        ("right_to_work", "follow_up_due"),
        ("professional_registration", "expires_on"),
        ("professional_registration", "revalidation_due"),
        ("assignment", "fixed_term_end"),
    ]
    .into_iter()
    .filter_map(|(check, member)| Some((day(check, member)?, format!("/{check}/{member}"))));
    let counted = [
        day("identity", "checked_on")
            .and_then(|day| months(day, IDENTITY_MONTHS))
            .map(|day| (day, "/identity/checked_on".to_owned())),
        day("professional_registration", "checked_on")
            .and_then(|day| day.checked_add_days(Days::new(REGISTRATION_DAYS)))
            .map(|day| (day, "/professional_registration/checked_on".to_owned())),
        day("criminal_record", "issued_on")
            .and_then(|day| months(day, CRIMINAL_RECORD_MONTHS))
            .map(|day| (day, "/criminal_record/issued_on".to_owned())),
        day("work_health", "assessed_on")
            .and_then(|day| months(day, WORK_HEALTH_MONTHS))
            .map(|day| (day, "/work_health/assessed_on".to_owned())),
    ];
    let skills = claims.get("core_skills").and_then(Value::as_array).into_iter().flatten();
    let training = skills.enumerate().filter_map(|(n, skill)| {
        let last = passport::day::parse(skill.get("valid_until")?.as_str()?)?;
        Some((last, format!("/core_skills/{n}/valid_until")))
    });
    let mut due: Vec<Due> = own
        .chain(counted.into_iter().flatten())
        .chain(training)
        .map(|(on, pointer)| Due { on, pointer })
        .collect();
    due.sort();
    due
}

/// Midnight (UTC) that ends the last day of the first check to run out.
pub fn due_at(claims: &Map<String, Value>) -> Option<i64> {
    let last = due(claims).first()?.on.succ_opt()?;
    Some(last.and_time(NaiveTime::MIN).and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_run_out_in_the_order_of_their_days() {
        let today = passport::day::parse("2026-03-02").unwrap();
        let mut nurse = passport::samples::sample_nurse(today).as_object().unwrap().clone();
        nurse["professional_registration"]["expires_on"] = "2026-03-20".into();
        nurse["core_skills"][0]["valid_until"] = "2026-03-10".into();

        let due = due(&nurse);

        assert_eq!(due[0].pointer, "/core_skills/0/valid_until");
        assert_eq!(due[1].pointer, "/professional_registration/expires_on");
        assert!(due.is_sorted());
        assert!(due.iter().any(|due| due.pointer == "/criminal_record/issued_on"));
        // 11 March 2026, 00:00 UTC.
        assert_eq!(due_at(&nurse), Some(1_773_187_200));
        assert_eq!(due_at(&Map::new()), None);
    }
}
