//! What a host sees: the same objects, each of which may be hidden.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use vc::time::UnixTime;
use vc::verify::Verified;

use crate::check::Check;
use crate::checks::{
    Assignment, Assurance, CoreSkill, CriminalRecord, Employer, EmploymentHistory, Identity,
    MAX_SKILLS, ProfessionalRegistration, RightToWork, WorkHealth,
};
use crate::fault::{Fault, FaultCode, Faults};
use crate::read::Field;
use crate::values::{List, SubjectRef};

/// The disclosed facts of a verified presentation.
///
/// Lenient about absent parts only: a part that is there and not of the form is malformed.
/// Members of the token that are not the passport's are ignored.
#[derive(Clone, Debug)]
pub struct Presented {
    /// Id of the person at the issuer.
    pub subject_ref: Option<SubjectRef>,
    /// The home trust.
    pub employer: Option<Employer>,
    /// Holds for every check that does not say otherwise.
    pub assurance: Option<Assurance>,
    /// Who this is.
    pub identity: Option<Identity>,
    /// The right to work.
    pub right_to_work: Option<RightToWork>,
    /// Professional registration.
    pub professional_registration: Option<ProfessionalRegistration>,
    /// Employment history.
    pub employment_history: Option<EmploymentHistory>,
    /// The DBS certificate.
    pub criminal_record: Option<CriminalRecord>,
    /// Work health clearance.
    pub work_health: Option<WorkHealth>,
    /// The job.
    pub assignment: Option<Assignment>,
    /// Training.
    pub core_skills: Option<List<CoreSkill, 0, MAX_SKILLS>>,
    pub(crate) issuer_ods: String,
    pub(crate) status: StatusAge,
    pub(crate) malformed: Vec<(Option<Check>, Vec<Fault>)>,
}

/// How old the status list is that says VALID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusAge {
    /// Young enough.
    Fresh,
    /// Older than the host allows without a condition, signed at this instant.
    Aged(UnixTime),
}

impl Presented {
    /// Reads a verified presentation.
    pub fn from_verified(verified: &Verified) -> Self {
        let status = if verified.status_aged() {
            StatusAge::Aged(verified.status_as_of())
        } else {
            StatusAge::Fresh
        };
        Self::dangerous_from_claims(verified.claims(), &verified.issuer().ods, status)
    }

    /// Reads claims that the caller vouches for: for tests, and for claims that a service stored
    /// when it verified them. `issuer_ods` is what the trust registry says of the signer.
    pub fn dangerous_from_claims(
        claims: &Map<String, Value>,
        issuer_ods: &str,
        status: StatusAge,
    ) -> Self {
        let mut reader = Reader { claims, malformed: Vec::new() };
        let subject_ref = reader.top("subject_ref");
        let employer = reader.top("employer");
        let assurance = reader.top("assurance");
        let identity = reader.object(Check::Identity);
        let right_to_work = reader.object(Check::RightToWork);
        let professional_registration = reader.object(Check::ProfessionalRegistration);
        let employment_history = reader.object(Check::EmploymentHistory);
        let criminal_record = reader.object(Check::CriminalRecord);
        let work_health = reader.object(Check::WorkHealth);
        let assignment = reader.object(Check::Assignment);
        let core_skills = reader.object(Check::CoreSkills);
        Self {
            subject_ref,
            employer,
            assurance,
            identity,
            right_to_work,
            professional_registration,
            employment_history,
            criminal_record,
            work_health,
            assignment,
            core_skills,
            issuer_ods: issuer_ods.to_owned(),
            status,
            malformed: reader.malformed,
        }
    }

    /// What could not be read, and of which check; for the log of a service.
    pub fn malformed(&self) -> &[(Option<Check>, Vec<Fault>)] {
        &self.malformed
    }

    /// Whether an object is shown, readable or not.
    pub(crate) fn shows(&self, check: Check) -> bool {
        self.malformed.iter().any(|(about, _)| *about == Some(check))
            || match check {
                Check::Identity => self.identity.is_some(),
                Check::RightToWork => self.right_to_work.is_some(),
                Check::ProfessionalRegistration => self.professional_registration.is_some(),
                Check::EmploymentHistory => self.employment_history.is_some(),
                Check::CriminalRecord => self.criminal_record.is_some(),
                Check::WorkHealth => self.work_health.is_some(),
                Check::Assignment => self.assignment.is_some(),
                Check::CoreSkills => self.core_skills.is_some(),
            }
    }

    /// When the job was last confirmed.
    pub(crate) fn assignment_confirmed(&self) -> Option<NaiveDate> {
        let own = self.assignment.as_ref()?.assurance.as_ref().and_then(|own| own.last_refresh);
        own.or(self.assurance.as_ref().map(|top| top.last_refresh))
    }

    /// What is dated after `today`, which nothing of it can be.
    pub(crate) fn dated_after(&self, today: NaiveDate) -> Vec<Option<Check>> {
        let later = |day: Option<NaiveDate>| day.is_some_and(|day| day > today);
        let mut found = Vec::new();
        let mut look = |about: Option<Check>, wrong: bool| {
            if wrong {
                found.push(about);
            }
        };
        look(None, later(self.assurance.as_ref().map(|top| top.last_refresh)));
        macro_rules! dated {
            ($($field:ident $date:ident $check:ident)+) => {$(
                look(Some(Check::$check), self.$field.as_ref().is_some_and(|part| {
                    let own = part.assurance.as_ref().and_then(|own| own.last_refresh);
                    later(Some(part.$date)) || later(own)
                }));
            )+};
        }
        dated! {
            identity checked_on Identity
            right_to_work checked_on RightToWork
            professional_registration checked_on ProfessionalRegistration
            employment_history checked_on EmploymentHistory
            criminal_record issued_on CriminalRecord
            work_health assessed_on WorkHealth
        }
        let own = self.assignment.as_ref().and_then(|job| job.assurance.as_ref()?.last_refresh);
        look(Some(Check::Assignment), later(own));
        let skills = self.core_skills.as_deref().unwrap_or_default();
        look(Some(Check::CoreSkills), skills.iter().any(|skill| later(Some(skill.awarded_on))));
        found
    }
}

struct Reader<'a> {
    claims: &'a Map<String, Value>,
    malformed: Vec<(Option<Check>, Vec<Fault>)>,
}

impl Reader<'_> {
    fn object<T: Field>(&mut self, check: Check) -> Option<T> {
        self.claims
            .get(check.as_str())
            .and_then(|value| self.read(Some(check), check.as_str(), value))
    }

    fn top<T: Field>(&mut self, name: &'static str) -> Option<T> {
        match self.claims.get(name) {
            Some(value) => self.read(None, name, value),
            None => {
                let mut faults = Faults::default();
                faults.note(&format!("/{name}"), FaultCode::Missing, "fault-missing");
                self.note(None, faults.0);
                None
            }
        }
    }

    fn read<T: Field>(&mut self, about: Option<Check>, name: &str, value: &Value) -> Option<T> {
        let mut faults = Faults::default();
        let read = T::read(value, &format!("/{name}"), &mut faults);
        if faults.0.is_empty() {
            return read;
        }
        self.note(about, faults.0);
        None
    }

    /// One entry for the top and one for each check: the desk needs no more.
    fn note(&mut self, about: Option<Check>, faults: Vec<Fault>) {
        match self.malformed.iter_mut().find(|(other, _)| *other == about) {
            Some((_, all)) => all.extend(faults),
            None => self.malformed.push((about, faults)),
        }
    }
}
