//! Which column is which field: presets that are data, in `schemas/import`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::console::form::fields::{Field, Kind, Presence, SECTIONS, SKILLS};

/// Training rows that the template has columns for.
const TEMPLATE_SKILLS: usize = 13;
/// Heading of the last column of a file of failed rows; it is not read when the file comes back.
pub(crate) const WHAT_IS_WRONG: &str = "What is wrong";
const ESR: &str = include_str!("../../../schemas/import/esr.json");

/// How the columns of a file are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// What it is called in the API.
    pub(crate) name: String,
    /// Heading → field; a heading that is a field's own name needs no line here.
    columns: BTreeMap<String, String>,
    /// Field → cell → word, where a word is spelt otherwise.
    #[serde(default)]
    words: BTreeMap<String, BTreeMap<String, String>>,
    /// Field → what it always is, when no column gives it.
    #[serde(default)]
    pub(crate) constants: BTreeMap<String, String>,
    /// Headings that stand for a training subject; the cell is the day of the award.
    #[serde(default)]
    competences: Vec<Competence>,
    /// Headings that are known and not read.
    #[serde(default)]
    ignored: Vec<String>,
}

/// A training record in one column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Competence {
    heading: String,
    pub(crate) subject: String,
    pub(crate) level: String,
    /// As `P3Y`; absent for once-only training.
    #[serde(default)]
    pub(crate) renewal_period: Option<String>,
}

/// What a column holds.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    /// A field by its full name, for example `core_skills.0.subject`.
    Field { name: &'a str, kind: Kind },
    /// A training subject's day of award.
    Competence(&'a Competence),
    /// Nothing that is read.
    Ignored,
}

/// Why a file's headings do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownHeadings(pub(crate) Vec<String>);

/// A file's headings, each with what it holds.
#[derive(Clone, Debug)]
pub(crate) struct Columns(Vec<(String, Known)>);

#[derive(Clone, Debug)]
enum Known {
    Field(String),
    Competence(Competence),
    Ignored,
}

impl Mapping {
    /// Every preset: the template, whose headings are the fields' own names, and the ESR-like one.
    ///
    /// # Errors
    /// When a shipped file is broken.
    pub(crate) fn presets() -> Result<Vec<Self>, serde_json::Error> {
        let template = Self {
            name: "template".to_owned(),
            columns: BTreeMap::new(),
            words: BTreeMap::new(),
            constants: BTreeMap::new(),
            competences: Vec::new(),
            ignored: Vec::new(),
        };
        Ok(vec![template, serde_json::from_str(ESR)?])
    }

    /// What each heading stands for. Every heading must be known: a column that is silently left
    /// out would be a check that nobody sees.
    ///
    /// # Errors
    /// [`UnknownHeadings`] with all of them.
    pub(crate) fn columns(&self, headings: &[String]) -> Result<Columns, UnknownHeadings> {
        let mut unknown = Vec::new();
        let mut columns = Vec::with_capacity(headings.len());
        for heading in headings {
            match self.known(heading) {
                Some(known) => columns.push((heading.clone(), known)),
                None => unknown.push(heading.clone()),
            }
        }
        if unknown.is_empty() { Ok(Columns(columns)) } else { Err(UnknownHeadings(unknown)) }
    }

    fn known(&self, heading: &str) -> Option<Known> {
        let same = |name: &str| name.eq_ignore_ascii_case(heading);
        if same(WHAT_IS_WRONG) || self.ignored.iter().any(|name| same(name)) {
            return Some(Known::Ignored);
        }
        if let Some(competence) = self.competences.iter().find(|one| same(&one.heading)) {
            return Some(Known::Competence(competence.clone()));
        }
        let mapped = self.columns.iter().find(|(name, _)| same(name)).map(|(_, field)| field);
        let name = mapped.cloned().unwrap_or_else(|| heading.to_ascii_lowercase());
        let name = zero_based(&name)?;
        field(&name).map(|_| Known::Field(name))
    }

    /// A cell in the field's own words.
    pub(crate) fn translated<'a>(&'a self, name: &str, cell: &'a str) -> &'a str {
        self.words
            .get(name)
            .and_then(|words| words.iter().find(|(from, _)| from.eq_ignore_ascii_case(cell)))
            .map_or(cell, |(_, to)| to)
    }
}

impl Columns {
    /// In the file's order, each with its heading.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Column<'_>)> {
        self.0.iter().map(|(heading, known)| {
            let column = match known {
                Known::Field(name) => match field(name) {
                    Some(field) => Column::Field { name, kind: field.kind },
                    None => Column::Ignored,
                },
                Known::Competence(competence) => Column::Competence(competence),
                Known::Ignored => Column::Ignored,
            };
            (heading.as_str(), column)
        })
    }

    /// The heading of a field, when the file has one.
    pub(crate) fn heading_of(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(heading, known)| {
            matches!(known, Known::Field(field) if field == name).then_some(heading.as_str())
        })
    }
}

/// Every heading of the template, in the form's order, training rows counted from 1.
pub(crate) fn template_headings() -> Vec<String> {
    let mut headings = Vec::new();
    for section in SECTIONS {
        let own = |field: &&Field| {
            !matches!(field.kind, Kind::Always(_)) && !field.path.starts_with("assurance.")
        };
        let prefixes: Vec<String> = match section.presence {
            Presence::Rows => {
                (1..=TEMPLATE_SKILLS).map(|row| format!("{}.{row}", section.name)).collect()
            }
            Presence::Always | Presence::Asked | Presence::Filled => {
                vec![section.name.to_owned()]
            }
        };
        for prefix in prefixes {
            headings.extend(
                section.fields().filter(own).map(|field| format!("{prefix}.{}", field.path)),
            );
        }
    }
    headings
}

/// Files count training rows from 1, the form from 0.
fn zero_based(name: &str) -> Option<String> {
    let Some(rest) = name.strip_prefix(SKILLS).and_then(|rest| rest.strip_prefix('.')) else {
        return Some(name.to_owned());
    };
    let (row, path) = rest.split_once('.')?;
    let row = row.parse::<usize>().ok()?.checked_sub(1)?;
    Some(format!("{SKILLS}.{row}.{path}"))
}

/// The field of a full name.
pub(crate) fn field(name: &str) -> Option<&'static Field> {
    let (section, path) = name.split_once('.')?;
    let section = SECTIONS.iter().find(|known| known.name == section)?;
    let path = match section.presence {
        Presence::Rows => {
            let (row, path) = path.split_once('.')?;
            row.parse::<usize>().ok().filter(|row| *row < crate::console::form::MAX_ROWS)?;
            path
        }
        Presence::Always | Presence::Asked | Presence::Filled => path,
    };
    section.fields().find(|field| field.path == path)
}

/// Whether a preset's own words are words of the form; for its test.
#[cfg(test)]
pub(crate) fn faults_of(mapping: &Mapping) -> Vec<String> {
    let mut faults = Vec::new();
    let fields =
        mapping.columns.values().chain(mapping.constants.keys()).chain(mapping.words.keys());
    for name in fields {
        let known = zero_based(name).is_some_and(|name| field(&name).is_some());
        if !known {
            faults.push(format!("no field {name}"));
        }
    }
    for (name, words) in &mapping.words {
        let Some(field) = field(name) else { continue };
        for word in words.values() {
            if !field.kind.words().contains(&word.as_str()) {
                faults.push(format!("{name} has no word {word}"));
            }
        }
    }
    for competence in &mapping.competences {
        if competence.subject.parse::<passport::Subject>().is_err() {
            faults.push(format!("no subject {}", competence.subject));
        }
    }
    faults
}
