//! Changes of roles and of state.

use serde::{Deserialize, Serialize};

use crate::people::{PersonId, Role};

/// A change of roles that waits for a second administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Whose.
    pub person: PersonId,
    /// From then on.
    pub roles: Vec<Role>,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub asked_at: i64,
}

/// What asking for a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It holds now.
    Done,
    /// Another administrator has to approve it.
    Waits,
}
