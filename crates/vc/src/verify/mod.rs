//! The one safe call: `parse → evidence_needed() → verify(evidence, policy, now)`.
//!
//! What fails first in the order parse, issuer trust, issuer signature, holder, audience, time,
//! (replay, the caller's store), status is reported. Replay memory is the caller's: both answers
//! carry the [`PresentationId`] as soon as holder, audience and time are proven, and a caller that
//! has seen it before reports the replay in place of whatever came after.
//!
//! ```
//! use ed25519_dalek::{Signer, SigningKey};
//! use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use serde_json::json;
//! use vc::claim_path::ClaimPath;
//! use vc::jwk::{Algorithm, PublicKey};
//! use vc::registry::{self, Operators, VerifiedRegistry};
//! use vc::sd_jwt::{Issuance, KeyBinding, UnverifiedSdJwt, key_binding_input};
//! use vc::status_list::{self, StatusList, TokenClaims, VerifiedStatusList};
//! use vc::time::UnixTime;
//! use vc::verify::{Evidence, NoncePolicy, Policy, StatusEvidence, UnverifiedPresentation};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = UnixTime(1_800_000_000);
//! let [operator, issuer, holder] = [1, 2, 3].map(|seed| SigningKey::from_bytes(&[seed; 32]));
//! let public = |key: &SigningKey| PublicKey::from_ed25519(key.verifying_key().as_bytes());
//! let vct = "urn:staff-passport:employment-checks:1";
//! let list = "https://issuer.example/status-lists/0";
//!
//! // The home trust issues, the network's operator vouches for it, a status list says VALID.
//! let claims = json!({
//!     "iss": "https://issuer.example", "vct": vct, "iat": now.0, "exp": now.0 + 86_400,
//!     "cnf": {"jwk": public(&holder)?.to_jwk()},
//!     "status": {"status_list": {"idx": 7, "uri": list}},
//!     "identity": {"family_name": "Okafor"}, "work_health": {"outcome": "FIT"},
//! });
//! let unsigned = Issuance {
//!     algorithm: Algorithm::EdDsa,
//!     kid: &public(&issuer)?.kid(),
//!     x5c: &[],
//!     claims: claims.as_object().ok_or("an object")?,
//!     hide: &[ClaimPath::of_names(["identity"]), ClaimPath::of_names(["work_health"])],
//! }
//! .prepare(&mut ChaCha20Rng::from_seed([0; 32]))?;
//! let signature = issuer.sign(unsigned.signing_input()).to_bytes();
//! let issued = unsigned.finish(&signature);
//!
//! let payload = serde_json::from_value(json!({
//!     "version": 1, "iat": now.0, "exp": now.0 + 604_800,
//!     "organisations": [{
//!         "ods": "RBV", "name": "The Christie", "state": "active", "types": [vct],
//!         "issuer": {
//!             "url": "https://issuer.example",
//!             "keys": [{"jwk": public(&issuer)?.to_jwk(), "state": "active"}],
//!         },
//!     }],
//! }))?;
//! let input = registry::signing_input(Algorithm::EdDsa, &public(&operator)?.kid(), &payload);
//! let signature = operator.sign(input.signing_input()).to_bytes();
//! let document = registry::document(&[input.finish(&signature)]);
//! let operators = Operators { keys: vec![public(&operator)?], threshold: 1 };
//! let registry = VerifiedRegistry::verify(document.as_bytes(), &operators, None, now)?;
//!
//! let said = TokenClaims { uri: list.into(), issued_at: now, expires_at: None, ttl: Some(30) };
//! let entries = StatusList::new(2, 1 << 17)?;
//! let kid = public(&issuer)?.kid();
//! let input = status_list::token_input(Algorithm::EdDsa, &kid, &said, &entries);
//! let signature = issuer.sign(input.signing_input()).to_bytes();
//! let key = public(&issuer)?;
//! let status = VerifiedStatusList::verify(&input.finish(&signature), list, |_| Some(&key), now)?;
//!
//! // The holder discloses her identity to one host, and only that.
//! let held = UnverifiedSdJwt::parse(&issued)?.verify_issuer(&public(&issuer)?)?;
//! let disclosed = held.disclose(&[ClaimPath::of_names(["identity"])])?;
//! let binding = KeyBinding {
//!     audience: "ods:R0A".into(),
//!     nonce: vc::base64url::encode(&[9; 16]),
//!     issued_at: now,
//! };
//! let unsigned = key_binding_input(&disclosed, Algorithm::EdDsa, &binding)?;
//! let signature = holder.sign(unsigned.signing_input()).to_bytes();
//! let code = unsigned.finish(&signature);
//!
//! // The host verifies.
//! let presentation = UnverifiedPresentation::parse(&code)?;
//! assert_eq!(presentation.evidence_needed().issuer, "https://issuer.example");
//! let evidence = Evidence {
//!     registry: Some(&registry),
//!     anchors: &[],
//!     status: StatusEvidence::List(&status),
//! };
//! let policy = Policy {
//!     audience: "ods:R0A",
//!     nonce: NoncePolicy::Fresh,
//!     types: &[vct],
//!     max_code_age: 90,
//!     max_code_ahead: 30,
//!     max_status_age: 600,
//! };
//! let verified = presentation.verify(&evidence, &policy, now)?;
//! assert_eq!(verified.issuer().ods, "RBV");
//! assert_eq!(verified.claims()["identity"]["family_name"], "Okafor");
//! assert!(verified.claims().get("work_health").is_none());
//! # Ok(())
//! # }
//! ```

mod nonce;
mod rejection;
mod steps;

use serde_json::{Map, Value};

pub use self::rejection::{Reason, Rejection};
use crate::jwk::Thumbprint;
use crate::registry::{Organisation, VerifiedRegistry};
use crate::sd_jwt::{self, UnverifiedSdJwt, VerifiedPresented};
use crate::status_list::{self, StatusListError, StatusReference, VerifiedStatusList};
use crate::time::UnixTime;
use crate::x5c::TrustAnchor;

/// Clock difference allowed between issuer and verifier, in seconds.
pub const CLOCK_SKEW: i64 = 60;

/// A parsed presentation of an SD-JWT VC that nobody has verified.
#[derive(Clone, Debug)]
pub struct UnverifiedPresentation {
    sd_jwt: UnverifiedSdJwt,
    vct: String,
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
    /// The network roots that certify issuers' keys (`x5c`), for issuers to which the registry
    /// permits it; empty when the network has none.
    pub anchors: &'a [TrustAnchor],
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

/// What the caller insists on. Key binding and a status entry are always insisted on.
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
        let sd_jwt = UnverifiedSdJwt::parse(text).map_err(|error| {
            if looks_like_sd_jwt(text) {
                Rejection::early(Reason::Malformed(Some(Box::new(error))))
            } else {
                Rejection::early(Reason::NotAPassport)
            }
        })?;
        let jwt = sd_jwt.issuer_jwt();
        // RFC 8725, 3.11: another kind of token is no passport, whoever signed it.
        if !jwt.header().typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(sd_jwt::TYP)) {
            return Err(Rejection::early(Reason::NotAPassport));
        }
        // Neither can hide, so the payload's are the ones that verify.
        let unverified = jwt.dangerous_unverified_claims();
        let text_claim = |name| unverified.get(name).and_then(Value::as_str).map(str::to_owned);
        let vct = text_claim("vct").ok_or_else(|| Rejection::early(Reason::NotAPassport))?;
        let issuer = text_claim("iss").ok_or_else(|| Rejection::early(Reason::Malformed(None)))?;
        let status = status_list::reference(unverified).ok().flatten();
        let needed = EvidenceNeeded { issuer, kid: jwt.header().kid.clone(), status };
        Ok(Self { sd_jwt, vct, needed })
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
        let early = Rejection::early;
        if !policy.types.contains(&self.vct.as_str()) {
            return Err(early(Reason::NotAPassport));
        }
        let registry = steps::registry_in_force(evidence.registry, now).map_err(early)?;
        let header = self.sd_jwt.issuer_jwt().header();
        let (iss, vct) = (&self.needed.issuer, &self.vct);
        let trusted = steps::trusted_issuer(registry, evidence.anchors, iss, header, vct, now)
            .map_err(early)?;
        let VerifiedPresented { claims, holder, key_binding } = self
            .sd_jwt
            .into_verified(trusted.signer.key())
            .map_err(steps::issuer_reason)
            .map_err(early)?;

        let ods = trusted.organisation.ods.as_str();
        let proven = |reason| Rejection::of_issuer(reason, ods);
        let dates = steps::Dates::read(&claims).map_err(proven)?;
        dates.check_key(trusted.signer.listed()).map_err(proven)?;
        let (holder, binding, binding_claims) =
            steps::holder(holder, key_binding).map_err(proven)?;
        if binding.audience != policy.audience {
            return Err(proven(Reason::WrongHost));
        }
        nonce::check(&binding.nonce, policy.nonce).map_err(proven)?;
        steps::check_code_age(binding.issued_at, &binding_claims, policy, now).map_err(proven)?;
        dates.check_now(now).map_err(proven)?;

        let presentation = PresentationId { holder, nonce: binding.nonce };
        let list =
            steps::valid_status(&claims, evidence, trusted.issuer, now).map_err(|reason| {
                Rejection {
                    reason,
                    presentation: Some(presentation.clone()),
                    issuer_ods: Some(ods.to_owned()),
                }
            })?;
        let status_as_of = list.claims().issued_at;
        Ok(Verified {
            issuer: trusted.organisation.clone(),
            presentation,
            status_as_of,
            status_aged: now.since(status_as_of) > policy.max_status_age,
            registry_version: registry.payload().version,
            signing_kid: trusted.signer.key().kid(),
            binding_claims,
            claims,
        })
    }
}

/// Whether the text means to be an SD-JWT: three dotted base64url parts before the first `~`.
fn looks_like_sd_jwt(text: &str) -> bool {
    text.split_once('~').is_some_and(|(jwt, _)| {
        let parts: Vec<&str> = jwt.split('.').collect();
        parts.len() == 3
            && parts.iter().all(|part| {
                part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            })
            && jwt.starts_with("ey")
    })
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
    binding_claims: Map<String, Value>,
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

    /// All claims of the key binding, for those that a protocol adds.
    pub fn key_binding_claims(&self) -> &Map<String, Value> {
        &self.binding_claims
    }

    /// `kid` of the issuer key that signed.
    pub fn signing_kid(&self) -> &str {
        &self.signing_kid
    }
}
