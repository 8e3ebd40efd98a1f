//! The status list token (section 5 of the draft): made by the issuer, verified by everybody else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{
    MAX_LIST_BYTES, MAX_SKEW_SECONDS, MAX_TTL_SECONDS, PackedList, Status, StatusList,
    StatusListError, TYP,
};
use crate::jwk::{Algorithm, PublicKey};
use crate::jws::{JwsError, SigningInput, UnverifiedJws, VerifiedJws};
use crate::registry::IssuerEntry;
use crate::time::UnixTime;
use crate::x5c::TrustAnchor;

/// What a status list token says beside its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenClaims {
    /// `sub`: the list's address.
    pub uri: String,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: Option<UnixTime>,
    /// `ttl` in whole seconds.
    pub ttl: Option<u64>,
}

/// The status list token to sign.
pub fn token_input(
    algorithm: Algorithm,
    kid: &str,
    claims: &TokenClaims,
    list: &StatusList,
) -> SigningInput {
    token_input_with_x5c(algorithm, kid, &[], claims, list)
}

/// As [`token_input`], with the signer's certificates, leaf first, anchor left out (HAIP 1.0).
pub fn token_input_with_x5c(
    algorithm: Algorithm,
    kid: &str,
    x5c: &[Vec<u8>],
    claims: &TokenClaims,
    list: &StatusList,
) -> SigningInput {
    packed_token_input(algorithm, kid, x5c, claims, &list.pack())
}

/// As [`token_input_with_x5c`], of a list that is packed already.
pub fn packed_token_input(
    algorithm: Algorithm,
    kid: &str,
    x5c: &[Vec<u8>],
    claims: &TokenClaims,
    list: &PackedList,
) -> SigningInput {
    let mut header = Map::new();
    header.insert("kid".to_owned(), json!(kid));
    if !x5c.is_empty() {
        let chain: Vec<String> = x5c.iter().map(|der| STANDARD.encode(der)).collect();
        header.insert("x5c".to_owned(), json!(chain));
    }
    let mut members = Map::new();
    members.insert("sub".to_owned(), json!(claims.uri));
    members.insert("iat".to_owned(), json!(claims.issued_at));
    if let Some(expires_at) = claims.expires_at {
        members.insert("exp".to_owned(), json!(expires_at));
    }
    if let Some(ttl) = claims.ttl {
        members.insert("ttl".to_owned(), json!(ttl));
    }
    members.insert("status_list".to_owned(), list.to_json());
    SigningInput::new(algorithm, TYP, header, &members)
}

/// A status list whose token verified; only [`VerifiedStatusList::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedStatusList {
    claims: TokenClaims,
    signer: PublicKey,
    chain: Vec<Vec<u8>>,
    list: StatusList,
}

impl VerifiedStatusList {
    /// Verifies a token fetched from `uri` with a key of `issuer`: one that the registry lists and
    /// does not call compromised, or one certified up to an anchor where the registry permits it.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_of_issuer(
        token: &str,
        uri: &str,
        issuer: &IssuerEntry,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Result<Self, StatusListError> {
        let unverified = UnverifiedJws::parse(token).map_err(|_| StatusListError::Malformed)?;
        let signer = issuer
            .signer(unverified.header(), anchors, now)
            .filter(|signer| !signer.is_compromised())
            .ok_or(StatusListError::WrongSigner)?;
        let verified = Self::verify_by(unverified, uri, signer.key(), now)?;
        Ok(Self { chain: signer.chain().to_vec(), ..verified })
    }

    /// Verifies a token fetched from `uri`. `key_of` finds the issuer's trusted key by `kid`.
    ///
    /// # Errors
    /// [`StatusListError`]: wrong `typ`, signer, `sub`; `iat` in the future (60 s allowed);
    /// past `exp`; a list that can't be read.
    pub fn verify<'k>(
        token: &str,
        uri: &str,
        key_of: impl FnOnce(Option<&str>) -> Option<&'k PublicKey>,
        now: UnixTime,
    ) -> Result<Self, StatusListError> {
        let unverified = UnverifiedJws::parse(token).map_err(|_| StatusListError::Malformed)?;
        let key = key_of(unverified.header().kid.as_deref()).ok_or(StatusListError::WrongSigner)?;
        Self::verify_by(unverified, uri, key, now)
    }

    fn verify_by(
        unverified: UnverifiedJws,
        uri: &str,
        key: &PublicKey,
        now: UnixTime,
    ) -> Result<Self, StatusListError> {
        let verified = unverified.into_verified(key, TYP).map_err(|error| match error {
            JwsError::WrongAlgorithm | JwsError::SignatureInvalid => StatusListError::WrongSigner,
            _ => StatusListError::Malformed,
        })?;
        let claims = token_claims(&verified)?;
        if claims.uri != uri {
            return Err(StatusListError::WrongSubject);
        }
        if claims.issued_at > now.plus(MAX_SKEW_SECONDS) {
            return Err(StatusListError::FromFuture);
        }
        // RFC 7519, 4.1.4: "on or after which the JWT MUST NOT be accepted".
        if claims.expires_at.is_some_and(|expires_at| now >= expires_at) {
            return Err(StatusListError::Expired);
        }
        let list = verified.claims().get("status_list").ok_or(StatusListError::Malformed)?;
        let list = StatusList::from_json(list, MAX_LIST_BYTES)?;
        Ok(Self { claims, signer: key.clone(), chain: Vec::new(), list })
    }

    /// What the token says; `ttl` is at most [`MAX_TTL_SECONDS`].
    pub fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// Who signed it.
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// The certificates that prove the signer, leaf first; none when it was known by its `kid`.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// How many entries.
    pub fn entries(&self) -> u64 {
        self.list.entries()
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::IndexOutOfRange`].
    #[inline]
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        self.list.status(index)
    }
}

fn token_claims(token: &VerifiedJws) -> Result<TokenClaims, StatusListError> {
    let claims = token.claims();
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            value.as_i64().map(|time| Some(UnixTime(time))).ok_or(StatusListError::Malformed)
        }
    };
    let ttl = claims.get("ttl").map(ttl_seconds).transpose()?;
    Ok(TokenClaims {
        uri: claims
            .get("sub")
            .and_then(Value::as_str)
            .ok_or(StatusListError::Malformed)?
            .to_owned(),
        issued_at: time("iat")?.ok_or(StatusListError::Malformed)?,
        expires_at: time("exp")?,
        ttl,
    })
}

/// "a positive number": whole seconds, also when written as `30.0`, and never more than the bound.
fn ttl_seconds(value: &Value) -> Result<u64, StatusListError> {
    if let Some(seconds @ 1..) = value.as_u64() {
        return Ok(seconds.min(MAX_TTL_SECONDS));
    }
    let seconds = value.as_f64().filter(|seconds| *seconds >= 1.0 && seconds.fract() == 0.0);
    let digits = format!("{:.0}", seconds.ok_or(StatusListError::Malformed)?);
    Ok(digits.parse().unwrap_or(u64::MAX).min(MAX_TTL_SECONDS))
}
