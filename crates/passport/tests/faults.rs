//! What HR is told about a document that is not accepted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use chrono::NaiveDate;
use passport::{EmploymentChecks, Fault, samples};
use serde_json::{Value, json};

fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

fn faults(change: impl FnOnce(&mut Value)) -> Vec<Fault> {
    let mut nurse = samples::sample_nurse(today());
    change(&mut nurse);
    EmploymentChecks::accept(&nurse, today()).err().unwrap_or_default()
}

fn told(faults: &[Fault]) -> Vec<(&str, String)> {
    let code =
        |fault: &Fault| serde_json::to_value(fault.code).unwrap().as_str().unwrap().to_owned();
    faults.iter().map(|fault| (fault.pointer.as_str(), code(fault))).collect()
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = faults(|nurse| {
        nurse["identity"]["birth_date"] = json!("20/06/1990");
        nurse["identity"]["nhs_number"] = json!("943 476 5919");
        nurse["right_to_work"]["hours_cap"] = json!(20);
        nurse["professional_registration"]["number"] = json!("1234567");
        nurse["criminal_record"].as_object_mut().unwrap().shift_remove("level");
        nurse["core_skills"][2]["valid_until"] = json!("2020-01-01");
        nurse["work_health"]["assessed_on"] = json!("2026-03-03");
        nurse.as_object_mut().unwrap().shift_remove("assignment");
    });

    assert_eq!(
        told(&faults),
        [
            ("/assignment", "MISSING"),
            ("/core_skills/2/valid_until", "DATE_ORDER"),
            ("/criminal_record/level", "MISSING"),
            ("/identity/birth_date", "BAD_FORMAT"),
            ("/identity/nhs_number", "UNKNOWN_MEMBER"),
            ("/professional_registration/number", "BAD_FORMAT"),
            ("/right_to_work/hours_cap", "NOT_ALLOWED_HERE"),
            ("/work_health/assessed_on", "IMPOSSIBLE_DATE"),
        ]
        .map(|(pointer, code)| (pointer, code.to_owned()))
    );
}

#[test]
fn a_fault_says_in_plain_words_where_and_what() {
    let faults = faults(|nurse| {
        nurse["core_skills"][1]["level"] = json!(7);
        nurse["professional_registration"]["number"] = json!("1234567");
    });

    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "Training, entry 2, Level must be a whole number from 1 to 3",
            "Professional registration, Registration number must be an NMC number such as 18A1234E",
        ]
    );
}

#[test]
fn a_name_with_a_slash_stands_escaped_in_the_pointer() {
    let faults = faults(|nurse| nurse["identity"]["a/b~c"] = json!(1));

    assert_eq!(told(&faults), [("/identity/a~1b~0c", "UNKNOWN_MEMBER".to_owned())]);
}

#[test]
fn something_else_than_an_object_is_one_fault() {
    for value in [json!([]), json!("x"), Value::Null] {
        let faults = EmploymentChecks::accept(&value, today()).unwrap_err();

        assert_eq!(told(&faults), [("", "WRONG_TYPE".to_owned())]);
    }
}

#[test]
fn list_b_needs_its_dates_and_list_a_must_not_have_them() {
    let list_b = faults(|nurse| nurse["right_to_work"]["basis"] = json!("LIST_B_G2"));
    let list_a = faults(|nurse| {
        nurse["right_to_work"]["permission_until"] = json!("2027-01-01");
        nurse["right_to_work"]["follow_up_due"] = json!("2027-01-01");
    });

    let both = ["/right_to_work/follow_up_due", "/right_to_work/permission_until"];
    assert_eq!(told(&list_b), both.map(|pointer| (pointer, "MISSING".to_owned())));
    assert_eq!(told(&list_a), both.map(|pointer| (pointer, "NOT_ALLOWED_HERE".to_owned())));
}

#[test]
fn dates_that_contradict_each_other_or_the_calendar_are_faults() {
    for (pointer, value, code) in [
        ("/identity/birth_date", "2015-01-01", "IMPOSSIBLE_DATE"),
        ("/identity/birth_date", "1920-01-01", "IMPOSSIBLE_DATE"),
        ("/identity/checked_on", "2026-03-03", "IMPOSSIBLE_DATE"),
        ("/identity/checked_on", "1989-01-01", "IMPOSSIBLE_DATE"),
        ("/identity/document_expiry", "2026-01-01", "DATE_ORDER"),
        ("/identity/document_expiry", "2070-01-01", "IMPOSSIBLE_DATE"),
        ("/professional_registration/expires_on", "2018-01-01", "DATE_ORDER"),
        ("/criminal_record/status_checked_on", "2023-01-01", "DATE_ORDER"),
        ("/criminal_record/issued_on", "2062-01-01", "IMPOSSIBLE_DATE"),
        ("/core_skills/0/awarded_on", "2026-03-04", "IMPOSSIBLE_DATE"),
        ("/core_skills/0/valid_until", "2024-01-01", "DATE_ORDER"),
    ] {
        let faults = faults(|nurse| *nurse.pointer_mut(pointer).unwrap() = json!(value));

        assert!(
            told(&faults).contains(&(pointer, code.to_owned())),
            "{pointer} {value}: {faults:?}"
        );
    }
}

#[test]
fn a_subject_at_one_level_stands_once() {
    let faults = faults(|nurse| {
        let again = nurse["core_skills"][0].clone();
        nurse["core_skills"].as_array_mut().unwrap().push(again);
    });

    assert_eq!(told(&faults), [("/core_skills/11", "DUPLICATE".to_owned())]);
}

#[test]
fn a_job_may_be_given_before_its_first_day() {
    assert_eq!(faults(|nurse| nurse["assignment"]["start"] = json!("2026-03-09")), []);
}

#[test]
fn the_samples_are_accepted_on_any_day() {
    for day in ["2024-02-29", "2026-03-02", "2026-11-22", "2031-12-31"] {
        let day: NaiveDate = day.parse().unwrap();
        assert_eq!(EmploymentChecks::accept(&samples::sample_nurse(day), day).err(), None, "{day}");
        for seed in 0..10 {
            let nurse = samples::filled_nurse(day, seed);
            assert_eq!(EmploymentChecks::accept(&nurse, day).err(), None, "{day} {seed}");
        }
    }
}
