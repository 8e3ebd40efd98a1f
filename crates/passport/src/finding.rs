//! Findings: stable codes, each with its outcome, sentence, who must act and what to do.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use crate::check::Check;
use crate::text::{self, Text};
use crate::words::Subject;

/// May this person start? Worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Yes.
    ClearToStart,
    /// Yes, if the conditions are kept.
    ClearWithConditions,
    /// Not before something is done.
    NotYet,
    /// Nobody can know.
    CannotTell,
    /// No. Nobody may override it.
    DoNotStart,
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Who {
    /// The person who showed the code.
    StaffMember,
    /// HR of the employer.
    HomeHr,
    /// HR of the placement.
    HostHr,
    /// The operator of the network.
    NetworkOperator,
}

/// One thing that stands in the way, or must be thought of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: Code,
    /// In plain English, for the desk.
    pub sentence: String,
    /// The same for a catalogue of another language.
    pub text: Text,
    /// The check it is about; none for the passport as a whole.
    pub check: Option<Check>,
    /// The subject of training it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Who must act.
    pub who: Who,
    /// What to do, in English; [`Code::next_step`] for another language.
    pub next_step: String,
    /// The last day on which what it is about stood or stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
}

impl Finding {
    /// A finding with its code's own sentence and next step.
    pub fn new(code: Code) -> Self {
        let text = Text::new(format!("finding-{code}"));
        Self {
            code,
            sentence: text.english(),
            text,
            check: code.check(),
            subject: None,
            who: code.who(),
            next_step: code.next_step().english(),
            date: None,
        }
    }

    pub(crate) fn about(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    pub(crate) fn saying(mut self, text: Text) -> Self {
        self.sentence = text.english();
        self.text = text;
        self
    }

    pub(crate) fn on(mut self, date: NaiveDate) -> Self {
        self.date = Some(date);
        self
    }

    pub(crate) fn of(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $outcome:ident $check:tt $who:ident)+) => {
        /// Stable codes, exact for programs. What each says is in the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code itself.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it makes of the verdict.
            pub const fn outcome(self) -> Outcome {
                match self { $(Self::$variant => Outcome::$outcome,)+ }
            }

            const fn check(self) -> Option<Check> {
                match self { $(Self::$variant => codes!(@check $check),)+ }
            }

            const fn who(self) -> Who {
                match self { $(Self::$variant => Who::$who,)+ }
            }
        }
    };
    (@check -) => { None };
    (@check $check:ident) => { Some(Check::$check) };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Code {
    /// What to do.
    pub fn next_step(self) -> Text {
        Text::new(format!("finding-{self}-next"))
    }
}

impl Outcome {
    /// The answer in plain English, for the desk.
    pub fn sentence(self) -> &'static str {
        text::english(match self {
            Self::ClearToStart => "verdict-CLEAR_TO_START",
            Self::ClearWithConditions => "verdict-CLEAR_WITH_CONDITIONS",
            Self::NotYet => "verdict-NOT_YET",
            Self::CannotTell => "verdict-CANNOT_TELL",
            Self::DoNotStart => "verdict-DO_NOT_START",
        })
    }
}

codes! {
    SignatureInvalid "SIGNATURE_INVALID" DoNotStart - HostHr
    IssuerNotTrusted "ISSUER_NOT_TRUSTED" DoNotStart - HostHr
    IssuerNotEntitled "ISSUER_NOT_ENTITLED" DoNotStart - NetworkOperator
    KeyCompromised "KEY_COMPROMISED" DoNotStart - HomeHr
    HolderNotProven "HOLDER_NOT_PROVEN" DoNotStart - StaffMember
    Revoked "REVOKED" DoNotStart - HomeHr
    Suspended "SUSPENDED" DoNotStart - HomeHr
    DifferentPerson "DIFFERENT_PERSON" DoNotStart Identity HostHr
    RegistrationNotActive "REGISTRATION_NOT_ACTIVE" DoNotStart ProfessionalRegistration HomeHr
    RtwExpired "RTW_EXPIRED" DoNotStart RightToWork HomeHr
    EmploymentEnded "EMPLOYMENT_ENDED" DoNotStart Assignment HomeHr
    EmploymentSuspended "EMPLOYMENT_SUSPENDED" DoNotStart Assignment HomeHr

    StatusUnreachable "STATUS_UNREACHABLE" CannotTell - HostHr
    StatusTooOld "STATUS_TOO_OLD" CannotTell - HostHr
    StatusMalformed "STATUS_MALFORMED" CannotTell - HomeHr
    StatusWrongSigner "STATUS_WRONG_SIGNER" CannotTell - HomeHr
    RegistryExpired "REGISTRY_EXPIRED" CannotTell - NetworkOperator
    NotAPassport "NOT_A_PASSPORT" CannotTell - StaffMember
    Malformed "MALFORMED" CannotTell - HomeHr

    CodeTooOld "CODE_TOO_OLD" NotYet - StaffMember
    CodeFromFuture "CODE_FROM_FUTURE" NotYet - StaffMember
    DeskCodeWrong "DESK_CODE_WRONG" NotYet - StaffMember
    Replayed "REPLAYED" NotYet - StaffMember
    WrongHost "WRONG_HOST" NotYet - StaffMember
    CredentialExpired "CREDENTIAL_EXPIRED" NotYet - StaffMember
    Superseded "SUPERSEDED" NotYet - StaffMember
    MissingIdentity "MISSING_IDENTITY" NotYet Identity StaffMember
    MissingRightToWork "MISSING_RIGHT_TO_WORK" NotYet RightToWork StaffMember
    MissingProfessionalRegistration "MISSING_PROFESSIONAL_REGISTRATION" NotYet ProfessionalRegistration StaffMember
    MissingEmploymentHistory "MISSING_EMPLOYMENT_HISTORY" NotYet EmploymentHistory StaffMember
    MissingCriminalRecord "MISSING_CRIMINAL_RECORD" NotYet CriminalRecord StaffMember
    MissingWorkHealth "MISSING_WORK_HEALTH" NotYet WorkHealth StaffMember
    MissingAssignment "MISSING_ASSIGNMENT" NotYet Assignment StaffMember
    MissingCoreSkills "MISSING_CORE_SKILLS" NotYet CoreSkills StaffMember
    ExpiredIdentity "EXPIRED_IDENTITY" NotYet Identity HomeHr
    ExpiredProfessionalRegistration "EXPIRED_PROFESSIONAL_REGISTRATION" NotYet ProfessionalRegistration HomeHr
    ExpiredCriminalRecord "EXPIRED_CRIMINAL_RECORD" NotYet CriminalRecord HomeHr
    ExpiredWorkHealth "EXPIRED_WORK_HEALTH" NotYet WorkHealth HomeHr
    ExpiredAssignment "EXPIRED_ASSIGNMENT" NotYet Assignment HomeHr
    DbsLevelTooLow "DBS_LEVEL_TOO_LOW" NotYet CriminalRecord HomeHr
    DbsWorkforceMismatch "DBS_WORKFORCE_MISMATCH" NotYet CriminalRecord HomeHr
    BarredListNotChecked "BARRED_LIST_NOT_CHECKED" NotYet CriminalRecord HomeHr
    EppNotCleared "EPP_NOT_CLEARED" NotYet WorkHealth HomeHr
    TrainingOverdue "TRAINING_OVERDUE" NotYet CoreSkills StaffMember
    MaskNotTested "MASK_NOT_TESTED" NotYet - HostHr
    LicenceNotAccepted "LICENCE_NOT_ACCEPTED" NotYet - StaffMember
    ReleaseNotApproved "RELEASE_NOT_APPROVED" NotYet - HomeHr
    RtwEmployerTied "RTW_EMPLOYER_TIED" NotYet RightToWork HomeHr
    StaleRefresh "STALE_REFRESH" NotYet - HomeHr

    ExpiresDuringPlacement "EXPIRES_DURING_PLACEMENT" ClearWithConditions - HomeHr
    RegistrationConditions "REGISTRATION_CONDITIONS" ClearWithConditions ProfessionalRegistration HostHr
    HoursCap "HOURS_CAP" ClearWithConditions RightToWork HostHr
    AdjustmentsNeeded "ADJUSTMENTS_NEEDED" ClearWithConditions WorkHealth HostHr
    TrainingDue30Days "TRAINING_DUE_30_DAYS" ClearWithConditions CoreSkills StaffMember
    NameDiffers "NAME_DIFFERS" ClearWithConditions Identity HostHr
    StatusAged "STATUS_AGED" ClearWithConditions - HostHr
    HolderByDocument "HOLDER_BY_DOCUMENT" ClearWithConditions Identity HostHr
}
