//! What is wrong with a document, for the person who typed it.

use serde::Serialize;

use crate::labels;
use crate::text::Text;

/// One thing that is wrong: where, which kind, and in plain words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the place.
    pub pointer: String,
    /// Stable kind.
    pub code: FaultCode,
    /// What is wrong and what to do, for an HR officer, in English.
    pub message: String,
    /// The same without the label of the place, for a catalogue of another language.
    pub text: Text,
}

/// Kinds of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// Needed and not there.
    Missing,
    /// Not part of a passport.
    UnknownMember,
    /// Not allowed beside what else is given.
    NotAllowedHere,
    /// Text, number, list: of the wrong kind.
    WrongType,
    /// Not of the form.
    BadFormat,
    /// Not one of the words.
    NotAWord,
    /// Too long, too many, too large or too small.
    OutOfRange,
    /// A date before one that must come first.
    DateOrder,
    /// A date that can't be right.
    ImpossibleDate,
    /// Contradicts something else given.
    Contradiction,
    /// Stands twice.
    Duplicate,
}

/// Collects faults.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl Faults {
    /// Notes a fault; `problem` follows the label of the place: "must be …".
    pub(crate) fn note(&mut self, pointer: &str, code: FaultCode, problem: impl Into<Text>) {
        let text = problem.into();
        let problem = text.english();
        let message = if pointer.is_empty() {
            format!("The passport {problem}")
        } else {
            format!("{} {problem}", labels::of_pointer(pointer))
        };
        self.0.push(Fault { pointer: pointer.to_owned(), code, message, text });
    }
}
