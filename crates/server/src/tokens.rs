//! API tokens: 256 random bits, kept as SHA-256, scoped and expiring.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use clock::Clock;
use keys::Secret;
use serde::{Deserialize, Serialize};

use crate::durable::{CommitError, Durable, StoreError};
use crate::problem::Problem;

/// What may be told about a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// First 8 bytes of its hash in hexadecimal.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
}

/// Where tokens are kept, by the SHA-256 of their secret.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Adds one.
    async fn add(&self, hash: [u8; 32], token: Token) -> Result<(), CommitError>;
    /// Finds one.
    fn find(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError>;
    /// Every one.
    fn list(&self) -> Result<Vec<Token>, StoreError>;
    /// Removes the one with this id; tells whether it was there.
    async fn remove(&self, id: &str) -> Result<bool, CommitError>;
}

#[async_trait]
impl TokenStore for Durable {
    async fn add(&self, hash: [u8; 32], token: Token) -> Result<(), CommitError> {
        todo!()
    }

    fn find(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        todo!()
    }

    fn list(&self) -> Result<Vec<Token>, StoreError> {
        todo!()
    }

    async fn remove(&self, id: &str) -> Result<bool, CommitError> {
        todo!()
    }
}

/// A service's tokens. Put it in the router's state and give it by `FromRef`.
#[derive(Clone)]
pub struct Tokens {
    store: Arc<dyn TokenStore>,
    clock: Clock,
    scopes: &'static [&'static str],
}

impl Tokens {
    /// `scopes` is every scope that this service knows.
    pub fn new(
        store: impl TokenStore + 'static,
        clock: Clock,
        scopes: &'static [&'static str],
    ) -> Self {
        Self { store: Arc::new(store), clock, scopes }
    }

    /// Makes a token that lives `days`; the secret is shown once and not kept.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn create(
        &self,
        name: &str,
        scopes: &[String],
        days: u32,
    ) -> Result<(Secret, Token), TokenError> {
        todo!()
    }

    /// Removes a token by its id.
    ///
    /// # Errors
    /// [`TokenError::NoSuchToken`].
    pub async fn revoke(&self, id: &str) -> Result<(), TokenError> {
        todo!()
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list(&self) -> Result<Vec<Token>, StoreError> {
        todo!()
    }

    /// Who calls, when `Authorization: Bearer` holds a live token with `scope`.
    ///
    /// # Errors
    /// A 401 or 403 [`Problem`].
    pub fn authorise(&self, headers: &HeaderMap, scope: &'static str) -> Result<Token, Problem> {
        todo!()
    }
}

/// A scope as a type, for [`Authorised`].
pub trait Scope: Send + Sync {
    /// Its name, for example `passports:write`.
    const NAME: &'static str;
}

/// Extracts the calling token, which has the scope `S`. Stands before the body in a handler.
#[derive(Clone, Debug)]
pub struct Authorised<S: Scope> {
    /// Who calls.
    pub token: Token,
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
        let token = Tokens::from_ref(state).authorise(&parts.headers, S::NAME)?;
        Ok(Self { token, scope: PhantomData })
    }
}

/// Why a token is not made or removed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The service knows no such scope.
    #[error("{given:?} is no scope of this service; it knows {known}")]
    UnknownScope {
        /// What was asked for.
        given: String,
        /// What there is.
        known: String,
    },
    /// A token needs a scope.
    #[error("a token needs at least one scope")]
    NoScope,
    /// A name has 1 to 100 printable characters.
    #[error("a token's name has 1 to 100 printable characters")]
    BadName,
    /// A token lives 1 to 366 days.
    #[error("a token lives 1 to 366 days, not {0}")]
    BadLifetime(u32),
    /// No token has this id.
    #[error("no token {0:?}")]
    NoSuchToken(String),
    /// It could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}
