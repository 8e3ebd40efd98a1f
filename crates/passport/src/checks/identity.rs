//! Who this is, and how that was checked.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, not_empty, part};
use crate::read::Object;
use crate::values::{Country, Gpg45Profile, Line, Name, Paragraph, Portrait};
use crate::words::{IdentityMethod, LegalSex};

part! {
    /// Who this is; never a document number.
    Identity, together, {
        /// First name.
        req given_name: Name,
        /// Last name.
        req family_name: Name,
        /// Known as.
        opt preferred_name: Name,
        /// Date of birth.
        req birth_date: NaiveDate,
        /// How identity was checked.
        req check_method: IdentityMethod,
        /// The identity service provider, with `IDSP` only.
        opt idsp: Line,
        /// Confidence by GPG 45.
        opt gpg45_profile: Gpg45Profile,
        /// When.
        req checked_on: NaiveDate,
        /// When the photo document shown runs out.
        opt document_expiry: NaiveDate,
        /// Hides on its own.
        opt personal: Personal,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

part! {
    /// What few hosts need.
    Personal, not_empty, {
        /// A small picture; never travels in a QR code.
        opt portrait: Portrait,
        /// Sex as the document says it.
        opt legal_sex: LegalSex,
        /// Nationality.
        opt nationality: Country,
        /// Home address.
        opt address: Paragraph,
    }
}

fn together(object: &mut Object<'_>) {
    if object.says("check_method", &["IN_PERSON", "NHS_CREDENTIAL"]) {
        object.forbid("idsp", "why-of-idsp");
    }
}
