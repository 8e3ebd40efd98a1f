//! W3C Verifiable Credentials Data Model 2.0, secured as VC-JOSE-COSE says: `vc+jwt`, `vp+jwt`, and
//! the enveloped forms (`vc+sd-jwt` inside a presentation too).
//!
//! No contexts are fetched and no JSON-LD is expanded: members are read by the names that the base
//! context protects. COSE is not read. Keys come from the caller, who is asked by [`KeyNeeded`].
//!
//! ```
//! use ed25519_dalek::{Signer, SigningKey};
//! use serde_json::json;
//! use vc::did;
//! use vc::jwk::{Algorithm, PublicKey};
//! use vc::time::UnixTime;
//! use vc::vcdm::{
//!     AddressedTo, Bearer, Envelope, Issuance, KeyNeeded, Policy, Presenting,
//!     UnverifiedPresentation,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = UnixTime(1_800_000_000);
//! let [issuer, holder] = [1, 2].map(|seed| SigningKey::from_bytes(&[seed; 32]));
//! let public = |key: &SigningKey| PublicKey::from_ed25519(key.verifying_key().as_bytes());
//! let issuer_did = did::jwk(&public(&issuer)?);
//! let holder_did = did::jwk(&public(&holder)?);
//!
//! let credential = json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": issuer_did,
//!     "credentialSubject": {"id": holder_did, "name": "Okafor"},
//! });
//! let input = Issuance {
//!     algorithm: Algorithm::EdDsa,
//!     kid: &format!("{issuer_did}#0"),
//!     credential: credential.as_object().ok_or("an object")?,
//!     issued_at: now,
//!     expires_at: Some(now.plus(86_400)),
//!     holder: Some(&public(&holder)?),
//! }
//! .prepare()?;
//! let signature = issuer.sign(input.signing_input()).to_bytes();
//! let issued = input.finish(&signature);
//!
//! let input = Presenting {
//!     algorithm: Algorithm::EdDsa,
//!     kid: &format!("{holder_did}#0"),
//!     holder: &holder_did,
//!     id: None,
//!     credentials: &[Envelope::Jwt(&issued)],
//!     audience: "https://verifier.example",
//!     nonce: "n-0S6_WzA2Mj",
//!     issued_at: now,
//!     expires_at: Some(now.plus(90)),
//! }
//! .prepare()?;
//! let signature = holder.sign(input.signing_input()).to_bytes();
//! let presented = input.finish(&signature);
//!
//! let policy = Policy {
//!     addressed_to: AddressedTo::Verifier {
//!         audience: "https://verifier.example",
//!         nonce: "n-0S6_WzA2Mj",
//!     },
//!     bearer: Bearer::Refused,
//! };
//! let verified = UnverifiedPresentation::parse(&presented)?.verify(
//!     &policy,
//!     // A caller answers from a list of issuers it trusts: a DID proves a key, not an issuer.
//!     KeyNeeded::self_contained,
//!     now,
//! )?;
//! assert_eq!(verified.holder(), holder_did);
//! assert_eq!(verified.credentials()[0].issuer(), issuer_did);
//! # Ok(())
//! # }
//! ```

mod credential;
pub mod date_time;
mod document;
mod envelope;
mod key;
mod presentation;
mod registered;

pub use self::credential::{Issuance, UnverifiedCredential, VerifiedCredential};
pub(crate) use self::document::{is_url, one_or_many, types};
pub use self::envelope::Envelope;
pub use self::key::{KeyNeeded, Role, method_key};
pub use self::presentation::{
    AddressedTo, Bearer, Policy, Presenting, UnverifiedPresentation, VerifiedPresentation,
};
use crate::jws::JwsError;
use crate::sd_jwt::SdJwtError;

/// The base context, first in every document.
pub const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// `typ` of a credential secured as a JWT.
pub const CREDENTIAL_TYP: &str = "vc+jwt";
/// `typ` of a credential secured as an SD-JWT.
pub const SD_JWT_TYP: &str = "vc+sd-jwt";
/// `typ` of a presentation secured as a JWT.
pub const PRESENTATION_TYP: &str = "vp+jwt";
/// Most credentials in one presentation.
pub const MAX_CREDENTIALS: usize = 16;
/// Longest identifier in bytes.
pub const MAX_URL_BYTES: usize = 2048;
/// Clock difference allowed between issuer and verifier, in seconds.
pub const CLOCK_SKEW: i64 = 60;

/// Why a credential or presentation is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VcdmError {
    /// The JWT is refused.
    #[error("token refused")]
    Token(#[source] JwsError),
    /// The SD-JWT is refused.
    #[error("SD-JWT refused")]
    SdJwt(#[source] SdJwtError),
    /// `typ` is not the one that belongs here.
    #[error("not of the media type {0:?}")]
    WrongMediaType(&'static str),
    /// `cty` is there and is not the one that belongs here.
    #[error("cty is not {0:?}")]
    WrongContentType(&'static str),
    /// A claim that has no place here: `vc` and `vp` (VC-JOSE-COSE, 3.1.1), or one that
    /// [`Issuance`] sets.
    #[error("claim {0:?} has no place here")]
    ForbiddenClaim(&'static str),
    /// A member is missing or not of its form.
    #[error("member {0:?} is missing or malformed")]
    BadMember(&'static str),
    /// A claim says other than the document.
    #[error("claim {0:?} says other than the document")]
    Conflict(&'static str),
    /// A member of an SD-JWT that decides whether it holds could have been left out.
    #[error("member {0:?} must not hide")]
    Hidden(&'static str),
    /// The signer is a DID, and no `kid` names its method.
    #[error("no kid for the key of a DID")]
    KidMissing,
    /// Without `iss`, `kid` names the key alone and must be an absolute URL.
    #[error("kid is not absolute")]
    KidNotAbsolute,
    /// `kid` is a method of somebody else.
    #[error("kid belongs to another than the signer")]
    KidOfAnother,
    /// A verification method is not usable.
    #[error("member {0:?} of the verification method is missing or malformed")]
    BadMethod(&'static str),
    /// The caller has no key for the signer.
    #[error("no key of the signer is known")]
    UnknownKey,
    /// Not signed by the signer's key.
    #[error("the signature is not the signer's")]
    WrongSigner,
    /// Signed in the future, `iat`.
    #[error("signed in the future")]
    FromFuture,
    /// Before `nbf` or `validFrom`.
    #[error("not yet valid")]
    NotYetValid,
    /// Past `exp`: the signature no longer counts.
    #[error("the signature has expired")]
    SignatureExpired,
    /// Past `validUntil`: what it says no longer counts.
    #[error("no longer valid")]
    Expired,
    /// A credential inside a presentation stands there bare.
    #[error("not enveloped")]
    NotEnveloped,
    /// An envelope of a kind that is not read.
    #[error("envelope of a media type that is not read")]
    UnsupportedEnvelope,
    /// More than [`MAX_CREDENTIALS`].
    #[error("more than {MAX_CREDENTIALS} credentials")]
    TooManyCredentials,
    /// A credential inside a presentation is refused.
    #[error("credential {index} refused")]
    Credential {
        /// Its place, from 0.
        index: usize,
        /// Why.
        #[source]
        source: Box<VcdmError>,
    },
    /// `cnf` is there and is not a usable public `jwk`.
    #[error("cnf.jwk is not a usable public key")]
    BadHolderKey,
    /// The presentation is not signed by the holder that the credential names, or the credential
    /// names none and [`Bearer::Refused`] is asked for.
    #[error("not presented by its holder")]
    NotItsHolder,
    /// A key-binding JWT inside an envelope: the presentation's signature is the proof.
    #[error("a key binding inside an envelope")]
    KeyBindingInside,
    /// `aud` is not this verifier.
    #[error("made for another audience")]
    WrongAudience,
    /// `nonce` is not the one asked for.
    #[error("nonce missing or another")]
    WrongNonce,
}

impl VcdmError {
    /// `typ` and signature failures have names of their own here.
    fn of_token(error: JwsError, typ: &'static str) -> Self {
        match error {
            JwsError::WrongType { .. } => Self::WrongMediaType(typ),
            JwsError::WrongAlgorithm | JwsError::SignatureInvalid => Self::WrongSigner,
            other => Self::Token(other),
        }
    }
}
