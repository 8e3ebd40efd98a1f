//! Training in one subject.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, part};
use crate::read::Object;
use crate::values::{Line, RenewalPeriod, Whole};
use crate::words::{Attainment, Framework, Subject};

part! {
    /// Training in one subject.
    CoreSkill, together, {
        /// The subject.
        req subject: Subject,
        /// The level, as the framework counts.
        req level: Whole<1, 3>,
        /// By whose framework.
        req framework: Framework,
        /// The competency's own name.
        opt competency_name: Line,
        /// The only result that is attested.
        req attainment: Attainment,
        /// When.
        req awarded_on: NaiveDate,
        /// How long it stands, as the employer sets it; absent for training done once.
        opt renewal_period: RenewalPeriod,
        /// Its last day; with `renewal_period` only.
        opt valid_until: NaiveDate,
        /// Whether a practical assessment was part of it.
        opt assessed: bool,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

fn together(object: &mut Object<'_>) {
    if object.has("renewal_period") {
        object.need("valid_until", "why-renewed-training-ends");
    }
    if object.has("valid_until") {
        object.need("renewal_period", "why-ending-training-renewed");
    }
}
