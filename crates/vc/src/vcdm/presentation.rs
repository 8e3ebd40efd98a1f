//! Presentations as `vp+jwt` (VC-JOSE-COSE, 3.1.2): the holder signs what is presented, to whom,
//! under which nonce.

use serde_json::{Map, Value, json};

use super::credential::prepare;
use super::{
    CONTEXT, Envelope, KeyNeeded, MAX_CREDENTIALS, PRESENTATION_TYP, Role, UnverifiedCredential,
    VcdmError, VerifiedCredential, document, one_or_many, registered,
};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{SigningInput, UnverifiedJws};
use crate::time::UnixTime;

/// `cty` of a presentation.
const CTY: &str = "vp";
const CREDENTIALS: &str = "verifiableCredential";

/// What a holder signs.
#[derive(Debug)]
pub struct Presenting<'a> {
    /// The algorithm of the holder's key.
    pub algorithm: Algorithm,
    /// `kid`: a DID URL when the holder is a DID, otherwise a name among the holder's keys.
    pub kid: &'a str,
    /// Who presents, for example a `did:jwk`.
    pub holder: &'a str,
    /// `id` of the presentation.
    pub id: Option<&'a str>,
    /// What is presented.
    pub credentials: &'a [Envelope<'a>],
    /// `aud`: for whom.
    pub audience: &'a str,
    /// `nonce`: the verifier's fresh value.
    pub nonce: &'a str,
    /// `iat`: when it is signed.
    pub issued_at: UnixTime,
    /// `exp`: until when it counts.
    pub expires_at: Option<UnixTime>,
}

impl Presenting<'_> {
    /// The presentation to sign.
    ///
    /// # Errors
    /// [`VcdmError`]: what a verifier would refuse.
    pub fn prepare(&self) -> Result<SigningInput, VcdmError> {
        let credentials: Vec<Value> =
            self.credentials.iter().map(|credential| credential.to_json()).collect();
        let mut claims = Map::new();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("@context", json!([CONTEXT]));
        set("type", json!(["VerifiablePresentation"]));
        set("holder", self.holder.into());
        set(CREDENTIALS, credentials.into());
        set("iss", self.holder.into());
        set("aud", self.audience.into());
        set("nonce", self.nonce.into());
        set("iat", self.issued_at.0.into());
        if let Some(id) = self.id {
            set("id", id.into());
        }
        if let Some(expires_at) = self.expires_at {
            set("exp", expires_at.0.into());
        }
        prepare(self.algorithm, PRESENTATION_TYP, CTY, self.kid, &claims, Role::Holder, |claims| {
            check(claims)?;
            credentials_of(claims).map(|_| ())
        })
    }
}

/// What a verifier insists on. Every credential must hold.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// Whom it must be made for.
    pub addressed_to: AddressedTo<'a>,
    /// Whether a credential may be presented by anybody.
    pub bearer: Bearer,
}

/// Whom a presentation must be made for.
#[derive(Clone, Copy, Debug)]
pub enum AddressedTo<'a> {
    /// This verifier, answering this nonce.
    Verifier {
        /// `aud`, or one of them.
        audience: &'a str,
        /// `nonce`, exactly.
        nonce: &'a str,
    },
    /// Anybody: whoever has seen it can show it again.
    DangerouslyAnybody,
}

/// Credentials that name no holder: neither `cnf`, nor a subject who is the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// Are refused.
    Refused,
    /// Are taken from whoever presents them. A `cnf` is insisted on all the same.
    Accepted,
}

/// A parsed presentation that nobody has verified.
#[derive(Clone, Debug)]
pub struct UnverifiedPresentation {
    jwt: UnverifiedJws,
    needed: KeyNeeded,
}

impl UnverifiedPresentation {
    /// Parses a `vp+jwt`.
    ///
    /// # Errors
    /// [`VcdmError`], before any cryptography.
    pub fn parse(text: &str) -> Result<Self, VcdmError> {
        let jwt = UnverifiedJws::parse(text).map_err(VcdmError::Token)?;
        let needed =
            KeyNeeded::read(Role::Holder, jwt.header(), jwt.dangerous_unverified_claims())?;
        Ok(Self { jwt, needed })
    }

    /// Reads an `EnvelopedVerifiablePresentation`.
    ///
    /// # Errors
    /// [`VcdmError`], before any cryptography.
    pub fn from_envelope(value: &Value) -> Result<Self, VcdmError> {
        match Envelope::read(value)? {
            Envelope::Presentation(text) => Self::parse(text),
            Envelope::Jwt(_) | Envelope::SdJwt(_) => Err(VcdmError::NotEnveloped),
        }
    }

    /// Whose key [`Self::verify`] will ask for first.
    pub fn key_needed(&self) -> &KeyNeeded {
        &self.needed
    }

    /// Verifies the holder's signature, whom it is for, its time, and every credential in it.
    /// `key_of` answers for the holder and for each issuer.
    ///
    /// # Errors
    /// [`VcdmError`] with the first reason: key, media type, signature, shape, audience, nonce,
    /// time, credentials in their order.
    pub fn verify(
        self,
        policy: &Policy<'_>,
        mut key_of: impl FnMut(&KeyNeeded) -> Option<PublicKey>,
        now: UnixTime,
    ) -> Result<VerifiedPresentation, VcdmError> {
        let signer = key_of(&self.needed).ok_or(VcdmError::UnknownKey)?;
        let jwt = self
            .jwt
            .into_verified(&signer, PRESENTATION_TYP)
            .map_err(|error| VcdmError::of_token(error, PRESENTATION_TYP))?;
        registered::check_content_type(jwt.header(), CTY)?;
        let claims = jwt.into_claims();
        check(&claims)?;
        check_addressee(&claims, policy.addressed_to)?;
        registered::Times::read(&claims)?.check(now)?;

        let holder = self.needed.id;
        let mut credentials = Vec::new();
        for (index, envelope) in credentials_of(&claims)?.iter().enumerate() {
            let verified = UnverifiedCredential::from_envelope(envelope)
                .and_then(|credential| credential.verify(&mut key_of, now))
                .and_then(|credential| {
                    check_holder(&credential, &holder, &signer, policy.bearer)?;
                    Ok(credential)
                })
                .map_err(|error| VcdmError::Credential { index, source: Box::new(error) })?;
            credentials.push(verified);
        }
        Ok(VerifiedPresentation { claims, holder, signer, credentials })
    }
}

fn check(claims: &Map<String, Value>) -> Result<(), VcdmError> {
    registered::check_no_wrapper(claims)?;
    document::presentation(claims)?;
    registered::check_identifier(claims)
}

/// What stands in `verifiableCredential`; none when it is left out.
fn credentials_of(claims: &Map<String, Value>) -> Result<&[Value], VcdmError> {
    let credentials = claims.get(CREDENTIALS).map(one_or_many).unwrap_or_default();
    if credentials.len() > MAX_CREDENTIALS {
        return Err(VcdmError::TooManyCredentials);
    }
    Ok(credentials)
}

fn check_addressee(
    claims: &Map<String, Value>,
    addressed_to: AddressedTo<'_>,
) -> Result<(), VcdmError> {
    let AddressedTo::Verifier { audience, nonce } = addressed_to else { return Ok(()) };
    let audiences = claims.get("aud").map(one_or_many).unwrap_or_default();
    // RFC 7519, 4.1.3: a string, or an array of them, of which one is the verifier
    if !audiences.iter().any(|one| one == audience) {
        return Err(VcdmError::WrongAudience);
    }
    if claims.get("nonce").is_none_or(|found| found != nonce) {
        return Err(VcdmError::WrongNonce);
    }
    Ok(())
}

/// Whether the credential is its holder's to present.
fn check_holder(
    credential: &VerifiedCredential,
    holder: &str,
    signer: &PublicKey,
    bearer: Bearer,
) -> Result<(), VcdmError> {
    let is_holders = match credential.holder() {
        Some(key) => key == signer,
        None => {
            let mut subjects = credential.subjects().iter();
            bearer == Bearer::Accepted
                || subjects.all(|subject| subject.get("id").is_some_and(|id| id == holder))
        }
    };
    if is_holders { Ok(()) } else { Err(VcdmError::NotItsHolder) }
}

/// A presentation that holds; only [`UnverifiedPresentation::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedPresentation {
    claims: Map<String, Value>,
    holder: String,
    signer: PublicKey,
    credentials: Vec<VerifiedCredential>,
}

impl VerifiedPresentation {
    /// The document, and the JWT claims beside it.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Who presents.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// The key that the holder proved.
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// What is presented, each verified; there may be none.
    pub fn credentials(&self) -> &[VerifiedCredential] {
        &self.credentials
    }

    /// [`Self::credentials`], owned.
    pub fn into_credentials(self) -> Vec<VerifiedCredential> {
        self.credentials
    }
}
