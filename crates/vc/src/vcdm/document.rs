//! The members of a document that the data model fixes (VCDM 2.0, 4).

use serde_json::{Map, Value};
use url::Url;

use super::{CONTEXT, MAX_URL_BYTES, VcdmError, date_time};
use crate::time::UnixTime;

/// Members whose objects each name their type (VCDM 2.0, 4.5).
const TYPED: [&str; 5] =
    ["credentialSchema", "credentialStatus", "evidence", "refreshService", "termsOfUse"];

/// What a credential says of itself.
#[derive(Debug)]
pub(super) struct Credential {
    pub(super) issuer: String,
    pub(super) valid_from: Option<UnixTime>,
    pub(super) valid_until: Option<UnixTime>,
}

/// Checks a credential's shape.
pub(super) fn credential(members: &Map<String, Value>) -> Result<Credential, VcdmError> {
    context(members)?;
    has_type(members, "VerifiableCredential")?;
    own_id(members)?;
    let issuer = issuer(members)?.ok_or(VcdmError::BadMember("issuer"))?.to_owned();
    subjects(members)?;
    for name in TYPED {
        for object in members.get(name).map(one_or_many).unwrap_or_default() {
            let object = object.as_object().ok_or(VcdmError::BadMember(name))?;
            let schema_without_id = name == "credentialSchema" && !object.contains_key("id");
            if types(object).is_none() || own_id(object).is_err() || schema_without_id {
                return Err(VcdmError::BadMember(name));
            }
        }
    }
    let (valid_from, valid_until) = (date(members, "validFrom")?, date(members, "validUntil")?);
    // VCDM 2.0, 4.9: validUntil "MUST represent a point in time that is not before" validFrom
    if valid_from.zip(valid_until).is_some_and(|(from, until)| until < from) {
        return Err(VcdmError::BadMember("validUntil"));
    }
    Ok(Credential { issuer, valid_from, valid_until })
}

/// Checks a presentation's shape; what it carries is read apart.
pub(super) fn presentation(members: &Map<String, Value>) -> Result<(), VcdmError> {
    context(members)?;
    has_type(members, "VerifiablePresentation")?;
    own_id(members)?;
    holder(members)?;
    Ok(())
}

/// `issuer`, or its `id`.
pub(super) fn issuer(members: &Map<String, Value>) -> Result<Option<&str>, VcdmError> {
    party(members, "issuer")
}

/// `holder`, or its `id`.
pub(super) fn holder(members: &Map<String, Value>) -> Result<Option<&str>, VcdmError> {
    party(members, "holder")
}

/// The subjects, one at least, none empty (VCDM 2.0, 4.8).
pub(super) fn subjects(members: &Map<String, Value>) -> Result<&[Value], VcdmError> {
    const NAME: &str = "credentialSubject";
    let subjects = members.get(NAME).map(one_or_many).unwrap_or_default();
    let sound = subjects.iter().all(|subject| {
        subject.as_object().is_some_and(|subject| !subject.is_empty() && own_id(subject).is_ok())
    });
    if subjects.is_empty() || !sound { Err(VcdmError::BadMember(NAME)) } else { Ok(subjects) }
}

/// VCDM 2.0, 4.3: "an ordered set where the first item is a URL with the value
/// https://www.w3.org/ns/credentials/v2".
fn context(members: &Map<String, Value>) -> Result<(), VcdmError> {
    let contexts = members.get("@context").and_then(Value::as_array);
    let sound = contexts.is_some_and(|contexts| {
        contexts.first().is_some_and(|first| first == CONTEXT)
            && contexts.iter().all(|one| one.is_object() || one.as_str().is_some_and(is_url))
    });
    if sound { Ok(()) } else { Err(VcdmError::BadMember("@context")) }
}

fn has_type(members: &Map<String, Value>, wanted: &str) -> Result<(), VcdmError> {
    let has = types(members).is_some_and(|types| types.contains(&wanted));
    if has { Ok(()) } else { Err(VcdmError::BadMember("type")) }
}

fn own_id(members: &Map<String, Value>) -> Result<(), VcdmError> {
    match members.get("id") {
        Some(id) if !id.as_str().is_some_and(is_url) => Err(VcdmError::BadMember("id")),
        _ => Ok(()),
    }
}

fn party<'m>(
    members: &'m Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'m str>, VcdmError> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let id = match value {
        Value::Object(object) => object.get("id").and_then(Value::as_str),
        other => other.as_str(),
    };
    id.filter(|id| is_url(id)).map(Some).ok_or(VcdmError::BadMember(name))
}

fn date(members: &Map<String, Value>, name: &'static str) -> Result<Option<UnixTime>, VcdmError> {
    let read = |value: &Value| value.as_str().and_then(date_time::parse);
    members.get(name).map(|value| read(value).ok_or(VcdmError::BadMember(name))).transpose()
}

/// `type` as a list of names; `None` when it is missing or holds anything else.
pub(crate) fn types(members: &Map<String, Value>) -> Option<Vec<&str>> {
    let types: Option<Vec<&str>> =
        one_or_many(members.get("type")?).iter().map(Value::as_str).collect();
    types.filter(|types| !types.is_empty() && types.iter().all(|name| !name.is_empty()))
}

/// The elements of an array, or the one value that stands without.
pub(crate) fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// Whether the text is an absolute URL of acceptable length.
pub(crate) fn is_url(text: &str) -> bool {
    text.len() <= MAX_URL_BYTES
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text).is_ok()
}
