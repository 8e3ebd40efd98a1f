//! The right to work in the United Kingdom.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, part};
use crate::read::Object;
use crate::values::{Line, Whole};
use crate::words::{RightToWorkBasis, RightToWorkMethod, WorkRestrictions};

part! {
    /// The right to work; never a share code.
    RightToWork, together, {
        /// The list it rests on.
        req basis: RightToWorkBasis,
        /// How it was checked.
        req method: RightToWorkMethod,
        /// When.
        req checked_on: NaiveDate,
        /// The last day of the permission: always and only for List B.
        opt permission_until: NaiveDate,
        /// When the employer must look again: always and only for List B.
        opt follow_up_due: NaiveDate,
        /// Limits on the work.
        req work_restrictions: WorkRestrictions,
        /// Hours a week, with `HOURS_CAP` only.
        opt hours_cap: Whole<1, 60>,
        /// The document seen.
        opt document_kind: Line,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

fn together(object: &mut Object<'_>) {
    if object.says("basis", &["LIST_B_G1", "LIST_B_G2"]) {
        object.need("permission_until", "why-list-b-ends");
        object.need("follow_up_due", "why-list-b-follow-up");
    }
    if object.says("basis", &["LIST_A"]) {
        object.forbid("permission_until", "why-list-a-endless");
        object.forbid("follow_up_due", "why-list-a-no-follow-up");
    }
    if object.says("work_restrictions", &["NONE", "EMPLOYER_TIED", "ROLE_LIMITED"]) {
        object.forbid("hours_cap", "why-of-hours-cap");
    }
}
