//! Pushed authorization requests and the codes that the staff member's sign-in gives.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::store::{Client, Grant, NewRefresh, Offer, PassportId, SecretHash, StoreError};

/// An authorization request that a wallet has pushed (RFC 9126).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedRequest {
    /// `client_id`.
    pub client_id: String,
    /// What the wallet proved when it pushed, or named as its DPoP key.
    pub client: Client,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// `state`, given back as it came.
    pub state: Option<String>,
    /// `code_challenge`, by S256.
    pub challenge: String,
    /// Credential configurations that it asks for; at least one.
    pub wanted: Vec<String>,
    /// Whether it asked by `authorization_details`.
    pub by_identifier: bool,
    /// Hash of `issuer_state`; it says nothing until it is found.
    pub issuer_state: Option<SecretHash>,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
    /// Whether it was answered.
    pub answered: bool,
}

/// A code out of an authorization response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// The request that it answers.
    pub request: PushedRequest,
    /// The offer that it gives.
    pub offer: SecretHash,
    /// Seconds since 1970; refused from then on.
    pub expires_at: i64,
    /// Whether it was redeemed.
    pub used: bool,
}

/// By what a staff member signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Keyed hash of the transaction code that she typed, which HR gave her.
    TxCode(SecretHash),
    /// Keyed hash of the account that she proved, which HR has named for her passport.
    Account(SecretHash),
}

/// A staff member who signs in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Hash of `request_uri`.
    pub request: SecretHash,
    /// Hash of the offer's id.
    pub offer: SecretHash,
    /// By what.
    pub proof: Proof,
    /// Hash of the code to give.
    pub code: SecretHash,
    /// When that expires.
    pub code_expires_at: i64,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The code stands; send the browser back.
    Code(Box<PushedRequest>),
    /// The request is unknown, answered or expired.
    NoRequest,
    /// The offer is used, killed or expired.
    NoOffer,
    /// The offer is of other credentials than the request asks for.
    NotOffered,
    /// Another code, for this passport; so many tries are left.
    WrongCode(PassportId, u8),
}

/// A code in a token request.
#[derive(Clone, Debug)]
pub struct CodeRedemption {
    /// Its hash.
    pub code: SecretHash,
    /// `code_challenge` of the verifier that came, if one did.
    pub challenge: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `client_id`, when it came.
    pub client_id: Option<String>,
    /// What the client has proved.
    pub client: Client,
    /// Credential configurations that it has not proved enough for.
    pub without: Vec<String>,
    /// Hash of the access token to give.
    pub token: SecretHash,
    /// When that expires.
    pub token_expires_at: i64,
    /// The refresh token to give, when the client is bound to a key.
    pub refresh: Option<NewRefresh>,
    /// When.
    pub now: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRedeemed {
    /// The access token stands.
    Granted(Box<Grant>),
    /// Unknown, used, expired, another client's, for another address, or its offer is gone.
    Refused,
    /// No verifier came, or another request's (RFC 7636, 4.6).
    WrongVerifier,
    /// The client has not proved what these credentials need.
    NotProven,
}

/// The part of the store that knows authorization requests.
#[async_trait]
pub trait Authorizations: Send + Sync {
    /// Keeps a pushed request under the hash of its `request_uri`.
    async fn push_request(
        &self,
        name: SecretHash,
        request: PushedRequest,
        now: i64,
    ) -> Result<(), StoreError>;

    /// A pushed request.
    async fn pushed_request(&self, name: &SecretHash) -> Result<Option<PushedRequest>, StoreError>;

    /// The offer that a secret derived from its id leads to: an `issuer_state` or a reference.
    async fn offer_found_by(
        &self,
        found_by: &SecretHash,
    ) -> Result<Option<(SecretHash, Offer)>, StoreError>;

    /// Answers a request with a code when the staff member's proof is right. Wrong transaction
    /// codes are counted with those at the token endpoint: the fifth kills the offer.
    async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, StoreError>;

    /// The staff member does not want it: the request is over.
    async fn refuse_request(&self, name: SecretHash, now: i64) -> Result<(), StoreError>;

    /// Trades a code for an access token, once.
    async fn redeem_authorization(
        &self,
        redemption: CodeRedemption,
    ) -> Result<CodeRedeemed, StoreError>;
}
