//! Puts disclosed values in the places of their digests (RFC 9901, 7.1, step 3).

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::hold::HeldDisclosure;
use super::parse::Encoded;
use super::{DIGEST_CHARS, Disclosure, IN_CLEAR, MAX_DEPTH, SD_ALG, SdJwtError};
use crate::claim_path::{ClaimPath, PathElement};
use crate::jwk::PublicKey;

/// Claims with disclosed values in their places, and what a holder keeps of the way there.
pub(super) struct Rebuilt {
    pub(super) claims: Map<String, Value>,
    pub(super) holder: Option<PublicKey>,
    /// Parents before children; empty unless asked for.
    pub(super) held: Vec<HeldDisclosure>,
}

/// `claims` is an authentic payload; the disclosures become so by their digests.
pub(super) fn rebuild(
    mut claims: Map<String, Value>,
    disclosures: Vec<Disclosure>,
    keep: Keep,
) -> Result<Rebuilt, SdJwtError> {
    // RFC 9901, 4.1.1: absent means sha-256.
    if claims.get("_sd_alg").is_some_and(|alg| alg != SD_ALG) {
        return Err(SdJwtError::UnsupportedHash);
    }
    let mut by_digest: Vec<([u8; DIGEST_CHARS], usize)> = disclosures
        .iter()
        .enumerate()
        .map(|(place, disclosure)| (disclosure.digest_chars(), place))
        .collect();
    by_digest.sort_unstable();
    if by_digest.is_sorted_by(|(one, _), (next, _)| one < next) {
        let mut places = Places {
            by_digest,
            unused: disclosures.into_iter().map(Some).collect(),
            hidden: Vec::new(),
            keep,
            held: Vec::new(),
            path: Vec::new(),
        };
        places.object(&mut claims, At::TOP)?;
        places.finish()?;
        let holder = claims
            .get("cnf")
            .map(|cnf| {
                cnf.get("jwk")
                    .and_then(|jwk| PublicKey::from_jwk(jwk).ok())
                    .ok_or(SdJwtError::BadHolderKey)
            })
            .transpose()?;
        Ok(Rebuilt { claims, holder, held: places.held })
    } else {
        Err(SdJwtError::DuplicateDigest)
    }
}

/// Who rebuilds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// A holder, who will disclose again.
    Disclosures,
    /// A verifier, who wants the claims only.
    Nothing,
}

/// Where a container stands.
#[derive(Clone, Copy)]
struct At {
    /// How many steps from the top.
    depth: usize,
    /// The claim that it stands in, when nothing in that may hide.
    in_clear: Option<&'static str>,
}

impl At {
    const TOP: Self = Self { depth: 0, in_clear: None };
}

struct Places {
    /// Sorted, with the place among the disclosures.
    by_digest: Vec<([u8; DIGEST_CHARS], usize)>,
    /// Each is taken out where it belongs.
    unused: Vec<Option<Disclosure>>,
    /// Every digest met of what is not disclosed, decoys too.
    hidden: Vec<String>,
    keep: Keep,
    held: Vec<HeldDisclosure>,
    /// Kept for what is held alone.
    path: Vec<PathElement>,
}

impl Places {
    fn object(&mut self, members: &mut Map<String, Value>, at: At) -> Result<(), SdJwtError> {
        let [mut hides, mut says_hash] = [false; 2];
        for (name, value) in members.iter_mut() {
            match name.as_str() {
                "_sd" if value.is_array() => hides = true,
                "_sd" | "..." => return Err(SdJwtError::BadDigests),
                "_sd_alg" if at.depth == 0 => says_hash = true,
                // RFC 9901, 4.1.1: it "MUST NOT be used in any object nested within the payload".
                "_sd_alg" => return Err(SdJwtError::UnsupportedHash),
                name => self.beneath(|| PathElement::Name(name.to_owned()), name, value, at)?,
            }
        }
        if says_hash {
            members.shift_remove("_sd_alg");
        }
        if !hides {
            return Ok(());
        }
        let Some(Value::Array(digests)) = members.shift_remove("_sd") else { return Ok(()) };
        for digest in digests {
            let Some(disclosure) = self.look_up(digest, at)? else { continue };
            let name = disclosure.name.ok_or(SdJwtError::BadDisclosure)?;
            let vacant = match members.entry(name) {
                Entry::Vacant(vacant) => vacant,
                Entry::Occupied(there) => return Err(SdJwtError::ClaimClash(there.key().clone())),
            };
            let name = vacant.key().as_str();
            if at.depth == 0 && IN_CLEAR.contains(&name) {
                return Err(SdJwtError::HiddenClaim(name.to_owned()));
            }
            let mut value = disclosure.value;
            let step = || PathElement::Name(name.to_owned());
            self.hold(step, &disclosure.encoded);
            self.beneath(step, name, &mut value, at)?;
            vacant.insert(value);
        }
        Ok(())
    }

    fn array(&mut self, items: &mut Vec<Value>, at: At) -> Result<(), SdJwtError> {
        // The common case stays as it is
        if !items.iter().any(is_placeholder) {
            for (index, item) in items.iter_mut().enumerate() {
                self.beneath(|| PathElement::Index(index), "", item, at)?;
            }
            return Ok(());
        }
        for mut item in std::mem::take(items) {
            let index = items.len();
            let step = || PathElement::Index(index);
            if is_placeholder(&item) {
                let digest = item.get_mut("...").map(Value::take).unwrap_or_default();
                let Some(disclosure) = self.look_up(digest, at)? else { continue };
                if disclosure.name.is_some() {
                    return Err(SdJwtError::BadDisclosure);
                }
                item = disclosure.value;
                self.hold(step, &disclosure.encoded);
            }
            self.beneath(step, "", &mut item, at)?;
            items.push(item);
        }
        Ok(())
    }

    /// What stands one step beneath; `name` is empty for an element.
    fn beneath(
        &mut self,
        step: impl FnOnce() -> PathElement,
        name: &str,
        value: &mut Value,
        at: At,
    ) -> Result<(), SdJwtError> {
        if !(value.is_array() || value.is_object()) {
            return Ok(());
        }
        let depth = at.depth + 1;
        if depth >= MAX_DEPTH {
            return Err(SdJwtError::TooDeep);
        }
        let in_clear = match at.depth {
            0 => IN_CLEAR.into_iter().find(|clear| *clear == name),
            _ => at.in_clear,
        };
        let at = At { depth, in_clear };
        if self.keep == Keep::Disclosures {
            self.path.push(step());
        }
        match value {
            Value::Array(items) => self.array(items, at)?,
            Value::Object(members) => self.object(members, at)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        self.path.pop();
        Ok(())
    }

    fn hold(&mut self, step: impl FnOnce() -> PathElement, encoded: &Encoded) {
        if self.keep == Keep::Disclosures {
            let mut path = self.path.clone();
            path.push(step());
            let encoded = encoded.as_str().to_owned();
            self.held.push(HeldDisclosure { path: ClaimPath(path), encoded });
        }
    }

    /// The disclosure of this digest; `None` for what is not disclosed, and for a decoy.
    fn look_up(&mut self, digest: Value, at: At) -> Result<Option<Disclosure>, SdJwtError> {
        if let Some(name) = at.in_clear {
            return Err(SdJwtError::HiddenClaim(name.to_owned()));
        }
        let Value::String(digest) = digest else { return Err(SdJwtError::BadDigests) };
        // RFC 9901, 7.1: "If any digest value is encountered more than once … the SD-JWT MUST be
        // rejected."
        let known = self
            .by_digest
            .binary_search_by(|(known, _)| known.as_slice().cmp(digest.as_bytes()))
            .ok()
            .and_then(|known| self.by_digest.get(known))
            .and_then(|(_, place)| self.unused.get_mut(*place));
        if let Some(disclosure) = known {
            return disclosure.take().map(Some).ok_or(SdJwtError::DuplicateDigest);
        }
        self.hidden.push(digest);
        Ok(None)
    }

    fn finish(&mut self) -> Result<(), SdJwtError> {
        self.hidden.sort_unstable();
        if !self.hidden.is_sorted_by(|one, next| one < next) {
            return Err(SdJwtError::DuplicateDigest);
        }
        if self.unused.iter().any(Option::is_some) {
            return Err(SdJwtError::UnreferencedDisclosure);
        }
        Ok(())
    }
}

/// Whether an element stands for one that hides. RFC 9901, 4.2.4.2: "There MUST NOT be any other
/// keys in the object."; with others, `...` is refused as a name.
fn is_placeholder(item: &Value) -> bool {
    item.as_object()
        .is_some_and(|members| members.len() == 1 && members.keys().any(|name| name == "..."))
}
