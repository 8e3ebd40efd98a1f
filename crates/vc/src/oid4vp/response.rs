//! What a wallet posts and what it is answered (OpenID4VP 1.0, 8).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{AuthorizationRequest, EncryptedResponse, MAX_FORM_BYTES, form_parameters, parse_json};

/// Most presentations in one answer.
const MAX_PRESENTATIONS: usize = 32;

/// Presentations by credential query id (8.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VpToken(BTreeMap<String, Vec<String>>);

impl VpToken {
    /// From presentations by credential query id; ids without any are left out.
    pub fn new(presentations: BTreeMap<String, Vec<String>>) -> Self {
        Self(presentations.into_iter().filter(|(_, of_one)| !of_one.is_empty()).collect())
    }

    /// Reads a `vp_token`: an object of non-empty arrays of strings.
    ///
    /// # Errors
    /// [`ResponseError::Malformed`].
    pub fn parse(value: &Value) -> Result<Self, ResponseError> {
        let members = value.as_object().ok_or(ResponseError::Malformed)?;
        let mut presentations = BTreeMap::new();
        let mut count = 0_usize;
        for (id, of_one) in members {
            let of_one: Vec<String> = of_one
                .as_array()
                .filter(|of_one| !of_one.is_empty())
                .and_then(|of_one| {
                    of_one.iter().map(|one| one.as_str().map(str::to_owned)).collect()
                })
                .ok_or(ResponseError::Malformed)?;
            count = count.saturating_add(of_one.len());
            presentations.insert(id.clone(), of_one);
        }
        if count == 0 || count > MAX_PRESENTATIONS {
            return Err(ResponseError::Malformed);
        }
        Ok(Self(presentations))
    }

    /// The presentations by credential query id.
    pub fn presentations(&self) -> &BTreeMap<String, Vec<String>> {
        &self.0
    }

    pub(super) fn to_json(&self) -> Value {
        json!(self.0)
    }
}

/// A form posted to `response_uri`. Unknown parameters are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectPost {
    /// An answer in clear.
    Answer {
        /// The presentations.
        vp_token: VpToken,
        /// The request's `state`.
        state: Option<String>,
    },
    /// The wallet, or the person, declines.
    Declined {
        /// `error`, as written.
        error: String,
        /// The request's `state`.
        state: Option<String>,
    },
    /// An encrypted answer.
    Encrypted(EncryptedResponse),
}

impl DirectPost {
    /// Reads the form.
    ///
    /// # Errors
    /// [`ResponseError::Malformed`].
    pub fn parse(form: &[u8]) -> Result<Self, ResponseError> {
        if form.len() > MAX_FORM_BYTES {
            return Err(ResponseError::Malformed);
        }
        let [vp_token, state, error, response] =
            form_parameters(form, ["vp_token", "state", "error", "response"])
                .ok_or(ResponseError::Malformed)?;
        match (vp_token, error, response) {
            (Some(vp_token), None, None) => {
                let value =
                    parse_json(vp_token.as_bytes()).map_err(|_| ResponseError::Malformed)?;
                Ok(Self::Answer { vp_token: VpToken::parse(&value)?, state })
            }
            (None, Some(error), None) => Ok(Self::Declined { error, state }),
            (None, None, Some(jwe)) => Ok(Self::Encrypted(EncryptedResponse::parse(&jwe)?)),
            _ => Err(ResponseError::Malformed),
        }
    }

    /// Reads the payload of a decrypted response: the same parameters as JSON.
    ///
    /// # Errors
    /// [`ResponseError::Malformed`].
    pub fn parse_decrypted(payload: &[u8]) -> Result<Self, ResponseError> {
        let value = parse_json(payload).map_err(|_| ResponseError::Malformed)?;
        let state = match value.get("state") {
            None => None,
            Some(Value::String(state)) => Some(state.clone()),
            Some(_) => return Err(ResponseError::Malformed),
        };
        match (value.get("vp_token"), value.get("error")) {
            (Some(vp_token), None) => {
                Ok(Self::Answer { vp_token: VpToken::parse(vp_token)?, state })
            }
            (None, Some(Value::String(error))) => {
                Ok(Self::Declined { error: error.clone(), state })
            }
            _ => Err(ResponseError::Malformed),
        }
    }
}

impl AuthorizationRequest {
    /// The wallet's form for an answer in clear.
    pub fn answer_form(&self, vp_token: &VpToken) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("vp_token", &vp_token.to_json().to_string());
        if let Some(state) = &self.state {
            form.append_pair("state", state);
        }
        form.finish()
    }

    /// The wallet's payload to encrypt, for `direct_post.jwt`.
    pub fn answer_payload(&self, vp_token: &VpToken) -> Vec<u8> {
        let mut payload = Map::from_iter([("vp_token".to_owned(), vp_token.to_json())]);
        if let Some(state) = &self.state {
            payload.insert("state".to_owned(), state.as_str().into());
        }
        Value::Object(payload).to_string().into_bytes()
    }

    /// The wallet's form around an encrypted payload.
    pub fn encrypted_form(jwe: &str) -> String {
        form_urlencoded::Serializer::new(String::new()).append_pair("response", jwe).finish()
    }

    /// The wallet's form for declining.
    pub fn error_form(&self, code: ErrorCode) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("error", code.name());
        if let Some(state) = &self.state {
            form.append_pair("state", state);
        }
        form.finish()
    }
}

/// The JSON object that answers a post (8.2): always an object, `{}` when there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectPostReply {
    /// Where the person's browser goes on, with a fresh secret in it.
    pub redirect_uri: Option<String>,
}

impl DirectPostReply {
    /// The reply as JSON.
    pub fn to_json(&self) -> Value {
        match &self.redirect_uri {
            Some(uri) => json!({ "redirect_uri": uri }),
            None => json!({}),
        }
    }

    /// Reads a reply. Unknown members are ignored.
    ///
    /// # Errors
    /// [`ResponseError::Malformed`].
    pub fn parse(json: &[u8]) -> Result<Self, ResponseError> {
        let value = parse_json(json).map_err(|_| ResponseError::Malformed)?;
        let members = value.as_object().ok_or(ResponseError::Malformed)?;
        match members.get("redirect_uri") {
            None => Ok(Self { redirect_uri: None }),
            Some(Value::String(uri)) => Ok(Self { redirect_uri: Some(uri.clone()) }),
            Some(_) => Err(ResponseError::Malformed),
        }
    }
}

/// Errors that a wallet answers (8.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is against the rules.
    InvalidRequest,
    /// The client is not who it says.
    InvalidClient,
    /// The scope means nothing.
    InvalidScope,
    /// The person declines, or nothing held answers.
    AccessDenied,
    /// No format in common.
    VpFormatsNotSupported,
    /// `request_uri_method` is neither get nor post.
    InvalidRequestUriMethod,
    /// Transaction data is malformed or of an unknown type.
    InvalidTransactionData,
    /// The wallet can't answer now.
    WalletUnavailable,
}

impl ErrorCode {
    /// As written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::VpFormatsNotSupported => "vp_formats_not_supported",
            Self::InvalidRequestUriMethod => "invalid_request_uri_method",
            Self::InvalidTransactionData => "invalid_transaction_data",
            Self::WalletUnavailable => "wallet_unavailable",
        }
    }
}

/// Why a response can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// Not of the form.
    #[error("malformed response")]
    Malformed,
    /// Not ECDH-ES with A128GCM or A256GCM, or compressed, or without a `kid`.
    #[error("unsupported encryption")]
    UnsupportedEncryption,
}
