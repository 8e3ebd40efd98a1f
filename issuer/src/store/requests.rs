//! What is asked of the store, and what it answers. Nothing personal stands here in clear.

use std::fmt;
use std::str::FromStr;

use vc::base64url;

use crate::store::{
    Copy, Grant, ListRow, Passport, PassportId, PassportState, RevocationReason, Sealed, SecretHash,
};

/// A keyed hash of something that a passport is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexToken(pub [u8; 16]);

/// A new passport and its offer.
#[derive(Clone, Debug)]
pub struct PassportDraft {
    /// Its id.
    pub id: PassportId,
    /// The person.
    pub subject_ref: String,
    /// Credential configuration.
    pub configuration: String,
    /// The checks.
    pub sealed: Sealed,
    /// What it is found by.
    pub index: Vec<IndexToken>,
    /// Hash of the offer's id.
    pub offer: SecretHash,
    /// Hash of the offer's code.
    pub code: SecretHash,
    /// Keyed hash of the transaction code.
    pub tx_code: Option<SecretHash>,
    /// When the offer expires.
    pub offer_expires_at: i64,
    /// Who.
    pub who: String,
    /// When, in milliseconds.
    pub now_ms: i64,
}

/// A token request.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Hash of the code.
    pub code: SecretHash,
    /// Keyed hash of the transaction code, when one came.
    pub tx_code: Option<SecretHash>,
    /// Credential configurations that the request names; empty for whatever is offered.
    pub wanted: Vec<String>,
    /// Hash of the access token to give.
    pub token: SecretHash,
    /// When that expires.
    pub token_expires_at: i64,
    /// When.
    pub now: i64,
}

/// What came of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The access token stands.
    Granted(Grant),
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
    /// The offer has a transaction code and none came.
    TxCodeMissing,
    /// The offer has none and one came.
    TxCodeUnexpected,
    /// Another one; so many tries are left.
    TxCodeWrong(u8),
}

/// A nonce of ours in a holder's proof.
#[derive(Clone, Copy, Debug)]
pub struct NonceUse {
    /// Its random part.
    pub id: [u8; 16],
    /// When it expires.
    pub expires_at: i64,
}

/// A credential about to be signed.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// Hash of the access token.
    pub token: SecretHash,
    /// The proof's nonce.
    pub nonce: NonceUse,
    /// Thumbprint of the proof's key.
    pub holder: String,
    /// `kid` of the key that will sign.
    pub kid: String,
    /// `iat`, and now.
    pub issued_at: i64,
    /// `exp`.
    pub expires_at: i64,
}

/// What came of an issuance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Recorded, now or before for the same token and holder. Sign this.
    Copy {
        /// The person.
        subject_ref: String,
        /// The copy.
        copy: Copy,
        /// A status list that was opened on the way and is to be published.
        opened: Option<ListRow>,
    },
    /// The nonce was used before.
    NonceUsed,
    /// No such access token, or expired.
    TokenInvalid,
    /// The token gave its copy to another key.
    TokenSpent,
    /// The passport was revoked meanwhile.
    Closed,
    /// Every index of the open list is given, and the next list is not public for long enough.
    NoStatusIndex,
}

/// A revocation.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// Which passport.
    pub id: PassportId,
    /// Why.
    pub reason: RevocationReason,
    /// Who.
    pub who: String,
    /// When.
    pub now: i64,
}

/// What came of a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// Revoked, now or before for the same reason.
    Done(Passport),
    /// Revoked before for another reason.
    Otherwise(RevocationReason),
    /// There is no such passport.
    Unknown,
}

/// A place in the list of passports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub [u8; 24]);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = base64url::decode(text).map_err(|_| "not a cursor")?;
        bytes.try_into().map(Self).map_err(|_| "not a cursor")
    }
}

/// Which passports.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// In this state only.
    pub state: Option<PassportState>,
    /// Found by all of these.
    pub tokens: Vec<IndexToken>,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// Passports, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The passports.
    pub items: Vec<Passport>,
    /// Where the next page begins, when there may be one.
    pub next: Option<Cursor>,
}
