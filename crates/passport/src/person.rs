//! Whether a passport is of the person that a placement is for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::finding::{Code, Finding};
use crate::presented::Presented;
use crate::values::{OdsCode, SubjectRef};

/// What a host knows of the person that a placement is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownPerson {
    /// The employer and the person's id there, from an earlier scan.
    pub subject: Option<(OdsCode, SubjectRef)>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// First and last name.
    pub name: Option<String>,
}

/// Compares a passport with what is known: another `subject_ref` of the same employer or another
/// birth date is another person; another name is for people to decide on.
pub fn compare(known: &KnownPerson, presented: &Presented) -> Option<Finding> {
    let other_subject = known.subject.as_ref().is_some_and(|(ods, subject)| {
        presented.employer.as_ref().is_some_and(|employer| employer.ods == *ods)
            && presented.subject_ref.as_ref().is_some_and(|shown| shown != subject)
    });
    let identity = presented.identity.as_ref();
    let other_birth = known
        .birth_date
        .is_some_and(|birth| identity.is_some_and(|shown| shown.birth_date != birth));
    if other_subject || other_birth {
        return Some(Finding::new(Code::DifferentPerson));
    }
    let shown = identity.map(|shown| format!("{} {}", shown.given_name, shown.family_name))?;
    let other_name = known.name.as_ref().is_some_and(|name| folded(name) != folded(&shown));
    other_name.then(|| Finding::new(Code::NameDiffers))
}

/// Letters only, in small letters: hyphens, apostrophes, spaces and case don't make another name.
fn folded(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
