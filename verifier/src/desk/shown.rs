//! What was shown, check by check, each in a line or two with its dates.

use passport::{Check, Presented, Requirement};
use server::pages::Shell;

use crate::desk::panel::{ToldFinding, face};
use crate::desk::words;

/// One check.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) lines: Vec<String>,
    pub(super) tag: String,
    pub(super) colour: &'static str,
}

/// A row for every check that the placement needs, and for what was shown besides.
pub(super) fn rows(
    presented: &Presented,
    requirement: &Requirement,
    findings: &[ToldFinding],
    shell: &Shell,
) -> Vec<Row> {
    Check::ALL
        .into_iter()
        .filter_map(|check| {
            let needed = requirement.needs.iter().any(|need| need.check() == check);
            let unreadable = presented.malformed().iter().any(|(about, _)| *about == Some(check));
            let lines = match Lines(shell).of(presented, check) {
                _ if unreadable => Some(vec![shell.t("desk-unreadable")]),
                None if needed => Some(vec![shell.t("desk-not-shown")]),
                lines => lines,
            };
            let worst = findings
                .iter()
                .filter(|finding| finding.check.as_deref() == Some(check.as_str()))
                .map(ToldFinding::outcome)
                .max()
                .map(face);
            let (tag, colour) = match worst {
                Some(face) => (face.tag, face.colour),
                None if needed => ("desk-tag-clear", "green"),
                None => ("desk-tag-not-needed", "white"),
            };
            Some(Row { name: check.label(), lines: lines?, tag: shell.t(tag), colour })
        })
        .collect()
}

struct Lines<'a>(&'a Shell);

impl Lines<'_> {
    fn of(&self, presented: &Presented, check: Check) -> Option<Vec<String>> {
        match check {
            Check::Identity => presented.identity.as_ref().map(|it| {
                let method = self.0.t(words::identity_method(it.check_method));
                vec![self.dated("desk-line-identity", &method, it.checked_on)]
            }),
            Check::RightToWork => presented.right_to_work.as_ref().map(|it| {
                let method = self.0.t(words::right_method(it.method));
                let mut limits = vec![self.0.t(words::restrictions(it.work_restrictions))];
                limits.extend(it.permission_until.map(|until| self.day("desk-until", until)));
                vec![limits.join(". "), self.dated("desk-line-right", &method, it.checked_on)]
            }),
            Check::ProfessionalRegistration => {
                presented.professional_registration.as_ref().map(|it| {
                    let body = it.body.to_string();
                    let values = [("body", body.as_str()), ("number", it.number.as_str())];
                    let who = self.0.ta("desk-registration", &values);
                    let status = self.0.t(words::registration(it.status));
                    vec![
                        format!("{who}, {}", it.profession),
                        self.dated("desk-line-registration", &status, it.expires_on),
                        self.day("desk-register-seen", it.checked_on),
                    ]
                })
            }
            Check::EmploymentHistory => presented.employment_history.as_ref().map(|it| {
                let years = it.period_covered_years.value().to_string();
                let references = it.references_received.value().to_string();
                let values = [("years", years.as_str()), ("references", references.as_str())];
                vec![
                    self.0.ta("desk-line-history", &values),
                    self.day("desk-checked-on", it.checked_on),
                ]
            }),
            Check::CriminalRecord => presented.criminal_record.as_ref().map(|it| {
                let level = self.0.t(words::dbs_level(it.level));
                let workforce = self.0.t(words::workforce(it.workforce));
                let values = [("level", level.as_str()), ("workforce", workforce.as_str())];
                let mut lines = vec![
                    self.0.ta("desk-line-dbs", &values),
                    self.day("desk-issued-on", it.issued_on),
                ];
                let asked = it.status_checked_on.map(|on| self.day("desk-update-service", on));
                lines.extend(asked);
                lines
            }),
            Check::WorkHealth => presented.work_health.as_ref().map(|it| {
                let outcome = self.0.t(words::fitness(it.outcome));
                let category = self.0.t(words::role_category(it.role_category));
                let values = [("outcome", outcome.as_str()), ("category", category.as_str())];
                vec![
                    self.0.ta("desk-line-health", &values),
                    self.day("desk-assessed-on", it.assessed_on),
                ]
            }),
            Check::Assignment => presented.assignment.as_ref().map(|it| {
                let contract = self.0.t(words::contract(it.assignment_category));
                let status = self.0.t(words::contract_status(it.assignment_status));
                let values = [("contract", contract.as_str()), ("status", status.as_str())];
                let mut lines = vec![self.0.ta("desk-line-job", &values)];
                lines.extend(it.start.map(|start| self.day("desk-since", start)));
                lines.extend(it.fixed_term_end.map(|end| self.day("desk-until", end)));
                lines
            }),
            Check::CoreSkills => presented.core_skills.as_ref().map(|skills| {
                let number = skills.len().to_string();
                let mut lines = vec![self.0.ta("desk-line-training", &[("number", &number)])];
                let first = skills
                    .iter()
                    .filter_map(|skill| Some((skill.valid_until?, skill.subject)))
                    .min_by_key(|(until, _)| *until);
                lines.extend(first.map(|(until, subject)| {
                    let (subject, date) =
                        (self.0.t(&format!("subject-{subject}")), words::day(until, self.0));
                    let values = [("subject", subject.as_str()), ("date", date.as_str())];
                    self.0.ta("desk-first-due", &values)
                }));
                lines
            }),
        }
    }

    fn day(&self, key: &str, date: chrono::NaiveDate) -> String {
        self.0.ta(key, &[("date", &words::day(date, self.0))])
    }

    fn dated(&self, key: &str, what: &str, date: chrono::NaiveDate) -> String {
        self.0.ta(key, &[("what", what), ("date", &words::day(date, self.0))])
    }
}
