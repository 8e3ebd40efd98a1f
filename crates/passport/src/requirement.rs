//! Placement requirements: what a host asks for, as data (`schemas/requirements/`).

use std::fmt;

use serde::{Deserialize, Serialize};
use vc::claim_path::{ClaimPath, PathElement};

use crate::check::Check;
use crate::words::{BarredList, Body, DbsLevel, Kind, StaffGroup, Subject, Workforce};

/// Requirements that come with the program, as JSON texts.
pub const SHIPPED: [&str; 3] = [
    include_str!(
        "../../../schemas/requirements/TRAINING_EDUCATION_DEVELOPMENT/NURSING_AND_MIDWIFERY_REGISTERED.json"
    ),
    include_str!(
        "../../../schemas/requirements/TEMPORARY_DEPLOYMENT/NURSING_AND_MIDWIFERY_REGISTERED.json"
    ),
    include_str!("../../../schemas/requirements/OBSERVER/ANY.json"),
];

/// Oldest DBS certificate where a requirement does not say, in months.
const DBS_MONTHS: u32 = 36;

/// What a placement of one kind asks of one staff group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Requirement {
    /// Kind of placement.
    pub kind: Kind,
    /// For whom it stands.
    pub staff_group: AppliesTo,
    /// Rises with every change.
    pub version: u32,
    /// In plain words.
    pub title: String,
    /// Oldest `assurance.last_refresh`, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_refresh_age_days: Option<u32>,
    /// What to show, each object at most once.
    pub needs: Vec<Need>,
    /// What the host should think of; never changes the outcome.
    pub notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    kind: Kind,
    staff_group: AppliesTo,
    version: u32,
    title: String,
    max_refresh_age_days: Option<u32>,
    needs: Vec<Need>,
    #[serde(default)]
    notes: Vec<String>,
}

/// One staff group, or every one that has no requirement of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppliesTo {
    /// `ANY`.
    Any,
    /// This one.
    Group(StaffGroup),
}

/// One object to show, and what must be in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Need {
    /// Who this is.
    Identity(Plain),
    /// The right to work.
    RightToWork(Plain),
    /// Registration with one of these bodies, or any.
    ProfessionalRegistration(NeedRegistration),
    /// Employment history.
    EmploymentHistory(Plain),
    /// A DBS certificate.
    CriminalRecord(NeedCriminalRecord),
    /// Work health clearance.
    WorkHealth(NeedWorkHealth),
    /// The job.
    Assignment(Plain),
    /// Training.
    CoreSkills(NeedTraining),
}

/// An object without conditions of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// Why it is asked, in words for the person.
    pub why: String,
    /// What to show of it; the object without its inner hidden blocks where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<ClaimPath>,
}

/// A professional registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedRegistration {
    /// Why it is asked.
    pub why: String,
    /// What to show of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<ClaimPath>,
    /// Any of these; any body at all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<Body>,
}

/// A DBS certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedCriminalRecord {
    /// Why it is asked.
    pub why: String,
    /// What to show of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<ClaimPath>,
    /// At least this level.
    pub level: DbsLevel,
    /// Whom the person will work with.
    pub workforce: Workforce,
    /// Lists that must have been checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred_lists: Vec<BarredList>,
    /// Oldest certificate.
    #[serde(default = "dbs_months")]
    pub max_age_months: u32,
}

/// Work health clearance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedWorkHealth {
    /// Why it is asked.
    pub why: String,
    /// What to show of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<ClaimPath>,
    /// Whether exposure-prone procedures are part of it.
    #[serde(default)]
    pub epp: bool,
}

/// Training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedTraining {
    /// Why it is asked.
    pub why: String,
    /// What to show of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<ClaimPath>,
    /// Each subject and its lowest level.
    pub training: Vec<NeedSubject>,
}

/// One subject of training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedSubject {
    /// The subject.
    pub subject: Subject,
    /// At least this level, 1 to 3.
    pub level: u8,
}

/// What a wallet shows, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Where it stands in the credential.
    pub path: ClaimPath,
    /// In words for the person.
    pub why: String,
}

const fn dbs_months() -> u32 {
    DBS_MONTHS
}

impl Need {
    /// The object.
    pub const fn check(&self) -> Check {
        match self {
            Self::Identity(_) => Check::Identity,
            Self::RightToWork(_) => Check::RightToWork,
            Self::ProfessionalRegistration(_) => Check::ProfessionalRegistration,
            Self::EmploymentHistory(_) => Check::EmploymentHistory,
            Self::CriminalRecord(_) => Check::CriminalRecord,
            Self::WorkHealth(_) => Check::WorkHealth,
            Self::Assignment(_) => Check::Assignment,
            Self::CoreSkills(_) => Check::CoreSkills,
        }
    }

    /// Why it is asked.
    pub fn why(&self) -> &str {
        self.text().0
    }

    fn text(&self) -> (&str, &[ClaimPath]) {
        match self {
            Self::Identity(need)
            | Self::RightToWork(need)
            | Self::EmploymentHistory(need)
            | Self::Assignment(need) => (&need.why, &need.show),
            Self::ProfessionalRegistration(need) => (&need.why, &need.show),
            Self::CriminalRecord(need) => (&need.why, &need.show),
            Self::WorkHealth(need) => (&need.why, &need.show),
            Self::CoreSkills(need) => (&need.why, &need.show),
        }
    }
}

impl Requirement {
    /// Reads a requirement, a host's own for example.
    ///
    /// # Errors
    /// [`RequirementError`].
    pub fn from_json(text: &str) -> Result<Self, RequirementError> {
        serde_json::from_str(text).map_err(RequirementError::Json)
    }

    /// The need for an object, where there is one.
    pub fn need(&self, check: Check) -> Option<&Need> {
        self.needs.iter().find(|need| need.check() == check)
    }

    /// What a wallet shows for it, with the reason for each.
    pub fn paths_to_show(&self) -> Vec<Asked> {
        let mut asked = Vec::new();
        for need in &self.needs {
            let (why, show) = need.text();
            let whole = [ClaimPath::of_names([need.check().as_str()])];
            for path in if show.is_empty() { &whole[..] } else { show } {
                asked.push(Asked { path: path.clone(), why: why.to_owned() });
            }
        }
        asked
    }
}

impl TryFrom<Unchecked> for Requirement {
    type Error = RequirementError;

    fn try_from(read: Unchecked) -> Result<Self, RequirementError> {
        if read.needs.is_empty() {
            return Err(RequirementError::NeedsNothing);
        }
        for (index, need) in read.needs.iter().enumerate() {
            let check = need.check();
            if read.needs.iter().skip(index.saturating_add(1)).any(|other| other.check() == check) {
                return Err(RequirementError::Twice(check));
            }
            let name = PathElement::Name(check.as_str().to_owned());
            if let Some(path) = need.text().1.iter().find(|path| path.0.first() != Some(&name)) {
                return Err(RequirementError::Elsewhere(check, path.clone()));
            }
            if let Need::CoreSkills(need) = need
                && !need.training.iter().all(|subject| (1..=3).contains(&subject.level))
            {
                return Err(RequirementError::Level);
            }
        }
        Ok(Self {
            kind: read.kind,
            staff_group: read.staff_group,
            version: read.version,
            title: read.title,
            max_refresh_age_days: read.max_refresh_age_days,
            needs: read.needs,
            notes: read.notes,
        })
    }
}

/// Why a requirement is refused.
#[derive(Debug, thiserror::Error)]
pub enum RequirementError {
    /// Not JSON, or not of the form.
    #[error("not a placement requirement")]
    Json(#[source] serde_json::Error),
    /// It asks for nothing.
    #[error("a requirement must need something")]
    NeedsNothing,
    /// An object is needed twice.
    #[error("{0} is needed twice")]
    Twice(Check),
    /// A path to show lies outside its object.
    #[error("{1} does not lie in {0}")]
    Elsewhere(Check, ClaimPath),
    /// A level of training that does not exist.
    #[error("levels of training are 1 to 3")]
    Level,
}

/// Every requirement of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements(Vec<Requirement>);

impl Requirements {
    /// Those that come with the program.
    pub fn shipped() -> Self {
        Self(SHIPPED.iter().filter_map(|text| Requirement::from_json(text).ok()).collect())
    }

    /// Adds one, in place of an earlier one for the same kind and staff group.
    pub fn insert(&mut self, requirement: Requirement) {
        self.0.retain(|other| {
            (other.kind, other.staff_group) != (requirement.kind, requirement.staff_group)
        });
        self.0.push(requirement);
    }

    /// The one for this kind and staff group; the one for every group where it has none of its own.
    pub fn find(&self, kind: Kind, staff_group: StaffGroup) -> Option<&Requirement> {
        let of = |applies_to: AppliesTo| {
            self.0.iter().find(|one| one.kind == kind && one.staff_group == applies_to)
        };
        of(AppliesTo::Group(staff_group)).or_else(|| of(AppliesTo::Any))
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Requirement> {
        self.0.iter()
    }
}

impl fmt::Display for AppliesTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "ANY",
            Self::Group(group) => group.as_str(),
        })
    }
}

impl Serialize for AppliesTo {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AppliesTo {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "ANY" {
            return Ok(Self::Any);
        }
        text.parse().map(Self::Group).map_err(serde::de::Error::custom)
    }
}
