//! The closed sets of words of the field.

use std::fmt;

use crate::fault::{FaultCode, Faults};
use crate::read::Field;
use crate::text::{self, Text, Value};

/// A text that is none of the words of its set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words")]
pub struct UnknownWord;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word itself.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|UnknownWord| {
                    serde::de::Error::unknown_variant(&text, &[$($text),+])
                })
            }
        }

        impl Field for $name {
            fn read(
                value: &serde_json::Value,
                pointer: &str,
                faults: &mut Faults,
            ) -> Option<Self> {
                let Some(text) = value.as_str() else {
                    faults.note(pointer, FaultCode::WrongType, "fault-not-text");
                    return None;
                };
                let word = text.parse().ok();
                if word.is_none() {
                    let words = Value::Plain([$($text),+].join(", "));
                    let problem = Text::new("fault-not-a-word").with("words", words);
                    faults.note(pointer, FaultCode::NotAWord, problem);
                }
                word
            }
        }
    )+};
}

words! {
    /// Kinds of placement.
    Kind {
        TemporaryDeployment = "TEMPORARY_DEPLOYMENT",
        TrainingEducationDevelopment = "TRAINING_EDUCATION_DEVELOPMENT",
        ImagingNetwork = "IMAGING_NETWORK",
        CancerScreening = "CANCER_SCREENING",
        Nursing = "NURSING",
        PhysicianAssociate = "PHYSICIAN_ASSOCIATE",
        ClinicalNetwork = "CLINICAL_NETWORK",
        MutualAid = "MUTUAL_AID",
        TrainingRotation = "TRAINING_ROTATION",
        Observer = "OBSERVER",
    }
    /// The ten ESR staff groups.
    StaffGroup {
        AdditionalClinicalServices = "ADDITIONAL_CLINICAL_SERVICES",
        AdditionalProfessionalScientificAndTechnical =
            "ADDITIONAL_PROFESSIONAL_SCIENTIFIC_AND_TECHNICAL",
        AdministrativeAndClerical = "ADMINISTRATIVE_AND_CLERICAL",
        AlliedHealthProfessionals = "ALLIED_HEALTH_PROFESSIONALS",
        EstatesAndAncillary = "ESTATES_AND_ANCILLARY",
        HealthcareScientists = "HEALTHCARE_SCIENTISTS",
        MedicalAndDental = "MEDICAL_AND_DENTAL",
        NursingAndMidwiferyRegistered = "NURSING_AND_MIDWIFERY_REGISTERED",
        StudentsNonMedical = "STUDENTS_NON_MEDICAL",
        StudentsMedical = "STUDENTS_MEDICAL",
    }
    /// Subjects of the Core Skills Training Framework.
    Subject {
        ConflictResolution = "CONFLICT_RESOLUTION",
        EqualityDiversityAndHumanRights = "EQUALITY_DIVERSITY_AND_HUMAN_RIGHTS",
        FireSafety = "FIRE_SAFETY",
        HealthSafetyAndWelfare = "HEALTH_SAFETY_AND_WELFARE",
        InfectionPreventionAndControl = "INFECTION_PREVENTION_AND_CONTROL",
        InformationGovernanceAndDataSecurity = "INFORMATION_GOVERNANCE_AND_DATA_SECURITY",
        MovingAndHandling = "MOVING_AND_HANDLING",
        Prevent = "PREVENT",
        ResuscitationAdult = "RESUSCITATION_ADULT",
        ResuscitationPaediatric = "RESUSCITATION_PAEDIATRIC",
        ResuscitationNewborn = "RESUSCITATION_NEWBORN",
        SafeguardingAdults = "SAFEGUARDING_ADULTS",
        SafeguardingChildren = "SAFEGUARDING_CHILDREN",
    }
    /// Who verified a fact.
    Verifier { Origin = "ORIGIN", Provider = "PROVIDER", NotVerified = "NOT_VERIFIED" }
    /// How a fact was verified.
    VerificationMethod {
        DocumentVerification = "DOCUMENT_VERIFICATION",
        RecordVerification = "RECORD_VERIFICATION",
        DocumentAndRecord = "DOCUMENT_AND_RECORD",
        NotVerified = "NOT_VERIFIED",
    }
    /// What kind of source a fact has.
    Pedigree {
        Authoritative = "AUTHORITATIVE",
        Sourced = "SOURCED",
        SelfAsserted = "SELF_ASSERTED",
        Derived = "DERIVED",
    }
    /// How identity was checked.
    IdentityMethod { InPerson = "IN_PERSON", Idsp = "IDSP", NhsCredential = "NHS_CREDENTIAL" }
    /// Sex as a document says it.
    LegalSex {
        Male = "MALE",
        Female = "FEMALE",
        NotSpecified = "NOT_SPECIFIED",
        NotKnown = "NOT_KNOWN",
    }
    /// The Home Office list that a right to work rests on.
    RightToWorkBasis { ListA = "LIST_A", ListBGroup1 = "LIST_B_G1", ListBGroup2 = "LIST_B_G2" }
    /// How the right to work was checked.
    RightToWorkMethod { Manual = "MANUAL", ShareCode = "SHARE_CODE", Idsp = "IDSP" }
    /// Limits on the work a person may do.
    WorkRestrictions {
        None = "NONE",
        HoursCap = "HOURS_CAP",
        EmployerTied = "EMPLOYER_TIED",
        RoleLimited = "ROLE_LIMITED",
    }
    /// Professional bodies.
    Body {
        Gmc = "GMC",
        Nmc = "NMC",
        Hcpc = "HCPC",
        Gdc = "GDC",
        Gphc = "GPhC",
        Goc = "GOC",
        Gosc = "GOsC",
        Gcc = "GCC",
        Swe = "SWE",
        Voluntary = "VOLUNTARY",
    }
    /// Status of a professional registration.
    RegistrationStatus {
        Registered = "REGISTERED",
        RegisteredWithConditions = "REGISTERED_WITH_CONDITIONS",
        Suspended = "SUSPENDED",
        Lapsed = "LAPSED",
        Removed = "REMOVED",
    }
    /// Levels of a DBS check, lowest first.
    DbsLevel { Basic = "BASIC", Standard = "STANDARD", Enhanced = "ENHANCED" }
    /// With whom a DBS check allows to work.
    Workforce { Adult = "ADULT", Child = "CHILD", AdultAndChild = "ADULT_AND_CHILD", Other = "OTHER" }
    /// Whether a barred list was checked.
    BarredListCheck { Checked = "CHECKED", NotChecked = "NOT_CHECKED" }
    /// Barred lists.
    BarredList { Adult = "ADULT", Child = "CHILD" }
    /// The only outcome that is attested.
    Satisfactory { Satisfactory = "SATISFACTORY" }
    /// Whether the DBS Update Service is subscribed to.
    UpdateService { Subscribed = "SUBSCRIBED", No = "NO" }
    /// Outcome of a work health assessment.
    Fitness { Fit = "FIT", FitWithAdjustments = "FIT_WITH_ADJUSTMENTS" }
    /// For what kind of role health was assessed.
    RoleCategory { NonClinical = "NON_CLINICAL", Clinical = "CLINICAL", Epp = "EPP" }
    /// Kinds of contract.
    AssignmentCategory {
        Permanent = "PERMANENT",
        FixedTerm = "FIXED_TERM",
        Bank = "BANK",
        Honorary = "HONORARY",
    }
    /// Status of a contract.
    AssignmentStatus { Active = "ACTIVE", Suspended = "SUSPENDED", Ended = "ENDED" }
    /// By whose framework training was done.
    Framework { Cstf = "CSTF", Local = "LOCAL" }
    /// The only result that is attested.
    Attainment { Achieved = "ACHIEVED" }
}

impl DbsLevel {
    /// The level in plain English.
    pub fn label(self) -> &'static str {
        text::english(&format!("dbs-level-{self}"))
    }

    /// The same for a catalogue of another language.
    pub fn text(self) -> Value {
        Value::Word(format!("dbs-level-{self}"))
    }
}

impl StaffGroup {
    /// The group in plain English.
    pub fn label(self) -> &'static str {
        text::english(&format!("staff-group-{self}"))
    }

    /// The same for a catalogue of another language.
    pub fn text(self) -> Value {
        Value::Word(format!("staff-group-{self}"))
    }
}

impl Workforce {
    /// The workforce in plain English.
    pub fn label(self) -> &'static str {
        text::english(&format!("workforce-{self}"))
    }

    /// The same for a catalogue of another language.
    pub fn text(self) -> Value {
        Value::Word(format!("workforce-{self}"))
    }

    /// Whether a check for this workforce allows to work with `needed`.
    pub const fn covers(self, needed: Self) -> bool {
        match (self, needed) {
            (Self::Adult | Self::AdultAndChild, Self::Adult)
            | (Self::Child | Self::AdultAndChild, Self::Child)
            | (Self::AdultAndChild, Self::AdultAndChild)
            | (Self::Other, Self::Other) => true,
            (Self::Adult | Self::Child | Self::AdultAndChild | Self::Other, _) => false,
        }
    }
}

impl Subject {
    /// The subject in plain English.
    pub fn label(self) -> &'static str {
        text::english(&format!("subject-{self}"))
    }

    /// The same for a catalogue of another language.
    pub fn text(self) -> Value {
        Value::Word(format!("subject-{self}"))
    }
}
