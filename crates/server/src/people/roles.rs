//! Roles, and what a service lets each of them do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person is at a trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Home HR: makes and keeps passports.
    HrIssuer,
    /// Host HR: scans passports.
    HrVerifier,
    /// Invites people and gives roles; no passports.
    Administrator,
    /// Reads, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] =
        [Self::HrIssuer, Self::HrVerifier, Self::Administrator, Self::Auditor];

    /// As in settings and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::HrIssuer => "hr_issuer",
            Self::HrVerifier => "hr_verifier",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// Key of its text.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::HrIssuer => "role-hr-issuer",
            Self::HrVerifier => "role-hr-verifier",
            Self::Administrator => "role-administrator",
            Self::Auditor => "role-auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| {
            format!("{text:?} is no role: hr_issuer, hr_verifier, administrator, auditor")
        })
    }
}

/// A service's table: a role and the scopes that it gives. A role that is not in it cannot be given
/// at this service.
#[derive(Clone, Copy, Debug)]
pub struct Grants(pub &'static [(Role, &'static [&'static str])]);

impl Grants {
    /// The roles of this service.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        self.0.iter().map(|(role, _)| *role)
    }

    /// What these roles allow together.
    pub fn scopes(self, roles: &[Role]) -> Vec<&'static str> {
        let mut scopes: Vec<&'static str> = self
            .0
            .iter()
            .filter(|(role, _)| roles.contains(role))
            .flat_map(|(_, scopes)| scopes.iter().copied())
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}
