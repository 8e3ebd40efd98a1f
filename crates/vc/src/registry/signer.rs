//! Which key may have signed a token of an issuer: one that the registry lists, or one with a
//! certificate up to the network root (`x5c`). The registry says whether the latter counts at all;
//! a token never chooses (OpenID4VP 1.0, 14; RFC 8725, 3.1).

use std::borrow::Cow;

use super::{IssuerEntry, IssuerKey, KeyState};
use crate::jwk::PublicKey;
use crate::jws::Header;
use crate::time::UnixTime;
use crate::x5c::{self, TrustAnchor};

/// A key that is an issuer's, and how that is known.
#[derive(Clone, Debug)]
pub struct IssuerSigner<'r> {
    key: Cow<'r, PublicKey>,
    listed: Option<&'r IssuerKey>,
    chain: Vec<Vec<u8>>,
}

impl<'r> IssuerSigner<'r> {
    fn listed_as(entry: &'r IssuerKey) -> Self {
        Self { key: Cow::Borrowed(&entry.jwk), listed: Some(entry), chain: Vec::new() }
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The registry's entry of the key. A certified key has one when the registry lists it too, and
    /// then what the entry says holds.
    pub fn listed(&self) -> Option<&'r IssuerKey> {
        self.listed
    }

    /// The certificates that prove the key, leaf first; none for a key found by its `kid`.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// Whether none of its signatures stands.
    pub fn is_compromised(&self) -> bool {
        self.listed.is_some_and(|key| key.state == KeyState::Compromised)
    }
}

impl IssuerEntry {
    /// The key that may have signed a token with this header: the listed one that its `kid` names;
    /// else, where [`Self::x5c`] permits it, the leaf's of its `x5c`; else, without a `kid`, the
    /// only listed one.
    pub fn signer(
        &self,
        header: &Header,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Option<IssuerSigner<'_>> {
        let kid = header.kid.as_deref();
        if let Some(listed) = kid.and_then(|kid| self.key(Some(kid))) {
            return Some(IssuerSigner::listed_as(listed));
        }
        if self.x5c && header.members.contains_key("x5c") {
            return self.certified(header.x5c().ok()??, anchors, now);
        }
        self.key(kid).map(IssuerSigner::listed_as)
    }

    /// The leaf's key, when the chain ends at an anchor, is in force now and names this issuer.
    pub(crate) fn certified(
        &self,
        chain: Vec<Vec<u8>>,
        anchors: &[TrustAnchor],
        now: UnixTime,
    ) -> Option<IssuerSigner<'_>> {
        if !self.x5c {
            return None;
        }
        let leaf = x5c::verify(&chain, anchors, now).ok()?;
        let key = leaf.key_of(&self.url).ok()?.clone();
        // A key that the registry calls compromised does not come back under another name.
        let listed = self.listed_as(&key).and_then(|signer| signer.listed);
        Some(IssuerSigner { key: Cow::Owned(key), listed, chain })
    }

    /// A key that the registry lists.
    pub(crate) fn listed_as(&self, key: &PublicKey) -> Option<IssuerSigner<'_>> {
        self.keys.iter().find(|entry| entry.jwk == *key).map(IssuerSigner::listed_as)
    }
}
