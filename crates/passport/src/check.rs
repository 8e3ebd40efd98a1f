//! The eight objects of a passport, by name.

use serde::{Deserialize, Serialize};

use crate::labels;

/// One of the eight objects that a passport holds, each of which hides as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Who this is.
    Identity,
    /// The right to work in the United Kingdom.
    RightToWork,
    /// Registration with a professional body.
    ProfessionalRegistration,
    /// Employment history and references.
    EmploymentHistory,
    /// The DBS certificate.
    CriminalRecord,
    /// Work health clearance.
    WorkHealth,
    /// The job held at the home trust.
    Assignment,
    /// Training.
    CoreSkills,
}

impl Check {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::RightToWork,
        Self::ProfessionalRegistration,
        Self::EmploymentHistory,
        Self::CriminalRecord,
        Self::WorkHealth,
        Self::Assignment,
        Self::CoreSkills,
    ];

    /// The claim's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::RightToWork => "right_to_work",
            Self::ProfessionalRegistration => "professional_registration",
            Self::EmploymentHistory => "employment_history",
            Self::CriminalRecord => "criminal_record",
            Self::WorkHealth => "work_health",
            Self::Assignment => "assignment",
            Self::CoreSkills => "core_skills",
        }
    }

    /// The name in plain words.
    pub fn label(self) -> &'static str {
        labels::of_member(self.as_str())
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
