//! Credentials that break RFC 9901 or SD-JWT VC under genuine signatures, and forged ones.

mod claims;
mod digests;
mod disclosures;
mod headers;

use serde_json::{Map, Value, json};

use crate::draft::{Draft, disclosure};
use crate::kinds::Kind;
use crate::shape::salt;

pub fn kinds() -> Vec<Kind> {
    let mut kinds = headers::kinds();
    kinds.extend(digests::kinds());
    kinds.extend(disclosures::kinds());
    kinds.extend(claims::kinds());
    kinds
}

pub(super) fn head(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.header.insert(name.into(), value);
    true
}

pub(super) fn set(draft: &mut Draft, name: &str, value: Value) -> bool {
    draft.payload.insert(name.into(), value);
    true
}

pub(super) fn hide(draft: &mut Draft, array: Value) -> bool {
    draft.hide_at_top(disclosure(&array));
    true
}

pub(super) fn hide_registered(
    draft: &mut Draft,
    rng: &mut crate::shape::Random,
    name: &str,
) -> bool {
    let members: &mut Map<String, Value> = &mut draft.payload;
    let Some(value) = members.remove(name) else { return false };
    hide(draft, json!([salt(rng), name, value]))
}

/// The payload's text with more members written before its own.
pub(super) fn member_twice(draft: &mut Draft, before: &str) -> bool {
    let text = Value::Object(draft.payload.clone()).to_string();
    draft.payload_text = Some(format!("{{{before}{}", &text[1..]));
    true
}
