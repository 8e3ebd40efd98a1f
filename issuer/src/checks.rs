//! HR's body: read and judged by `passport`, every fault at once, nothing stored before.

use passport::EmploymentChecks;
use passport::checks::Assurance;
use serde_json::{Map, Value};
use server::Problem;
use server::problem::Fault;
use vc::time::UnixTime;

use crate::state::Settings;

/// The claims of an acceptable body, with the assurance filled in where HR gives none.
///
/// # Errors
/// 422 with every fault by JSON pointer and in plain words.
pub fn accept(
    body: Map<String, Value>,
    settings: &Settings,
    now: i64,
) -> Result<Map<String, Value>, Problem> {
    let today = passport::day::london(UnixTime(now));
    let mut checks = EmploymentChecks::accept(&Value::Object(body), today)
        .map_err(|faults| Problem::unprocessable(faults.iter().map(fault).collect()))?;
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
    Fault { pointer: fault.pointer.clone(), code, message: fault.message.clone() }
}
