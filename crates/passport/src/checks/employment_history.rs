//! Employment history and references.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, apart, part};
use crate::values::Whole;
use crate::words::Satisfactory;

part! {
    /// Employment history; never a reference's text.
    EmploymentHistory, apart, {
        /// How many years were looked at.
        req period_covered_years: Whole<1, 60>,
        /// How many references came.
        req references_received: Whole<0, 20>,
        /// Whether gaps were explained.
        req gaps_explained: bool,
        /// The only outcome that is attested.
        req outcome: Satisfactory,
        /// When.
        req checked_on: NaiveDate,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}
