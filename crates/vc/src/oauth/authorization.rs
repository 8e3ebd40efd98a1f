//! Authorization requests, pushed or not (RFC 6749, 4.1.1; RFC 9126, 2.1; OpenID4VCI 1.0,
//! "Authorization Endpoint"), and what is answered to the wallet's redirect address.

use std::borrow::Cow;
use std::collections::HashMap;

use url::{Url, form_urlencoded};

use super::{CodeChallenge, PkceError};
use crate::oid4vci::{AuthorizationDetail, Secret};

/// Longest request in bytes.
pub const MAX_AUTHORIZATION_REQUEST_BYTES: usize = 64 * 1024;

/// A request for a code.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// The wallet.
    pub client_id: String,
    /// Where the answer goes; checked by the caller against what it knows of the client.
    pub redirect_uri: Option<String>,
    /// Given back as it came.
    pub state: Option<String>,
    /// PKCE; S256 is required.
    pub code_challenge: CodeChallenge,
    /// Space separated in the request; unknown ones are to be ignored.
    pub scopes: Vec<String>,
    /// Which credentials are asked for; those of other types are left out.
    pub authorization_details: Vec<AuthorizationDetail>,
    /// Out of an offer; untrusted.
    pub issuer_state: Option<Secret>,
    /// Thumbprint of the key that the code is bound to (RFC 9449, 10).
    pub dpop_jkt: Option<String>,
}

impl AuthorizationRequest {
    /// Reads a form body or a query. An empty parameter counts as absent; one that stands twice is
    /// refused (RFC 6749, 3.1); unknown ones are ignored.
    ///
    /// # Errors
    /// [`AuthorizationError`], with the code to answer.
    pub fn parse(form: &[u8]) -> Result<Self, AuthorizationError> {
        use AuthorizationErrorCode::{
            InvalidAuthorizationDetails, InvalidRequest, RequestNotSupported,
            UnsupportedResponseType,
        };
        let invalid = |sentence| AuthorizationError { code: InvalidRequest, sentence };
        if form.len() > MAX_AUTHORIZATION_REQUEST_BYTES {
            return Err(invalid("the request is too long"));
        }
        let mut parameters: HashMap<Cow<'_, str>, Cow<'_, str>> = HashMap::new();
        for (name, value) in form_urlencoded::parse(form) {
            if !value.is_empty() && parameters.insert(name, value).is_some() {
                return Err(invalid("a parameter stands twice"));
            }
        }
        let mut take = |name: &str| parameters.remove(name).map(Cow::into_owned);
        if take("request").is_some() {
            let sentence = "request objects are not taken";
            return Err(AuthorizationError { code: RequestNotSupported, sentence });
        }
        // RFC 9126, 2.1: "The request_uri authorization request parameter is one exception, and it
        // MUST NOT be provided."
        if take("request_uri").is_some() {
            return Err(invalid("request_uri has no place here"));
        }
        match take("response_type").as_deref() {
            Some("code") => {}
            Some(_) => {
                let sentence = "only response_type code is taken";
                return Err(AuthorizationError { code: UnsupportedResponseType, sentence });
            }
            None => return Err(invalid("response_type is missing")),
        }
        let client_id = take("client_id").ok_or_else(|| invalid("client_id is missing"))?;
        let challenge =
            take("code_challenge").ok_or_else(|| invalid("code_challenge is missing"))?;
        let code_challenge =
            CodeChallenge::parse(&challenge, take("code_challenge_method").as_deref())?;
        let authorization_details = take("authorization_details")
            .map(|text| AuthorizationDetail::parse_list(&text))
            .transpose()
            .map_err(|_| AuthorizationError {
                code: InvalidAuthorizationDetails,
                sentence: "authorization_details is malformed",
            })?
            .unwrap_or_default();
        let scopes = take("scope").unwrap_or_default();
        Ok(Self {
            client_id,
            redirect_uri: take("redirect_uri"),
            state: take("state"),
            code_challenge,
            scopes: scopes.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            authorization_details,
            issuer_state: take("issuer_state").map(Secret::from),
            dpop_jkt: take("dpop_jkt"),
        })
    }

    /// The request as a form body, as a wallet pushes it.
    pub fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("response_type", "code");
        form.append_pair("client_id", &self.client_id);
        form.append_pair("code_challenge", &self.code_challenge.to_text());
        form.append_pair("code_challenge_method", "S256");
        let optional = [
            ("redirect_uri", self.redirect_uri.as_deref()),
            ("state", self.state.as_deref()),
            ("issuer_state", self.issuer_state.as_ref().map(Secret::expose)),
            ("dpop_jkt", self.dpop_jkt.as_deref()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        if !self.scopes.is_empty() {
            form.append_pair("scope", &self.scopes.join(" "));
        }
        if !self.authorization_details.is_empty() {
            let details = serde_json::to_string(&self.authorization_details).unwrap_or_default();
            form.append_pair("authorization_details", &details);
        }
        form.finish()
    }
}

/// What goes back to the wallet by redirect; always with `iss` (RFC 9207), against mix-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizationResponse {
    /// A code.
    Code(Secret),
    /// A refusal.
    Refused(AuthorizationErrorCode),
}

impl AuthorizationResponse {
    /// The address that the person's browser is sent to; `None` when `redirect_uri` is no address
    /// without a fragment (RFC 6749, 3.1.2).
    pub fn redirect(&self, redirect_uri: &str, state: Option<&str>, issuer: &str) -> Option<Url> {
        let mut url = Url::parse(redirect_uri).ok().filter(|url| url.fragment().is_none())?;
        {
            let mut query = url.query_pairs_mut();
            match self {
                Self::Code(code) => query.append_pair("code", code.expose()),
                Self::Refused(error) => query.append_pair("error", error.as_str()),
            };
            if let Some(state) = state {
                query.append_pair("state", state);
            }
            query.append_pair("iss", issuer);
        }
        Some(url)
    }

    /// Reads the query of the address that the wallet was called by.
    ///
    /// # Errors
    /// [`ResponseRefused`]: `state` or `iss` is not the one expected, a parameter stands twice, or
    /// there is neither a code nor an error.
    pub fn parse(query: &[u8], state: &str, issuer: &str) -> Result<Self, ResponseRefused> {
        let mut parameters: HashMap<Cow<'_, str>, Cow<'_, str>> = HashMap::new();
        for (name, value) in form_urlencoded::parse(query) {
            if parameters.insert(name, value).is_some() {
                return Err(ResponseRefused::Twice);
            }
        }
        if parameters.get("state").map(AsRef::as_ref) != Some(state) {
            return Err(ResponseRefused::OtherState);
        }
        if parameters.get("iss").map(AsRef::as_ref) != Some(issuer) {
            return Err(ResponseRefused::OtherIssuer);
        }
        match (parameters.remove("code"), parameters.remove("error")) {
            (Some(code), None) => Ok(Self::Code(code.into_owned().into())),
            (None, Some(error)) => Ok(Self::Refused(AuthorizationErrorCode::from_text(&error))),
            _ => Err(ResponseRefused::Neither),
        }
    }
}

/// Why a wallet does not take an authorization response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseRefused {
    /// A parameter stands twice.
    #[error("a parameter of the authorization response stands twice")]
    Twice,
    /// `state` is missing or not ours.
    #[error("the authorization response belongs to another request")]
    OtherState,
    /// `iss` is missing or another (RFC 9207, 2.4).
    #[error("the authorization response comes from another issuer")]
    OtherIssuer,
    /// Neither a code nor an error, or both.
    #[error("the authorization response has neither a code nor an error")]
    Neither,
}

/// A request that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct AuthorizationError {
    /// What to answer.
    pub code: AuthorizationErrorCode,
    /// For a developer's eyes.
    pub sentence: &'static str,
}

impl From<PkceError> for AuthorizationError {
    fn from(error: PkceError) -> Self {
        let sentence = match error {
            PkceError::OtherMethod => "code_challenge_method must be S256",
            PkceError::BadChallenge | PkceError::BadVerifier | PkceError::Mismatch => {
                "code_challenge is malformed"
            }
        };
        Self { code: AuthorizationErrorCode::InvalidRequest, sentence }
    }
}

/// Codes of the authorization and the pushed authorization request endpoint (RFC 6749, 4.1.2.1;
/// RFC 9126, 2.3; RFC 9396, 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthorizationErrorCode {
    /// Malformed.
    InvalidRequest,
    /// Unknown client, or one that is not authenticated.
    InvalidClient,
    /// This client may not ask for a code.
    UnauthorizedClient,
    /// The person, or the issuer, said no.
    AccessDenied,
    /// Not `code`.
    UnsupportedResponseType,
    /// No scope that is known.
    InvalidScope,
    /// A bad authorization detail.
    InvalidAuthorizationDetails,
    /// A `request` parameter.
    RequestNotSupported,
    /// Ours to mend.
    ServerError,
    /// Later, perhaps.
    TemporarilyUnavailable,
}

impl AuthorizationErrorCode {
    const ALL: [Self; 10] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::UnauthorizedClient,
        Self::AccessDenied,
        Self::UnsupportedResponseType,
        Self::InvalidScope,
        Self::InvalidAuthorizationDetails,
        Self::RequestNotSupported,
        Self::ServerError,
        Self::TemporarilyUnavailable,
    ];

    /// The code as written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::RequestNotSupported => "request_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// A code from the wire; one that nobody knows counts as the server's own error.
    fn from_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|code| code.as_str() == text).unwrap_or(Self::ServerError)
    }
}
