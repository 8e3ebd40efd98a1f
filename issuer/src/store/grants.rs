//! Clients, refresh tokens and what is good once.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::store::{Grant, NonceUse, PassportId, SecretHash, StoreError};

/// What a client has proved, and must prove again with whatever it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// RFC 7638 thumbprint of its DPoP key (RFC 9449).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop: Option<String>,
    /// Whom its provider attests it to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<Attested>,
}

impl Client {
    /// Whether what it is given is bound to a key, so that it may have a refresh token.
    pub fn is_bound(&self) -> bool {
        self.dpop.is_some() || self.attested.is_some()
    }
}

/// An attested wallet instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// `client_id`.
    pub client_id: String,
    /// RFC 7638 thumbprint of the instance's key.
    pub key: String,
}

/// A refresh token about to be given, by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRefresh {
    /// Its hash.
    pub token: SecretHash,
    /// When it expires.
    pub expires_at: i64,
}

/// The refresh tokens that follow each other from one redeemed code; the newest is good once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshFamily {
    /// Which passport.
    pub passport: PassportId,
    /// Credential configurations.
    pub configurations: Vec<String>,
    /// The offer that began it.
    pub offer: SecretHash,
    /// Whether credential requests must go by `credential_identifier`.
    pub by_identifier: bool,
    /// Whose it is.
    pub client: Client,
    /// Its `client_id`, where it has one.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Hash of the newest refresh token.
    pub newest: SecretHash,
    /// When that expires.
    pub expires_at: i64,
    /// Hash of the access token that was given with it.
    pub access: SecretHash,
    /// Ended, because an older token of it came again.
    pub ended: bool,
}

/// A refresh token in a token request.
#[derive(Clone, Debug)]
pub struct Refreshing {
    /// Its hash.
    pub token: SecretHash,
    /// Who brings it.
    pub client: Client,
    /// Credential configurations that the request names; empty for what was granted.
    pub wanted: Vec<String>,
    /// The one to give in its place.
    pub next: NewRefresh,
    /// Hash of the access token to give.
    pub access: SecretHash,
    /// When that expires.
    pub access_expires_at: i64,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The access token stands, and so does the next refresh token.
    Granted(Box<Grant>),
    /// There is no such token, or it has expired.
    Unknown,
    /// It was used before: nothing of its family is good any more (RFC 9700, 4.14.2).
    Again,
    /// Another client's.
    OtherClient,
    /// The passport has ended, or is on its way to another phone.
    Over,
    /// The request names other credentials.
    NotGranted,
}

/// The part of the store that knows clients.
#[async_trait]
pub trait Grants: Send + Sync {
    /// Uses up what is good once; `false` when it was used before.
    async fn use_once(&self, once: NonceUse, now: i64) -> Result<bool, StoreError>;

    /// Trades a refresh token for an access token and the next refresh token. One that comes again
    /// ends its family, the access token given last included.
    async fn refresh(&self, refreshing: Refreshing) -> Result<Refreshed, StoreError>;
}
