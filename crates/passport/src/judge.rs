//! The verdict: may this person start? For the scan and for every day to the placement's end.
//!
//! Direct, by dates: what limits a check has one last day, held against the first and the last day
//! judged. A test holds it against an evaluation day by day.

mod checks;

use chrono::NaiveDate;
use serde::Serialize;
use vc::qr::QrError;
use vc::time::UnixTime;
use vc::verify::Reason;

use crate::check::Check;
use crate::day::{self, plus_days};
use crate::finding::{Code, Finding, Outcome};
use crate::placement::Placement;
use crate::presented::{Presented, StatusAge};
use crate::requirement::{AppliesTo, Need, Requirement};
use crate::text::{Note, Text, Value};
use crate::words::Kind;

/// What came of the scan.
#[derive(Clone, Copy, Debug)]
pub enum Scan<'a> {
    /// The presentation holds.
    Shown(&'a Presented),
    /// It does not.
    Rejected(&'a Reason),
    /// It was shown before, by the verifier's memory.
    Replayed,
    /// The text of the code can't be read.
    Unreadable(&'a QrError),
}

/// May this person start, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The worst of the findings.
    pub outcome: Outcome,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// What the host should think of; never changes the outcome.
    pub notes: Vec<Note>,
    /// By which requirement it was judged.
    pub requirement: RequirementUsed,
}

/// Names a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RequirementUsed {
    /// Kind of placement.
    pub kind: Kind,
    /// For whom it stands.
    pub staff_group: AppliesTo,
    /// Its version.
    pub version: u32,
}

/// Judges a scan for a placement.
///
/// What fails before the checks is reported alone; checks report all their findings. An object
/// that the requirement does not need is judged for what forbids the start whenever it is shown
/// (registration not active, right to work past its date, employment ended or suspended), on every
/// day, and must be well formed; its age and its conditions don't count.
///
/// Where the field's rules leave room: a job's twelve months count from the assurance's
/// `last_refresh` (its own, else the one at the top); `STALE_REFRESH` is judged on the day of the
/// scan; a check dated after that day can't be right and is `MALFORMED`; training may be due within
/// 30 days and end during the placement, and then has both findings; a higher level of a subject
/// stands for a lower one; an overdue follow-up of the right to work, a limit to a role and another
/// staff group are notes, for the field has no code for them.
pub fn judge(
    scan: &Scan<'_>,
    requirement: &Requirement,
    placement: &Placement,
    now: UnixTime,
) -> Verdict {
    let (mut findings, notes) = match scan {
        Scan::Rejected(reason) => (vec![Finding::new(Code::from(*reason))], Vec::new()),
        Scan::Replayed => (vec![Finding::new(Code::Replayed)], Vec::new()),
        Scan::Unreadable(error) => (vec![Finding::new(Code::from(*error))], Vec::new()),
        Scan::Shown(shown) if employer_is_another(shown) => {
            (vec![Finding::new(Code::IssuerNotEntitled)], Vec::new())
        }
        Scan::Shown(shown) => Judge::new(shown, requirement, placement, now).judge(),
    };
    // Stable: findings of one outcome stay in the order of the checks.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.code.outcome()));
    let worst = findings.iter().map(|finding| finding.code.outcome()).max();
    Verdict {
        outcome: worst.unwrap_or(Outcome::ClearToStart),
        findings,
        notes,
        requirement: RequirementUsed {
            kind: requirement.kind,
            staff_group: requirement.staff_group,
            version: requirement.version,
        },
    }
}

/// A trust signs for itself only: `employer.ods` is the ODS code that the registry gives for it.
fn employer_is_another(shown: &Presented) -> bool {
    shown.employer.as_ref().is_some_and(|employer| employer.ods.as_str() != shown.issuer_ods)
}

/// The last day on which something stands, and what it is when that day is past.
struct Term {
    last: NaiveDate,
    code: Code,
    /// What it is: how the keys of its sentences begin.
    what: &'static str,
}

struct Judge<'a> {
    shown: &'a Presented,
    requirement: &'a Requirement,
    placement: &'a Placement,
    today: NaiveDate,
    /// The first day judged: the placement's, or today when that is later.
    first: NaiveDate,
    end: NaiveDate,
    findings: Vec<Finding>,
    notes: Vec<Note>,
}

impl<'a> Judge<'a> {
    fn new(
        shown: &'a Presented,
        requirement: &'a Requirement,
        placement: &'a Placement,
        now: UnixTime,
    ) -> Self {
        let today = day::london(now);
        Self {
            shown,
            requirement,
            placement,
            today,
            first: placement.start().max(today),
            end: placement.end(),
            findings: Vec::new(),
            notes: requirement
                .notes
                .iter()
                .map(|note| Note { sentence: note.clone(), text: None })
                .collect(),
        }
    }

    fn judge(mut self) -> (Vec<Finding>, Vec<Note>) {
        self.status();
        self.malformed();
        self.refresh();
        for check in Check::ALL {
            let need = self.requirement.need(check);
            if need.is_some() && !self.shown.shows(check) {
                self.find(Finding::new(missing(check)));
            }
            self.check(check, need);
        }
        (self.findings, self.notes)
    }

    fn check(&mut self, check: Check, need: Option<&Need>) {
        let shown = self.shown;
        match check {
            Check::Identity => {
                if let (Some(identity), Some(_)) = (&shown.identity, need) {
                    self.identity(identity);
                }
            }
            Check::RightToWork => {
                if let Some(right) = &shown.right_to_work {
                    self.right_to_work(right, need.is_some());
                }
            }
            Check::ProfessionalRegistration => {
                if let Some(registration) = &shown.professional_registration {
                    let need = match need {
                        Some(Need::ProfessionalRegistration(need)) => Some(need),
                        _ => None,
                    };
                    self.registration(registration, need);
                }
            }
            // Never expires, and only a satisfactory one is attested.
            Check::EmploymentHistory => {}
            Check::CriminalRecord => {
                if let (Some(record), Some(Need::CriminalRecord(need))) =
                    (&shown.criminal_record, need)
                {
                    self.criminal_record(record, need);
                }
            }
            Check::WorkHealth => {
                if let (Some(health), Some(Need::WorkHealth(need))) = (&shown.work_health, need) {
                    self.work_health(health, need);
                }
            }
            Check::Assignment => {
                if let Some(assignment) = &shown.assignment {
                    self.assignment(assignment, need.is_some());
                }
            }
            Check::CoreSkills => {
                if let (Some(skills), Some(Need::CoreSkills(need))) = (&shown.core_skills, need) {
                    for needed in &need.training {
                        self.training(skills, *needed);
                    }
                }
            }
        }
    }

    fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn status(&mut self) {
        if let StatusAge::Aged(as_of) = self.shown.status {
            let signed = day::london(as_of);
            let text = if signed == self.today {
                Text::new("status-aged")
            } else {
                Text::new("status-aged-days").day(signed)
            };
            let clock = Value::Plain(day::clock(as_of));
            self.find(Finding::new(Code::StatusAged).saying(text.with("clock", clock)));
        }
    }

    fn malformed(&mut self) {
        let mut about: Vec<Option<Check>> =
            self.shown.malformed.iter().map(|(about, _)| *about).collect();
        for check in self.shown.dated_after(self.today) {
            if !about.contains(&check) {
                about.push(check);
            }
        }
        for check in about {
            let finding = Finding::new(Code::Malformed);
            self.find(match check {
                None => finding,
                Some(check) => {
                    let label = Value::Plain(check.label().to_owned());
                    finding.about(check).saying(Text::new("part-malformed").with("check", label))
                }
            });
        }
    }

    fn refresh(&mut self) {
        if let (Some(days), Some(assurance)) =
            (self.requirement.max_refresh_age_days, &self.shown.assurance)
            && plus_days(assurance.last_refresh, days) < self.today
        {
            let text = Text::new("stale-refresh")
                .day(assurance.last_refresh)
                .with("days", Value::Number(days));
            self.find(Finding::new(Code::StaleRefresh).saying(text));
        }
    }

    /// Out of date on the first day: each term's own code. Ending later: one finding, the soonest.
    fn terms(&mut self, check: Check, terms: &[Term]) {
        let mut lapsed = false;
        let first = self.first;
        for term in terms.iter().filter(|term| term.last < first) {
            lapsed = true;
            let text = self.over(term.what, term.last);
            self.find(Finding::new(term.code).about(check).saying(text).on(term.last));
        }
        let soonest = terms.iter().min_by_key(|term| term.last);
        if let Some(term) = soonest.filter(|term| !lapsed && term.last < self.end) {
            let text = Text::new(format!("{}-ends-during", term.what)).day(term.last);
            let finding = Finding::new(Code::ExpiresDuringPlacement);
            self.find(finding.about(check).saying(text).on(term.last));
        }
    }

    /// Over before the first day: past or to come, as seen from the day of the scan.
    fn over(&self, what: &str, last: NaiveDate) -> Text {
        let when = if last < self.today { "ended" } else { "ends-before" };
        Text::new(format!("{what}-{when}")).day(last)
    }
}

const fn missing(check: Check) -> Code {
    match check {
        Check::Identity => Code::MissingIdentity,
        Check::RightToWork => Code::MissingRightToWork,
        Check::ProfessionalRegistration => Code::MissingProfessionalRegistration,
        Check::EmploymentHistory => Code::MissingEmploymentHistory,
        Check::CriminalRecord => Code::MissingCriminalRecord,
        Check::WorkHealth => Code::MissingWorkHealth,
        Check::Assignment => Code::MissingAssignment,
        Check::CoreSkills => Code::MissingCoreSkills,
    }
}
