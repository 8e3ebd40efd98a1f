//! Who calls `/api/v1`: an API token, or a signed-in person.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::pages::Visit;
use crate::people::{PersonId, Role};
use crate::problem::Problem;
use crate::tokens::{Scope, Token, Tokens};

/// Who calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A machine.
    Token(Token),
    /// A person with a session.
    Person(SignedIn),
}

/// A person with a live session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub id: PersonId,
    /// As shown to other staff.
    pub name: String,
    /// At this service, at this moment.
    pub roles: Vec<Role>,
    /// What they allow.
    pub(crate) scopes: Vec<&'static str>,
}

impl SignedIn {
    /// Whether the roles give a scope: `person.may(WritePassports::NAME)`.
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    /// For records and the audit log: `person:` and the id.
    pub fn who(&self) -> String {
        format!("person:{}", self.id)
    }
}

impl Caller {
    /// For records and the audit log: `token:ID` or `person:ID`; no name in it.
    pub fn who(&self) -> String {
        match self {
            Self::Token(token) => format!("token:{}", token.id),
            Self::Person(person) => person.who(),
        }
    }

    /// As shown to staff.
    pub fn name(&self) -> &str {
        match self {
            Self::Token(token) => &token.name,
            Self::Person(person) => &person.name,
        }
    }
}

/// Extracts who calls, with the scope `S`: a bearer token that has it, or a person whose roles give
/// it. A person's request that is no GET also needs the header `x-csrf-token` (the page has it in
/// `<meta name="csrf-token">`) and must come from our own origin. Stands before the body in a
/// handler: `async fn create(caller: Authorised<WritePassports>, …)`, then `caller.caller.who()`.
#[derive(Clone, Debug)]
pub struct Authorised<S: Scope> {
    /// Who calls.
    pub caller: Caller,
    scope: PhantomData<S>,
}

impl<S, State> FromRequestParts<State> for Authorised<S>
where
    S: Scope,
    Tokens: FromRef<State>,
    State: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        // A request with a token is the token's, whatever cookies come along.
        let visit = parts.extensions.get::<Visit>();
        let caller = match visit.filter(|_| !parts.headers.contains_key(AUTHORIZATION)) {
            Some(visit) if visit.person().is_some() => {
                Caller::Person(visit.authorise(&parts.method, &parts.headers, S::NAME).await?)
            }
            _ => Caller::Token(Tokens::from_ref(state).authorise(&parts.headers, S::NAME)?),
        };
        Ok(Self { caller, scope: PhantomData })
    }
}
