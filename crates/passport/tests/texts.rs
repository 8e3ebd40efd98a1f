//! The catalogue: every key that the code says is there, and none lies idle.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::path::Path;

use passport::text::ENGLISH;
use passport::words::{DbsLevel, StaffGroup, Subject, Workforce};
use passport::{Code, Outcome};

/// What a last day is about: each has three sentences.
const WHEN: [&str; 3] = ["-ended", "-ends-before", "-ends-during"];

fn keys() -> BTreeSet<String> {
    let lines = ENGLISH.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            quoted(&path, found);
        } else {
            let source = std::fs::read_to_string(path).unwrap();
            found.extend(source.split('"').map(str::to_owned));
        }
    }
}

/// Keys that are made of a word.
fn made() -> BTreeSet<String> {
    let mut made: BTreeSet<String> = (1..=12).map(|month| format!("month-{month}")).collect();
    for code in Code::ALL {
        made.extend([format!("finding-{code}"), format!("finding-{code}-next")]);
    }
    let outcomes = [
        Outcome::ClearToStart,
        Outcome::ClearWithConditions,
        Outcome::NotYet,
        Outcome::CannotTell,
        Outcome::DoNotStart,
    ];
    made.extend(outcomes.iter().map(|outcome| {
        format!("verdict-{}", serde_json::to_value(outcome).unwrap().as_str().unwrap())
    }));
    made.extend(DbsLevel::ALL.iter().map(|word| format!("dbs-level-{word}")));
    made.extend(Workforce::ALL.iter().map(|word| format!("workforce-{word}")));
    made.extend(StaffGroup::ALL.iter().map(|word| format!("staff-group-{word}")));
    made.extend(Subject::ALL.iter().map(|word| format!("subject-{word}")));
    made
}

#[test]
fn no_text_is_missing_and_none_lies_idle() {
    let keys = keys();
    let mut said = BTreeSet::new();
    quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut said);
    let made = made();

    let starts = ["fault-", "why-", "form-", "note-"];
    let asked = said.iter().filter(|text| starts.iter().any(|start| text.starts_with(start)));
    let missing: Vec<_> = asked.chain(&made).filter(|key| !keys.contains(*key)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");

    let of_a_last_day = |key: &str| {
        WHEN.iter().any(|when| key.strip_suffix(when).is_some_and(|it| said.contains(it)))
    };
    let idle: Vec<_> = keys
        .iter()
        .filter(|key| !said.contains(*key) && !made.contains(*key) && !of_a_last_day(key))
        .collect();
    assert!(idle.is_empty(), "idle: {idle:?}");
}

/// The plain part of the syntax: a line a text, values alone between braces.
#[test]
fn every_line_is_of_the_plain_syntax() {
    for line in ENGLISH.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, text) = line.split_once(" = ").expect(line);

        assert!(key.starts_with(|letter: char| letter.is_ascii_lowercase()), "{line}");
        assert!(!text.starts_with(['.', '[', '*']) && text.trim() == text, "{line}");
        for value in text.split('{').skip(1) {
            let (name, _) = value.split_once('}').expect(line);
            let name = name.trim().strip_prefix('$').expect(line);
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{line}");
        }
    }
}
