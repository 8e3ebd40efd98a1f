//! The people who may sign in to a service: staff accounts, no personal record. A person has an id,
//! a name that colleagues know, roles, passkeys or an account at a provider, and a state.

mod accounts;
mod changes;
mod invitations;
mod roles;

use std::fmt;
use std::str::FromStr;

use clock::Clock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::durable::{CommitError, Durable, StoreError};
use crate::problem::Problem;
use crate::sessions::Store as Sessions;

pub use changes::{Asked, Decision, RoleChange};
pub use invitations::{INVITATION_SECONDS, Invitation};
pub use roles::{Grants, Role};

/// A person's id; no name follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

impl FromStr for PersonId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self)
    }
}

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Invited, not enrolled yet.
    Invited,
    /// May sign in.
    Active,
    /// May not, until an administrator says otherwise.
    Disabled,
}

/// An account at an OpenID provider (OpenID Connect Core, 5.7: `iss` and `sub` together).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The provider's `iss`.
    pub issuer: String,
    /// Its `sub`.
    pub subject: String,
}

/// A staff account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Which.
    pub id: PersonId,
    /// As colleagues know her.
    pub name: String,
    /// What she may do here.
    pub roles: Vec<Role>,
    /// Whether she may sign in.
    pub state: PersonState,
    /// Seconds since 1970.
    pub invited_at: i64,
    /// Seconds since 1970.
    pub enrolled_at: Option<i64>,
    /// How she signs in.
    #[serde(default)]
    pub passkeys: Vec<webauthn_rs::prelude::Passkey>,
    /// How she signs in.
    #[serde(default)]
    pub subject: Option<Subject>,
}

/// The accounts of a service; clones share them. Every change is in the audit log, written in the
/// same fact.
#[derive(Clone)]
pub struct People {
    db: Durable,
    clock: Clock,
    grants: Grants,
    sessions: Sessions,
    two_people: bool,
}

impl People {
    /// `grants` is what each role may do here; `two_people` asks a second administrator for every
    /// change of roles.
    pub fn new(db: Durable, clock: Clock, grants: Grants, two_people: bool) -> Self {
        let sessions = Sessions::new(db.clone(), clock.clone());
        Self { db, clock, grants, sessions, two_people }
    }

    /// What each role may do here.
    pub fn grants(&self) -> Grants {
        self.grants
    }

    /// Whether a change of roles needs a second administrator.
    pub fn two_people(&self) -> bool {
        self.two_people
    }

    pub(crate) fn db(&self) -> &Durable {
        &self.db
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("People")
    }
}

/// Why an account is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// A name has 1 to 80 printable characters.
    #[error("a name has 1 to 80 characters on one line")]
    BadName,
    /// A person needs a role.
    #[error("a person needs at least one role")]
    NoRole,
    /// The service does not know the role.
    #[error("{given} is no role of this service; it knows {known}")]
    RoleNotHere {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// No such person.
    #[error("nobody has this account")]
    NoSuchPerson,
    /// The link is unknown, used or too old.
    #[error("the invitation was used already, is older than a day, or never was")]
    InvitationOver,
    /// The person may not sign in.
    #[error("the account is disabled")]
    Disabled,
    /// The account or passkey belongs to somebody else here.
    #[error("the credential belongs to another account")]
    CredentialTaken,
    /// Nobody may change her own roles or state.
    #[error("nobody may change an account of their own")]
    OwnAccount,
    /// Somebody else has to approve.
    #[error("another administrator has to approve this")]
    SecondPersonNeeded,
    /// There is no such change to approve.
    #[error("there is no such change to decide on")]
    NoSuchChange,
    /// It would leave nobody who can manage accounts.
    #[error("the service would have no administrator left")]
    LastAdministrator,
    /// It could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        use axum::http::StatusCode;
        let sentence = |text: &str| {
            let mut letters = text.chars();
            let first = letters.next().map(|letter| letter.to_uppercase().to_string());
            format!("{}{}.", first.unwrap_or_default(), letters.as_str())
        };
        let text = error.to_string();
        let forbidden =
            |code| Self::new(StatusCode::FORBIDDEN, code, "Not allowed").detail(sentence(&text));
        match error {
            PeopleError::BadName | PeopleError::NoRole | PeopleError::RoleNotHere { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "INVALID", "The content has faults")
                    .detail(sentence(&text))
            }
            PeopleError::NoSuchPerson => Self::not_found(sentence(&text)),
            PeopleError::InvitationOver => {
                Self::new(StatusCode::NOT_FOUND, "INVITATION_OVER", "Not found")
                    .detail(sentence(&text))
            }
            PeopleError::Disabled => forbidden("ACCOUNT_DISABLED"),
            PeopleError::OwnAccount => forbidden("OWN_ACCOUNT"),
            PeopleError::SecondPersonNeeded => forbidden("SECOND_PERSON_NEEDED"),
            PeopleError::CredentialTaken => Self::conflict("CREDENTIAL_TAKEN", sentence(&text)),
            PeopleError::NoSuchChange => Self::conflict("NO_SUCH_CHANGE", sentence(&text)),
            PeopleError::LastAdministrator => Self::conflict("LAST_ADMINISTRATOR", sentence(&text)),
            PeopleError::Commit(error) => error.into(),
            PeopleError::Read(error) => error.into(),
        }
    }
}
