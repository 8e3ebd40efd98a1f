//! Sentences by key. The English stands in `texts/en.ftl`, in the plain part of Fluent's syntax; a
//! page says the same keys and values in its own language.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// The English catalogue, for a page's own reader of Fluent.
pub const ENGLISH: &str = include_str!("../texts/en.ftl");

/// Says a key of a catalogue with values that are words already.
pub type Say<'a> = &'a dyn Fn(&str, &[(&str, &str)]) -> String;

/// A sentence in no language yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    /// Its key in the catalogue.
    pub key: String,
    /// What stands in it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
}

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A day of the calendar.
    Day(NaiveDate),
    /// A whole number.
    Number(u32),
    /// A key of the catalogue.
    Word(String),
    /// Names, one of which is meant.
    OneOf(Vec<String>),
    /// A name, a time of day: the same in every language.
    Plain(String),
}

/// Something to think of that changes no outcome.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// In plain English, or as the requirement says it.
    pub sentence: String,
    /// For a catalogue of another language; a requirement's own notes have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

impl Text {
    pub(crate) fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), values: BTreeMap::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn counted(self, name: &str, number: impl ToString) -> Self {
        self.with(name, Value::Plain(number.to_string()))
    }

    pub(crate) fn day(self, day: NaiveDate) -> Self {
        self.with("day", Value::Day(day))
    }

    /// In the words of a catalogue.
    pub fn said(&self, say: Say<'_>) -> String {
        let words: Vec<(&str, String)> =
            self.values.iter().map(|(name, value)| (name.as_str(), value.said(say))).collect();
        let values: Vec<(&str, &str)> =
            words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(&self.key, &values)
    }

    /// In English.
    pub fn english(&self) -> String {
        self.said(&say_english)
    }
}

impl Value {
    fn said(&self, say: Say<'_>) -> String {
        match self {
            Self::Day(day) => day_said(*day, say),
            Self::Number(number) => number.to_string(),
            Self::Word(key) => say(key, &[]),
            Self::OneOf(names) => names.join(&format!(" {} ", say("or", &[]))),
            Self::Plain(text) => text.clone(),
        }
    }
}

/// A key.
impl From<&'static str> for Text {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

impl From<Text> for Note {
    fn from(text: Text) -> Self {
        Self { sentence: text.english(), text: Some(text) }
    }
}

/// A day in the words of a catalogue: `6 January 2026`.
pub fn day_said(day: NaiveDate, say: Say<'_>) -> String {
    let month = say(&format!("month-{}", day.month()), &[]);
    let (number, year) = (day.day().to_string(), day.year().to_string());
    say("day", &[("day", number.as_str()), ("month", month.as_str()), ("year", year.as_str())])
}

/// A word of the English catalogue; a key that is not there stands for itself nowhere: the tests
/// ask for all.
pub(crate) fn english(key: &str) -> &'static str {
    static CATALOGUE: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        ENGLISH
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "))
            .collect()
    });
    CATALOGUE.get(key).copied().unwrap_or_default()
}

fn say_english(key: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::new();
    let mut rest = english(key);
    while let Some((before, after)) = rest.split_once("{ $") {
        let Some((name, after)) = after.split_once(" }") else { break };
        said.push_str(before);
        said.push_str(values.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value));
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::words::{DbsLevel, StaffGroup, Subject, Workforce};

    #[test]
    fn every_word_and_finding_is_in_the_catalogue() {
        for code in Code::ALL {
            for key in [format!("finding-{code}"), format!("finding-{code}-next")] {
                assert!(!english(&key).is_empty(), "{key}");
            }
        }
        let words = [
            DbsLevel::ALL.iter().map(|it| it.label()).collect::<Vec<_>>(),
            Workforce::ALL.iter().map(|it| it.label()).collect(),
            StaffGroup::ALL.iter().map(|it| it.label()).collect(),
            Subject::ALL.iter().map(|it| it.label()).collect(),
        ];
        for word in words.concat() {
            assert!(!word.is_empty());
        }
    }

    #[test]
    fn a_day_is_said_in_words() {
        for day in ["2026-01-06", "2027-12-31"] {
            let day: NaiveDate = day.parse().unwrap();

            assert_eq!(day_said(day, &say_english), crate::day::words(day));
        }
    }

    #[test]
    fn a_sentence_holds_its_values() {
        let text = Text::new("dbs-level-too-low")
            .with("level", DbsLevel::Basic.text())
            .with("needed", DbsLevel::Enhanced.text());

        assert_eq!(text.english(), "The DBS check is basic; this placement needs enhanced.");
    }
}
