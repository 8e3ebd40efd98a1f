//! Drafts: HR saves what there is, faults and all, and finishes later.

use std::sync::Arc;

use serde::Serialize;
use server::Problem;
use server::problem::Fault;

use crate::passports::offers::Claims;
use crate::state::Issuer;
use crate::store::{PassportId, PassportState};

/// A draft as it was saved.
#[derive(Clone, Debug, Serialize)]
pub struct Draft {
    /// Its id.
    pub id: PassportId,
    /// The person.
    pub subject_ref: String,
    /// DRAFTED.
    pub state: PassportState,
    /// When it was made.
    pub created_at: String,
    /// What is still wrong; nothing when it may be offered.
    pub faults: Vec<Fault>,
}

/// Saves a new draft, or the one with `id` anew.
///
/// # Errors
/// 404; 409 when it is no draft any more; 413 when it is too long.
pub async fn save(
    issuer: &Arc<Issuer>,
    who: &str,
    id: Option<PassportId>,
    claims: Claims,
) -> Result<Draft, Problem> {
    let _ = (issuer, who, id, claims);
    Err(Problem::internal("not built yet"))
}
