//! What was typed, by field name, exactly as it was typed.

use std::collections::BTreeMap;

use passport::checks::Assurance;
use passport::{OdsCode, Subject};
use serde_json::{Map, Value};

use super::fields::{Presence, SECTIONS, SKILLS};

/// Most training rows of a form: what a passport takes, and room to err.
pub(crate) const MAX_ROWS: usize = 60;
/// Empty rows that a page offers.
const SPARE_ROWS: usize = 2;
/// How many rows the page shows.
pub(crate) const ROWS: &str = "core_skills.rows";
const REGISTRATION: &str = "professional_registration";
/// The subject that the page itself had put into a row.
pub(crate) const PRESET: &str = "preset";

/// Names and texts of the form's fields. Names that are none of its fields are dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entered(BTreeMap<String, String>);

impl Entered {
    /// What a browser sent.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().filter(|(name, text)| !text.is_empty() && is_known(name)).collect())
    }

    /// The standard subjects with nothing else, for a new passport.
    pub(crate) fn fresh() -> Self {
        let mut entered = Self::default();
        for (row, subject) in Subject::ALL.iter().enumerate() {
            entered.preset(row, subject.as_str());
        }
        entered.set_rows(Subject::ALL.len());
        entered
    }

    /// A draft as it was saved: what is not answered is not guessed, and subjects without a record
    /// are offered again.
    pub(crate) fn of_draft(claims: &Map<String, Value>) -> Self {
        let mut entered = super::entered(claims);
        if !claims.contains_key(REGISTRATION) {
            entered.set(REGISTRATION.to_owned(), "");
        }
        let skills = claims.get(SKILLS).and_then(Value::as_array);
        let mut row = skills.map_or(0, Vec::len);
        let recorded = |subject: &Subject| {
            skills.is_some_and(|skills| {
                skills.iter().any(|skill| {
                    skill.get("subject").and_then(Value::as_str) == Some(subject.as_str())
                })
            })
        };
        for subject in Subject::ALL.iter().filter(|subject| !recorded(subject)) {
            entered.preset(row, subject.as_str());
            row = row.saturating_add(1);
        }
        entered.with_spare_rows(row)
    }

    /// A passport to change: the assurance that the issuer itself had filled in is filled in anew.
    pub(crate) fn of_passport(claims: &Map<String, Value>, ods: &OdsCode) -> Self {
        let mut claims = claims.clone();
        let refreshed = super::claims::text(&claims, "assurance", "last_refresh");
        let usual = refreshed
            .and_then(passport::day::parse)
            .and_then(|day| Assurance::by_employer(ods, day))
            .and_then(|assurance| serde_json::to_value(assurance).ok());
        if usual.is_some() && claims.get("assurance") == usual.as_ref() {
            claims.remove("assurance");
        }
        super::entered(&claims)
    }

    /// What people of one ward have in common: the job, and how long training stands. Nothing about
    /// the person.
    pub(crate) fn take_job_of(&mut self, claims: &Map<String, Value>) {
        let other = super::entered(claims);
        for path in ["staff_group", "job_role", "department", "area_of_work", "assignment_category"]
        {
            let name = format!("assignment.{path}");
            self.set(name.clone(), other.raw(&name));
        }
        for name in ["employment_history.period_covered_years", "work_health.role_category"] {
            self.set(name.to_owned(), other.raw(name));
        }
        for member in ["body", "profession", "part"] {
            let name = format!("{REGISTRATION}.{member}");
            self.set(name.clone(), other.raw(&name));
        }
        self.set(REGISTRATION.to_owned(), other.raw(REGISTRATION));
    }

    fn preset(&mut self, row: usize, subject: &str) {
        self.set(format!("{SKILLS}.{row}.subject"), subject);
        self.set(format!("{SKILLS}.{row}.{PRESET}"), subject);
    }

    /// The text of a field, as typed.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Without spaces around it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// An empty text is the same as none.
    pub(crate) fn set(&mut self, name: String, text: &str) {
        if text.is_empty() {
            self.0.remove(&name);
        } else {
            self.0.insert(name, text.to_owned());
        }
    }

    /// Everything, for the hidden fields of the review page and for a draft.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Whether anything below `prefix` is filled in.
    pub(crate) fn any_below(&self, prefix: &str) -> bool {
        self.pairs().any(|(name, text)| {
            !text.trim().is_empty()
                && name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// How many training rows the page shows: those it had, and at least all that are filled in.
    pub(crate) fn rows(&self) -> usize {
        let used = self.pairs().filter_map(|(name, _)| row_of(name)).max();
        let used = used.map_or(0, |row| row.saturating_add(1));
        let shown = self.raw(ROWS).parse().unwrap_or(0).max(SPARE_ROWS);
        shown.max(used).min(MAX_ROWS)
    }

    fn set_rows(&mut self, used: usize) {
        let rows = used.saturating_add(SPARE_ROWS).min(MAX_ROWS);
        self.set(ROWS.to_owned(), &rows.to_string());
    }

    /// After claims were filled in: their rows and some spare ones.
    pub(crate) fn with_spare_rows(mut self, used: usize) -> Self {
        self.set_rows(used);
        self
    }

    /// More empty rows.
    pub(crate) fn add_rows(&mut self, more: usize) {
        let rows = self.rows().saturating_add(more).min(MAX_ROWS);
        self.set(ROWS.to_owned(), &rows.to_string());
    }

    /// Whether a row says nothing beyond what the page itself had put there.
    pub(crate) fn row_is_empty(&self, row: usize) -> bool {
        let prefix = format!("{SKILLS}.{row}.");
        let preset = self.text(&format!("{prefix}{PRESET}"));
        self.pairs()
            .filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?, text.trim())))
            .all(|(member, text)| match member {
                "subject" => text.is_empty() || text == preset,
                "framework" | PRESET => true,
                _ => text.is_empty(),
            })
    }

    /// Takes a row away; the ones below move up.
    pub(crate) fn remove_row(&mut self, gone: usize) {
        let rows = self.rows();
        let pairs = std::mem::take(&mut self.0);
        for (name, text) in pairs {
            match row_of(&name) {
                Some(row) if row == gone => {}
                Some(row) if row > gone => {
                    let member = name.splitn(3, '.').nth(2).unwrap_or_default();
                    let row = row.saturating_sub(1);
                    self.0.insert(format!("{SKILLS}.{row}.{member}"), text);
                }
                _ => {
                    self.0.insert(name, text);
                }
            }
        }
        self.set(ROWS.to_owned(), &rows.saturating_sub(1).to_string());
    }
}

/// The row that a field belongs to.
pub(crate) fn row_of(name: &str) -> Option<usize> {
    let (row, _) = name.strip_prefix(SKILLS)?.strip_prefix('.')?.split_once('.')?;
    let row: usize = row.parse().ok()?;
    (row < MAX_ROWS).then_some(row)
}

fn is_known(name: &str) -> bool {
    if name == ROWS {
        return true;
    }
    SECTIONS.iter().any(|section| {
        if section.presence == Presence::Asked && name == section.name {
            return true;
        }
        let Some(path) = name.strip_prefix(section.name).and_then(|rest| rest.strip_prefix('.'))
        else {
            return false;
        };
        let path = match section.presence {
            Presence::Rows => {
                let Some((row, path)) = path.split_once('.') else { return false };
                // `007` would be a second name of the same row.
                let plain =
                    row.parse::<usize>().is_ok_and(|it| it < MAX_ROWS && it.to_string() == row);
                if !plain {
                    return false;
                }
                if path == PRESET {
                    return true;
                }
                path
            }
            Presence::Always | Presence::Asked | Presence::Filled => path,
        };
        section.fields().any(|field| {
            path.strip_prefix(field.path).is_some_and(|end| field.kind.parts().contains(&end))
        })
    })
}
