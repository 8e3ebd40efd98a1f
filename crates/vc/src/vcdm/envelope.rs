//! Secured documents as `data:` URLs (VCDM 2.0, 4.12 and 4.13.1).

use serde_json::{Map, Value, json};

use super::{CONTEXT, CREDENTIAL_TYP, PRESENTATION_TYP, SD_JWT_TYP, VcdmError, one_or_many, types};

/// `type` of an enveloped credential.
pub(super) const CREDENTIAL: &str = "EnvelopedVerifiableCredential";
/// `type` of an enveloped presentation.
pub(super) const PRESENTATION: &str = "EnvelopedVerifiablePresentation";

/// A secured document, as it is put into an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope<'a> {
    /// A credential as `vc+jwt`.
    Jwt(&'a str),
    /// A credential as `vc+sd-jwt`, ending in `~`.
    SdJwt(&'a str),
    /// A presentation as `vp+jwt`.
    Presentation(&'a str),
}

impl<'a> Envelope<'a> {
    /// The object to stand in a document.
    pub fn to_json(self) -> Value {
        let (kind, typ, text) = match self {
            Self::Jwt(text) => (CREDENTIAL, CREDENTIAL_TYP, text),
            Self::SdJwt(text) => (CREDENTIAL, SD_JWT_TYP, text),
            Self::Presentation(text) => (PRESENTATION, PRESENTATION_TYP, text),
        };
        json!({
            "@context": [CONTEXT],
            "id": format!("data:application/{typ},{text}"),
            "type": [kind],
        })
    }

    /// Reads the object; what is inside is not looked at.
    ///
    /// # Errors
    /// [`VcdmError::NotEnveloped`] for any other object, [`VcdmError::UnsupportedEnvelope`].
    pub fn read(value: &'a Value) -> Result<Self, VcdmError> {
        let members = value.as_object().ok_or(VcdmError::NotEnveloped)?;
        let kinds = types(members).ok_or(VcdmError::NotEnveloped)?;
        let is = |kind| kinds.contains(&kind);
        if !(is(CREDENTIAL) || is(PRESENTATION)) || !has_context(members) {
            return Err(VcdmError::NotEnveloped);
        }
        let id = members.get("id").and_then(Value::as_str).ok_or(VcdmError::NotEnveloped)?;
        let (media_type, text) = id
            .split_at_checked("data:".len())
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("data:"))
            .and_then(|(_, rest)| rest.split_once(','))
            .ok_or(VcdmError::NotEnveloped)?;
        let named = |typ: &str| media_type.eq_ignore_ascii_case(&format!("application/{typ}"));
        if is(CREDENTIAL) && named(CREDENTIAL_TYP) {
            Ok(Self::Jwt(text))
        } else if is(CREDENTIAL) && named(SD_JWT_TYP) {
            Ok(Self::SdJwt(text))
        } else if is(PRESENTATION) && named(PRESENTATION_TYP) {
            Ok(Self::Presentation(text))
        } else {
            Err(VcdmError::UnsupportedEnvelope)
        }
    }
}

/// An envelope's `@context` may be the base context alone, without an array.
fn has_context(members: &Map<String, Value>) -> bool {
    let contexts = members.get("@context").map(one_or_many).unwrap_or_default();
    contexts.first().is_some_and(|first| first == CONTEXT)
}
