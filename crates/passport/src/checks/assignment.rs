//! The job held at the home trust.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, not_empty, part};
use crate::read::Object;
use crate::values::{EsrAssignmentNumber, Line, OccupationCode, PayBand, Vpd, Wte};
use crate::words::{AssignmentCategory, AssignmentStatus, StaffGroup};

part! {
    /// The job held at the home trust.
    Assignment, together, {
        /// Department.
        opt department: Line,
        /// Area of work.
        opt area_of_work: Line,
        /// ESR staff group.
        req staff_group: StaffGroup,
        /// Job role.
        req job_role: Line,
        /// Job title.
        opt job_title: Line,
        /// Kind of contract.
        req assignment_category: AssignmentCategory,
        /// Status of the contract.
        req assignment_status: AssignmentStatus,
        /// First day.
        opt start: NaiveDate,
        /// Last day: always and only for `FIXED_TERM`.
        opt fixed_term_end: NaiveDate,
        /// Occupation code.
        opt occupation_code: OccupationCode,
        /// Hides on its own.
        opt employment: Employment,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

part! {
    /// What only the employer needs.
    Employment, not_empty, {
        /// ESR assignment number.
        opt esr_assignment_number: EsrAssignmentNumber,
        /// ESR trust number.
        opt vpd: Vpd,
        /// Pay band.
        opt pay_band: PayBand,
        /// Share of full time.
        opt wte: Wte,
    }
}

fn together(object: &mut Object<'_>) {
    if object.says("assignment_category", &["FIXED_TERM"]) {
        object.need("fixed_term_end", "why-fixed-term-ends");
    }
    if object.says("assignment_category", &["PERMANENT", "BANK", "HONORARY"]) {
        object.forbid("fixed_term_end", "why-of-fixed-term");
    }
}
