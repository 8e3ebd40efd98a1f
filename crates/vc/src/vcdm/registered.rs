//! The JWT claims beside the document (VC-JOSE-COSE, 3.1.3): `iat`, `exp` and `nbf` are about the
//! signature, `iss`, `jti` and `sub` may not contradict the document.

use serde_json::{Map, Value};

use super::{CLOCK_SKEW, VcdmError, date_time, document};
use crate::jwk::PublicKey;
use crate::jws::Header;
use crate::time::UnixTime;

/// When the signature counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) issued_at: Option<UnixTime>,
    pub(super) not_before: Option<UnixTime>,
    pub(super) expires_at: Option<UnixTime>,
}

impl Times {
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, VcdmError> {
        let time = |name| match claims.get(name) {
            None => Ok(None),
            Some(value) => UnixTime::from_json(value).map(Some).ok_or(VcdmError::BadMember(name)),
        };
        // RFC 7519, 4.1.6 wants a number, but the W3C test suite's own credentials carry
        // validFrom's text in `iat`. Read as a date it is held to the same check
        let issued_at = match claims.get("iat").and_then(Value::as_str) {
            Some(text) => Some(date_time::parse(text).ok_or(VcdmError::BadMember("iat"))?),
            None => time("iat")?,
        };
        Ok(Self { issued_at, not_before: time("nbf")?, expires_at: time("exp")? })
    }

    pub(super) fn check(&self, now: UnixTime) -> Result<(), VcdmError> {
        let latest_start = now.plus(CLOCK_SKEW);
        if self.issued_at.is_some_and(|issued_at| issued_at > latest_start) {
            return Err(VcdmError::FromFuture);
        }
        if self.not_before.is_some_and(|start| start > latest_start) {
            return Err(VcdmError::NotYetValid);
        }
        // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted", with some leeway
        if self.expires_at.is_some_and(|end| now >= end.plus(CLOCK_SKEW)) {
            return Err(VcdmError::SignatureExpired);
        }
        Ok(())
    }
}

/// VC-JOSE-COSE, 3.1.1 and 3.1.2: the JWT Claim Names `vc` and `vp` "MUST NOT be present".
pub(super) fn check_no_wrapper(claims: &Map<String, Value>) -> Result<(), VcdmError> {
    match ["vc", "vp"].into_iter().find(|name| claims.contains_key(*name)) {
        Some(name) => Err(VcdmError::ForbiddenClaim(name)),
        None => Ok(()),
    }
}

/// `cty`, where given, is the document's own media type.
pub(super) fn check_content_type(header: &Header, cty: &'static str) -> Result<(), VcdmError> {
    match header.members.get("cty") {
        None => Ok(()),
        Some(Value::String(found)) => {
            let short = found.strip_prefix("application/").unwrap_or(found);
            let same = short.eq_ignore_ascii_case(cty);
            if same { Ok(()) } else { Err(VcdmError::WrongContentType(cty)) }
        }
        Some(_) => Err(VcdmError::WrongContentType(cty)),
    }
}

/// A claim's text, when it is there.
pub(super) fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'c str>, VcdmError> {
    claims.get(name).map(|value| value.as_str().ok_or(VcdmError::BadMember(name))).transpose()
}

/// `jti` against the document's `id`.
pub(super) fn check_identifier(claims: &Map<String, Value>) -> Result<(), VcdmError> {
    let (jti, id) = (text(claims, "jti")?, text(claims, "id")?);
    let differ = jti.zip(id).is_some_and(|(jti, id)| jti != id);
    if differ { Err(VcdmError::Conflict("jti")) } else { Ok(()) }
}

/// `sub` against the subjects that have an `id`.
pub(super) fn check_subject(claims: &Map<String, Value>) -> Result<(), VcdmError> {
    let Some(sub) = text(claims, "sub")? else { return Ok(()) };
    let mut ids =
        document::subjects(claims)?.iter().filter_map(|subject| subject.get("id")?.as_str());
    let agrees = match ids.next() {
        None => true,
        Some(first) => first == sub || ids.any(|id| id == sub),
    };
    if agrees { Ok(()) } else { Err(VcdmError::Conflict("sub")) }
}

/// The key that a credential is bound to: `cnf` of the claims, or of the header
/// (VC-JOSE-COSE, 4.1.3).
pub(super) fn holder_key(
    header: &Header,
    claims: &Map<String, Value>,
) -> Result<Option<PublicKey>, VcdmError> {
    let key = |cnf: &Value| {
        let jwk = cnf.get("jwk").ok_or(VcdmError::BadHolderKey)?;
        PublicKey::from_jwk(jwk).map_err(|_| VcdmError::BadHolderKey)
    };
    match (claims.get("cnf"), header.members.get("cnf")) {
        (None, None) => Ok(None),
        (Some(cnf), None) | (None, Some(cnf)) => key(cnf).map(Some),
        (Some(claim), Some(header)) => {
            let (claim, header) = (key(claim)?, key(header)?);
            if claim == header { Ok(Some(claim)) } else { Err(VcdmError::Conflict("cnf")) }
        }
    }
}
