//! Runs every row of `tests/verdicts/*.csv` (its README tells what the columns mean).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::panic,
    clippy::string_slice,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use passport::{PlacementRequest, Presented, Requirement, Requirements, Scan, StatusAge, judge};
use serde_json::{Map, Value};
use vc::qr::QrError;
use vc::time::UnixTime;
use vc::verify::Reason;

const COLUMNS: [&str; 15] = [
    "id",
    "rule",
    "sample",
    "changes",
    "kind",
    "staff_group",
    "requirement",
    "start",
    "end",
    "now",
    "verification",
    "registry_ods",
    "outcome",
    "codes",
    "dates",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/verdicts")
}

/// RFC 4180: quotes, doubled inside quotes; no line breaks in a field.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    assert!(!quoted, "open quotes in {line}");
    fields
}

type Row = BTreeMap<&'static str, String>;

fn rows(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(fields(lines.next().unwrap()), COLUMNS, "columns of {}", path.display());
    lines
        .map(|line| {
            let values = fields(line);
            assert_eq!(values.len(), COLUMNS.len(), "{line}");
            COLUMNS.into_iter().zip(values).collect()
        })
        .collect()
}

fn instant(text: &str) -> UnixTime {
    UnixTime(DateTime::parse_from_rfc3339(text).unwrap().timestamp())
}

/// A training subject stands for its place in `core_skills`.
fn resolved(claims: &Map<String, Value>, pointer: &str) -> Vec<String> {
    let mut steps: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
    if steps.len() > 1 && steps[0] == "core_skills" && steps[1].parse::<usize>().is_err() {
        let skills = claims["core_skills"].as_array().unwrap();
        let place = skills.iter().position(|skill| skill["subject"] == steps[1].as_str());
        steps[1] = place.unwrap_or_else(|| panic!("no {pointer}")).to_string();
    }
    steps
}

fn change(claims: &mut Map<String, Value>, change: &str) {
    let (action, rest) = match change.as_bytes()[0] {
        b'-' => ('-', &change[1..]),
        b'+' => ('+', &change[1..]),
        _ => ('=', change),
    };
    let (pointer, text) = rest.split_once('=').unwrap_or((rest, ""));
    let steps = resolved(claims, pointer);
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let (last, parents) = steps.split_last().unwrap();
    let mut whole = Value::Object(std::mem::take(claims));
    let mut parent = &mut whole;
    for step in parents {
        parent = match parent {
            Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            other => other.get_mut(step).unwrap_or_else(|| panic!("no {pointer}")),
        };
    }
    match (action, parent) {
        ('-', Value::Object(members)) => {
            members.shift_remove(last).unwrap_or_else(|| panic!("nothing at {pointer}"));
        }
        ('-', Value::Array(items)) => {
            items.remove(last.parse().unwrap());
        }
        ('+', Value::Object(members)) => {
            members.get_mut(last).unwrap().as_array_mut().unwrap().push(value);
        }
        ('=', Value::Object(members)) => {
            members.insert(last.clone(), value);
        }
        _ => panic!("can't change {change}"),
    }
    let Value::Object(changed) = whole else { unreachable!() };
    *claims = changed;
}

fn reasons() -> Vec<Reason> {
    vec![
        Reason::NotAPassport,
        Reason::Malformed(None),
        Reason::RegistryExpired,
        Reason::IssuerNotTrusted,
        Reason::IssuerNotEntitled,
        Reason::KeyCompromised,
        Reason::SignatureInvalid,
        Reason::HolderNotProven,
        Reason::WrongHost,
        Reason::DeskCodeWrong,
        Reason::NonceWrong,
        Reason::CodeTooOld,
        Reason::CodeFromFuture,
        Reason::CredentialExpired,
        Reason::Revoked,
        Reason::Suspended,
        Reason::Superseded,
        Reason::StatusUnreachable,
        Reason::StatusTooOld,
        Reason::StatusMalformed,
        Reason::StatusWrongSigner,
    ]
}

fn qr_errors() -> Vec<QrError> {
    vec![
        QrError::NotACode,
        QrError::UnknownVersion,
        QrError::TooLarge,
        QrError::Damaged,
        QrError::PartsContradict,
    ]
}

/// Outcome, codes and dates of a row, as the row writes them.
fn answer(row: &Row, requirements: &Requirements) -> [String; 3] {
    let sample = folder().join("samples").join(format!("{}.json", row["sample"]));
    let mut claims: Map<String, Value> =
        serde_json::from_str(&fs::read_to_string(sample).unwrap()).unwrap();
    for one in row["changes"].split(" ; ").filter(|one| !one.is_empty()) {
        change(&mut claims, one);
    }
    let now = instant(&row["now"]);
    let placement = PlacementRequest {
        kind: row["kind"].parse().unwrap(),
        staff_group: row["staff_group"].parse().unwrap(),
        start: row["start"].parse().unwrap(),
        end: row["end"].parse().unwrap(),
    }
    .check(now)
    .unwrap();
    let own = (!row["requirement"].is_empty()).then(|| {
        let path = folder().join("requirements").join(format!("{}.json", row["requirement"]));
        Requirement::from_json(&fs::read_to_string(path).unwrap()).unwrap()
    });
    let requirement = own
        .as_ref()
        .or_else(|| requirements.find(placement.kind(), placement.staff_group()))
        .unwrap();
    let verification = row["verification"].as_str();
    let status = verification
        .strip_prefix("status as of ")
        .map_or(StatusAge::Fresh, |as_of| StatusAge::Aged(instant(as_of)));
    let presented = Presented::dangerous_from_claims(&claims, &row["registry_ods"], status);
    let (reasons, errors) = (reasons(), qr_errors());
    let scan = match verification {
        "holds" => Scan::Shown(&presented),
        "replayed" => Scan::Replayed,
        text if text.starts_with("status as of ") => Scan::Shown(&presented),
        text => reasons
            .iter()
            .find(|reason| reason.to_string() == text)
            .map(Scan::Rejected)
            .or_else(|| errors.iter().find(|error| error.to_string() == text).map(Scan::Unreadable))
            .unwrap_or_else(|| panic!("unknown verification {text:?}")),
    };

    let verdict = judge(&scan, requirement, &placement, now);

    let mut codes: Vec<&str> = verdict.findings.iter().map(|one| one.code.as_str()).collect();
    codes.sort_unstable();
    let mut dates: Vec<String> =
        verdict.findings.iter().filter_map(|one| one.date).map(|date| date.to_string()).collect();
    dates.sort();
    let outcome = serde_json::to_value(verdict.outcome).unwrap();
    [outcome.as_str().unwrap().to_owned(), codes.join(" "), dates.join(" ")]
}

#[test]
fn every_case_of_the_table_comes_out_as_written() {
    let requirements = Requirements::shipped();
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect();
    files.sort();
    let mut ids = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();

    for file in &files {
        let rows = rows(file);
        assert!(!rows.is_empty(), "{} has no case", file.display());
        for row in rows {
            assert!(ids.insert(row["id"].clone()), "{} stands twice", row["id"]);
            used.insert(format!("samples/{}", row["sample"]));
            used.insert(format!("requirements/{}", row["requirement"]));
            let expected = ["outcome", "codes", "dates"].map(|column| row[column].clone());
            let came = answer(&row, &requirements);
            if came != expected {
                wrong.push(format!(
                    "{} ({})\n  want {expected:?}\n  came {came:?}",
                    row["id"], row["rule"]
                ));
            }
        }
    }

    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ids.len() >= 200, "only {} cases", ids.len());
    for kind in ["samples", "requirements"] {
        for entry in fs::read_dir(folder().join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{kind}/{}", path.file_stem().unwrap().to_str().unwrap());
            assert!(used.contains(&name), "{name} is used by no case");
        }
    }
}

#[test]
fn every_code_that_a_scan_can_give_has_a_case() {
    let mut given = BTreeSet::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            for row in rows(&path) {
                given.extend(row["codes"].split(' ').map(str::to_owned));
            }
        }
    }
    // Judged when a placement is accepted, by people, or from another credential.
    let elsewhere = [
        "DIFFERENT_PERSON",
        "NAME_DIFFERS",
        "HOLDER_BY_DOCUMENT",
        "MASK_NOT_TESTED",
        "LICENCE_NOT_ACCEPTED",
        "RELEASE_NOT_APPROVED",
    ];

    let without: Vec<&str> = passport::Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !given.contains(*code) && !elsewhere.contains(code))
        .collect();

    assert!(without.is_empty(), "{without:?}");
}
