//! The one table of the passport's form: which field stands for which claim. A test holds it
//! against `schemas/employment-checks-1/schema.json`.

use passport::words::{
    AssignmentCategory, AssignmentStatus, BarredListCheck, Body, DbsLevel, Fitness, Framework,
    IdentityMethod, LegalSex, Pedigree, RegistrationStatus, RightToWorkBasis, RightToWorkMethod,
    RoleCategory, UpdateService, VerificationMethod, Verifier, WorkRestrictions, Workforce,
};
use passport::{StaffGroup, Subject};

/// How a claim is typed in and what it becomes.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// One line of text; so many characters wide (0: as wide as there is room).
    Line(u8),
    /// A code: written without spaces and in capitals.
    Code(u8),
    /// Several lines that are joined by this.
    Paragraph(&'static str),
    /// Day, month and year.
    Day,
    /// A whole number.
    Number,
    /// Yes or no.
    YesNo,
    /// One of these words, by radio buttons.
    OneOf(Words),
    /// One of these words, by a list.
    Pick(Words),
    /// A level of training, 1 to 3.
    Level,
    /// The only word there is, by a tick.
    Tick(&'static str),
    /// The only word there is, given by the rest of its row.
    Always(&'static str),
    /// Several texts, one a line.
    Lines,
    /// Years and months.
    Period,
    /// A picture as a `data:` URI.
    Portrait,
}

/// The words of a closed set, as claims write them.
pub(crate) type Words = fn() -> Vec<&'static str>;

/// When a field is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Always.
    Always,
    /// It may be left out.
    Maybe,
    /// Always when that field of the section says one of these, and never otherwise.
    When(&'static str, &'static [&'static str]),
    /// It may be given when that field of the section says one of these, and never otherwise.
    Only(&'static str, &'static [&'static str]),
}

/// A claim and its field.
pub(crate) struct Field {
    /// Where it stands in its section, steps parted by dots.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
}

/// Fields that are shown together; those that few passports need are folded away.
pub(crate) struct Group {
    /// Empty for what every passport has.
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

/// One member of the passport.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) groups: &'static [Group],
    pub(crate) presence: Presence,
}

/// Whether a section is in the passport.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Every passport has it.
    Always,
    /// HR says by a question of its own.
    Asked,
    /// It is there when anything in it is filled in.
    Filled,
    /// As many rows as are filled in.
    Rows,
}

macro_rules! words {
    ($set:ident) => {
        || $set::ALL.iter().map(|word| word.as_str()).collect()
    };
}

const fn needed(path: &'static str, kind: Kind) -> Field {
    Field { path, kind, need: Need::Always }
}

const fn maybe(path: &'static str, kind: Kind) -> Field {
    Field { path, kind, need: Need::Maybe }
}

const fn when(
    path: &'static str,
    kind: Kind,
    of: &'static str,
    says: &'static [&'static str],
) -> Field {
    Field { path, kind, need: Need::When(of, says) }
}

const fn only(
    path: &'static str,
    kind: Kind,
    of: &'static str,
    says: &'static [&'static str],
) -> Field {
    Field { path, kind, need: Need::Only(of, says) }
}

const MAIN: &str = "";
const LIST_B: &[&str] = &["LIST_B_G1", "LIST_B_G2"];

/// Where one check differs from what is said of all of them.
const ASSURANCE: Group = Group {
    name: "assurance",
    fields: &[
        maybe("assurance.origin", Kind::Line(20)),
        maybe("assurance.assurance_policy", Kind::Line(0)),
        maybe("assurance.assurance_outcome", Kind::Line(20)),
        maybe("assurance.provider", Kind::Line(20)),
        maybe("assurance.verifier", Kind::Pick(words!(Verifier))),
        maybe("assurance.verification_method", Kind::Pick(words!(VerificationMethod))),
        maybe("assurance.pedigree", Kind::Pick(words!(Pedigree))),
        maybe("assurance.last_refresh", Kind::Day),
    ],
};

/// Every section, in the order of the page.
pub(crate) static SECTIONS: &[Section] = &[
    Section {
        name: "identity",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("given_name", Kind::Line(20)),
                    needed("family_name", Kind::Line(20)),
                    maybe("preferred_name", Kind::Line(20)),
                    needed("birth_date", Kind::Day),
                    needed("check_method", Kind::OneOf(words!(IdentityMethod))),
                    only("idsp", Kind::Line(20), "check_method", &["IDSP"]),
                    maybe("gpg45_profile", Kind::Code(5)),
                    needed("checked_on", Kind::Day),
                    maybe("document_expiry", Kind::Day),
                ],
            },
            Group {
                name: "personal",
                fields: &[
                    maybe("personal.legal_sex", Kind::OneOf(words!(LegalSex))),
                    maybe("personal.nationality", Kind::Code(5)),
                    maybe("personal.address", Kind::Paragraph(", ")),
                    maybe("personal.portrait", Kind::Portrait),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "right_to_work",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("basis", Kind::OneOf(words!(RightToWorkBasis))),
                    when("permission_until", Kind::Day, "basis", LIST_B),
                    when("follow_up_due", Kind::Day, "basis", LIST_B),
                    needed("method", Kind::OneOf(words!(RightToWorkMethod))),
                    maybe("document_kind", Kind::Line(20)),
                    needed("checked_on", Kind::Day),
                    needed("work_restrictions", Kind::OneOf(words!(WorkRestrictions))),
                    only("hours_cap", Kind::Number, "work_restrictions", &["HOURS_CAP"]),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "professional_registration",
        presence: Presence::Asked,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("body", Kind::Pick(words!(Body))),
                    needed("number", Kind::Code(10)),
                    needed("profession", Kind::Line(20)),
                    maybe("part", Kind::Line(20)),
                    needed("status", Kind::OneOf(words!(RegistrationStatus))),
                    when("licence_to_practise", Kind::YesNo, "body", &["GMC"]),
                    needed("has_conditions", Kind::YesNo),
                    only("conditions", Kind::Paragraph(" "), "has_conditions", &["true"]),
                    maybe("registered_on", Kind::Day),
                    needed("expires_on", Kind::Day),
                    maybe("revalidation_due", Kind::Day),
                    maybe("qualifications", Kind::Lines),
                    needed("checked_on", Kind::Day),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "employment_history",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("period_covered_years", Kind::Number),
                    needed("references_received", Kind::Number),
                    needed("gaps_explained", Kind::YesNo),
                    needed("checked_on", Kind::Day),
                    needed("outcome", Kind::Tick("SATISFACTORY")),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "criminal_record",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("level", Kind::OneOf(words!(DbsLevel))),
                    needed("workforce", Kind::OneOf(words!(Workforce))),
                    needed("barred_adult", Kind::OneOf(words!(BarredListCheck))),
                    needed("barred_child", Kind::OneOf(words!(BarredListCheck))),
                    needed("issued_on", Kind::Day),
                    maybe("reference.certificate_number", Kind::Code(20)),
                    maybe("update_service", Kind::OneOf(words!(UpdateService))),
                    only("status_checked_on", Kind::Day, "update_service", &["SUBSCRIBED"]),
                    needed("outcome", Kind::Tick("SATISFACTORY")),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "work_health",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("outcome", Kind::OneOf(words!(Fitness))),
                    only("adjustments", Kind::Paragraph(" "), "outcome", &["FIT_WITH_ADJUSTMENTS"]),
                    needed("role_category", Kind::OneOf(words!(RoleCategory))),
                    maybe("epp_cleared", Kind::YesNo),
                    needed("assessed_on", Kind::Day),
                    maybe("oh_provider", Kind::Line(20)),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "assignment",
        presence: Presence::Always,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("staff_group", Kind::Pick(words!(StaffGroup))),
                    needed("job_role", Kind::Line(20)),
                    maybe("job_title", Kind::Line(20)),
                    maybe("department", Kind::Line(20)),
                    maybe("area_of_work", Kind::Line(20)),
                    needed("assignment_category", Kind::OneOf(words!(AssignmentCategory))),
                    when("fixed_term_end", Kind::Day, "assignment_category", &["FIXED_TERM"]),
                    needed("assignment_status", Kind::OneOf(words!(AssignmentStatus))),
                    maybe("start", Kind::Day),
                ],
            },
            Group {
                name: "employment",
                fields: &[
                    maybe("occupation_code", Kind::Code(5)),
                    maybe("employment.esr_assignment_number", Kind::Code(10)),
                    maybe("employment.vpd", Kind::Code(3)),
                    maybe("employment.pay_band", Kind::Line(10)),
                    maybe("employment.wte", Kind::Line(5)),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "core_skills",
        presence: Presence::Rows,
        groups: &[
            Group {
                name: MAIN,
                fields: &[
                    needed("subject", Kind::Pick(words!(Subject))),
                    needed("level", Kind::Level),
                    needed("awarded_on", Kind::Day),
                    maybe("renewal_period", Kind::Period),
                    maybe("valid_until", Kind::Day),
                    needed("attainment", Kind::Always("ACHIEVED")),
                ],
            },
            Group {
                name: "skill",
                fields: &[
                    needed("framework", Kind::OneOf(words!(Framework))),
                    maybe("competency_name", Kind::Line(20)),
                    maybe("assessed", Kind::YesNo),
                ],
            },
            ASSURANCE,
        ],
    },
    Section {
        name: "assurance",
        presence: Presence::Filled,
        groups: &[Group {
            name: MAIN,
            fields: &[
                needed("origin", Kind::Line(20)),
                needed("assurance_policy", Kind::Line(0)),
                needed("assurance_outcome", Kind::Line(20)),
                needed("provider", Kind::Line(20)),
                needed("verifier", Kind::Pick(words!(Verifier))),
                needed("verification_method", Kind::Pick(words!(VerificationMethod))),
                needed("pedigree", Kind::Pick(words!(Pedigree))),
                needed("last_refresh", Kind::Day),
            ],
        }],
    },
];

/// The rows of training.
pub(crate) const SKILLS: &str = "core_skills";

impl Section {
    /// Every field of it.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.groups.iter().flat_map(|group| group.fields)
    }
}

impl Field {
    /// Claims inside a check's own assurance have the texts of the one for all.
    pub(crate) fn text_key(&self, section: &str) -> String {
        match self.path.strip_prefix("assurance.") {
            Some(member) => format!("field-assurance-{member}"),
            None => format!("field-{section}-{}", self.path.replace('.', "-")),
        }
    }

    /// Last step of the path.
    pub(crate) fn leaf(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }
}

impl Kind {
    /// The words to choose from.
    pub(crate) fn words(self) -> Vec<&'static str> {
        match self {
            Self::OneOf(words) | Self::Pick(words) => words(),
            Self::YesNo => vec!["true", "false"],
            Self::Level => vec!["1", "2", "3"],
            Self::Tick(word) | Self::Always(word) => vec![word],
            Self::Line(_)
            | Self::Code(_)
            | Self::Paragraph(_)
            | Self::Day
            | Self::Number
            | Self::Lines
            | Self::Period
            | Self::Portrait => Vec::new(),
        }
    }

    /// What is appended to the field's name, an input each; one empty end for a single input.
    pub(crate) const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Day => &[".day", ".month", ".year"],
            Self::Period => &[".years", ".months"],
            Self::Line(_)
            | Self::Code(_)
            | Self::Paragraph(_)
            | Self::Number
            | Self::YesNo
            | Self::OneOf(_)
            | Self::Pick(_)
            | Self::Level
            | Self::Tick(_)
            | Self::Always(_)
            | Self::Lines
            | Self::Portrait => &[""],
        }
    }
}
