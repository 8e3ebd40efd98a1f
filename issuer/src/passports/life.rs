//! Acts of HR on a passport that is out, each with a reason that stays here.

use std::sync::Arc;

use server::Problem;

use crate::passports::PassportView;
use crate::state::Issuer;
use crate::store::{
    ArchiveReason, PassportId, ReinstatementReason, RevocationReason, SuspensionReason,
};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident($reason:ty);)+) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// 404; 409 when its state does not allow it.
            pub async fn $name(
                issuer: &Arc<Issuer>,
                who: &str,
                id: PassportId,
                reason: $reason,
                note: Option<String>,
            ) -> Result<PassportView, Problem> {
                let _ = (issuer, who, id, reason, note);
                Err(Problem::internal("not built yet"))
            }
        )+
    };
}

acts! {
    /// Cancels every copy for good.
    revoke(RevocationReason);
    /// Every copy is in doubt until it is reinstated.
    suspend(SuspensionReason);
    /// Ends a suspension: copies are valid again.
    reinstate(ReinstatementReason);
    /// Puts a passport that is over out of sight.
    archive(ArchiveReason);
}

/// Puts another passport of the same person in its place: its copies are superseded.
///
/// # Errors
/// 404; 409 when its state does not allow it.
pub async fn supersede(
    issuer: &Arc<Issuer>,
    who: &str,
    id: PassportId,
    by: PassportId,
    note: Option<String>,
) -> Result<PassportView, Problem> {
    let _ = (issuer, who, id, by, note);
    Err(Problem::internal("not built yet"))
}
