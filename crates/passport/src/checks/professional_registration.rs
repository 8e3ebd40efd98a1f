//! Registration with a professional body.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, part};
use crate::fault::FaultCode;
use crate::read::Object;
use crate::values::{Line, List, Paragraph, RegistrationNumber};
use crate::words::{Body, RegistrationStatus};

part! {
    /// Registration with a professional body.
    ProfessionalRegistration, together, {
        /// The body.
        req body: Body,
        /// The number, in the body's form.
        req number: RegistrationNumber,
        /// The profession.
        req profession: Line,
        /// Part of the register.
        opt part: Line,
        /// Status.
        req status: RegistrationStatus,
        /// Always and only for the GMC.
        opt licence_to_practise: bool,
        /// Whether there are conditions on practice.
        req has_conditions: bool,
        /// The conditions in words; hides on its own.
        opt conditions: Paragraph,
        /// Since when.
        opt registered_on: NaiveDate,
        /// Its last day.
        req expires_on: NaiveDate,
        /// When revalidation is due.
        opt revalidation_due: NaiveDate,
        /// Qualifications.
        opt qualifications: List<Line, 1, 10>,
        /// When the register was looked at.
        req checked_on: NaiveDate,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

fn together(object: &mut Object<'_>) {
    let body = object.text("body").and_then(|text| text.parse::<Body>().ok());
    if let (Some(body), Some(number)) = (body, object.text("number"))
        && let Err(form) = RegistrationNumber::of(body, number)
    {
        object.note("number", FaultCode::BadFormat, form.problem());
    }
    match body {
        Some(Body::Gmc) => {
            object.need("licence_to_practise", "why-gmc-licences");
        }
        Some(_) => object.forbid("licence_to_practise", "why-gmc-alone"),
        None => {}
    }
    if object.says("status", &["REGISTERED"]) && object.is("has_conditions", true) {
        let problem = "fault-conditions-registered";
        object.note("has_conditions", FaultCode::Contradiction, problem);
    }
    if object.says("status", &["REGISTERED_WITH_CONDITIONS"]) && object.is("has_conditions", false)
    {
        object.note("has_conditions", FaultCode::Contradiction, "fault-conditions-without");
    }
    if object.is("has_conditions", false) {
        object.forbid("conditions", "why-no-conditions");
    }
}
