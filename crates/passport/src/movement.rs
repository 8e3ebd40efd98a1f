//! Messages about a movement, between host and home: the host's notice that it wants to take
//! somebody on, home's signed answer, and the host's notice of an earlier end.
//!
//! A host signs with a key that the network's root certified for it: `x5c`, leaf first, and a URI
//! name `ods:R0A` that is the message's `iss`. Home answers with the key of its credentials.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vc::jwk::{Algorithm, PublicKey};
use vc::jws::{JwsError, SigningInput, UnverifiedJws};
use vc::time::UnixTime;
use vc::x5c::{self, ChainError, TrustAnchor};

use crate::values::{OdsCode, SubjectRef};
use crate::words::{Kind, StaffGroup};

/// `typ` of a notice.
pub const NOTICE_TYP: &str = "movement-notice+jwt";
/// `typ` of the notice of an earlier end.
pub const END_TYP: &str = "movement-end+jwt";
/// `typ` of home's answer.
pub const ANSWER_TYP: &str = "movement-answer+jwt";
/// Seconds that a message of a host is taken after its `iat`.
pub const MAX_AGE_SECONDS: i64 = 600;
/// Seconds that a clock may be ahead.
pub const MAX_SKEW_SECONDS: i64 = 60;
/// Longest `jti` in bytes.
pub const MAX_JTI_BYTES: usize = 64;

/// A host wants to take somebody on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementNotice {
    /// `ods:` and the host's code.
    pub iss: String,
    /// Home's issuer identifier.
    pub aud: String,
    /// When it was signed, in seconds since 1970.
    pub iat: i64,
    /// The host's own, once: 1 to 64 bytes.
    pub jti: String,
    /// The person at home, as the passport says.
    pub subject_ref: SubjectRef,
    /// Kind of placement.
    pub kind: Kind,
    /// Staff group.
    pub staff_group: StaffGroup,
    /// First day.
    pub start: NaiveDate,
    /// Last day, included.
    pub end: NaiveDate,
}

/// A movement ends before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementEnd {
    /// `ods:` and the host's code.
    pub iss: String,
    /// Home's issuer identifier.
    pub aud: String,
    /// When it was signed.
    pub iat: i64,
    /// The host's own, once.
    pub jti: String,
    /// `jti` of the notice.
    pub notice: String,
    /// The last day.
    pub end: NaiveDate,
}

/// What home says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// Home releases the person.
    Approved,
    /// Home does not.
    Refused,
    /// Home or host ended what was approved.
    Ended,
}

/// Home's answer to a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementAnswer {
    /// Home's issuer identifier.
    pub iss: String,
    /// `ods:` and the host's code.
    pub aud: String,
    /// When it was signed.
    pub iat: i64,
    /// `jti` of the notice.
    pub notice: String,
    /// What home says.
    pub answer: Answer,
    /// The last day, of what is or was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
    /// A code word for the host; home's own reason stays at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A message of a host whose signature and certificate stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromHost<T> {
    host: OdsCode,
    message: T,
}

impl<T> FromHost<T> {
    /// Which host, by its certificate.
    pub fn host(&self) -> &OdsCode {
        &self.host
    }

    /// What it says.
    pub fn message(&self) -> &T {
        &self.message
    }
}

impl MovementNotice {
    /// What the host signs; `chain` is the `x5c` of its key, DER, leaf first.
    pub fn signing_input(&self, algorithm: Algorithm, chain: &[Vec<u8>]) -> SigningInput {
        certified(algorithm, NOTICE_TYP, chain, self)
    }

    /// Verifies a notice to home, whose issuer identifier is `aud`.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn verify(
        text: &str,
        aud: &str,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Result<FromHost<Self>, MovementError> {
        let notice: FromHost<Self> = verify(text, NOTICE_TYP, anchors, now)?;
        let Self { iss, aud: to, iat, jti, start, end, .. } = notice.message();
        check(&notice.host, (iss, to, jti, *iat), aud, now)?;
        if end < start { Err(MovementError::BadClaim("end")) } else { Ok(notice) }
    }
}

impl MovementEnd {
    /// What the host signs.
    pub fn signing_input(&self, algorithm: Algorithm, chain: &[Vec<u8>]) -> SigningInput {
        certified(algorithm, END_TYP, chain, self)
    }

    /// Verifies a notice of an end.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn verify(
        text: &str,
        aud: &str,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Result<FromHost<Self>, MovementError> {
        let notice: FromHost<Self> = verify(text, END_TYP, anchors, now)?;
        let Self { iss, aud: to, iat, jti, .. } = notice.message();
        check(&notice.host, (iss, to, jti, *iat), aud, now)?;
        Ok(notice)
    }
}

impl MovementAnswer {
    /// What home signs, with the `kid` of its key.
    pub fn signing_input(&self, algorithm: Algorithm, kid: &str) -> SigningInput {
        let header = Map::from_iter([("kid".to_owned(), kid.into())]);
        SigningInput::new(algorithm, ANSWER_TYP, header, &claims_of(self))
    }

    /// Verifies home's answer to the host `ods` with a key that the registry has for home.
    ///
    /// # Errors
    /// [`MovementError`].
    pub fn verify(
        text: &str,
        key: &PublicKey,
        (iss, ods): (&str, &OdsCode),
    ) -> Result<Self, MovementError> {
        let jws = UnverifiedJws::parse(text)?.into_verified(key, ANSWER_TYP)?;
        let answer: Self = read(jws.into_claims())?;
        if answer.iss != iss {
            return Err(MovementError::BadClaim("iss"));
        }
        if answer.aud != format!("ods:{ods}") {
            return Err(MovementError::WrongAudience);
        }
        Ok(answer)
    }
}

fn claims_of(message: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(message) {
        Ok(Value::Object(claims)) => claims,
        // A struct of texts, numbers and words always serialises to an object.
        Ok(_) | Err(_) => Map::new(),
    }
}

fn certified(
    algorithm: Algorithm,
    typ: &str,
    chain: &[Vec<u8>],
    message: &impl Serialize,
) -> SigningInput {
    let chain: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    let header = Map::from_iter([("x5c".to_owned(), chain.into())]);
    SigningInput::new(algorithm, typ, header, &claims_of(message))
}

fn verify<T: DeserializeOwned>(
    text: &str,
    typ: &str,
    anchors: &[TrustAnchor],
    now: UnixTime,
) -> Result<FromHost<T>, MovementError> {
    let jws = UnverifiedJws::parse(text)?;
    let chain = jws.header().x5c()?.ok_or(MovementError::NoCertificate)?;
    let leaf = x5c::verify(&chain, anchors, now)?;
    let iss = jws.dangerous_unverified_claim("iss");
    let iss = iss.as_ref().and_then(Value::as_str).unwrap_or_default();
    let host = iss
        .strip_prefix("ods:")
        .and_then(|ods| ods.parse::<OdsCode>().ok())
        .ok_or(MovementError::BadClaim("iss"))?;
    // The certificate says who the host is; the message may only agree.
    let key = leaf.key_of(iss)?;
    let message = read(jws.verify(key, typ)?.into_claims())?;
    Ok(FromHost { host, message })
}

fn read<T: DeserializeOwned>(claims: Map<String, Value>) -> Result<T, MovementError> {
    serde_json::from_value(Value::Object(claims)).map_err(|_| MovementError::BadClaim(""))
}

fn check(
    host: &OdsCode,
    (iss, to, jti, iat): (&str, &str, &str, i64),
    aud: &str,
    now: UnixTime,
) -> Result<(), MovementError> {
    if iss != format!("ods:{host}") {
        return Err(MovementError::BadClaim("iss"));
    }
    if to != aud {
        return Err(MovementError::WrongAudience);
    }
    if !(1..=MAX_JTI_BYTES).contains(&jti.len()) {
        return Err(MovementError::BadClaim("jti"));
    }
    let age = now.0.saturating_sub(iat);
    if !(-MAX_SKEW_SECONDS..=MAX_AGE_SECONDS).contains(&age) {
        return Err(MovementError::WrongTime);
    }
    Ok(())
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    /// It is no sound JWS of its type.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// It has no certificate.
    #[error("the message has no certificate (x5c)")]
    NoCertificate,
    /// Its certificate does not lead to the network's root, or is another host's.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// It is for somebody else.
    #[error("the message is for another recipient")]
    WrongAudience,
    /// It is too old, or from the future.
    #[error("the message is too old, or its clock is ahead")]
    WrongTime,
    /// A claim is missing or not of its form; empty for one that cannot be named.
    #[error("claim {0:?} is missing or not of its form")]
    BadClaim(&'static str),
}
