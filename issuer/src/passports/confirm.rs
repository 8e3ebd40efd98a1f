//! The six digits: HR compares them with the phone in front of it before the passport leaves.

use std::sync::Arc;

use server::Problem;

use crate::passports::progress::Progress;
use crate::state::Issuer;
use crate::store::PassportId;

/// HR has compared: these are the digits on the phone.
///
/// # Errors
/// 404; 409 when nothing waits for it; 422 when they are not the digits of the phone that asked.
pub async fn confirm(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    digits: &str,
) -> Result<Progress, Problem> {
    let _ = (issuer, who, id, digits);
    Err(Problem::internal("not built yet"))
}

/// The digits differ: the phone that asked gets nothing, and the offer is dead.
///
/// # Errors
/// 404; 409 when nothing waits for it.
pub async fn refuse(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    note: Option<String>,
) -> Result<Progress, Problem> {
    let _ = (issuer, who, id, note);
    Err(Problem::internal("not built yet"))
}

/// HR does without comparing for this one offer (other people's wallets can't show the digits);
/// audited.
///
/// # Errors
/// 404; 409 when no offer waits for it.
pub async fn waive(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    note: Option<String>,
) -> Result<Progress, Problem> {
    let _ = (issuer, who, id, note);
    Err(Problem::internal("not built yet"))
}
