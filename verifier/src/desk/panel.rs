//! The verdict in words: a view of the answer that programs get.

use chrono::DateTime;
use passport::text::{Note, Text};
use passport::{Code, Kind, Outcome, Presented, StaffGroup, StatusAge, day};
use serde::Deserialize;
use serde_json::{Map, Value};
use server::Problem;
use server::pages::Shell;
use vc::time::UnixTime;

use crate::app::App;
use crate::desk::choice::Choice;
use crate::desk::shown::{self, Row};
use crate::desk::words;

/// What the page reads of an answer.
#[derive(Deserialize)]
struct Told {
    outcome: String,
    findings: Vec<ToldFinding>,
    notes: Vec<Note>,
    checked_at: String,
    status: Option<Status>,
    registry: Option<Registry>,
    requirement: Requirement,
    issuer: Option<Issuer>,
    facts: Option<Map<String, Value>>,
    holder_proven: bool,
}

#[derive(Deserialize)]
pub(super) struct ToldFinding {
    code: String,
    sentence: String,
    text: Text,
    pub(super) check: Option<String>,
    who: String,
    next_step: String,
    date: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    as_of: String,
    age_seconds: i64,
}

#[derive(Deserialize)]
struct Registry {
    version: u64,
}

#[derive(Deserialize)]
struct Requirement {
    version: u32,
}

#[derive(Deserialize)]
struct Issuer {
    ods: String,
    name: String,
}

/// How an outcome looks and reads: a colour, a shape and words, each enough on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Face {
    /// Part of the class names, and which shape is drawn.
    pub(super) name: &'static str,
    heading: &'static str,
    lead: &'static str,
    group: &'static str,
    pub(super) tag: &'static str,
    pub(super) colour: &'static str,
}

/// The panel.
pub(super) struct Panel {
    pub(super) face: &'static str,
    pub(super) heading: String,
    pub(super) lead: String,
    pub(super) person: Option<Person>,
    pub(super) groups: Vec<Group>,
    pub(super) notes: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) holder: Option<String>,
    pub(super) photo: bool,
    pub(super) issuer: Option<String>,
    pub(super) checked: String,
    pub(super) status: Option<String>,
    pub(super) registry: String,
    pub(super) requirement: String,
    pub(super) checked_by: String,
}

/// Who this is, as far as it was shown.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) preferred: Option<String>,
    pub(super) born: String,
    pub(super) role: Option<String>,
    pub(super) department: Option<String>,
    pub(super) employer: String,
    pub(super) registration: Option<String>,
}

/// Findings of one outcome.
pub(super) struct Group {
    pub(super) face: &'static str,
    pub(super) heading: String,
    pub(super) acts: Vec<Act>,
}

/// What somebody has to do, and every finding that asks for it.
pub(super) struct Act {
    pub(super) findings: Vec<Finding>,
    pub(super) who: String,
    pub(super) next_step: String,
}

/// Without its code: at the desk, revoked and suspended are the same.
pub(super) struct Finding {
    pub(super) sentence: String,
    pub(super) date: Option<String>,
}

pub(super) const fn face(outcome: Outcome) -> Face {
    match outcome {
        Outcome::ClearToStart => Face {
            name: "clear",
            heading: "desk-clear",
            lead: "desk-clear-lead",
            group: "desk-clear-group",
            tag: "desk-tag-clear",
            colour: "green",
        },
        Outcome::ClearWithConditions => Face {
            name: "conditions",
            heading: "desk-conditions",
            lead: "desk-conditions-lead",
            group: "desk-conditions-group",
            tag: "desk-tag-conditions",
            colour: "yellow",
        },
        Outcome::NotYet => Face {
            name: "not-yet",
            heading: "desk-not-yet",
            lead: "desk-not-yet-lead",
            group: "desk-not-yet-group",
            tag: "desk-tag-not-yet",
            colour: "orange",
        },
        Outcome::CannotTell => Face {
            name: "cannot-tell",
            heading: "desk-cannot-tell",
            lead: "desk-cannot-tell-lead",
            group: "desk-cannot-tell-group",
            tag: "desk-tag-cannot-tell",
            colour: "grey",
        },
        Outcome::DoNotStart => Face {
            name: "stop",
            heading: "desk-stop",
            lead: "desk-stop-lead",
            group: "desk-stop-group",
            tag: "desk-tag-stop",
            colour: "red",
        },
    }
}

const WORST_FIRST: [Outcome; 5] = [
    Outcome::DoNotStart,
    Outcome::CannotTell,
    Outcome::NotYet,
    Outcome::ClearWithConditions,
    Outcome::ClearToStart,
];

/// What a code makes of the verdict; a code of a later version is never taken for harmless.
fn outcome_of(code: &str) -> Outcome {
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    known.map_or(Outcome::CannotTell, |known| known.outcome())
}

/// Unknown is never green.
fn outcome_named(name: &str) -> Outcome {
    match name {
        "CLEAR_TO_START" => Outcome::ClearToStart,
        "CLEAR_WITH_CONDITIONS" => Outcome::ClearWithConditions,
        "NOT_YET" => Outcome::NotYet,
        "DO_NOT_START" => Outcome::DoNotStart,
        _ => Outcome::CannotTell,
    }
}

impl ToldFinding {
    pub(super) fn outcome(&self) -> Outcome {
        outcome_of(&self.code)
    }

    fn next_step(&self, shell: &Shell) -> String {
        let known = Code::ALL.iter().find(|known| known.as_str() == self.code);
        let said = known.and_then(|code| in_words(&code.next_step(), shell));
        said.unwrap_or_else(|| self.next_step.clone())
    }
}

impl Panel {
    pub(super) fn new(
        answer: &[u8],
        app: &App,
        shell: &Shell,
        choice: &Choice,
    ) -> Result<Self, Problem> {
        let told: Told = serde_json::from_slice(answer).map_err(Problem::internal)?;
        let outcome = outcome_named(&told.outcome);
        let face = face(outcome);
        let home = told.issuer.as_ref().map(|issuer| issuer.name.as_str());
        let presented = told.facts.as_ref().zip(told.issuer.as_ref()).map(|(facts, issuer)| {
            // Its age is told by the answer's own finding.
            Presented::dangerous_from_claims(facts, &issuer.ods, StatusAge::Fresh)
        });
        let requirement = app.requirements.find(choice.kind.as_str(), choice.staff_group.as_str());
        let rows = presented.as_ref().zip(requirement).map(|(presented, requirement)| {
            shown::rows(presented, requirement, &told.findings, shell)
        });
        let person = presented.as_ref().and_then(|presented| Person::of(presented, home, shell));
        Ok(Self {
            face: face.name,
            heading: shell.t(face.heading),
            lead: shell.t(face.lead),
            groups: groups(&told.findings, home, shell),
            notes: told.notes.iter().map(|note| note_said(note, shell)).collect(),
            rows: rows.unwrap_or_default(),
            holder: told.facts.is_some().then(|| {
                shell.t(if told.holder_proven {
                    "desk-holder-proven"
                } else {
                    "desk-holder-not-proven"
                })
            }),
            photo: person.is_some()
                && matches!(outcome, Outcome::ClearToStart | Outcome::ClearWithConditions),
            person,
            issuer: told.issuer.as_ref().map(|issuer| {
                let (name, ods) = (issuer.name.as_str(), issuer.ods.as_str());
                shell.ta("desk-issuer", &[("name", name), ("ods", ods)])
            }),
            checked: moment(&told.checked_at, shell),
            status: told.status.map(|status| {
                let clock = instant(&status.as_of).map(day::clock).unwrap_or_default();
                let age = age(status.age_seconds, shell);
                shell.ta("desk-status", &[("clock", &clock), ("age", &age)])
            }),
            registry: told.registry.map_or_else(
                || shell.t("desk-no-registry"),
                |registry| {
                    let version = registry.version.to_string();
                    shell.ta("desk-registry", &[("version", &version)])
                },
            ),
            requirement: requirement_line(&told.requirement, choice, shell),
            checked_by: checked_by(shell),
        })
    }
}

/// A requirement's own notes are the host's words already.
fn note_said(note: &Note, shell: &Shell) -> String {
    let text = note.text.as_ref().and_then(|text| in_words(text, shell));
    text.unwrap_or_else(|| note.sentence.clone())
}

/// In the words of the catalogue; `None` for what only a later version says.
fn in_words(text: &Text, shell: &Shell) -> Option<String> {
    let said = text.said(&|key, values| shell.ta(key, values));
    (said != text.key).then_some(said)
}

fn checked_by(shell: &Shell) -> String {
    let name = shell.person.as_deref().unwrap_or_default();
    shell.ta("desk-checked-by-name", &[("name", name), ("host", &shell.organisation)])
}

fn requirement_line(used: &Requirement, choice: &Choice, shell: &Shell) -> String {
    let kind = |kind: Kind| shell.t(words::kind(kind));
    let group = |group: StaffGroup| shell.t(words::staff_group(group));
    shell.ta(
        "desk-requirement",
        &[
            ("kind", &kind(choice.kind)),
            ("group", &group(choice.staff_group)),
            ("version", &used.version.to_string()),
        ],
    )
}

impl Person {
    fn of(presented: &Presented, home: Option<&str>, shell: &Shell) -> Option<Self> {
        let identity = presented.identity.as_ref()?;
        let job = presented.assignment.as_ref();
        Some(Self {
            name: format!("{} {}", identity.given_name, identity.family_name),
            preferred: identity.preferred_name.as_ref().map(ToString::to_string),
            born: words::day(identity.birth_date, shell),
            role: job.map(|job| job.job_title.as_ref().unwrap_or(&job.job_role).to_string()),
            department: job.and_then(|job| job.department.as_ref()).map(ToString::to_string),
            employer: presented
                .employer
                .as_ref()
                .map_or_else(|| home.unwrap_or_default().to_owned(), |it| it.name.to_string()),
            registration: presented.professional_registration.as_ref().map(|registration| {
                let body = registration.body.to_string();
                let number = registration.number.as_str();
                shell.ta("desk-registration", &[("body", &body), ("number", number)])
            }),
        })
    }
}

fn groups(findings: &[ToldFinding], home: Option<&str>, shell: &Shell) -> Vec<Group> {
    WORST_FIRST
        .into_iter()
        .filter_map(|outcome| {
            let mut acts: Vec<Act> = Vec::new();
            for told in findings.iter().filter(|finding| finding.outcome() == outcome) {
                let who = who(told, home, shell);
                let next_step = told.next_step(shell);
                let finding = Finding::of(told, shell);
                match acts.iter_mut().find(|act| act.who == who && act.next_step == next_step) {
                    Some(act) => act.findings.push(finding),
                    None => acts.push(Act { findings: vec![finding], who, next_step }),
                }
            }
            let face = face(outcome);
            (!acts.is_empty()).then(|| Group {
                face: face.name,
                heading: shell.t(face.group),
                acts,
            })
        })
        .collect()
}

fn who(told: &ToldFinding, home: Option<&str>, shell: &Shell) -> String {
    match (told.who.as_str(), home) {
        ("STAFF_MEMBER", _) => shell.t("desk-who-staff"),
        ("HOME_HR", Some(home)) => shell.ta("desk-who-home", &[("name", home)]),
        ("HOME_HR", None) => shell.t("desk-who-a-home"),
        ("NETWORK_OPERATOR", _) => shell.t("desk-who-operator"),
        _ => shell.t("desk-who-host"),
    }
}

impl Finding {
    fn of(told: &ToldFinding, shell: &Shell) -> Self {
        let date = told.date.as_deref().and_then(day::parse).map(|date| words::day(date, shell));
        let sentence = in_words(&told.text, shell).unwrap_or_else(|| told.sentence.clone());
        Self {
            // Many sentences say the day themselves.
            date: date
                .filter(|date| !sentence.contains(date.as_str()))
                .map(|date| shell.ta("desk-last-day", &[("date", &date)])),
            sentence,
        }
    }
}

fn instant(text: &str) -> Option<UnixTime> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| UnixTime(at.timestamp()))
}

fn moment(text: &str, shell: &Shell) -> String {
    instant(text).map_or_else(String::new, |at| {
        let (date, clock) = (words::day(day::london(at), shell), day::clock(at));
        shell.ta("desk-checked", &[("date", &date), ("clock", &clock)])
    })
}

/// How long ago, in the unit that a person would use.
fn age(seconds: i64, shell: &Shell) -> String {
    let (key, number) = match seconds {
        ..=119 => ("desk-age-seconds", seconds.max(0)),
        120..=7199 => ("desk-age-minutes", seconds.div_euclid(60)),
        _ => ("desk-age-hours", seconds.div_euclid(3600)),
    };
    shell.ta(key, &[("number", &number.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_never_green() {
        assert_eq!(outcome_named("SOMETHING_NEW"), Outcome::CannotTell);
        assert_eq!(outcome_of("SOMETHING_NEW"), Outcome::CannotTell);
    }

    #[test]
    fn every_outcome_has_a_face_of_its_own() {
        let faces: std::collections::HashSet<&str> =
            WORST_FIRST.iter().map(|outcome| face(*outcome).name).collect();

        assert_eq!(faces.len(), WORST_FIRST.len());
        for outcome in WORST_FIRST {
            let name = serde_json::to_value(outcome).unwrap();
            assert_eq!(outcome_named(name.as_str().unwrap()), outcome);
        }
    }

    #[test]
    fn the_catalogue_says_what_programs_read() {
        let texts = server::texts::Texts::new(crate::service::SERVICE.texts).unwrap();
        let say = |key: &str, values: &[(&str, &str)]| texts.ta(key, values);
        for code in Code::ALL {
            let finding = passport::Finding::new(*code);

            assert_eq!(finding.text.said(&say), finding.sentence, "{code}");
            assert_eq!(code.next_step().said(&say), finding.next_step, "{code}");
        }
        let dated = r#"{"key":"contract-ended","values":{"day":{"day":"2026-03-01"}}}"#;
        let text: Text = serde_json::from_str(dated).unwrap();
        assert_eq!(text.said(&say), text.english());
        assert_eq!(text.english(), "The contract ended on 1 March 2026.");
    }
}
