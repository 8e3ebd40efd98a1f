//! Where facts come from and who checked them (NIST IR 8112 metadata).

use chrono::NaiveDate;

use crate::checks::{apart, not_empty, part};
use crate::fault::Faults;
use crate::read::Field;
use crate::values::{Line, OdsCode};
use crate::words::{Pedigree, VerificationMethod, Verifier};

part! {
    /// Holds for every check that does not say otherwise.
    Assurance, apart, {
        /// Where the record comes from.
        req origin: Line,
        /// By which standard it was checked.
        req assurance_policy: Line,
        /// What came out.
        req assurance_outcome: Line,
        /// Who provides it.
        req provider: Line,
        /// Who verified it.
        req verifier: Verifier,
        /// How.
        req verification_method: VerificationMethod,
        /// What kind of source it has.
        req pedigree: Pedigree,
        /// When it was last known to be true.
        req last_refresh: NaiveDate,
    }
}

part! {
    /// Only what differs from the assurance at the top.
    AssuranceDifference, not_empty, {
        /// Where the record comes from.
        opt origin: Line,
        /// By which standard it was checked.
        opt assurance_policy: Line,
        /// What came out.
        opt assurance_outcome: Line,
        /// Who provides it.
        opt provider: Line,
        /// Who verified it.
        opt verifier: Verifier,
        /// How.
        opt verification_method: VerificationMethod,
        /// What kind of source it has.
        opt pedigree: Pedigree,
        /// When it was last known to be true.
        opt last_refresh: NaiveDate,
    }
}

impl Assurance {
    /// What an issuer states when HR gives none: checked by the employer against documents and its
    /// staff record, and true today. Short, for it travels in the QR code.
    pub fn by_employer(ods: &OdsCode, today: NaiveDate) -> Option<Self> {
        let line = |text: &str| Line::read(&text.into(), "", &mut Faults::default());
        Some(Self {
            origin: line("ESR")?,
            assurance_policy: line("NHS Employment Check Standards")?,
            assurance_outcome: line("PASS")?,
            provider: line(ods.as_str())?,
            verifier: Verifier::Provider,
            verification_method: VerificationMethod::DocumentAndRecord,
            pedigree: Pedigree::Sourced,
            last_refresh: today,
        })
    }
}
