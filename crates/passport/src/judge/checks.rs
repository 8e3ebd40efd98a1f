//! What each check can find.

use chrono::NaiveDate;

use super::{Judge, Term, missing};
use crate::check::Check;
use crate::checks::{
    Assignment, CoreSkill, CriminalRecord, Identity, ProfessionalRegistration, RightToWork,
    WorkHealth,
};
use crate::day::{self, plus_days, plus_months};
use crate::finding::{Code, Finding};
use crate::requirement::{NeedCriminalRecord, NeedRegistration, NeedSubject, NeedWorkHealth};
use crate::words::{
    AssignmentStatus, BarredList, BarredListCheck, Fitness, RegistrationStatus, RightToWorkBasis,
    WorkRestrictions,
};

/// How long an identity check stands.
const IDENTITY_MONTHS: u32 = 24;
/// How long a look at a professional register stands.
const REGISTRATION_DAYS: u32 = 90;
/// How long a work health assessment stands.
const WORK_HEALTH_MONTHS: u32 = 36;
/// How long a job stands after it was last confirmed.
const ASSIGNMENT_MONTHS: u32 = 12;
/// How early training that will lapse is mentioned.
const TRAINING_DUE_DAYS: u32 = 30;

impl Judge<'_> {
    pub(super) fn identity(&mut self, identity: &Identity) {
        let mut terms = vec![Term {
            last: plus_months(identity.checked_on, IDENTITY_MONTHS),
            code: Code::ExpiredIdentity,
            what: "The two years of the identity check",
        }];
        terms.extend(identity.document_expiry.map(|last| Term {
            last,
            code: Code::ExpiredIdentity,
            what: "The photo document seen at the identity check",
        }));
        // One fact about the identity check, however many of its terms are over.
        terms.sort_by_key(|term| term.last);
        terms.truncate(1);
        self.terms(Check::Identity, &terms);
    }

    pub(super) fn right_to_work(&mut self, right: &RightToWork, needed: bool) {
        if let Some(last) = right.permission_until {
            let what = "The right to work";
            let term = Term { last, code: Code::RtwExpired, what };
            self.terms(Check::RightToWork, &[term]);
        }
        if !needed {
            return;
        }
        match right.work_restrictions {
            WorkRestrictions::None => {}
            WorkRestrictions::HoursCap => {
                let sentence = right.hours_cap.map_or_else(
                    || "The hours that the person may work are limited; the passport does not say to how many.".to_owned(),
                    |hours| format!("The person may work at most {} hours a week, all employers together.", hours.value()),
                );
                self.find(Finding::new(Code::HoursCap).saying(sentence));
            }
            WorkRestrictions::EmployerTied => self.find(Finding::new(Code::RtwEmployerTied)),
            WorkRestrictions::RoleLimited => self.notes.push(
                "The right to work is limited to a role: ask the home trust which.".to_owned(),
            ),
        }
        match (right.basis, right.follow_up_due) {
            (RightToWorkBasis::ListBGroup1 | RightToWorkBasis::ListBGroup2, Some(due))
                if due <= self.end =>
            {
                self.notes.push(format!(
                    "The home trust's next right to work check is due on {}.",
                    day::words(due)
                ));
            }
            _ => {}
        }
    }

    pub(super) fn registration(
        &mut self,
        registration: &ProfessionalRegistration,
        need: Option<&NeedRegistration>,
    ) {
        let check = Check::ProfessionalRegistration;
        let body_fits = need
            .is_some_and(|need| need.bodies.is_empty() || need.bodies.contains(&registration.body));
        if let Some(need) = need.filter(|_| !body_fits) {
            let bodies = need.bodies.iter().map(|body| body.as_str()).collect::<Vec<_>>();
            self.find(Finding::new(missing(check)).saying(format!(
                "The registration shown is with the {}; this placement needs {}.",
                registration.body,
                bodies.join(" or ")
            )));
        }
        let status = match registration.status {
            RegistrationStatus::Registered | RegistrationStatus::RegisteredWithConditions => None,
            RegistrationStatus::Suspended
            | RegistrationStatus::Lapsed
            | RegistrationStatus::Removed => Some("The professional registration is not active."),
        };
        let licence = (body_fits && registration.licence_to_practise == Some(false))
            .then_some("The person holds no licence to practise.");
        let inactive = status.or(licence);
        if let Some(sentence) = inactive {
            self.find(Finding::new(Code::RegistrationNotActive).saying(sentence));
        }
        let mut terms = Vec::new();
        if inactive.is_none() {
            terms.push(Term {
                last: registration.expires_on,
                code: Code::RegistrationNotActive,
                what: "The professional registration",
            });
        }
        let looked_at = Term {
            last: plus_days(registration.checked_on, REGISTRATION_DAYS),
            code: Code::ExpiredProfessionalRegistration,
            what: "The 90 days of the check of the professional register",
        };
        if body_fits && (inactive.is_none() || looked_at.last < self.first) {
            terms.push(looked_at);
        }
        self.terms(check, &terms);
        let conditions = registration.has_conditions
            || registration.status == RegistrationStatus::RegisteredWithConditions;
        if body_fits && inactive.is_none() && conditions {
            self.find(Finding::new(Code::RegistrationConditions));
        }
    }

    pub(super) fn criminal_record(&mut self, record: &CriminalRecord, need: &NeedCriminalRecord) {
        let last = plus_months(record.issued_on, need.max_age_months);
        let what = "The time for which this placement relies on the DBS certificate";
        let term = Term { last, code: Code::ExpiredCriminalRecord, what };
        self.terms(Check::CriminalRecord, &[term]);
        if record.level < need.level {
            self.find(Finding::new(Code::DbsLevelTooLow).saying(format!(
                "The DBS check is {}; this placement needs {}.",
                record.level.label(),
                need.level.label()
            )));
        }
        if !record.workforce.covers(need.workforce) {
            self.find(Finding::new(Code::DbsWorkforceMismatch).saying(format!(
                "The DBS check is for the {} workforce; this placement needs {}.",
                record.workforce.label(),
                need.workforce.label()
            )));
        }
        for list in &need.barred_lists {
            let (checked, sentence) = match list {
                BarredList::Adult => {
                    (record.barred_adult, "The adults' barred list was not checked.")
                }
                BarredList::Child => {
                    (record.barred_child, "The children's barred list was not checked.")
                }
            };
            if checked == BarredListCheck::NotChecked {
                self.find(Finding::new(Code::BarredListNotChecked).saying(sentence));
            }
        }
    }

    pub(super) fn work_health(&mut self, health: &WorkHealth, need: &NeedWorkHealth) {
        let last = plus_months(health.assessed_on, WORK_HEALTH_MONTHS);
        let what = "The three years of the work health assessment";
        self.terms(Check::WorkHealth, &[Term { last, code: Code::ExpiredWorkHealth, what }]);
        if need.epp && health.epp_cleared != Some(true) {
            self.find(Finding::new(Code::EppNotCleared));
        }
        if health.outcome == Fitness::FitWithAdjustments {
            self.find(Finding::new(Code::AdjustmentsNeeded));
        }
    }

    pub(super) fn assignment(&mut self, assignment: &Assignment, needed: bool) {
        let check = Check::Assignment;
        let status = match assignment.assignment_status {
            AssignmentStatus::Active => None,
            AssignmentStatus::Suspended => Some(Code::EmploymentSuspended),
            AssignmentStatus::Ended => Some(Code::EmploymentEnded),
        };
        if let Some(code) = status {
            self.find(Finding::new(code));
        }
        let mut terms = Vec::new();
        if let Some(last) = assignment.fixed_term_end {
            let over = last < self.first && status != Some(Code::EmploymentEnded);
            if over || status.is_none() {
                terms.push(Term { last, code: Code::EmploymentEnded, what: "The contract" });
            }
        }
        if let Some(confirmed) = self.shown.assignment_confirmed().filter(|_| needed) {
            let last = plus_months(confirmed, ASSIGNMENT_MONTHS);
            if status.is_none() || last < self.first {
                let what = "The twelve months for which the job is confirmed";
                terms.push(Term { last, code: Code::ExpiredAssignment, what });
            }
        }
        self.terms(check, &terms);
        if needed && assignment.staff_group != self.placement.staff_group() {
            self.notes.push(format!(
                "The passport's staff group is {}, the placement's {}.",
                assignment.staff_group.label(),
                self.placement.staff_group().label()
            ));
        }
    }

    pub(super) fn training(&mut self, skills: &[CoreSkill], needed: NeedSubject) {
        let (subject, label) = (needed.subject, needed.subject.label());
        let latest = skills
            .iter()
            .filter(|skill| skill.subject == subject && skill.level.value() >= needed.level)
            .map(|skill| skill.valid_until.unwrap_or(NaiveDate::MAX))
            .max();
        let overdue = Finding::new(Code::TrainingOverdue).of(subject);
        let Some(last) = latest else {
            let level = needed.level;
            return self.find(overdue.saying(format!("{label}, level {level}, is not recorded.")));
        };
        if last < self.first {
            let ends = self.ends(last);
            let sentence = format!("{label}: the training {ends} {}.", day::words(last));
            return self.find(overdue.saying(sentence).on(last));
        }
        if last < self.end {
            let finding = Finding::new(Code::ExpiresDuringPlacement).about(Check::CoreSkills);
            let sentence = format!(
                "{label}: the training ends on {}, during the placement.",
                day::words(last)
            );
            self.find(finding.of(subject).saying(sentence).on(last));
        }
        if last <= plus_days(self.first, TRAINING_DUE_DAYS) {
            let sentence = format!("{label}: the training is due by {}.", day::words(last));
            let finding = Finding::new(Code::TrainingDue30Days).of(subject);
            self.find(finding.saying(sentence).on(last));
        }
    }
}
