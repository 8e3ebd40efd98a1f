//! Findings: stable codes, each with its outcome, sentence, who must act and what to do.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use crate::check::Check;
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
    /// In plain words, for the desk.
    pub sentence: String,
    /// The check it is about; none for the passport as a whole.
    pub check: Option<Check>,
    /// The subject of training it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Who must act.
    pub who: Who,
    /// What to do.
    pub next_step: String,
    /// The last day on which what it is about stood or stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
}

impl Finding {
    /// A finding with its code's own sentence and next step.
    pub fn new(code: Code) -> Self {
        let (sentence, who, next_step) = code.text();
        Self {
            code,
            sentence: sentence.to_owned(),
            check: code.check(),
            subject: None,
            who,
            next_step: next_step.to_owned(),
            date: None,
        }
    }

    pub(crate) fn about(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentence = sentence.into();
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
    ($($variant:ident $name:literal $outcome:ident $check:tt $who:ident $sentence:literal $next:literal)+) => {
        /// Stable codes, exact for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $sentence] $variant,)+
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

            const fn text(self) -> (&'static str, Who, &'static str) {
                match self { $(Self::$variant => ($sentence, Who::$who, $next),)+ }
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

impl Outcome {
    /// The answer in plain words, for the desk.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ClearToStart => "May start.",
            Self::ClearWithConditions => "May start, if these conditions are kept.",
            Self::NotYet => "Not yet: something must be done first.",
            Self::CannotTell => "Cannot tell: nothing is known for sure.",
            Self::DoNotStart => "Do not let this person start.",
        }
    }
}

codes! {
    SignatureInvalid "SIGNATURE_INVALID" DoNotStart - HostHr
        "This passport's signature is wrong: somebody may have altered it."
        "Do not accept it. Tell the home trust's HR."
    IssuerNotTrusted "ISSUER_NOT_TRUSTED" DoNotStart - HostHr
        "This passport was not issued by a trust of the network."
        "Do not accept it. Ask the person which trust issued it, and ask that trust's HR."
    IssuerNotEntitled "ISSUER_NOT_ENTITLED" DoNotStart - NetworkOperator
        "The trust that signed this passport may not issue it."
        "Do not accept it. Ask the network operator."
    KeyCompromised "KEY_COMPROMISED" DoNotStart - HomeHr
        "The key that signed this passport is no longer safe."
        "Ask the home trust's HR for a new passport."
    HolderNotProven "HOLDER_NOT_PROVEN" DoNotStart - StaffMember
        "This code does not prove that the passport is on the phone that shows it."
        "Show a fresh code from the phone that received the passport."
    Revoked "REVOKED" DoNotStart - HomeHr
        "This passport is not valid. Ask the home trust's HR."
        "Ask the home trust's HR."
    Suspended "SUSPENDED" DoNotStart - HomeHr
        "This passport is not valid. Ask the home trust's HR."
        "Ask the home trust's HR."
    DifferentPerson "DIFFERENT_PERSON" DoNotStart Identity HostHr
        "This is another person than the one that the placement is for."
        "Ask for the passport of the person that the placement is for."
    RegistrationNotActive "REGISTRATION_NOT_ACTIVE" DoNotStart ProfessionalRegistration HomeHr
        "The professional registration is not active."
        "Ask the person and the home trust's HR; look at the public register."
    RtwExpired "RTW_EXPIRED" DoNotStart RightToWork HomeHr
        "The right to work is past its last day."
        "The home trust checks the right to work again and renews the passport."
    EmploymentEnded "EMPLOYMENT_ENDED" DoNotStart Assignment HomeHr
        "The employment at the home trust has ended."
        "Ask the home trust's HR."
    EmploymentSuspended "EMPLOYMENT_SUSPENDED" DoNotStart Assignment HomeHr
        "The employment at the home trust does not stand at present."
        "Ask the home trust's HR."

    StatusUnreachable "STATUS_UNREACHABLE" CannotTell - HostHr
        "Whether this passport still stands could not be found out: the home trust's list was never read."
        "Try again in a minute. If it stays so, ask the home trust's HR."
    StatusTooOld "STATUS_TOO_OLD" CannotTell - HostHr
        "Whether this passport still stands could not be found out: what is known is too old."
        "Try again in a minute. If it stays so, ask the home trust's HR."
    StatusMalformed "STATUS_MALFORMED" CannotTell - HomeHr
        "Whether this passport still stands could not be found out: the home trust's list can't be read."
        "Ask the home trust's HR."
    StatusWrongSigner "STATUS_WRONG_SIGNER" CannotTell - HomeHr
        "Whether this passport still stands could not be found out: the list is not the home trust's."
        "Ask the home trust's HR."
    RegistryExpired "REGISTRY_EXPIRED" CannotTell - NetworkOperator
        "Which trusts to rely on could not be found out: the network's registry is out of date."
        "Try again in a minute. If it stays so, ask the network operator."
    NotAPassport "NOT_A_PASSPORT" CannotTell - StaffMember
        "This code is not a staff passport."
        "Open the wallet, choose this host, and show the code."
    Malformed "MALFORMED" CannotTell - HomeHr
        "This passport can't be read as it should be."
        "Show the code again. If it stays so, ask the home trust's HR for a new passport."

    CodeTooOld "CODE_TOO_OLD" NotYet - StaffMember
        "This code is too old."
        "Show a fresh code."
    CodeFromFuture "CODE_FROM_FUTURE" NotYet - StaffMember
        "This code is from the future: the phone's clock is ahead."
        "Set the phone's clock and show a fresh code."
    DeskCodeWrong "DESK_CODE_WRONG" NotYet - StaffMember
        "The desk code is missing or another one."
        "Type the six digits on the scan page into the wallet and show a fresh code."
    Replayed "REPLAYED" NotYet - StaffMember
        "This code was shown before."
        "Show a fresh code."
    WrongHost "WRONG_HOST" NotYet - StaffMember
        "This code was made for another host."
        "Choose this host in the wallet and show a fresh code."
    CredentialExpired "CREDENTIAL_EXPIRED" NotYet - StaffMember
        "This copy of the passport is past its last day."
        "Refresh the passport in the wallet and show a fresh code."
    Superseded "SUPERSEDED" NotYet - StaffMember
        "A newer copy of this passport is on another phone."
        "Show a fresh code from that phone."
    MissingIdentity "MISSING_IDENTITY" NotYet Identity StaffMember
        "The identity check is not shown."
        "Show a fresh code with the identity check."
    MissingRightToWork "MISSING_RIGHT_TO_WORK" NotYet RightToWork StaffMember
        "The right to work check is not shown."
        "Show a fresh code with the right to work check."
    MissingProfessionalRegistration "MISSING_PROFESSIONAL_REGISTRATION" NotYet ProfessionalRegistration StaffMember
        "The professional registration is not shown."
        "Show a fresh code with the professional registration."
    MissingEmploymentHistory "MISSING_EMPLOYMENT_HISTORY" NotYet EmploymentHistory StaffMember
        "The employment history check is not shown."
        "Show a fresh code with the employment history check."
    MissingCriminalRecord "MISSING_CRIMINAL_RECORD" NotYet CriminalRecord StaffMember
        "The criminal record check (DBS) is not shown."
        "Show a fresh code with the criminal record check."
    MissingWorkHealth "MISSING_WORK_HEALTH" NotYet WorkHealth StaffMember
        "The work health check is not shown."
        "Show a fresh code with the work health check."
    MissingAssignment "MISSING_ASSIGNMENT" NotYet Assignment StaffMember
        "The current job is not shown."
        "Show a fresh code with the current job."
    MissingCoreSkills "MISSING_CORE_SKILLS" NotYet CoreSkills StaffMember
        "The training is not shown."
        "Show a fresh code with the training."
    ExpiredIdentity "EXPIRED_IDENTITY" NotYet Identity HomeHr
        "The identity check is out of date."
        "The home trust checks identity again and renews the passport."
    ExpiredProfessionalRegistration "EXPIRED_PROFESSIONAL_REGISTRATION" NotYet ProfessionalRegistration HomeHr
        "The check of the professional register is older than 90 days."
        "The home trust looks at the register again; the wallet then refreshes by itself."
    ExpiredCriminalRecord "EXPIRED_CRIMINAL_RECORD" NotYet CriminalRecord HomeHr
        "The DBS certificate is older than this placement allows."
        "The home trust makes a new DBS check and renews the passport."
    ExpiredWorkHealth "EXPIRED_WORK_HEALTH" NotYet WorkHealth HomeHr
        "The work health assessment is older than three years."
        "The home trust's occupational health service assesses again."
    ExpiredAssignment "EXPIRED_ASSIGNMENT" NotYet Assignment HomeHr
        "The job was last confirmed more than twelve months ago."
        "The home trust confirms the job; the wallet then refreshes by itself."
    DbsLevelTooLow "DBS_LEVEL_TOO_LOW" NotYet CriminalRecord HomeHr
        "The DBS check is of a lower level than this placement needs."
        "The home trust makes a DBS check of the level needed."
    DbsWorkforceMismatch "DBS_WORKFORCE_MISMATCH" NotYet CriminalRecord HomeHr
        "The DBS check is for another workforce than this placement needs."
        "The home trust makes a DBS check for the workforce needed."
    BarredListNotChecked "BARRED_LIST_NOT_CHECKED" NotYet CriminalRecord HomeHr
        "A barred list that this placement needs was not checked."
        "The home trust makes a DBS check with the barred list."
    EppNotCleared "EPP_NOT_CLEARED" NotYet WorkHealth HomeHr
        "The person is not cleared for exposure-prone procedures."
        "The home trust's occupational health service decides on a clearance."
    TrainingOverdue "TRAINING_OVERDUE" NotYet CoreSkills StaffMember
        "Training that this placement needs is missing or has lapsed."
        "Do the training; the home trust records it and the wallet refreshes by itself."
    MaskNotTested "MASK_NOT_TESTED" NotYet - HostHr
        "There is no fit test for the mask that this placement uses."
        "Test the fit of the mask before the first day."
    LicenceNotAccepted "LICENCE_NOT_ACCEPTED" NotYet - StaffMember
        "The Licence to Attend is not accepted yet."
        "Accept the Licence to Attend in the wallet."
    ReleaseNotApproved "RELEASE_NOT_APPROVED" NotYet - HomeHr
        "The home trust has not approved the release yet."
        "The home trust's HR approves or refuses the release."
    RtwEmployerTied "RTW_EMPLOYER_TIED" NotYet RightToWork HomeHr
        "The permission to work is tied to the home trust."
        "Ask the home trust, the sponsor, whether its sponsorship covers this placement."
    StaleRefresh "STALE_REFRESH" NotYet - HomeHr
        "The home trust has not confirmed this passport for too long."
        "The home trust confirms the passport; then refresh it in the wallet."

    ExpiresDuringPlacement "EXPIRES_DURING_PLACEMENT" ClearWithConditions - HomeHr
        "Something in this passport ends during the placement."
        "Renew it before that day, and scan again."
    RegistrationConditions "REGISTRATION_CONDITIONS" ClearWithConditions ProfessionalRegistration HostHr
        "There are conditions on the person's practice."
        "Read the conditions on the public register and agree how they are kept."
    HoursCap "HOURS_CAP" ClearWithConditions RightToWork HostHr
        "The hours that the person may work are limited."
        "Plan the placement within the limit, counting the hours at the home trust."
    AdjustmentsNeeded "ADJUSTMENTS_NEEDED" ClearWithConditions WorkHealth HostHr
        "The person needs adjustments at work."
        "Agree the adjustments with the person before the first day."
    TrainingDue30Days "TRAINING_DUE_30_DAYS" ClearWithConditions CoreSkills StaffMember
        "Training is due within 30 days."
        "Renew the training; the home trust records it and the wallet refreshes by itself."
    NameDiffers "NAME_DIFFERS" ClearWithConditions Identity HostHr
        "The name differs from the one that the placement is for."
        "Compare with a photo document and decide whether it is the same person."
    StatusAged "STATUS_AGED" ClearWithConditions - HostHr
        "The home trust's list has not been read lately."
        "Scan again later, or ask the home trust's HR."
    HolderByDocument "HOLDER_BY_DOCUMENT" ClearWithConditions Identity HostHr
        "The person has no phone: identity rests on a photo document."
        "Look at a photo document; a second person approves."
}
