//! Which key a token wants (VC-JOSE-COSE, 4), and keys out of verification methods
//! (Controlled Identifiers 1.0, 2.2).

use serde_json::{Map, Value};

use super::{VcdmError, date_time, document, is_url, registered};
use crate::did;
use crate::jwk::PublicKey;
use crate::jws::Header;
use crate::time::UnixTime;

/// What the signer is to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Issuer of a credential.
    Issuer,
    /// Holder, who presents.
    Holder,
}

/// The key to answer with; read from unverified text, good for looking up only. Answer with a key
/// of `id`, never with one found by `kid` alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNeeded {
    /// Issuer or holder.
    pub role: Role,
    /// Who must have signed: `issuer` or `holder`, or its `id`.
    pub id: String,
    /// `kid` as written; when `id` is a DID, or when it is a URL, it belongs to `id`.
    pub kid: Option<String>,
}

impl KeyNeeded {
    /// Reads who must have signed, and holds `kid` and `iss` to it.
    pub(super) fn read(
        role: Role,
        header: &Header,
        claims: &Map<String, Value>,
    ) -> Result<Self, VcdmError> {
        let named = match role {
            Role::Issuer => document::issuer(claims)?,
            Role::Holder => document::holder(claims)?,
        };
        let iss = match (registered::text(claims, "iss")?, header.members.get("iss")) {
            (iss, None) => iss,
            (None, Some(iss)) => Some(iss.as_str().ok_or(VcdmError::Conflict("iss"))?),
            (Some(iss), Some(other)) if other == iss => Some(iss),
            (Some(_), Some(_)) => return Err(VcdmError::Conflict("iss")),
        };
        // VC-JOSE-COSE, 4.1.2: `iss`, "if present, MUST match issuer value", or its `id`
        if iss.zip(named).is_some_and(|(iss, named)| iss != named) {
            return Err(VcdmError::Conflict("iss"));
        }
        let kid = header.kid.as_deref();
        // Without `iss`, `kid` is all there is, and must stand on its own
        if iss.is_none() && !kid.is_some_and(is_url) {
            return Err(VcdmError::KidNotAbsolute);
        }
        let owner = kid.map(|kid| kid.split_once('#').map_or(kid, |(owner, _)| owner));
        let id = iss.or(named).or(owner).filter(|id| is_url(id));
        let id = id.ok_or(VcdmError::KidNotAbsolute)?;
        match kid {
            // VC-JOSE-COSE, 4.1.1: "kid MUST be present when the key … is expressed as a DID URL"
            None if id.starts_with("did:") => return Err(VcdmError::KidMissing),
            Some(kid) if !may_name_key_of(kid, id) => return Err(VcdmError::KidOfAnother),
            _ => {}
        }
        Ok(Self { role, id: id.to_owned(), kid: kid.map(str::to_owned) })
    }

    /// The absolute verification method, when `kid` is one.
    pub fn method(&self) -> Option<String> {
        let kid = self.kid.as_deref()?;
        if kid.starts_with('#') {
            Some(format!("{}{kid}", self.id))
        } else {
            is_url(kid).then(|| kid.to_owned())
        }
    }

    /// The key of a `did:jwk` or `did:key`, which needs no looking up. It proves a key, not that
    /// its owner may issue.
    pub fn self_contained(&self) -> Option<PublicKey> {
        did::resolve(&self.method()?).ok()
    }
}

/// A `kid` that is a URL with an owner in it names a key of that owner only. Other texts, such as
/// thumbprints, are names among the keys of `id`.
fn may_name_key_of(kid: &str, id: &str) -> bool {
    if !is_url(kid) || kid.starts_with("urn:") {
        // A DID URL may be relative
        return !id.starts_with("did:") || kid.starts_with('#');
    }
    kid.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with(['#', '/', '?']))
}

/// The key of a `JsonWebKey` verification method, when it is the one needed.
///
/// # Errors
/// [`VcdmError::BadMethod`]: another method, type or controller, a secret key, a key that is
/// refused, or one that is expired or revoked at `now`.
pub fn method_key(
    method: &Value,
    needed: &KeyNeeded,
    now: UnixTime,
) -> Result<PublicKey, VcdmError> {
    let text = |name| method.get(name).and_then(Value::as_str);
    let jwk = method.get("publicKeyJwk").ok_or(VcdmError::BadMethod("publicKeyJwk"))?;
    let is_it = match (needed.method(), needed.kid.as_deref()) {
        (Some(absolute), _) => text("id") == Some(&absolute),
        (None, Some(kid)) => jwk.get("kid").is_some_and(|name| name == kid),
        (None, None) => true,
    };
    if !is_it {
        return Err(VcdmError::BadMethod("id"));
    }
    if text("type") != Some("JsonWebKey") {
        return Err(VcdmError::BadMethod("type"));
    }
    if text("controller") != Some(&needed.id) {
        return Err(VcdmError::BadMethod("controller"));
    }
    // A key whose secret half is published signs for anybody
    if method.get("secretKeyJwk").is_some() {
        return Err(VcdmError::BadMethod("secretKeyJwk"));
    }
    for name in ["expires", "revoked"] {
        let in_force = match method.get(name) {
            None => true,
            Some(end) => end.as_str().and_then(date_time::parse).is_some_and(|end| now < end),
        };
        if !in_force {
            return Err(VcdmError::BadMethod(name));
        }
    }
    PublicKey::from_jwk(jwk).map_err(|_| VcdmError::BadMethod("publicKeyJwk"))
}
