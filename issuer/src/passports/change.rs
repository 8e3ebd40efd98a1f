//! Changing the checks of a passport that was offered.

use std::sync::Arc;

use server::Problem;

use crate::passports::PassportView;
use crate::passports::offers::Claims;
use crate::state::Issuer;
use crate::store::{ChangeKind, PassportId};

/// Puts new checks in the place of old ones (`null` removes one) and lets the kind of the change
/// decide what becomes of the copies that are out.
///
/// # Errors
/// 404; 409 when its state does not allow it; 422 with the faults of the whole document.
pub async fn update_check(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    checks: Claims,
    kind: ChangeKind,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let _ = (issuer, who, id, checks, kind, note);
    Err(Problem::internal("not built yet"))
}
