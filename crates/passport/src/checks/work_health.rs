//! Work health clearance.

use chrono::NaiveDate;

use crate::checks::{AssuranceDifference, part};
use crate::read::Object;
use crate::values::{Line, Paragraph};
use crate::words::{Fitness, RoleCategory};

part! {
    /// Work health clearance; never a diagnosis.
    WorkHealth, together, {
        /// What came out.
        req outcome: Fitness,
        /// When.
        req assessed_on: NaiveDate,
        /// For what kind of role.
        req role_category: RoleCategory,
        /// Whether exposure-prone procedures are allowed.
        opt epp_cleared: bool,
        /// The adjustments in words; hides on its own.
        opt adjustments: Paragraph,
        /// The occupational health service.
        opt oh_provider: Line,
        /// Where it differs from the top.
        opt assurance: AssuranceDifference,
    }
}

fn together(object: &mut Object<'_>) {
    if object.says("outcome", &["FIT"]) {
        object.forbid("adjustments", "why-of-adjustments");
    }
}
