//! Each step of the documented order, refusing with the fact it found.

use serde_json::{Map, Value};

use super::{CLOCK_SKEW, Evidence, Policy, Reason, StatusEvidence};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{Header, JwsError};
use crate::registry::{
    IssuerEntry, IssuerKey, IssuerSigner, KeyState, Organisation, OrganisationState,
    VerifiedRegistry,
};
use crate::sd_jwt::{self, BoundKey, KeyBinding, SdJwtError};
use crate::status_list::{self, Status, StatusListError, VerifiedStatusList};
use crate::time::UnixTime;
use crate::x5c::TrustAnchor;

/// Longest life of a status list in seconds, whatever its `exp` says or leaves out: a list that is
/// kept from a verifier stops counting.
const MAX_LIST_LIFE: i64 = 7 * 24 * 60 * 60;

pub(super) fn registry_in_force(
    registry: Option<&VerifiedRegistry>,
    now: UnixTime,
) -> Result<&VerifiedRegistry, Reason> {
    registry.filter(|registry| !registry.is_expired(now)).ok_or(Reason::RegistryExpired)
}

/// The registry's word on who signed and with what.
pub(super) struct Trusted<'r> {
    pub(super) organisation: &'r Organisation,
    pub(super) issuer: &'r IssuerEntry,
    pub(super) signer: IssuerSigner<'r>,
}

pub(super) fn trusted_issuer<'r>(
    registry: &'r VerifiedRegistry,
    anchors: &[TrustAnchor],
    iss: &str,
    header: &Header,
    vct: &str,
    now: UnixTime,
) -> Result<Trusted<'r>, Reason> {
    let (organisation, issuer) = registry.issuer(iss).ok_or(Reason::IssuerNotTrusted)?;
    if organisation.state != OrganisationState::Active {
        return Err(Reason::IssuerNotTrusted);
    }
    // Looked up at this issuer only: neither a kid nor a certificate reaches across issuers.
    let signer = issuer.signer(header, anchors, now).ok_or(Reason::IssuerNotTrusted)?;
    if signer.is_compromised() {
        return Err(Reason::KeyCompromised);
    }
    if !organisation.types.iter().any(|entitled| entitled == vct) {
        return Err(Reason::IssuerNotEntitled);
    }
    Ok(Trusted { organisation, issuer, signer })
}

/// What a refusal of the issuer-signed part means at the desk.
pub(super) fn issuer_reason(error: SdJwtError) -> Reason {
    match error {
        SdJwtError::IssuerJwt(JwsError::SignatureInvalid | JwsError::WrongAlgorithm) => {
            Reason::SignatureInvalid
        }
        SdJwtError::IssuerJwt(JwsError::WrongType { .. }) => Reason::NotAPassport,
        other => Reason::Malformed(Some(Box::new(other))),
    }
}

/// The credential's own dates.
pub(super) struct Dates {
    issued_at: UnixTime,
    not_before: Option<UnixTime>,
    expires_at: UnixTime,
}

impl Dates {
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, Reason> {
        let date = |name| match claims.get(name) {
            Some(value) => UnixTime::from_json(value).map(Some).ok_or(Reason::Malformed(None)),
            None => Ok(None),
        };
        Ok(Self {
            issued_at: date("iat")?.ok_or(Reason::Malformed(None))?,
            not_before: date("nbf")?,
            expires_at: date("exp")?.ok_or(Reason::Malformed(None))?,
        })
    }

    /// Whether the key could issue at the time. Of a key that only a certificate names, the
    /// certificate's own dates were looked at.
    pub(super) fn check_key(&self, listed: Option<&IssuerKey>) -> Result<(), Reason> {
        let Some(key) = listed else { return Ok(()) };
        let too_early = key.not_before.is_some_and(|start| self.issued_at < start);
        let too_late = match key.state {
            KeyState::Active => false,
            KeyState::Retired => key.retired_at.is_none_or(|end| self.issued_at > end),
            KeyState::Compromised => return Err(Reason::KeyCompromised),
        };
        if too_early || too_late { Err(Reason::IssuerNotTrusted) } else { Ok(()) }
    }

    pub(super) fn check_now(&self, now: UnixTime) -> Result<(), Reason> {
        let started = self.not_before.map_or(self.issued_at, |start| start.max(self.issued_at));
        // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted", with some leeway.
        if now >= self.expires_at.plus(CLOCK_SKEW) || now.plus(CLOCK_SKEW) < started {
            Err(Reason::CredentialExpired)
        } else {
            Ok(())
        }
    }
}

/// Key binding is wanted by policy, whatever the token says (OpenID4VP 1.0, 14.1).
pub(super) fn holder(
    holder: Option<PublicKey>,
    key_binding: Option<BoundKey>,
) -> Result<(Thumbprint, KeyBinding, Map<String, Value>), Reason> {
    let holder = holder.ok_or(Reason::HolderNotProven)?;
    let (binding, claims) =
        key_binding.and_then(|bound| bound.verify(&holder).ok()).ok_or(Reason::HolderNotProven)?;
    Ok((holder.thumbprint(), binding, claims))
}

pub(super) fn check_code_age(
    signed_at: UnixTime,
    claims: &Map<String, Value>,
    policy: &Policy<'_>,
    now: UnixTime,
) -> Result<(), Reason> {
    sd_jwt::check_key_binding_time(claims, now).map_err(|error| match error {
        SdJwtError::KeyBindingExpired => Reason::CodeTooOld,
        SdJwtError::KeyBindingNotYetValid => Reason::CodeFromFuture,
        _ => Reason::HolderNotProven,
    })?;
    let age = now.since(signed_at);
    if age > policy.max_code_age {
        Err(Reason::CodeTooOld)
    } else if age < policy.max_code_ahead.saturating_neg() {
        Err(Reason::CodeFromFuture)
    } else {
        Ok(())
    }
}

/// The list that says VALID. Everything else is a refusal, never a pass.
pub(super) fn valid_status<'s>(
    claims: &Map<String, Value>,
    evidence: &Evidence<'s>,
    issuer: &IssuerEntry,
    now: UnixTime,
) -> Result<&'s VerifiedStatusList, Reason> {
    let entry = status_list::reference(claims).ok().flatten().ok_or(Reason::StatusMalformed)?;
    let list = match evidence.status {
        StatusEvidence::List(list) => list,
        StatusEvidence::Unavailable(None) => return Err(Reason::StatusUnreachable),
        StatusEvidence::Unavailable(Some(error)) => return Err(list_reason(error)),
    };
    if list.claims().uri != entry.uri {
        return Err(Reason::StatusMalformed);
    }
    // A retired key goes on signing the lists of what it issued; a compromised one signs nothing.
    let signer = match list.chain() {
        [] => issuer.listed_as(list.signer()),
        // Looked at again: the list may be older than what the registry and the anchors say now.
        chain => issuer.certified(chain.to_vec(), evidence.anchors, now),
    };
    if signer.is_none_or(|signer| signer.is_compromised()) {
        return Err(Reason::StatusWrongSigner);
    }
    if list.claims().issued_at > now.plus(CLOCK_SKEW) {
        return Err(Reason::StatusMalformed);
    }
    // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted".
    let latest = list.claims().issued_at.plus(MAX_LIST_LIFE);
    if now >= list.claims().expires_at.map_or(latest, |end| end.min(latest)) {
        return Err(Reason::StatusTooOld);
    }
    match list.status(entry.idx) {
        Ok(Status::Valid) => Ok(list),
        Ok(Status::Invalid) => Err(Reason::Revoked),
        Ok(Status::Suspended) => Err(Reason::Suspended),
        Ok(Status::Superseded) => Err(Reason::Superseded),
        Ok(Status::Other(_)) | Err(_) => Err(Reason::StatusMalformed),
    }
}

fn list_reason(error: &StatusListError) -> Reason {
    match error {
        StatusListError::WrongSigner => Reason::StatusWrongSigner,
        StatusListError::Expired => Reason::StatusTooOld,
        StatusListError::BadBits
        | StatusListError::IndexOutOfRange(_)
        | StatusListError::ValueTooWide(_)
        | StatusListError::Malformed
        | StatusListError::TooLarge
        | StatusListError::WrongSubject
        | StatusListError::FromFuture => Reason::StatusMalformed,
    }
}
