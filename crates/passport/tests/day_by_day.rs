//! The verdict equals the worst of its day-by-day evaluation: an oracle written apart from the
//! code, over raw JSON, one day at a time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use passport::{
    Kind, Outcome, PlacementRequest, Presented, Requirement, Requirements, Scan, StaffGroup,
    StatusAge, judge, samples,
};
use serde_json::{Map, Value, json};
use vc::time::UnixTime;

type Claims = Map<String, Value>;

/// 2026-03-02, 12:00 in London.
const NOW: UnixTime = UnixTime(1_772_452_800);

fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

fn at<'a>(claims: &'a Claims, check: &str, name: &str) -> Option<&'a Value> {
    claims.get(check)?.get(name)
}

fn text<'a>(claims: &'a Claims, check: &str, name: &str) -> Option<&'a str> {
    at(claims, check, name)?.as_str()
}

fn date(claims: &Claims, check: &str, name: &str) -> Option<NaiveDate> {
    text(claims, check, name)?.parse().ok()
}

/// Whether `day` is more than `years` after `then`, counted on the calendar.
fn older(then: NaiveDate, years: i32, day: NaiveDate) -> bool {
    (day.year(), day.month(), day.day()) > (then.year() + years, then.month(), then.day())
}

/// What is out of date on one day: check, code.
fn out_of_date(claims: &Claims, need: &Value, day: NaiveDate) -> BTreeSet<(String, &'static str)> {
    let mut out = BTreeSet::new();
    let needs =
        |check: &str| need["needs"].as_array().unwrap().iter().find(|need| need["check"] == check);
    let mut say = |check: &str, code, when: bool| {
        if when {
            out.insert((check.to_owned(), code));
        }
    };
    if needs("identity").is_some() && claims.contains_key("identity") {
        let checked = date(claims, "identity", "checked_on").unwrap();
        let document = date(claims, "identity", "document_expiry");
        let over = older(checked, 2, day) || document.is_some_and(|document| document < day);
        say("identity", "EXPIRED_IDENTITY", over);
    }
    if let Some(until) = date(claims, "right_to_work", "permission_until") {
        say("right_to_work", "RTW_EXPIRED", until < day);
    }
    if let Some(expires) = date(claims, "professional_registration", "expires_on") {
        let status = text(claims, "professional_registration", "status").unwrap();
        let registered = ["REGISTERED", "REGISTERED_WITH_CONDITIONS"].contains(&status);
        say("professional_registration", "REGISTRATION_NOT_ACTIVE", !registered || expires < day);
        let checked = date(claims, "professional_registration", "checked_on").unwrap();
        let old = needs("professional_registration").is_some() && (day - checked).num_days() > 90;
        say("professional_registration", "EXPIRED_PROFESSIONAL_REGISTRATION", old);
    }
    if let (Some(issued), Some(need)) =
        (date(claims, "criminal_record", "issued_on"), needs("criminal_record"))
    {
        assert_eq!(need["max_age_months"], 36);
        say("criminal_record", "EXPIRED_CRIMINAL_RECORD", older(issued, 3, day));
    }
    if let (Some(assessed), true) =
        (date(claims, "work_health", "assessed_on"), needs("work_health").is_some())
    {
        say("work_health", "EXPIRED_WORK_HEALTH", older(assessed, 3, day));
    }
    if let Some(status) = text(claims, "assignment", "assignment_status") {
        let over = date(claims, "assignment", "fixed_term_end").is_some_and(|end| end < day);
        say("assignment", "EMPLOYMENT_ENDED", status == "ENDED" || over);
        say("assignment", "EMPLOYMENT_SUSPENDED", status == "SUSPENDED");
        let own = at(claims, "assignment", "assurance").and_then(|own| own.get("last_refresh"));
        let top = at(claims, "assurance", "last_refresh");
        let confirmed = own.or(top).unwrap().as_str().unwrap().parse().unwrap();
        say("assignment", "EXPIRED_ASSIGNMENT", older(confirmed, 1, day));
    }
    if let (Some(skills), Some(need)) = (claims.get("core_skills"), needs("core_skills")) {
        for needed in need["training"].as_array().unwrap() {
            let stands = skills.as_array().unwrap().iter().any(|skill| {
                let until = skill.get("valid_until").and_then(Value::as_str);
                skill["subject"] == needed["subject"]
                    && skill["level"].as_u64() >= needed["level"].as_u64()
                    && until.is_none_or(|until| until.parse::<NaiveDate>().unwrap() >= day)
            });
            say(needed["subject"].as_str().unwrap(), "TRAINING_OVERDUE", !stands);
        }
    }
    out
}

/// What does not hang on the day.
fn standing(claims: &Claims, need: &Value) -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    let mut say = |check: &str, code, when: bool| {
        if when {
            found.insert((check.to_owned(), code));
        }
    };
    for need in need["needs"].as_array().unwrap() {
        let check = need["check"].as_str().unwrap();
        let missing = match check {
            "identity" => "MISSING_IDENTITY",
            "right_to_work" => "MISSING_RIGHT_TO_WORK",
            "professional_registration" => "MISSING_PROFESSIONAL_REGISTRATION",
            "employment_history" => "MISSING_EMPLOYMENT_HISTORY",
            "criminal_record" => "MISSING_CRIMINAL_RECORD",
            "work_health" => "MISSING_WORK_HEALTH",
            "assignment" => "MISSING_ASSIGNMENT",
            _ => "MISSING_CORE_SKILLS",
        };
        say(check, missing, !claims.contains_key(check));
        match check {
            "right_to_work" => {
                let limit = text(claims, check, "work_restrictions");
                say(check, "HOURS_CAP", limit == Some("HOURS_CAP"));
                say(check, "RTW_EMPLOYER_TIED", limit == Some("EMPLOYER_TIED"));
            }
            "professional_registration" => {
                let with = text(claims, check, "status") == Some("REGISTERED_WITH_CONDITIONS");
                say(check, "REGISTRATION_CONDITIONS", with);
            }
            "criminal_record" if claims.contains_key(check) => {
                say(check, "DBS_LEVEL_TOO_LOW", text(claims, check, "level") != Some("ENHANCED"));
                let fits = ["ADULT", "ADULT_AND_CHILD"];
                let workforce = text(claims, check, "workforce").unwrap();
                say(check, "DBS_WORKFORCE_MISMATCH", !fits.contains(&workforce));
                let barred = text(claims, check, "barred_adult");
                say(check, "BARRED_LIST_NOT_CHECKED", barred != Some("CHECKED"));
            }
            "work_health" => {
                let fit = text(claims, check, "outcome");
                say(check, "ADJUSTMENTS_NEEDED", fit == Some("FIT_WITH_ADJUSTMENTS"));
            }
            _ => {}
        }
    }
    found
}

fn oracle(
    claims: &Claims,
    need: &Value,
    start: NaiveDate,
    end: NaiveDate,
) -> BTreeSet<(String, String)> {
    let first = start.max(today());
    let mut found: BTreeSet<(String, String)> =
        standing(claims, need).into_iter().map(|(check, code)| (check, code.to_owned())).collect();
    let refreshed = date(claims, "assurance", "last_refresh").unwrap();
    if (today() - refreshed).num_days() > 90 {
        found.insert(("passport".to_owned(), "STALE_REFRESH".to_owned()));
    }
    let at_first = out_of_date(claims, need, first);
    for (check, code) in &at_first {
        found.insert((check.clone(), (*code).to_owned()));
    }
    // Conditions of a registration that is not active are beside the point.
    let registration = "professional_registration".to_owned();
    if at_first.contains(&(registration.clone(), "REGISTRATION_NOT_ACTIVE"))
        && text(claims, "professional_registration", "status") != Some("REGISTERED_WITH_CONDITIONS")
    {
        found.remove(&(registration, "REGISTRATION_CONDITIONS".to_owned()));
    }
    let stood: BTreeSet<&String> = at_first.iter().map(|(check, _)| check).collect();
    let mut ended = BTreeSet::new();
    let mut day = first;
    while day < end {
        day = day + Days::new(1);
        for (check, _) in out_of_date(claims, need, day) {
            if !stood.contains(&check) && ended.insert(check.clone()) {
                found.insert((check, format!("EXPIRES_DURING_PLACEMENT {}", day - Days::new(1))));
            }
        }
    }
    let soon = out_of_date(claims, need, first + Days::new(31));
    for (check, code) in soon {
        if code == "TRAINING_OVERDUE" && !stood.contains(&check) {
            found.insert((check, "TRAINING_DUE_30_DAYS".to_owned()));
        }
    }
    found
}

fn outcome(found: &BTreeSet<(String, String)>) -> Outcome {
    let class = |code: &str| match code.split(' ').next().unwrap() {
        "RTW_EXPIRED" | "REGISTRATION_NOT_ACTIVE" | "EMPLOYMENT_ENDED" | "EMPLOYMENT_SUSPENDED" => {
            Outcome::DoNotStart
        }
        "EXPIRES_DURING_PLACEMENT"
        | "REGISTRATION_CONDITIONS"
        | "HOURS_CAP"
        | "ADJUSTMENTS_NEEDED"
        | "TRAINING_DUE_30_DAYS" => Outcome::ClearWithConditions,
        _ => Outcome::NotYet,
    };
    found.iter().map(|(_, code)| class(code)).max().unwrap_or(Outcome::ClearToStart)
}

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(u64::try_from(words.len()).unwrap())).unwrap()]
    }
}

fn set(claims: &mut Claims, check: &str, name: &str, value: impl Into<Value>) {
    if let Some(part) = claims.get_mut(check).and_then(Value::as_object_mut) {
        part.insert(name.to_owned(), value.into());
    }
}

/// A passport whose dates crowd around the placement.
fn passport(pick: &mut Seeded, start: NaiveDate, end: NaiveDate) -> Claims {
    let checks = passport::EmploymentChecks::from_value(&samples::sample_nurse(today())).unwrap();
    let mut claims = samples::as_credential(&checks, today());
    let span = u64::try_from((end - start).num_days()).unwrap();
    let near = |pick: &mut Seeded| start + Days::new(pick.below(span + 40)) - Days::new(20);
    let back = |day: NaiveDate, months: u32| (day - chrono::Months::new(months)).min(today());
    if pick.one_in(4) {
        let day = near(pick);
        set(&mut claims, "identity", "document_expiry", day.to_string());
    }
    if pick.one_in(4) {
        let day = back(near(pick), 24);
        set(&mut claims, "identity", "checked_on", day.to_string());
    }
    if pick.one_in(4) {
        let day = near(pick).to_string();
        set(&mut claims, "right_to_work", "basis", "LIST_B_G1");
        set(&mut claims, "right_to_work", "permission_until", day.clone());
        set(&mut claims, "right_to_work", "follow_up_due", day);
    }
    if pick.one_in(5) {
        let limit = pick.of(&["NONE", "HOURS_CAP", "EMPLOYER_TIED", "ROLE_LIMITED"]);
        set(&mut claims, "right_to_work", "work_restrictions", limit);
    }
    let registration = "professional_registration";
    if pick.one_in(3) {
        let day = (near(pick) - Days::new(90)).min(today());
        set(&mut claims, registration, "checked_on", day.to_string());
    }
    if pick.one_in(3) {
        let day = near(pick);
        set(&mut claims, registration, "expires_on", day.to_string());
    }
    if pick.one_in(6) {
        let status = pick.of(&["SUSPENDED", "LAPSED", "REMOVED"]);
        set(&mut claims, registration, "status", status);
    }
    if pick.one_in(3) {
        let day = back(near(pick), 36);
        set(&mut claims, "criminal_record", "issued_on", day.to_string());
    }
    if pick.one_in(6) {
        let level = pick.of(&["BASIC", "STANDARD", "ENHANCED"]);
        let workforce = pick.of(&["ADULT", "CHILD", "ADULT_AND_CHILD", "OTHER"]);
        let barred = pick.of(&["CHECKED", "NOT_CHECKED"]);
        set(&mut claims, "criminal_record", "level", level);
        set(&mut claims, "criminal_record", "workforce", workforce);
        set(&mut claims, "criminal_record", "barred_adult", barred);
    }
    if pick.one_in(3) {
        let day = back(near(pick), 36);
        set(&mut claims, "work_health", "assessed_on", day.to_string());
    }
    if pick.one_in(6) {
        set(&mut claims, "work_health", "outcome", "FIT_WITH_ADJUSTMENTS");
    }
    if pick.one_in(4) {
        let day = near(pick);
        set(&mut claims, "assignment", "assignment_category", "FIXED_TERM");
        set(&mut claims, "assignment", "fixed_term_end", day.to_string());
    }
    if pick.one_in(4) {
        let day = back(near(pick), 12);
        set(&mut claims, "assignment", "assurance", json!({"last_refresh": day.to_string()}));
    }
    if pick.one_in(8) {
        let status = pick.of(&["SUSPENDED", "ENDED"]);
        set(&mut claims, "assignment", "assignment_status", status);
    }
    if pick.one_in(6) {
        let day = today() - Days::new(pick.below(20) + 80);
        set(&mut claims, "assurance", "last_refresh", day.to_string());
    }
    for skill in claims.get_mut("core_skills").unwrap().as_array_mut().unwrap() {
        let skill = skill.as_object_mut().unwrap();
        if pick.one_in(5) {
            skill.insert("valid_until".to_owned(), near(pick).to_string().into());
        } else if pick.one_in(12) {
            skill.shift_remove("valid_until");
            skill.shift_remove("renewal_period");
        } else if pick.one_in(12) {
            skill.insert("level".to_owned(), json!(1));
        }
    }
    for check in passport::Check::ALL {
        if pick.one_in(15) {
            claims.shift_remove(check.as_str());
        }
    }
    claims
}

#[test]
fn the_verdict_is_the_worst_of_its_days() {
    let requirements = Requirements::shipped();
    let mut pick = Seeded(0xda_1e5);
    let mut outcomes = BTreeSet::new();

    for round in 0..1_500 {
        let kind = [Kind::TemporaryDeployment, Kind::TrainingEducationDevelopment, Kind::Observer]
            [usize::try_from(pick.below(3)).unwrap()];
        let group = StaffGroup::NursingAndMidwiferyRegistered;
        let start = today() + Days::new(pick.below(80)) - Days::new(30);
        let days = if pick.one_in(3) { pick.below(366) } else { pick.below(40) };
        let end = (start + Days::new(days)).max(today());
        let claims = passport(&mut pick, start, end);
        let requirement: &Requirement = requirements.find(kind, group).unwrap();
        let placement =
            PlacementRequest { kind, staff_group: group, start, end }.check(NOW).unwrap();
        let shown = Presented::dangerous_from_claims(&claims, "RBV", StatusAge::Fresh);
        assert!(shown.malformed().is_empty(), "{:?}", shown.malformed());

        let verdict = judge(&Scan::Shown(&shown), requirement, &placement, NOW);

        let came: BTreeSet<(String, String)> = verdict
            .findings
            .iter()
            .map(|one| {
                let about = one.subject.map(|subject| subject.to_string());
                let about = about.or(one.check.map(|check| check.to_string()));
                let date = one.date.filter(|_| one.code == passport::Code::ExpiresDuringPlacement);
                let code = date.map_or(one.code.to_string(), |date| format!("{} {date}", one.code));
                (about.unwrap_or_else(|| "passport".to_owned()), code)
            })
            .collect();
        let need = serde_json::to_value(requirement).unwrap();
        let expected = oracle(&claims, &need, start, end);
        assert_eq!(came, expected, "round {round}, {kind} {start} to {end}\n{claims:#?}");
        assert_eq!(verdict.outcome, outcome(&expected), "round {round}");
        outcomes.insert(verdict.outcome);
    }

    assert_eq!(outcomes.len(), 4, "every outcome but CANNOT_TELL: {outcomes:?}");
}
