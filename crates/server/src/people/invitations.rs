//! Invitations: one-time links.

use crate::people::PersonId;

/// How long a link is good.
pub const INVITATION_SECONDS: i64 = 24 * 60 * 60;

/// A link to hand over.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Who is invited.
    pub person: PersonId,
    /// The secret of the link `/invitation/SECRET`.
    pub secret: String,
}
