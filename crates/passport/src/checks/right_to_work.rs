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
        object.need("permission_until", "a List B permission has a last day");
        object.need("follow_up_due", "a List B permission must be looked at again");
    }
    if object.says("basis", &["LIST_A"]) {
        object.forbid("permission_until", "a List A right to work has no end");
        object.forbid("follow_up_due", "a List A right to work is not looked at again");
    }
    if object.says("work_restrictions", &["NONE", "EMPLOYER_TIED", "ROLE_LIMITED"]) {
        object.forbid("hours_cap", "it belongs to the limit HOURS_CAP");
    }
}
