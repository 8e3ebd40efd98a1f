//! Why nothing was received.

use std::fmt;

use fetch::FetchError;
use vc::oid4vci::{DocumentError, MetadataError, OfferError};
use vc::sd_jwt::SdJwtError;
use vc::status_list::{Status, StatusListError};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The credential offer.
    Offer,
    /// The issuer's metadata.
    IssuerMetadata,
    /// The authorization server's metadata.
    ServerMetadata,
    /// The access token.
    Token,
    /// A nonce.
    Nonce,
    /// The credential.
    Credential,
    /// The credential, after HR has compared digits.
    Deferred,
    /// The answer to what became of the credential.
    Notification,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "offer",
            Self::IssuerMetadata => "issuer metadata",
            Self::ServerMetadata => "authorization server metadata",
            Self::Token => "token",
            Self::Nonce => "nonce",
            Self::Credential => "credential",
            Self::Deferred => "deferred credential",
            Self::Notification => "notification",
        })
    }
}

/// Why nothing was received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The offer is refused.
    #[error("offer refused")]
    Offer(#[source] OfferError),
    /// The registry does not name this issuer.
    #[error("issuer {0:?} is not registered")]
    UnregisteredIssuer(String),
    /// The registry has suspended or removed it.
    #[error("issuer {ods} is not active")]
    IssuerNotActive {
        /// Its ODS code.
        ods: String,
        /// Its name.
        name: String,
    },
    /// The registry does not entitle the issuer to this type.
    #[error("issuer {ods} may not issue {vct:?}")]
    NotEntitled {
        /// Its ODS code.
        ods: String,
        /// The type.
        vct: String,
    },
    /// Something could not be fetched.
    #[error("{what} not fetched")]
    Fetch {
        /// What.
        what: Document,
        /// Why.
        #[source]
        source: FetchError,
    },
    /// Something is not `application/json`.
    #[error("{0} is not JSON")]
    NotJson(Document),
    /// The metadata is another's or breaks a rule.
    #[error("{what} refused")]
    Metadata {
        /// Which.
        what: Document,
        /// Why.
        #[source]
        source: MetadataError,
    },
    /// There is no address to get something from.
    #[error("no address for the {0}")]
    NoAddress(Document),
    /// The offer has no pre-authorized code.
    #[error("no pre-authorized code in the offer")]
    OtherGrant,
    /// Nothing that is offered is of a kind that this wallet holds.
    #[error("nothing usable is offered")]
    NothingUsable,
    /// The endpoint said no; its code.
    #[error("{what} refused with {code:?}")]
    Refused {
        /// What was asked for.
        what: Document,
        /// The OAuth error code.
        code: String,
    },
    /// The endpoint answered with an error and no code.
    #[error("{what} answered with status {status}")]
    Status {
        /// What was asked for.
        what: Document,
        /// The HTTP status.
        status: u16,
    },
    /// An answer is not of the form.
    #[error("malformed {what}")]
    Malformed {
        /// Which.
        what: Document,
        /// How.
        #[source]
        source: DocumentError,
    },
    /// A token that this wallet can't use.
    #[error("token type {0:?}")]
    TokenType(String),
    /// The issuer wants to issue later and does not say where.
    #[error("issued later")]
    Deferred,
    /// HR has not compared the digits in time.
    #[error("digits not confirmed in time")]
    NotConfirmed,
    /// The credential is not a text.
    #[error("the credential is not a text")]
    NotText,
    /// The transaction code can't be right.
    #[error(transparent)]
    TxCode(#[from] TxCodeFault),
    /// The credential does not hold.
    #[error("credential refused")]
    Credential(#[source] CredentialFault),
}

/// Why a transaction code can't be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TxCodeFault {
    /// Nothing was typed.
    #[error("empty transaction code")]
    Empty,
    /// Digits are wanted.
    #[error("transaction code is not made of digits")]
    NotDigits,
    /// Too short or too long.
    #[error("transaction code of {length} characters, not {expected}")]
    Length {
        /// What the offer says.
        expected: usize,
        /// What was typed.
        length: usize,
    },
}

/// Why a credential is not kept.
#[derive(Debug, thiserror::Error)]
pub enum CredentialFault {
    /// Form, `typ`, issuer signature or digests.
    #[error("SD-JWT refused")]
    SdJwt(#[source] SdJwtError),
    /// It carries a key binding, which only a holder can make.
    #[error("a key binding is attached")]
    KeyBindingAttached,
    /// Signed with a key that is not the issuer's active one.
    #[error("not signed with a key of the issuer")]
    UnknownKey,
    /// A stranger's keys could not be fetched.
    #[error("issuer keys not fetched")]
    KeysUnreachable(#[source] FetchError),
    /// A stranger's keys are not of the form.
    #[error("issuer keys refused")]
    Keys(#[source] MetadataError),
    /// `iss` is another.
    #[error("iss is another issuer")]
    WrongIssuer,
    /// `vct` is not what was offered.
    #[error("vct is not what was offered")]
    WrongType,
    /// A date is not a number.
    #[error("a date is not a number")]
    BadDate,
    /// Past its `exp`, or without one.
    #[error("expired")]
    Expired,
    /// From the future.
    #[error("not valid yet")]
    NotYetValid,
    /// Not bound to the key that was made for it.
    #[error("bound to another key")]
    OtherHolder,
    /// No status entry.
    #[error("no status entry")]
    NoStatus,
    /// The status is not VALID.
    #[error("status {0:?}")]
    Status(Status),
    /// The status list could not be fetched.
    #[error("status list not fetched")]
    StatusUnreachable(#[source] FetchError),
    /// The status list or the entry is refused.
    #[error("status list refused")]
    StatusList(#[source] StatusListError),
}
