//! Puts disclosed values in the places of their digests (RFC 9901, 7.1, step 3).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::hold::HeldDisclosure;
use super::{Disclosure, IN_CLEAR, MAX_DEPTH, SD_ALG, SdJwtError, VerifiedSdJwt};
use crate::claim_path::{ClaimPath, PathElement};
use crate::jwk::PublicKey;

/// `payload` is authentic; the disclosures become so by their digests.
pub(super) fn rebuild(
    payload: &Map<String, Value>,
    disclosures: &[Disclosure],
    issuer_jwt: &str,
) -> Result<VerifiedSdJwt, SdJwtError> {
    // RFC 9901, 4.1.1: absent means sha-256.
    if payload.get("_sd_alg").is_some_and(|alg| alg != SD_ALG) {
        return Err(SdJwtError::UnsupportedHash);
    }
    let mut unused = BTreeMap::new();
    for disclosure in disclosures {
        if unused.insert(disclosure.digest(), disclosure).is_some() {
            return Err(SdJwtError::DuplicateDigest);
        }
    }

    let mut places = Places { unused, seen: BTreeSet::new(), held: Vec::new(), path: Vec::new() };
    let claims = places.object(payload)?;
    if !places.unused.is_empty() {
        return Err(SdJwtError::UnreferencedDisclosure);
    }
    let holder = claims
        .get("cnf")
        .map(|cnf| {
            cnf.get("jwk")
                .and_then(|jwk| PublicKey::from_jwk(jwk).ok())
                .ok_or(SdJwtError::BadHolderKey)
        })
        .transpose()?;
    Ok(VerifiedSdJwt::new(claims, holder, places.held, issuer_jwt.to_owned()))
}

struct Places<'d> {
    /// By digest; each is taken out where it belongs.
    unused: BTreeMap<String, &'d Disclosure>,
    /// Every digest met, decoys too.
    seen: BTreeSet<&'d str>,
    held: Vec<HeldDisclosure>,
    path: Vec<PathElement>,
}

impl<'d> Places<'d> {
    fn object(
        &mut self,
        members: &'d Map<String, Value>,
    ) -> Result<Map<String, Value>, SdJwtError> {
        let mut claims = Map::new();
        let mut digests = None;
        for (name, value) in members {
            match name.as_str() {
                "_sd" => digests = Some(value.as_array().ok_or(SdJwtError::BadDigests)?),
                "_sd_alg" if self.path.is_empty() => {}
                // RFC 9901, 4.1.1: it "MUST NOT be used in any object nested within the payload".
                "_sd_alg" => return Err(SdJwtError::UnsupportedHash),
                "..." => return Err(SdJwtError::BadDigests),
                _ => {
                    let value = self.beneath(PathElement::Name(name.clone()), value)?;
                    claims.insert(name.clone(), value);
                }
            }
        }
        for digest in digests.into_iter().flatten() {
            let Some(disclosure) = self.look_up(digest)? else { continue };
            let name = disclosure.name().ok_or(SdJwtError::BadDisclosure)?;
            if claims.contains_key(name) {
                return Err(SdJwtError::ClaimClash(name.to_owned()));
            }
            if self.path.is_empty() && IN_CLEAR.contains(&name) {
                return Err(SdJwtError::HiddenClaim(name.to_owned()));
            }
            let value = self.disclosed(PathElement::Name(name.to_owned()), disclosure)?;
            claims.insert(name.to_owned(), value);
        }
        Ok(claims)
    }

    fn array(&mut self, items: &'d [Value]) -> Result<Vec<Value>, SdJwtError> {
        let mut elements = Vec::new();
        for item in items {
            let place = PathElement::Index(elements.len());
            match item.as_object().and_then(|members| Some((members, members.get("...")?))) {
                None => elements.push(self.beneath(place, item)?),
                // RFC 9901, 4.2.4.2: "There MUST NOT be any other keys in the object."
                Some((members, _)) if members.len() != 1 => return Err(SdJwtError::BadDigests),
                Some((_, digest)) => {
                    let Some(disclosure) = self.look_up(digest)? else { continue };
                    if disclosure.name().is_some() {
                        return Err(SdJwtError::BadDisclosure);
                    }
                    elements.push(self.disclosed(place, disclosure)?);
                }
            }
        }
        Ok(elements)
    }

    fn beneath(&mut self, step: PathElement, value: &'d Value) -> Result<Value, SdJwtError> {
        self.path.push(step);
        let rebuilt = match value {
            Value::Array(_) | Value::Object(_) if self.path.len() >= MAX_DEPTH => {
                return Err(SdJwtError::TooDeep);
            }
            Value::Array(items) => self.array(items)?.into(),
            Value::Object(members) => self.object(members)?.into(),
            scalar => scalar.clone(),
        };
        self.path.pop();
        Ok(rebuilt)
    }

    fn disclosed(
        &mut self,
        step: PathElement,
        disclosure: &'d Disclosure,
    ) -> Result<Value, SdJwtError> {
        let mut path = self.path.clone();
        path.push(step.clone());
        let encoded = disclosure.encoded().to_owned();
        self.held.push(HeldDisclosure { path: ClaimPath(path), encoded });
        self.beneath(step, disclosure.value())
    }

    /// The disclosure of this digest; `None` for what is not disclosed, and for a decoy.
    fn look_up(&mut self, digest: &'d Value) -> Result<Option<&'d Disclosure>, SdJwtError> {
        if let Some(PathElement::Name(top)) = self.path.first()
            && IN_CLEAR.contains(&top.as_str())
        {
            return Err(SdJwtError::HiddenClaim(top.clone()));
        }
        let digest = digest.as_str().ok_or(SdJwtError::BadDigests)?;
        // RFC 9901, 7.1: "If any digest value is encountered more than once … the SD-JWT MUST be
        // rejected."
        if !self.seen.insert(digest) {
            return Err(SdJwtError::DuplicateDigest);
        }
        Ok(self.unused.remove(digest))
    }
}
