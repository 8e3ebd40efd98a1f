//! What others attest of the verifier (OpenID4VP 1.0, 5.1 and 5.11). Nothing of it is verified here,
//! and a wallet that does not know a format passes it over.

use serde_json::{Map, Value, json};

use super::RequestError;

/// Most attestations in one request.
const MAX_ATTESTATIONS: usize = 16;

/// One attestation about the verifier, unverified.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifierInfo {
    /// How it is encoded.
    pub format: String,
    /// The attestation.
    pub data: VerifierInfoData,
    /// The credential queries that it is about; empty for all.
    credential_ids: Vec<String>,
}

/// An attestation as it stands.
#[derive(Clone, Debug, PartialEq)]
pub enum VerifierInfoData {
    /// For example a JWT.
    Text(String),
    /// An object.
    Object(Map<String, Value>),
}

impl VerifierInfo {
    /// One about the credential queries `credential_ids`, about all of them when there is none.
    pub fn new(
        format: impl Into<String>,
        data: VerifierInfoData,
        credential_ids: Vec<String>,
    ) -> Self {
        Self { format: format.into(), data, credential_ids }
    }

    /// The credential queries that it is about; empty for all.
    pub fn credential_ids(&self) -> &[String] {
        &self.credential_ids
    }

    /// Reads `verifier_info`: a non-empty array.
    pub(super) fn parse_all(value: &Value) -> Result<Vec<Self>, RequestError> {
        value
            .as_array()
            .filter(|all| (1..=MAX_ATTESTATIONS).contains(&all.len()))
            .and_then(|all| all.iter().map(Self::parse).collect())
            .ok_or(RequestError::Parameter("verifier_info"))
    }

    fn parse(value: &Value) -> Option<Self> {
        let format = value.get("format")?.as_str()?.to_owned();
        let data = match value.get("data")? {
            Value::String(text) => VerifierInfoData::Text(text.clone()),
            Value::Object(members) => VerifierInfoData::Object(members.clone()),
            _ => return None,
        };
        let credential_ids = match value.get("credential_ids") {
            None => Vec::new(),
            Some(Value::Array(ids)) if !ids.is_empty() => {
                ids.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<_>>()?
            }
            Some(_) => return None,
        };
        Some(Self { format, data, credential_ids })
    }

    pub(super) fn to_json(&self) -> Value {
        let data = match &self.data {
            VerifierInfoData::Text(text) => json!(text),
            VerifierInfoData::Object(members) => json!(members),
        };
        let mut info = json!({ "format": self.format, "data": data });
        if let (Some(members), false) = (info.as_object_mut(), self.credential_ids.is_empty()) {
            members.insert("credential_ids".to_owned(), json!(self.credential_ids));
        }
        info
    }
}
