//! Nonce, credential, deferred credential and notification endpoints (OpenID4VCI 1.0).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    CredentialErrorCode, DOCUMENT_LIMITS, DocumentError, ErrorResponse, NotificationErrorCode,
    Secret, read,
};
use crate::json as strict;

/// Most proofs that one request may carry.
pub const MAX_PROOFS: usize = 64;

/// A nonce response. Served with `Cache-Control: no-store`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonceResponse {
    /// For the next proofs.
    pub c_nonce: String,
}

impl NonceResponse {
    /// Reads a nonce response.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        read(json)
    }
}

/// A credential request.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialRequest {
    /// Which credential.
    pub target: CredentialTarget,
    /// Proofs of possession; absent when the request has none.
    pub proofs: Option<Proofs>,
    /// How to encrypt the response.
    pub response_encryption: Option<ResponseEncryptionRequest>,
}

/// What a credential request asks for: exactly one of the two members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialTarget {
    /// `credential_configuration_id`: when the token response had no credential identifiers.
    Configuration(String),
    /// `credential_identifier`: one of the token response's.
    Identifier(String),
}

/// Proofs of possession, of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proofs {
    /// `jwt`: one proof for each copy that is asked for; at least one.
    Jwt(Vec<String>),
    /// `attestation`: one key attestation, which stands for the possession of its keys.
    Attestation(String),
    /// Another type, by name.
    Other(String),
}

impl CredentialRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// The error response to give: `invalid_credential_request` or `invalid_proof`.
    pub fn parse(json: &[u8]) -> Result<Self, ErrorResponse<CredentialErrorCode>> {
        let invalid =
            |text| ErrorResponse::new(CredentialErrorCode::InvalidCredentialRequest, text);
        let mut members = object(json).ok_or_else(|| invalid("not an acceptable JSON object"))?;
        let configuration = text(&mut members, "credential_configuration_id")
            .map_err(|()| invalid("credential_configuration_id is not a string"))?;
        let identifier = text(&mut members, "credential_identifier")
            .map_err(|()| invalid("credential_identifier is not a string"))?;
        let target = match (configuration, identifier) {
            (Some(id), None) => CredentialTarget::Configuration(id),
            (None, Some(id)) => CredentialTarget::Identifier(id),
            (Some(_), Some(_)) | (None, None) => {
                return Err(invalid(
                    "exactly one of credential_configuration_id and credential_identifier is needed",
                ));
            }
        };
        let proofs = members.remove("proofs").map(Proofs::from_value).transpose()?;
        let response_encryption = encryption(&mut members)?;
        Ok(Self { target, proofs, response_encryption })
    }

    /// The request as JSON.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let (name, id) = match &self.target {
            CredentialTarget::Configuration(id) => ("credential_configuration_id", id),
            CredentialTarget::Identifier(id) => ("credential_identifier", id),
        };
        members.insert(name.to_owned(), json!(id));
        match &self.proofs {
            Some(Proofs::Jwt(proofs)) => {
                members.insert("proofs".to_owned(), json!({ "jwt": proofs }));
            }
            Some(Proofs::Attestation(token)) => {
                members.insert("proofs".to_owned(), json!({ "attestation": [token] }));
            }
            Some(Proofs::Other(_)) | None => {}
        }
        if let Some(encryption) = &self.response_encryption {
            members.insert("credential_response_encryption".to_owned(), json!(encryption));
        }
        Value::Object(members)
    }
}

impl Proofs {
    fn from_value(value: Value) -> Result<Self, ErrorResponse<CredentialErrorCode>> {
        let fault = ErrorResponse::new;
        let Value::Object(members) = value else {
            return Err(fault(
                CredentialErrorCode::InvalidCredentialRequest,
                "proofs is not an object",
            ));
        };
        let mut members = members.into_iter();
        let (Some((name, proofs)), None) = (members.next(), members.next()) else {
            return Err(fault(
                CredentialErrorCode::InvalidCredentialRequest,
                "proofs needs exactly one proof type",
            ));
        };
        if name != "jwt" && name != "attestation" {
            return Ok(Self::Other(name));
        }
        let Ok(mut proofs) = serde_json::from_value::<Vec<String>>(proofs) else {
            let sentence = format!("{name} is not an array of strings");
            return Err(fault(CredentialErrorCode::InvalidProof, &sentence));
        };
        if name == "attestation" {
            // "The array of attestation MUST contain exactly one" key attestation (F.3).
            return match (proofs.pop(), proofs.is_empty()) {
                (Some(token), true) => Ok(Self::Attestation(token)),
                _ => Err(fault(
                    CredentialErrorCode::InvalidProof,
                    "attestation needs exactly one key attestation",
                )),
            };
        }
        if proofs.is_empty() || proofs.len() > MAX_PROOFS {
            return Err(fault(
                CredentialErrorCode::InvalidProof,
                "there are no proofs, or too many",
            ));
        }
        Ok(Self::Jwt(proofs))
    }
}

/// How the wallet wants the response encrypted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseEncryptionRequest {
    /// Key to encrypt to, with `alg`.
    pub jwk: Value,
    /// Content encryption.
    pub enc: String,
    /// Compression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
}

/// An answer of the credential and the deferred credential endpoint; never both at once.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialResponse {
    /// 200: the credentials.
    Issued {
        /// One for each proof at most.
        credentials: Vec<IssuedCredential>,
        /// To notify with.
        notification_id: Option<String>,
    },
    /// 202: later.
    Deferred {
        /// To ask again with.
        transaction_id: Secret,
        /// Seconds to wait, at least 1.
        interval: u64,
    },
}

/// One issued credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssuedCredential {
    /// A string in the JWT formats.
    pub credential: Value,
}

impl CredentialResponse {
    /// Credentials given as their texts.
    pub fn issued(
        credentials: impl IntoIterator<Item = String>,
        notification_id: Option<String>,
    ) -> Self {
        let credentials = credentials
            .into_iter()
            .map(|text| IssuedCredential { credential: Value::String(text) })
            .collect();
        Self::Issued { credentials, notification_id }
    }

    /// Reads a response.
    ///
    /// # Errors
    /// [`DocumentError`]: neither form, or both.
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct Wire {
            credentials: Option<Vec<IssuedCredential>>,
            notification_id: Option<String>,
            transaction_id: Option<Secret>,
            interval: Option<u64>,
        }
        let wire: Wire = read(json)?;
        match wire {
            Wire {
                credentials: Some(credentials),
                notification_id,
                transaction_id: None,
                interval: _,
            } if !credentials.is_empty() => Ok(Self::Issued { credentials, notification_id }),
            Wire {
                credentials: None,
                notification_id: None,
                transaction_id: Some(transaction_id),
                interval: Some(interval),
            } if interval > 0 => Ok(Self::Deferred { transaction_id, interval }),
            _ => Err(DocumentError::Shape("neither credentials nor a transaction".to_owned())),
        }
    }

    /// The response as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Issued { credentials, notification_id: Some(notification_id) } => {
                json!({ "credentials": credentials, "notification_id": notification_id })
            }
            Self::Issued { credentials, notification_id: None } => {
                json!({ "credentials": credentials })
            }
            Self::Deferred { transaction_id, interval } => {
                json!({ "transaction_id": transaction_id, "interval": interval })
            }
        }
    }
}

/// A deferred credential request.
#[derive(Clone, Debug, PartialEq)]
pub struct DeferredRequest {
    /// Out of the first answer.
    pub transaction_id: Secret,
    /// How to encrypt this response; that of the first request does not count.
    pub response_encryption: Option<ResponseEncryptionRequest>,
    /// Whether the wallet takes a `notification_id` beside deferred credentials, which some refuse.
    /// A parameter of ours: "The Deferred Credential Endpoint MUST ignore any unrecognized
    /// parameters."
    pub notifies: bool,
}

impl DeferredRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// The error response to give: `invalid_transaction_id` or `invalid_credential_request`.
    pub fn parse(json: &[u8]) -> Result<Self, ErrorResponse<CredentialErrorCode>> {
        let invalid =
            |text| ErrorResponse::new(CredentialErrorCode::InvalidCredentialRequest, text);
        let mut members = object(json).ok_or_else(|| invalid("not an acceptable JSON object"))?;
        let transaction_id = text(&mut members, "transaction_id")
            .ok()
            .flatten()
            .ok_or_else(|| invalid("transaction_id is missing or not a string"))?;
        let response_encryption = encryption(&mut members)?;
        let notifies = members.get("notifies") == Some(&Value::Bool(true));
        Ok(Self { transaction_id: transaction_id.into(), response_encryption, notifies })
    }

    /// The request as JSON.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("transaction_id".to_owned(), json!(self.transaction_id));
        if let Some(encryption) = &self.response_encryption {
            members.insert("credential_response_encryption".to_owned(), json!(encryption));
        }
        if self.notifies {
            members.insert("notifies".to_owned(), Value::Bool(true));
        }
        Value::Object(members)
    }
}

/// What became of a credential in the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationRequest {
    /// Out of the credential response.
    pub notification_id: String,
    /// What happened.
    pub event: NotificationEvent,
    /// For a developer's eyes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_description: Option<String>,
}

/// Events of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// Stored.
    CredentialAccepted,
    /// Could not be stored, for a technical reason.
    CredentialFailure,
    /// Refused or deleted by the holder.
    CredentialDeleted,
}

impl NotificationRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// The error response to give: `invalid_notification_request`.
    pub fn parse(json: &[u8]) -> Result<Self, ErrorResponse<NotificationErrorCode>> {
        read(json).map_err(|_| ErrorResponse::of(NotificationErrorCode::InvalidNotificationRequest))
    }
}

fn object(json: &[u8]) -> Option<Map<String, Value>> {
    match strict::parse(json, DOCUMENT_LIMITS) {
        Ok(Value::Object(members)) => Some(members),
        Ok(_) | Err(_) => None,
    }
}

fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, ()> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(()),
    }
}

fn encryption(
    members: &mut Map<String, Value>,
) -> Result<Option<ResponseEncryptionRequest>, ErrorResponse<CredentialErrorCode>> {
    match members.remove("credential_response_encryption") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => serde_json::from_value(value).map(Some).map_err(|_| {
            ErrorResponse::new(
                CredentialErrorCode::InvalidEncryptionParameters,
                "credential_response_encryption is malformed",
            )
        }),
    }
}
