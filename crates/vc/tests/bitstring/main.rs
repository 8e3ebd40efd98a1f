//! Bitstring Status List 1.0: each rule B1 to B6 of STANDARDS by its number, and every refusal.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod credential;
mod entry;
mod list;
mod status;

use serde_json::{Value, json};
use vc::bitstring::{
    Bitstring, BitstringError, ListClaims, MIN_ENTRIES, Purpose, StatusEntry, VerifiedBitstring,
    list_input,
};
use vc::time::UnixTime;

use common::keys::{TestKey, payload};

pub(crate) const URL: &str = "https://issuer.example/status/3";
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
/// The specification's example 3: 131,072 zeros.
pub(crate) const EXAMPLE: &str =
    "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

pub(crate) fn key() -> TestKey {
    TestKey::ed25519(1)
}

pub(crate) fn entry() -> Value {
    json!({
        "id": "https://issuer.example/status/3#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": URL,
    })
}

pub(crate) fn entry_with(name: &str, value: Value) -> Result<StatusEntry, BitstringError> {
    let mut entry = entry();
    if value == Value::Null {
        entry.as_object_mut().unwrap().shift_remove(name);
    } else {
        entry[name] = value;
    }
    StatusEntry::parse(&entry)
}

pub(crate) fn list_claims(purposes: &[Purpose]) -> ListClaims {
    ListClaims {
        url: URL.to_owned(),
        issuer: ISSUER.to_owned(),
        purposes: purposes.to_vec(),
        valid_from: NOW,
        valid_until: Some(NOW.plus(86_400)),
        ttl_milliseconds: Some(30_000),
        messages: Vec::new(),
    }
}

pub(crate) fn sign(claims: &ListClaims, list: &Bitstring) -> String {
    let key = key();
    let input = list_input(key.algorithm(), &key.kid(), claims, list).unwrap();
    let signature = key.sign(input.signing_input());
    input.finish(&signature)
}

pub(crate) fn verify(token: &str) -> Result<VerifiedBitstring, BitstringError> {
    VerifiedBitstring::verify(token, URL, ISSUER, |_| Some(key().public()), NOW)
}

pub(crate) fn verified(purposes: &[Purpose], list: &Bitstring) -> VerifiedBitstring {
    verify(&sign(&list_claims(purposes), list)).unwrap()
}

/// A list's claims, to be spoilt.
pub(crate) fn claims() -> Value {
    payload(&sign(&list_claims(&[Purpose::Revocation]), &Bitstring::new(1, MIN_ENTRIES).unwrap()))
}

pub(crate) fn verify_claims(claims: &Value) -> Result<VerifiedBitstring, BitstringError> {
    verify(&key().token("vc+jwt", claims))
}

/// As [`verify_claims`] with one member of the subject changed, or taken away by null.
pub(crate) fn verify_subject(
    name: &str,
    value: Value,
) -> Result<VerifiedBitstring, BitstringError> {
    let mut claims = claims();
    let subject = claims["credentialSubject"].as_object_mut().unwrap();
    match value {
        Value::Null => subject.shift_remove(name),
        value => subject.insert(name.to_owned(), value),
    };
    verify_claims(&claims)
}
