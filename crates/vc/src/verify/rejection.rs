//! Why a presentation is refused: facts for the verdict, one for each answer at the desk.

use super::PresentationId;
use crate::sd_jwt::SdJwtError;

/// A presentation that does not hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{reason}")]
pub struct Rejection {
    /// The first reason in the documented order.
    #[source]
    pub reason: Reason,
    /// Present when holder, audience and time were proven before it failed.
    pub presentation: Option<PresentationId>,
    /// The registry's ODS code of the issuer, once its signature was proven.
    pub issuer_ods: Option<String>,
}

impl Rejection {
    /// Before the issuer's signature was proven.
    pub(super) fn early(reason: Reason) -> Self {
        Self { reason, presentation: None, issuer_ods: None }
    }

    /// After the issuer's signature was proven, before status.
    pub(super) fn of_issuer(reason: Reason, ods: &str) -> Self {
        Self { reason, presentation: None, issuer_ods: Some(ods.to_owned()) }
    }
}

/// Why a presentation does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Not an SD-JWT at all, or of a type nobody asked for.
    #[error("not a passport")]
    NotAPassport,
    /// Broken syntax, or a disclosure that belongs to nothing.
    #[error("malformed presentation")]
    Malformed(#[source] Option<Box<SdJwtError>>),
    /// There is no registry, or it is past its `exp`.
    #[error("no trust registry in force")]
    RegistryExpired,
    /// Not an active issuer of the registry, or not with this key.
    #[error("issuer not trusted")]
    IssuerNotTrusted,
    /// The issuer may not issue this type.
    #[error("issuer not entitled to this type")]
    IssuerNotEntitled,
    /// The key is compromised.
    #[error("issuer key compromised")]
    KeyCompromised,
    /// The issuer's signature does not verify.
    #[error("issuer signature does not verify")]
    SignatureInvalid,
    /// No key binding, or one that does not prove the holder.
    #[error("holder not proven")]
    HolderNotProven,
    /// Made for another audience.
    #[error("made for another host")]
    WrongHost,
    /// The desk code is missing or another.
    #[error("desk code missing or another")]
    DeskCodeWrong,
    /// The nonce is not of the form, or not the one asked for.
    #[error("nonce not acceptable")]
    NonceWrong,
    /// The key binding is older than the policy allows.
    #[error("code too old")]
    CodeTooOld,
    /// The key binding is from the future.
    #[error("code from the future")]
    CodeFromFuture,
    /// The copy is past its `exp`, or before its `nbf` or `iat`.
    #[error("credential expired or not yet valid")]
    CredentialExpired,
    /// Status INVALID.
    #[error("revoked")]
    Revoked,
    /// Status SUSPENDED.
    #[error("suspended")]
    Suspended,
    /// Status 3.
    #[error("superseded")]
    Superseded,
    /// The list could never be read.
    #[error("status unreachable")]
    StatusUnreachable,
    /// The newest list is past its `exp`.
    #[error("status too old")]
    StatusTooOld,
    /// The list is malformed, the index outside it, the value unknown, or the entry missing.
    #[error("status malformed")]
    StatusMalformed,
    /// The list is not signed by the issuer's key.
    #[error("status signed by another")]
    StatusWrongSigner,
}
