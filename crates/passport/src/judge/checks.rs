//! What each check can find.

use chrono::NaiveDate;

use super::{Judge, Term, missing};
use crate::check::Check;
use crate::checks::{
    Assignment, CoreSkill, CriminalRecord, Identity, ProfessionalRegistration, RightToWork,
    WorkHealth,
};
use crate::day::{plus_days, plus_months};
use crate::finding::{Code, Finding};
use crate::requirement::{NeedCriminalRecord, NeedRegistration, NeedSubject, NeedWorkHealth};
use crate::text::{Text, Value};
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
            what: "identity-check",
        }];
        terms.extend(identity.document_expiry.map(|last| Term {
            last,
            code: Code::ExpiredIdentity,
            what: "identity-document",
        }));
        // One fact about the identity check, however many of its terms are over.
        terms.sort_by_key(|term| term.last);
        terms.truncate(1);
        self.terms(Check::Identity, &terms);
    }

    pub(super) fn right_to_work(&mut self, right: &RightToWork, needed: bool) {
        if let Some(last) = right.permission_until {
            let what = "right-to-work";
            let term = Term { last, code: Code::RtwExpired, what };
            self.terms(Check::RightToWork, &[term]);
        }
        if !needed {
            return;
        }
        match right.work_restrictions {
            WorkRestrictions::None => {}
            WorkRestrictions::HoursCap => {
                let text = right.hours_cap.map_or_else(
                    || Text::new("hours-cap-unknown"),
                    |hours| {
                        let hours = Value::Plain(hours.value().to_string());
                        Text::new("hours-cap").with("hours", hours)
                    },
                );
                self.find(Finding::new(Code::HoursCap).saying(text));
            }
            WorkRestrictions::EmployerTied => self.find(Finding::new(Code::RtwEmployerTied)),
            WorkRestrictions::RoleLimited => {
                self.notes.push(Text::new("note-role-limited").into());
            }
        }
        match (right.basis, right.follow_up_due) {
            (RightToWorkBasis::ListBGroup1 | RightToWorkBasis::ListBGroup2, Some(due))
                if due <= self.end =>
            {
                self.notes.push(Text::new("note-follow-up-due").day(due).into());
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
            let bodies = need.bodies.iter().map(ToString::to_string).collect();
            let text = Text::new("registration-other-body")
                .with("body", Value::Plain(registration.body.to_string()))
                .with("bodies", Value::OneOf(bodies));
            self.find(Finding::new(missing(check)).saying(text));
        }
        let status = match registration.status {
            RegistrationStatus::Registered | RegistrationStatus::RegisteredWithConditions => None,
            RegistrationStatus::Suspended
            | RegistrationStatus::Lapsed
            | RegistrationStatus::Removed => Some("finding-REGISTRATION_NOT_ACTIVE"),
        };
        let licence = (body_fits && registration.licence_to_practise == Some(false))
            .then_some("registration-no-licence");
        let inactive = status.or(licence);
        if let Some(key) = inactive {
            self.find(Finding::new(Code::RegistrationNotActive).saying(Text::new(key)));
        }
        let mut terms = Vec::new();
        if inactive.is_none() {
            terms.push(Term {
                last: registration.expires_on,
                code: Code::RegistrationNotActive,
                what: "registration",
            });
        }
        let looked_at = Term {
            last: plus_days(registration.checked_on, REGISTRATION_DAYS),
            code: Code::ExpiredProfessionalRegistration,
            what: "registration-check",
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
        let what = "dbs-certificate";
        let term = Term { last, code: Code::ExpiredCriminalRecord, what };
        self.terms(Check::CriminalRecord, &[term]);
        if record.level < need.level {
            let text = Text::new("dbs-level-too-low")
                .with("level", record.level.text())
                .with("needed", need.level.text());
            self.find(Finding::new(Code::DbsLevelTooLow).saying(text));
        }
        if !record.workforce.covers(need.workforce) {
            let text = Text::new("dbs-workforce-mismatch")
                .with("workforce", record.workforce.text())
                .with("needed", need.workforce.text());
            self.find(Finding::new(Code::DbsWorkforceMismatch).saying(text));
        }
        for list in &need.barred_lists {
            let (checked, key) = match list {
                BarredList::Adult => (record.barred_adult, "barred-adult-not-checked"),
                BarredList::Child => (record.barred_child, "barred-child-not-checked"),
            };
            if checked == BarredListCheck::NotChecked {
                self.find(Finding::new(Code::BarredListNotChecked).saying(Text::new(key)));
            }
        }
    }

    pub(super) fn work_health(&mut self, health: &WorkHealth, need: &NeedWorkHealth) {
        let last = plus_months(health.assessed_on, WORK_HEALTH_MONTHS);
        let what = "work-health";
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
                terms.push(Term { last, code: Code::EmploymentEnded, what: "contract" });
            }
        }
        if let Some(confirmed) = self.shown.assignment_confirmed().filter(|_| needed) {
            let last = plus_months(confirmed, ASSIGNMENT_MONTHS);
            if status.is_none() || last < self.first {
                let what = "job-confirmed";
                terms.push(Term { last, code: Code::ExpiredAssignment, what });
            }
        }
        self.terms(check, &terms);
        if needed && assignment.staff_group != self.placement.staff_group() {
            let text = Text::new("note-staff-group-differs")
                .with("shown", assignment.staff_group.text())
                .with("needed", self.placement.staff_group().text());
            self.notes.push(text.into());
        }
    }

    pub(super) fn training(&mut self, skills: &[CoreSkill], needed: NeedSubject) {
        let subject = needed.subject;
        let about = |text: Text| text.with("subject", subject.text());
        let latest = skills
            .iter()
            .filter(|skill| skill.subject == subject && skill.level.value() >= needed.level)
            .map(|skill| skill.valid_until.unwrap_or(NaiveDate::MAX))
            .max();
        let overdue = Finding::new(Code::TrainingOverdue).of(subject);
        let Some(last) = latest else {
            let level = Value::Plain(needed.level.to_string());
            let text = about(Text::new("training-missing").with("level", level));
            return self.find(overdue.saying(text));
        };
        if last < self.first {
            let text = about(self.over("training", last));
            return self.find(overdue.saying(text).on(last));
        }
        if last < self.end {
            let finding = Finding::new(Code::ExpiresDuringPlacement).about(Check::CoreSkills);
            let text = about(Text::new("training-ends-during").day(last));
            self.find(finding.of(subject).saying(text).on(last));
        }
        if last <= plus_days(self.first, TRAINING_DUE_DAYS) {
            let text = about(Text::new("training-due").day(last));
            let finding = Finding::new(Code::TrainingDue30Days).of(subject);
            self.find(finding.saying(text).on(last));
        }
    }
}
