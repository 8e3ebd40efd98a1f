//! The catalogue: every text that a page asks for is there, and none lies idle. The form's own are
//! held by its tests.

use std::collections::BTreeSet;
use std::path::Path;

use server::texts::{OWN, Texts};

use crate::console::TEXTS;
use crate::console::acts::HrAct;
use crate::passports::queues::Queue;
use crate::service::SERVICE;
use crate::store::{
    Act, ArchiveReason, AskedAct, ChangeKind, OfferReason, PassportState, RefusedRelease,
    ReinstatementReason, RevocationReason, SuspensionReason, WithdrawalReason,
};

const FORM: [&str; 5] = ["field-", "word-", "section-", "group-", "ask-"];
const STEPS: [&str; 12] = [
    "NONE",
    "WAITING",
    "COLLECTED",
    "CONFIRM",
    "CONFIRMED",
    "ISSUED",
    "ACCEPTED",
    "REJECTED",
    "REFUSED",
    "WITHDRAWN",
    "KILLED",
    "EXPIRED",
];

fn keys(catalogue: &str) -> BTreeSet<String> {
    catalogue
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '}']))
        .filter_map(|line| Some(line.split_once(" =")?.0.to_owned()))
        .collect()
}

/// Keys that are made of a word: all of them must be there.
fn made() -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    let mut add = |start: &str, words: Vec<&str>, ends: &[&str]| {
        for word in words {
            made.extend(ends.iter().map(|end| format!("{start}-{word}{end}")));
        }
    };
    add("state", PassportState::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("queue", Queue::ALL.iter().map(|it| it.name()).collect(), &["", "-text", "-empty"]);
    add("step", STEPS.into(), &["", "-text"]);
    add("history", Act::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("change-kind", ChangeKind::ALL.iter().map(|it| it.name()).collect(), &["", "-hint"]);
    add("import-mapping", vec!["template", "esr"], &[""]);
    add("rejection", vec!["INCORRECT", "DUPLICATE", "NOT_WANTED", "OTHER"], &[""]);
    add("reason", RevocationReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", SuspensionReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", ReinstatementReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", WithdrawalReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", ArchiveReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", RefusedRelease::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", AskedAct::ALL.iter().map(|it| it.name()).collect(), &[""]);
    add("reason", OfferReason::ALL.iter().map(|it| it.name()).collect(), &[""]);
    // Why a staff member refuses stands in the history too.
    add("reason", vec!["INCORRECT", "NOT_WANTED"], &[""]);
    for act in HrAct::ALL {
        let ends: &[&str] = match act {
            HrAct::Reoffer => &["", "-heading", "-text", "-go"],
            HrAct::Withdraw
            | HrAct::Suspend
            | HrAct::Reinstate
            | HrAct::Revoke
            | HrAct::Archive => &["", "-heading", "-text", "-go", "-done"],
        };
        add("act", vec![act.name()], ends);
    }
    made
}

/// Texts in quotation marks that are a key of the catalogue, below a folder.
fn named(folder: &Path, keys: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                named(&path, keys, found);
            }
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        found.extend(text.split('"').filter(|it| keys.contains(*it)).map(str::to_owned));
    }
}

/// What templates ask for by name.
fn asked(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            asked(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let calls = text.split("shell.t").skip(1).filter_map(|call| {
            let key = call.strip_prefix('a').unwrap_or(call).strip_prefix("(\"")?;
            Some(key.split('"').next()?.to_owned())
        });
        found.extend(calls);
    }
}

#[test]
fn no_text_is_missing_and_none_lies_idle() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = keys(TEXTS);
    let mut wanted = made();
    asked(&here.join("templates"), &mut wanted);
    wanted.extend(SERVICE.nav.iter().map(|entry| entry.key.to_owned()));
    let everything: BTreeSet<String> = ours.union(&keys(OWN)).cloned().collect();

    let missing: Vec<_> = wanted.difference(&everything).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");

    let mut used = wanted.clone();
    for folder in ["src/console", "src/oid4vci"] {
        named(&here.join(folder), &ours, &mut used);
    }
    let maybe = ["reason-OTHER-hint", "act-reoffer-ACTIVE"];
    let idle: Vec<_> = ours
        .difference(&used)
        .filter(|key| !FORM.iter().any(|start| key.starts_with(start)))
        .filter(|key| !maybe.contains(&key.as_str()))
        .collect();
    assert!(idle.is_empty(), "idle: {idle:?}");
}

#[test]
fn every_text_with_values_is_whole() {
    let texts = Texts::new(&[TEXTS]).unwrap();

    for key in keys(TEXTS) {
        let text = texts.t(&key);
        assert_ne!(text, key);
        assert!(!text.contains("  "), "{key}: {text}");
    }
}
