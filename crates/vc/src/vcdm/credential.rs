//! Credentials as `vc+jwt` and `vc+sd-jwt` (VC-JOSE-COSE, 3.1.1 and 3.2.1).

use serde_json::{Map, Value};

use super::{
    CLOCK_SKEW, CREDENTIAL_TYP, Envelope, KeyNeeded, Role, SD_JWT_TYP, VcdmError, document,
    registered,
};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{Header, JwsError, MAX_TOKEN_BYTES, SigningInput, UnverifiedJws};
use crate::sd_jwt::{SdJwtError, UnverifiedSdJwt};
use crate::time::UnixTime;

/// `cty` of a credential.
const CTY: &str = "vc";
/// Claims that [`Issuance`] sets.
const SET_HERE: [&str; 4] = ["cnf", "exp", "iat", "nbf"];
/// What a holder must not be able to leave out of an SD-JWT: each may only make it hold less.
const IN_CLEAR: [&str; 9] =
    ["@context", "cnf", "credentialStatus", "exp", "iat", "iss", "nbf", "validFrom", "validUntil"];
/// A dot, and 64 bytes in base64url.
const SIGNATURE_BYTES: usize = 87;

/// What an issuer signs.
#[derive(Debug)]
pub struct Issuance<'a> {
    /// The algorithm of the issuer's key.
    pub algorithm: Algorithm,
    /// `kid`: a DID URL when the issuer is a DID, otherwise a name among the issuer's keys.
    pub kid: &'a str,
    /// The document. `jti` and `sub` may stand in it, and must agree with it.
    pub credential: &'a Map<String, Value>,
    /// `iat`: when it is signed. Since when it is valid is `validFrom`, in the document.
    pub issued_at: UnixTime,
    /// `exp`: until when the signature counts.
    pub expires_at: Option<UnixTime>,
    /// The key that a holder must present it with, as `cnf.jwk`.
    pub holder: Option<&'a PublicKey>,
}

impl Issuance<'_> {
    /// Checks the document as a verifier does, adds `iss`, `iat`, `exp` and `cnf`, and writes
    /// RFC 8785 bytes.
    ///
    /// # Errors
    /// [`VcdmError`]: what a verifier would refuse.
    pub fn prepare(&self) -> Result<SigningInput, VcdmError> {
        if let Some(name) = SET_HERE.into_iter().find(|name| self.credential.contains_key(*name)) {
            return Err(VcdmError::ForbiddenClaim(name));
        }
        let mut claims = self.credential.clone();
        let issuer = document::issuer(&claims)?.ok_or(VcdmError::BadMember("issuer"))?.to_owned();
        claims.entry("iss").or_insert_with(|| issuer.into());
        claims.insert("iat".to_owned(), self.issued_at.0.into());
        if let Some(expires_at) = self.expires_at {
            claims.insert("exp".to_owned(), expires_at.0.into());
        }
        if let Some(holder) = self.holder {
            claims.insert("cnf".to_owned(), serde_json::json!({ "jwk": holder.to_jwk() }));
        }
        prepare(self.algorithm, CREDENTIAL_TYP, CTY, self.kid, &claims, Role::Issuer, |claims| {
            check(claims).map(|_| ())
        })
    }
}

/// The token to sign, held to what a verifier would say of it.
pub(super) fn prepare(
    algorithm: Algorithm,
    typ: &'static str,
    cty: &'static str,
    kid: &str,
    claims: &Map<String, Value>,
    role: Role,
    check: impl FnOnce(&Map<String, Value>) -> Result<(), VcdmError>,
) -> Result<SigningInput, VcdmError> {
    let mut members = Map::new();
    members.insert("cty".to_owned(), cty.into());
    members.insert("kid".to_owned(), kid.into());
    let header = Header {
        alg: algorithm.name().to_owned(),
        typ: Some(typ.to_owned()),
        kid: Some(kid.to_owned()),
        members,
    };
    KeyNeeded::read(role, &header, claims)?;
    check(claims)?;
    let input = SigningInput::new(algorithm, typ, header.members, claims);
    if input.signing_input().len().saturating_add(SIGNATURE_BYTES) > MAX_TOKEN_BYTES {
        return Err(VcdmError::Token(JwsError::TooLong(MAX_TOKEN_BYTES)));
    }
    Ok(input)
}

/// The document and its claims together.
fn check(claims: &Map<String, Value>) -> Result<document::Credential, VcdmError> {
    registered::check_no_wrapper(claims)?;
    let credential = document::credential(claims)?;
    registered::check_identifier(claims)?;
    registered::check_subject(claims)?;
    Ok(credential)
}

/// A parsed credential whose signature nobody has checked.
#[derive(Clone, Debug)]
pub struct UnverifiedCredential {
    secured: Secured,
    needed: KeyNeeded,
}

#[derive(Clone, Debug)]
enum Secured {
    Jwt(Box<UnverifiedJws>),
    SdJwt(Box<UnverifiedSdJwt>),
}

impl UnverifiedCredential {
    /// Parses a `vc+jwt`.
    ///
    /// # Errors
    /// [`VcdmError`], before any cryptography.
    pub fn parse(text: &str) -> Result<Self, VcdmError> {
        let jwt = UnverifiedJws::parse(text).map_err(VcdmError::Token)?;
        let needed =
            KeyNeeded::read(Role::Issuer, jwt.header(), jwt.dangerous_unverified_claims())?;
        Ok(Self { secured: Secured::Jwt(Box::new(jwt)), needed })
    }

    /// Parses a `vc+sd-jwt` without key binding.
    ///
    /// # Errors
    /// [`VcdmError`], before any cryptography.
    pub fn parse_sd_jwt(text: &str) -> Result<Self, VcdmError> {
        let sd_jwt = UnverifiedSdJwt::parse(text).map_err(VcdmError::SdJwt)?;
        if sd_jwt.key_binding().is_some() {
            return Err(VcdmError::KeyBindingInside);
        }
        let jwt = sd_jwt.issuer_jwt();
        let needed =
            KeyNeeded::read(Role::Issuer, jwt.header(), jwt.dangerous_unverified_claims())?;
        Ok(Self { secured: Secured::SdJwt(Box::new(sd_jwt)), needed })
    }

    /// Reads an `EnvelopedVerifiableCredential`.
    ///
    /// # Errors
    /// [`VcdmError`], before any cryptography.
    pub fn from_envelope(value: &Value) -> Result<Self, VcdmError> {
        match Envelope::read(value)? {
            Envelope::Jwt(text) => Self::parse(text),
            Envelope::SdJwt(text) => Self::parse_sd_jwt(text),
            Envelope::Presentation(_) => Err(VcdmError::NotEnveloped),
        }
    }

    /// Whose key [`Self::verify`] will ask for.
    pub fn key_needed(&self) -> &KeyNeeded {
        &self.needed
    }

    /// Verifies signature, shape and time. Status comes after, by [`crate::bitstring`].
    ///
    /// # Errors
    /// [`VcdmError`] with the first reason: key, media type, signature, shape, time.
    pub fn verify(
        self,
        key_of: impl FnOnce(&KeyNeeded) -> Option<PublicKey>,
        now: UnixTime,
    ) -> Result<VerifiedCredential, VcdmError> {
        let signer = key_of(&self.needed).ok_or(VcdmError::UnknownKey)?;
        let (header, claims) = self.secured.verify(&signer)?;
        registered::check_content_type(&header, CTY)?;
        let document::Credential { issuer, valid_from, valid_until } = check(&claims)?;
        if issuer != self.needed.id {
            return Err(VcdmError::Conflict("iss"));
        }
        let holder = registered::holder_key(&header, &claims)?;
        let times = registered::Times::read(&claims)?;
        times.check(now)?;
        if valid_from.is_some_and(|start| start > now.plus(CLOCK_SKEW)) {
            return Err(VcdmError::NotYetValid);
        }
        if valid_until.is_some_and(|end| now >= end.plus(CLOCK_SKEW)) {
            return Err(VcdmError::Expired);
        }
        Ok(VerifiedCredential { claims, issuer, signer, holder, times, valid_from, valid_until })
    }
}

impl Secured {
    fn verify(self, key: &PublicKey) -> Result<(Header, Map<String, Value>), VcdmError> {
        match self {
            Self::Jwt(jwt) => {
                let verified = jwt
                    .into_verified(key, CREDENTIAL_TYP)
                    .map_err(|error| VcdmError::of_token(error, CREDENTIAL_TYP))?;
                Ok((verified.header().clone(), verified.into_claims()))
            }
            Self::SdJwt(sd_jwt) => {
                let verified =
                    sd_jwt.verify_issuer_as(key, SD_JWT_TYP).map_err(|error| match error {
                        SdJwtError::IssuerJwt(error) => VcdmError::of_token(error, SD_JWT_TYP),
                        other => VcdmError::SdJwt(other),
                    })?;
                let signed = sd_jwt.issuer_jwt().dangerous_unverified_claims();
                let claims = verified.into_claims();
                match IN_CLEAR.into_iter().find(|name| claims.get(*name) != signed.get(*name)) {
                    Some(name) => Err(VcdmError::Hidden(name)),
                    None => Ok((sd_jwt.issuer_jwt().header().clone(), claims)),
                }
            }
        }
    }
}

/// A credential that holds; only [`UnverifiedCredential::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedCredential {
    claims: Map<String, Value>,
    issuer: String,
    signer: PublicKey,
    holder: Option<PublicKey>,
    times: registered::Times,
    valid_from: Option<UnixTime>,
    valid_until: Option<UnixTime>,
}

impl VerifiedCredential {
    /// The document, and the JWT claims beside it.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// [`Self::claims`], owned.
    pub fn into_claims(self) -> Map<String, Value> {
        self.claims
    }

    /// `issuer`, or its `id`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who signed it.
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// `cnf.jwk`: whose presentation counts.
    pub fn holder(&self) -> Option<&PublicKey> {
        self.holder.as_ref()
    }

    /// `type`, in its order.
    pub fn types(&self) -> Vec<&str> {
        super::types(&self.claims).unwrap_or_default()
    }

    /// The subjects, one at least.
    pub fn subjects(&self) -> &[Value] {
        document::subjects(&self.claims).unwrap_or_default()
    }

    /// `iat`.
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.times.issued_at
    }

    /// `exp`.
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.times.expires_at
    }

    /// `validFrom`.
    pub fn valid_from(&self) -> Option<UnixTime> {
        self.valid_from
    }

    /// `validUntil`.
    pub fn valid_until(&self) -> Option<UnixTime> {
        self.valid_until
    }
}
