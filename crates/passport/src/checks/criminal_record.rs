//! The criminal record check.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, apart, part};
use crate::read::Object;
use crate::values::CertificateNumber;
use crate::words::{BarredListCheck, DbsLevel, Satisfactory, UpdateService, Workforce};

part! {
    /// The DBS check; never what a certificate discloses.
    CriminalRecord, together, {
        /// Level of the check.
        req level: DbsLevel,
        /// With whom it allows to work.
        req workforce: Workforce,
        /// The adults' barred list.
        req barred_adult: BarredListCheck,
        /// The children's barred list.
        req barred_child: BarredListCheck,
        /// The only outcome that is attested.
        req outcome: Satisfactory,
        /// When the certificate was issued.
        req issued_on: NaiveDate,
        /// Whether the Update Service is subscribed to.
        opt update_service: UpdateService,
        /// When the Update Service was last asked.
        opt status_checked_on: NaiveDate,
        /// Hides on its own.
        opt reference: Reference,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

part! {
    /// What names the certificate.
    Reference, apart, {
        /// Its number.
        req certificate_number: CertificateNumber,
    }
}

fn together(object: &mut Object<'_>) {
    if !object.has("update_service") || object.says("update_service", &["NO"]) {
        object.forbid("status_checked_on", "why-of-update-service");
    }
}
