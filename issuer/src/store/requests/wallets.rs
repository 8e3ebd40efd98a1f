//! What wallets ask of the store.

use vc::oid4vci::RefusalReason;

use crate::store::{
    Client, Copy, Grant, HolderKey, ListRow, NewRefresh, PassportId, SecretHash, StatusEntry,
};

/// A token request.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Hash of the code.
    pub code: SecretHash,
    /// Keyed hash of the transaction code, when one came.
    pub tx_code: Option<SecretHash>,
    /// Credential configurations that the request names; empty for whatever is offered.
    pub wanted: Vec<String>,
    /// Credential configurations that the client has not proved enough for.
    pub without: Vec<String>,
    /// Hash of the access token to give.
    pub token: SecretHash,
    /// When that expires.
    pub token_expires_at: i64,
    /// Who asks.
    pub client: Client,
    /// The refresh token to give, when the client is bound to a key.
    pub refresh: Option<NewRefresh>,
    /// When.
    pub now: i64,
}

/// What came of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The access token stands.
    Granted(Box<Grant>),
    /// There is no such code.
    Unknown,
    /// The code was redeemed before.
    Used,
    /// The offer was killed.
    Dead,
    /// The offer has expired.
    Expired,
    /// The request names other credentials than the offer.
    NotOffered,
    /// The client has not proved what these credentials need.
    NotProven,
    /// The offer has a transaction code and none came.
    TxCodeMissing,
    /// The offer has none and one came.
    TxCodeUnexpected,
    /// Another one, for this passport; so many tries are left.
    TxCodeWrong(PassportId, u8),
}

/// A nonce of ours in a holder's proof.
#[derive(Clone, Copy, Debug)]
pub struct NonceUse {
    /// Its random part.
    pub id: [u8; 16],
    /// When it expires.
    pub expires_at: i64,
}

/// Credentials about to be signed, one for each key.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// Hash of the access token.
    pub token: SecretHash,
    /// The nonces of the proofs.
    pub nonces: Vec<NonceUse>,
    /// Credential configuration.
    pub configuration: String,
    /// The keys that are proven, each once.
    pub holders: Vec<HolderKey>,
    /// Hash of the `transaction_id` to defer with, where HR is to compare.
    pub transaction: SecretHash,
    /// The digits to compare.
    pub digits: String,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// Copies that are recorded and may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCopies {
    /// The passport.
    pub passport: PassportId,
    /// The person.
    pub subject_ref: String,
    /// The copies, in the order of the keys.
    pub copies: Vec<Copy>,
    /// Status lists that were opened on the way and are to be published.
    pub opened: Vec<ListRow>,
    /// Copies on other phones that it supersedes: to be published.
    pub changed: Vec<StatusEntry>,
}

/// What came of an issuance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Recorded, now or before for the same token and holder. Sign these.
    Copies(Box<IssuedCopies>),
    /// HR is to compare the digits first.
    Deferred(PassportId),
    /// HR has refused the key.
    Denied,
    /// The nonce was used before.
    NonceUsed,
    /// No such access token, or expired.
    TokenInvalid,
    /// The token is bound to another key by now.
    TokenSpent,
    /// The passport is no longer offered.
    Closed,
    /// Every index of the open list is given, and the next list is not public for long enough.
    NoStatusIndex,
}

/// A deferred credential about to be fetched.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Hash of the access token.
    pub token: SecretHash,
    /// Hash of `transaction_id`.
    pub transaction: SecretHash,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// What came of fetching a deferred credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Sign these.
    Copies {
        /// The copies.
        issued: Box<IssuedCopies>,
        /// The keys, in the same order.
        holders: Vec<HolderKey>,
    },
    /// HR has not compared yet.
    Pending,
    /// HR has refused the key, or the passport is no longer offered.
    Denied,
    /// No such transaction of this token, or its credential was fetched.
    Unknown,
    /// No such access token, or expired.
    TokenInvalid,
    /// As for [`Recorded::NoStatusIndex`].
    NoStatusIndex,
}

/// What a wallet says of its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletSays {
    /// Kept.
    Accepted,
    /// Could not be kept.
    Failed,
    /// Refused at review, or deleted later.
    Deleted,
}

/// A notification of a wallet.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Which passport.
    pub passport: PassportId,
    /// Which copies: all that came in one answer.
    pub entries: Vec<StatusEntry>,
    /// What.
    pub says: WalletSays,
    /// Why, where something was given.
    pub reason: Option<RefusalReason>,
    /// In whose own words, sealed.
    pub note: Option<String>,
    /// When.
    pub now: i64,
}
