//! Placements that get no verdict, and what a verdict looks like outside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use chrono::NaiveDate;
use passport::{
    Code, Kind, KnownPerson, Outcome, PlacementFault, PlacementRequest, Presented, Requirements,
    Scan, StaffGroup, StatusAge, compare, judge, samples,
};
use serde_json::{Map, Value, json};
use vc::time::UnixTime;
use vc::verify::Reason;

/// 2026-03-02, 09:00 in London.
const NOW: UnixTime = UnixTime(1_772_442_000);

fn request(start: &str, end: &str) -> PlacementRequest {
    PlacementRequest {
        kind: Kind::TemporaryDeployment,
        staff_group: StaffGroup::NursingAndMidwiferyRegistered,
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
    }
}

fn claims() -> Map<String, Value> {
    let today: NaiveDate = "2026-03-02".parse().unwrap();
    let checks = passport::EmploymentChecks::accept(&samples::sample_nurse(today), today).unwrap();
    samples::as_credential(&checks, today)
}

#[test]
fn an_absurd_placement_gets_no_verdict() {
    for (start, end, fault) in [
        ("2026-03-10", "2026-03-09", PlacementFault::EndsBeforeStart),
        ("2026-02-01", "2026-03-01", PlacementFault::IsOver),
        ("2026-03-02", "2027-03-03", PlacementFault::TooLong),
        ("2027-03-04", "2027-03-05", PlacementFault::TooFarAhead),
    ] {
        assert_eq!(request(start, end).check(NOW), Err(fault), "{start} to {end}");
    }
}

#[test]
fn a_placement_may_last_a_year_and_start_within_one() {
    for (start, end) in [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02", "2027-03-02"),
        ("2027-03-03", "2027-03-03"),
        ("2026-02-01", "2026-03-02"),
    ] {
        assert!(request(start, end).check(NOW).is_ok(), "{start} to {end}");
    }
}

#[test]
fn whether_a_placement_is_over_counts_london_days() {
    let before_midnight = UnixTime(1_782_860_399); // 2026-06-30T22:59:59Z
    let placement = request("2026-06-01", "2026-06-30");

    assert!(placement.check(before_midnight).is_ok());
    assert_eq!(placement.check(before_midnight.plus(1)), Err(PlacementFault::IsOver));
}

#[test]
fn a_placement_with_a_member_too_many_or_a_wrong_word_is_refused() {
    let good = json!({"kind": "OBSERVER", "staff_group": "STUDENTS_MEDICAL", "start": "2026-03-02", "end": "2026-03-02"});
    let read = |value: Value| serde_json::from_value::<PlacementRequest>(value).is_ok();
    assert!(read(good.clone()));
    for (name, value) in
        [("kind", "HOLIDAY"), ("staff_group", "ANY"), ("start", "soon"), ("x", "y")]
    {
        let mut bad = good.clone();
        bad[name] = value.into();

        assert!(!read(bad), "{name}");
    }
}

#[test]
fn a_verdict_is_written_as_the_api_says() {
    let mut claims = claims();
    claims["criminal_record"]["issued_on"] = json!("2022-03-02");
    let placement = request("2026-03-09", "2026-03-20").check(NOW).unwrap();
    let requirements = Requirements::shipped();
    let requirement = requirements.find(placement.kind(), placement.staff_group()).unwrap();
    let shown = Presented::dangerous_from_claims(&claims, "RBV", StatusAge::Fresh);

    let verdict = judge(&Scan::Shown(&shown), requirement, &placement, NOW);

    assert_eq!(
        serde_json::to_value(&verdict).unwrap(),
        json!({
            "outcome": "NOT_YET",
            "findings": [{
                "code": "EXPIRED_CRIMINAL_RECORD",
                "sentence": "The time for which this placement relies on the DBS certificate ended on 2 March 2025.",
                "text": { "key": "dbs-certificate-ended", "values": { "day": { "day": "2025-03-02" } } },
                "check": "criminal_record",
                "who": "HOME_HR",
                "next_step": "The home trust makes a new DBS check and renews the passport.",
                "date": "2025-03-02",
            }],
            "notes": [
                { "sentence": "Give the local induction on the first day." },
                { "sentence": "Arrange system access before the first day." },
            ],
            "requirement": {
                "kind": "TEMPORARY_DEPLOYMENT",
                "staff_group": "NURSING_AND_MIDWIFERY_REGISTERED",
                "version": 1,
            },
        })
    );
}

#[test]
fn the_desk_reads_the_same_for_revoked_and_suspended() {
    let placement = request("2026-03-09", "2026-03-20").check(NOW).unwrap();
    let requirements = Requirements::shipped();
    let requirement = requirements.find(placement.kind(), placement.staff_group()).unwrap();
    let finding = |reason| {
        let verdict = judge(&Scan::Rejected(&reason), requirement, &placement, NOW);
        assert_eq!((verdict.outcome, verdict.notes.len()), (Outcome::DoNotStart, 0));
        verdict.findings.into_iter().next().unwrap()
    };

    let (revoked, suspended) = (finding(Reason::Revoked), finding(Reason::Suspended));

    assert_eq!(revoked.sentence, "This passport is not valid. Ask the home trust's HR.");
    assert_eq!(revoked.sentence, suspended.sentence);
    assert_eq!((revoked.who, &revoked.next_step), (suspended.who, &suspended.next_step));
    assert_ne!(revoked.code, suspended.code);
}

#[test]
fn an_aged_status_says_as_of_when_in_london() {
    let placement = request("2026-07-01", "2026-07-03").check(UnixTime(1_782_896_400)).unwrap();
    let requirements = Requirements::shipped();
    let requirement = requirements.find(placement.kind(), placement.staff_group()).unwrap();
    let said = |as_of, now| {
        let shown = Presented::dangerous_from_claims(&claims(), "RBV", StatusAge::Aged(as_of));
        let verdict = judge(&Scan::Shown(&shown), requirement, &placement, now);
        let aged = verdict.findings.into_iter().find(|one| one.code == Code::StatusAged);
        aged.unwrap().sentence
    };

    // 2026-07-01T09:00Z and 2026-06-30T20:15Z, in British Summer Time.
    let same_day = said(UnixTime(1_782_896_400), UnixTime(1_782_898_200));
    let day_before = said(UnixTime(1_782_850_500), UnixTime(1_782_898_200));

    assert!(same_day.contains("as of 10:00:"), "{same_day}");
    assert!(day_before.contains("as of 21:15 on 30 June 2026:"), "{day_before}");
}

#[test]
fn every_code_speaks_in_whole_sentences() {
    for code in Code::ALL {
        let finding = passport::Finding::new(*code);

        assert!(finding.sentence.ends_with('.'), "{code}");
        assert!(finding.next_step.ends_with('.'), "{code}");
    }
}

#[test]
fn another_birth_date_or_reference_is_another_person() {
    let shown = Presented::dangerous_from_claims(&claims(), "RBV", StatusAge::Fresh);
    let code = |known: &KnownPerson| compare(known, &shown).map(|finding| finding.code);
    let subject = |ods: &str, id: &str| Some((ods.parse().unwrap(), id.parse().unwrap()));
    let known = KnownPerson {
        subject: subject("RBV", "sample-7Qm2vX0cTfaK"),
        birth_date: "1990-06-20".parse().ok(),
        name: Some("amara OKAFOR".to_owned()),
    };

    assert_eq!(code(&known), None);
    assert_eq!(code(&KnownPerson::default()), None);
    let other = KnownPerson { birth_date: "1990-06-21".parse().ok(), ..known.clone() };
    assert_eq!(code(&other), Some(Code::DifferentPerson));
    let other = KnownPerson { subject: subject("RBV", "sample-another"), ..known.clone() };
    assert_eq!(code(&other), Some(Code::DifferentPerson));
    let elsewhere = KnownPerson { subject: subject("RM3", "sample-another"), ..known.clone() };
    assert_eq!(code(&elsewhere), None);
    let other = KnownPerson { name: Some("Amara Okafor-Smith".to_owned()), ..known };
    assert_eq!(code(&other), Some(Code::NameDiffers));
}

#[test]
fn the_sample_nurse_is_clear_for_every_shipped_requirement_for_eighty_days() {
    let shown = Presented::dangerous_from_claims(&claims(), "RBV", StatusAge::Fresh);
    let requirements = Requirements::shipped();
    for requirement in requirements.iter() {
        let asked =
            PlacementRequest { kind: requirement.kind, ..request("2026-03-02", "2026-05-21") };
        let placement = asked.check(NOW).unwrap();

        let verdict = judge(&Scan::Shown(&shown), requirement, &placement, NOW);

        assert_eq!(verdict.outcome, Outcome::ClearToStart, "{:?}", verdict.findings);
    }
}
