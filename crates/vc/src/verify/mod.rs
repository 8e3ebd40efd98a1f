//! The one safe call: `parse → evidence_needed() → verify(evidence, policy, now)`.
//!
//! What fails first in the order parse, issuer trust, issuer signature, holder, audience, time,
//! (replay, the caller's store), status is reported. Replay memory is the caller's: both answers
//! carry the [`PresentationId`] as soon as holder, audience and time are proven, and a caller that
//! has seen it before reports the replay in place of whatever came after.

use serde_json::{Map, Value};

use crate::jwk::Thumbprint;
use crate::registry::{Organisation, VerifiedRegistry};
use crate::sd_jwt::{SdJwtError, UnverifiedSdJwt};
use crate::status_list::{StatusListError, StatusReference, VerifiedStatusList};
use crate::time::UnixTime;

/// A parsed presentation of an SD-JWT VC that nobody has verified.
#[derive(Clone, Debug)]
pub struct UnverifiedPresentation {
    sd_jwt: UnverifiedSdJwt,
    needed: EvidenceNeeded,
}

/// What the caller must have at hand; read from unverified text, good for looking up only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceNeeded {
    /// `iss`.
    pub issuer: String,
    /// `kid` of the issuer's key.
    pub kid: Option<String>,
    /// The status entry.
    pub status: Option<StatusReference>,
}

/// The documents to verify against, fetched by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The last good trust registry; `None` when there has never been one.
    pub registry: Option<&'a VerifiedRegistry>,
    /// What is known of the list that [`EvidenceNeeded::status`] names.
    pub status: StatusEvidence<'a>,
}

/// What is known of a status list.
#[derive(Clone, Copy, Debug)]
pub enum StatusEvidence<'a> {
    /// The newest list that verified.
    List(&'a VerifiedStatusList),
    /// None ever verified; the last attempt's error when one was answered.
    Unavailable(Option<&'a StatusListError>),
}

/// What the caller insists on.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// `aud` of the key binding, for example `ods:R0A`.
    pub audience: &'a str,
    /// Which nonces are taken.
    pub nonce: NoncePolicy<'a>,
    /// Accepted `vct`s; anything else is [`Reason::NotAPassport`].
    pub types: &'a [&'a str],
    /// Oldest key binding, seconds (90 at the scan endpoint).
    pub max_code_age: i64,
    /// Clock difference allowed into the future, seconds (30 at the scan endpoint).
    pub max_code_ahead: i64,
    /// Oldest status list that stands without a condition, seconds (600 by default).
    pub max_status_age: i64,
}

/// Which nonces are taken.
#[derive(Clone, Copy, Debug)]
pub enum NoncePolicy<'a> {
    /// The holder's own: base64url of 16 bytes, with or without a desk code behind a dot.
    Fresh,
    /// The holder's own, ending in `.` and this desk code.
    FreshWithDeskCode(&'a str),
    /// Exactly this one, chosen by the verifier.
    Exactly(&'a str),
}

/// One presentation: a nonce under a holder key. To be accepted once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PresentationId {
    /// Thumbprint of the holder's key.
    pub holder: Thumbprint,
    /// The key binding's nonce.
    pub nonce: String,
}

impl UnverifiedPresentation {
    /// Parses the text `<issuer JWT>~<disclosures>~[<KB-JWT>]`.
    ///
    /// # Errors
    /// [`Rejection`] with [`Reason::Malformed`] or [`Reason::NotAPassport`].
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        todo!()
    }

    /// What [`Self::verify`] wants to have at hand.
    pub fn evidence_needed(&self) -> &EvidenceNeeded {
        &self.needed
    }

    /// Verifies everything a signature, a clock and a status list can prove.
    ///
    /// # Errors
    /// [`Rejection`] with the first reason in the documented order.
    pub fn verify(
        self,
        evidence: &Evidence<'_>,
        policy: &Policy<'_>,
        now: UnixTime,
    ) -> Result<Verified, Rejection> {
        todo!()
    }
}

/// A presentation that holds; only [`UnverifiedPresentation::verify`] makes one.
#[derive(Clone, Debug)]
pub struct Verified {
    claims: Map<String, Value>,
    issuer: Organisation,
    presentation: PresentationId,
    status_as_of: UnixTime,
    status_aged: bool,
    registry_version: u64,
    signing_kid: String,
}

impl Verified {
    /// The disclosed claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The registry's entry of the issuer.
    pub fn issuer(&self) -> &Organisation {
        &self.issuer
    }

    /// To be remembered, and accepted once.
    pub fn presentation_id(&self) -> &PresentationId {
        &self.presentation
    }

    /// The signed `iat` of the status list that says VALID.
    pub fn status_as_of(&self) -> UnixTime {
        self.status_as_of
    }

    /// Whether the list is older than the policy's `max_status_age` (finding `STATUS_AGED`).
    pub fn status_aged(&self) -> bool {
        self.status_aged
    }

    /// Which registry was judged by.
    pub fn registry_version(&self) -> u64 {
        self.registry_version
    }

    /// `kid` of the issuer key that signed.
    pub fn signing_kid(&self) -> &str {
        &self.signing_kid
    }
}

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

/// Why a presentation does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Not an SD-JWT at all, or of a type nobody asked for.
    #[error("not a passport")]
    NotAPassport,
    /// Broken syntax, or a disclosure that belongs to nothing.
    #[error("malformed presentation")]
    Malformed(#[source] Option<SdJwtError>),
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
