//! Token endpoint (OpenID4VCI 1.0, section "Token Endpoint"; RFC 6749, 3.2).

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use super::{
    ClaimDescription, DOCUMENT_LIMITS, DocumentError, ErrorResponse, Secret, TokenErrorCode, read,
};
use crate::json;

/// `grant_type` of the pre-authorized code flow.
pub const PRE_AUTHORIZED_CODE_GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
/// `type` of an authorization detail for credentials (RFC 9396).
const CREDENTIAL_DETAIL: &str = "openid_credential";
/// Longest token request body in bytes.
pub const MAX_TOKEN_REQUEST_BYTES: usize = 64 * 1024;

/// A token request.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRequest {
    /// What is given for the token.
    pub grant: TokenGrant,
    /// Who asks; absent for an anonymous wallet.
    pub client_id: Option<String>,
    /// Which credentials are asked for; those of other types are left out.
    pub authorization_details: Vec<AuthorizationDetail>,
}

/// What is given for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenGrant {
    /// A code out of an offer.
    PreAuthorizedCode {
        /// `pre-authorized_code`.
        code: Secret,
        /// `tx_code`.
        tx_code: Option<Secret>,
    },
    /// A code out of an authorization response.
    AuthorizationCode {
        /// `code`.
        code: Secret,
        /// `redirect_uri`, when the authorization request had one.
        redirect_uri: Option<String>,
        /// `code_verifier` (RFC 7636).
        code_verifier: Option<Secret>,
    },
    /// A refresh token.
    RefreshToken {
        /// `refresh_token`.
        refresh_token: Secret,
    },
}

impl TokenRequest {
    /// Reads an `application/x-www-form-urlencoded` body. An empty parameter counts as absent; one
    /// that stands twice is refused (RFC 6749, 3.2).
    ///
    /// # Errors
    /// The error response to give: `invalid_request` or `unsupported_grant_type`.
    pub fn parse(form: &[u8]) -> Result<Self, ErrorResponse<TokenErrorCode>> {
        let invalid = |description| ErrorResponse::new(TokenErrorCode::InvalidRequest, description);
        if form.len() > MAX_TOKEN_REQUEST_BYTES {
            return Err(invalid("the request is too long"));
        }
        let mut parameters: HashMap<Cow<'_, str>, Cow<'_, str>> = HashMap::new();
        for (name, value) in form_urlencoded::parse(form) {
            if value.is_empty() {
                continue;
            }
            if parameters.insert(name, value).is_some() {
                return Err(invalid("a parameter stands twice"));
            }
        }
        let mut take = |name: &str| parameters.remove(name).map(Cow::into_owned);
        let grant_type = take("grant_type").ok_or_else(|| invalid("grant_type is missing"))?;
        let grant = match grant_type.as_str() {
            PRE_AUTHORIZED_CODE_GRANT => TokenGrant::PreAuthorizedCode {
                code: take("pre-authorized_code")
                    .ok_or_else(|| invalid("pre-authorized_code is missing"))?
                    .into(),
                tx_code: take("tx_code").map(Secret::from),
            },
            "authorization_code" => TokenGrant::AuthorizationCode {
                code: take("code").ok_or_else(|| invalid("code is missing"))?.into(),
                redirect_uri: take("redirect_uri"),
                code_verifier: take("code_verifier").map(Secret::from),
            },
            "refresh_token" => TokenGrant::RefreshToken {
                refresh_token: take("refresh_token")
                    .ok_or_else(|| invalid("refresh_token is missing"))?
                    .into(),
            },
            _ => return Err(ErrorResponse::of(TokenErrorCode::UnsupportedGrantType)),
        };
        let authorization_details = take("authorization_details")
            .map(|text| AuthorizationDetail::parse_list(&text))
            .transpose()
            .map_err(|_| invalid("authorization_details is malformed"))?
            .unwrap_or_default();
        Ok(Self { grant, client_id: take("client_id"), authorization_details })
    }

    /// The request's body.
    pub fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &self.grant {
            TokenGrant::PreAuthorizedCode { code, tx_code } => {
                form.append_pair("grant_type", PRE_AUTHORIZED_CODE_GRANT);
                form.append_pair("pre-authorized_code", code.expose());
                if let Some(tx_code) = tx_code {
                    form.append_pair("tx_code", tx_code.expose());
                }
            }
            TokenGrant::AuthorizationCode { code, redirect_uri, code_verifier } => {
                form.append_pair("grant_type", "authorization_code");
                form.append_pair("code", code.expose());
                if let Some(redirect_uri) = redirect_uri {
                    form.append_pair("redirect_uri", redirect_uri);
                }
                if let Some(code_verifier) = code_verifier {
                    form.append_pair("code_verifier", code_verifier.expose());
                }
            }
            TokenGrant::RefreshToken { refresh_token } => {
                form.append_pair("grant_type", "refresh_token");
                form.append_pair("refresh_token", refresh_token.expose());
            }
        }
        if let Some(client_id) = &self.client_id {
            form.append_pair("client_id", client_id);
        }
        if !self.authorization_details.is_empty() {
            let details = serde_json::to_string(&self.authorization_details).unwrap_or_default();
            form.append_pair("authorization_details", &details);
        }
        form.finish()
    }
}

/// One credential that is asked for or granted (RFC 9396, `type` `openid_credential`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationDetail {
    #[serde(rename = "type")]
    kind: String,
    /// Key of `credential_configurations_supported`.
    pub credential_configuration_id: String,
    /// The issuer's identifier, when authorization servers stand apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<String>,
    /// Which claims are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimDescription>,
    /// In a token response: what the credential request names instead of the configuration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_identifiers: Vec<String>,
}

impl AuthorizationDetail {
    /// A detail for one credential configuration.
    pub fn new(credential_configuration_id: &str) -> Self {
        Self {
            kind: CREDENTIAL_DETAIL.to_owned(),
            credential_configuration_id: credential_configuration_id.to_owned(),
            locations: Vec::new(),
            claims: Vec::new(),
            credential_identifiers: Vec::new(),
        }
    }

    /// Reads a JSON array of details and keeps those for credentials.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse_list(json: &str) -> Result<Vec<Self>, DocumentError> {
        Self::from_list(json::parse(json.as_bytes(), DOCUMENT_LIMITS)?)
    }

    fn from_list(list: Value) -> Result<Vec<Self>, DocumentError> {
        let Value::Array(list) = list else {
            return Err(DocumentError::Shape("authorization_details is not an array".to_owned()));
        };
        list.into_iter()
            .filter(|detail| detail.get("type").and_then(Value::as_str) == Some(CREDENTIAL_DETAIL))
            .map(|detail| {
                serde_json::from_value(detail)
                    .map_err(|error| DocumentError::Shape(error.to_string()))
            })
            .collect()
    }
}

/// A token response. Served with `Cache-Control: no-store`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The token.
    pub access_token: Secret,
    /// `Bearer` or `DPoP`; compared without case (RFC 6749, 5.1).
    pub token_type: String,
    /// Seconds that it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// For a later copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// When it differs from what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Present when the request had them, each then with `credential_identifiers`.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "credential_details"
    )]
    pub authorization_details: Vec<AuthorizationDetail>,
}

fn credential_details<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<AuthorizationDetail>, D::Error> {
    let list = Value::deserialize(deserializer)?;
    AuthorizationDetail::from_list(list).map_err(serde::de::Error::custom)
}

impl TokenResponse {
    /// Reads a token response.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        read(json)
    }
}
