//! API tokens: 256 random bits, kept as SHA-256, scoped and expiring.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use clock::Clock;
use getrandom::SysRng;
use keys::Secret;
use rand_core::{Rng, UnwrapErr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use vc::base64url;

use crate::audit::{self, Entry, Event};
use crate::durable::{CommitError, Durable, StoreError};
use crate::problem::Problem;

/// So that a leaked secret is recognised by scanners.
const SECRET_PREFIX: &str = "sp_";
/// Longest life of a token.
const MAX_DAYS: u32 = 366;

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
    /// Removes the one with this id at `now`; tells whether it was there.
    async fn remove(&self, id: &str, now: i64) -> Result<bool, CommitError>;
}

/// Keys of the embedded store: this and the hash.
const PREFIX: &[u8] = b"token/";

#[async_trait]
impl TokenStore for Durable {
    async fn add(&self, hash: [u8; 32], token: Token) -> Result<(), CommitError> {
        self.commit(move |view, batch| {
            batch.put(key(&hash), json!(token).to_string());
            let detail = Some(token.scopes.join(" "));
            let entry = entry(token.created_at, Event::TokenCreated, &token.id, detail);
            audit::append(view, batch, entry)
        })
        .await
    }

    fn find(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        Ok(self.get(&key(hash))?.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    fn list(&self) -> Result<Vec<Token>, StoreError> {
        self.scan_prefix(PREFIX)
            .filter_map(|entry| match entry {
                Ok((_, value)) => serde_json::from_slice(&value).ok().map(Ok),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    async fn remove(&self, id: &str, now: i64) -> Result<bool, CommitError> {
        let id = id.to_owned();
        self.commit(move |view, batch| {
            for found in view.scan_prefix(PREFIX) {
                let (key, value) = found?;
                if serde_json::from_slice::<Token>(&value).is_ok_and(|token| token.id == id) {
                    batch.remove(key);
                    audit::append(view, batch, entry(now, Event::TokenRevoked, &id, None))?;
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }
}

fn key(hash: &[u8; 32]) -> Vec<u8> {
    [PREFIX, hash].concat()
}

/// Tokens are made and revoked on the machine's command line only.
fn entry(at: i64, what: Event, id: &str, detail: Option<String>) -> Entry {
    Entry { at, who: "command".to_owned(), what, about: Some(format!("token:{id}")), detail }
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
        if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(TokenError::BadName);
        }
        if scopes.is_empty() {
            return Err(TokenError::NoScope);
        }
        if let Some(given) = scopes.iter().find(|scope| !self.scopes.contains(&scope.as_str())) {
            return Err(TokenError::UnknownScope {
                given: given.clone(),
                known: self.scopes.join(", "),
            });
        }
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(TokenError::BadLifetime(days));
        }
        let mut random = [0; 32];
        UnwrapErr(SysRng).fill_bytes(&mut random);
        let secret = Secret::new(format!("{SECRET_PREFIX}{}", base64url::encode(&random)));
        let hash = hash(secret.expose());
        let now = self.clock.now();
        let token = Token {
            id: hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
            name: name.to_owned(),
            scopes: scopes.to_vec(),
            created_at: now,
            expires_at: now.saturating_add(i64::from(days).saturating_mul(86_400)),
        };
        self.store.add(hash, token.clone()).await?;
        Ok((secret, token))
    }

    /// Removes a token by its id.
    ///
    /// # Errors
    /// [`TokenError::NoSuchToken`].
    pub async fn revoke(&self, id: &str) -> Result<(), TokenError> {
        if self.store.remove(id, self.clock.now()).await? {
            Ok(())
        } else {
            Err(TokenError::NoSuchToken(id.to_owned()))
        }
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list(&self) -> Result<Vec<Token>, StoreError> {
        let mut tokens = self.store.list()?;
        tokens.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(tokens)
    }

    /// Who calls, when `Authorization: Bearer` holds a live token with `scope` (RFC 6750).
    ///
    /// # Errors
    /// A 401 or 403 [`Problem`].
    pub fn authorise(&self, headers: &HeaderMap, scope: &'static str) -> Result<Token, Problem> {
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (given.next(), given.next()) else {
            return Err(unauthorised("Bearer", "Send an API token: Authorization: Bearer …"));
        };
        let refused = || {
            unauthorised(
                "Bearer error=\"invalid_token\"",
                "The API token is not known, revoked or expired.",
            )
        };
        // Found by its hash, so that no comparison tells how much of a guess was right.
        let token = header
            .to_str()
            .ok()
            .and_then(bearer)
            .map(|secret| self.store.find(&hash(secret)))
            .transpose()?
            .flatten()
            .filter(|token| self.clock.now() < token.expires_at)
            .ok_or_else(refused)?;
        if token.scopes.iter().any(|given| given == scope) {
            Ok(token)
        } else {
            Err(Problem::new(StatusCode::FORBIDDEN, "SCOPE_MISSING", "Not allowed")
                .detail(format!("The API token does not have the scope {scope}."))
                .challenge(format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"")))
        }
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, secret) = header.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && secret.starts_with(SECRET_PREFIX)).then_some(secret)
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn unauthorised(challenge: &str, sentence: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "TOKEN_NEEDED", "An API token is needed")
        .detail(sentence)
        .challenge(challenge)
}

/// A scope as a type, for [`crate::Authorised`] and [`crate::pages::OnPage`].
pub trait Scope: Send + Sync {
    /// Its name, for example `passports:write`.
    const NAME: &'static str;
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
    #[error("a token lives 1 to {MAX_DAYS} days, not {0}")]
    BadLifetime(u32),
    /// No token has this id.
    #[error("no token {0:?}")]
    NoSuchToken(String),
    /// It could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}
