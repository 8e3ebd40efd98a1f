//! Reading JSON into the typed model with every fault at once.

use std::ops::Deref;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::fault::{FaultCode, Faults};
use crate::text::{self, Text};

/// A value that can be read out of JSON; `None` only after a fault was noted.
pub(crate) trait Field: Sized {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self>;
}

/// An object being read: every member must be taken.
pub(crate) struct Object<'a> {
    members: &'a Map<String, Value>,
    pointer: &'a str,
    taken: Vec<&'static str>,
    faults: &'a mut Faults,
}

impl<'a> Object<'a> {
    pub(crate) fn open(value: &'a Value, pointer: &'a str, faults: &'a mut Faults) -> Option<Self> {
        let Some(members) = value.as_object() else {
            faults.note(pointer, FaultCode::WrongType, "fault-not-object");
            return None;
        };
        Some(Self { members, pointer, taken: Vec::new(), faults })
    }

    pub(crate) fn required<T: Field>(&mut self, name: &'static str) -> Option<T> {
        if !self.members.contains_key(name) {
            self.note(name, FaultCode::Missing, "fault-missing");
        }
        self.optional(name)
    }

    pub(crate) fn optional<T: Field>(&mut self, name: &'static str) -> Option<T> {
        self.taken.push(name);
        let value = self.members.get(name)?;
        T::read(value, &format!("{}/{name}", self.pointer), self.faults)
    }

    /// Whether the member is this word.
    pub(crate) fn says(&self, name: &str, words: &[&str]) -> bool {
        self.members.get(name).and_then(Value::as_str).is_some_and(|text| words.contains(&text))
    }

    pub(crate) fn is(&self, name: &str, flag: bool) -> bool {
        self.members.get(name).and_then(Value::as_bool) == Some(flag)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.members.get(name).and_then(Value::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member must be there, because of what else is given.
    pub(crate) fn need(&mut self, name: &str, why: &'static str) {
        if !self.has(name) {
            self.note(name, FaultCode::Missing, because("fault-missing-because", why));
        }
    }

    /// The member must not be there, because of what else is given.
    pub(crate) fn forbid(&mut self, name: &str, why: &'static str) {
        if self.has(name) {
            self.note(name, FaultCode::NotAllowedHere, because("fault-left-out-because", why));
        }
    }

    pub(crate) fn note(&mut self, name: &str, code: FaultCode, problem: impl Into<Text>) {
        self.faults.note(&format!("{}/{name}", self.pointer), code, problem);
    }

    pub(crate) fn note_here(&mut self, code: FaultCode, problem: impl Into<Text>) {
        self.faults.note(self.pointer, code, problem);
    }

    /// Every member that nobody took is a fault.
    pub(crate) fn finish(self) {
        for name in self.members.keys().filter(|name| !self.taken.contains(&name.as_str())) {
            let step = name.replace('~', "~0").replace('/', "~1");
            self.faults.note(
                &format!("{}/{step}", self.pointer),
                FaultCode::UnknownMember,
                "fault-unknown-member",
            );
        }
    }
}

fn because(key: &str, why: &str) -> Text {
    Text::new(key).with("why", text::Value::Word(why.to_owned()))
}

impl Field for bool {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let flag = value.as_bool();
        if flag.is_none() {
            faults.note(pointer, FaultCode::WrongType, "fault-not-flag");
        }
        flag
    }
}

impl Field for NaiveDate {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let day = value.as_str().and_then(parse_day);
        if day.is_none() {
            let code = if value.is_string() { FaultCode::BadFormat } else { FaultCode::WrongType };
            faults.note(pointer, code, "fault-not-date");
        }
        day
    }
}

/// `2026-03-31`, in exactly ten characters, from 1900 to 2099.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let day = shape.then(|| text.parse::<NaiveDate>().ok()).flatten()?;
    (1900..=2099).contains(&day.year()).then_some(day)
}

/// A whole number, as JSON Schema counts: `2.0` is one.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let float = value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e15)?;
        format!("{float:.0}").parse().ok()
    })
}

/// Between `MIN` and `MAX` elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> Deref for List<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Field, const MIN: usize, const MAX: usize> Field for List<T, MIN, MAX> {
    fn read(value: &Value, pointer: &str, faults: &mut Faults) -> Option<Self> {
        let Some(elements) = value.as_array() else {
            faults.note(pointer, FaultCode::WrongType, "fault-not-list");
            return None;
        };
        if !(MIN..=MAX).contains(&elements.len()) {
            let problem = Text::new("fault-entries").counted("least", MIN).counted("most", MAX);
            faults.note(pointer, FaultCode::OutOfRange, problem);
            return None;
        }
        let read: Vec<Option<T>> = elements
            .iter()
            .enumerate()
            .map(|(index, element)| T::read(element, &format!("{pointer}/{index}"), faults))
            .collect();
        read.into_iter().collect::<Option<Vec<T>>>().map(Self)
    }
}
