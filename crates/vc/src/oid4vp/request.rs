//! The authorization request (OpenID4VP 1.0, 5): made by the verifier, checked by both.

use serde_json::{Map, Value};
use url::Url;

use super::parameters::{Asked, Read, is_url_safe, optional_text, text};
use super::{ClientId, ClientIdError, ClientMetadata, ErrorCode, TransactionData, VerifierInfo};
use crate::dcql::{DcqlError, DcqlQuery};
use crate::jws::JwsError;
use crate::oid4vci::Transport;

/// Shortest `state` that must carry the request's freshness alone: 128 bits in base64url.
const MIN_STATE_CHARS: usize = 22;

/// A request for presentations, answered by a direct post.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// The whole client identifier, prefix and all.
    pub client_id: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Where the answer is posted.
    pub response_uri: String,
    /// Fresh for each request.
    pub nonce: String,
    /// Echoed in the answer.
    pub state: Option<String>,
    /// What is asked for.
    pub dcql_query: DcqlQuery,
    /// What the verifier takes.
    pub client_metadata: Option<ClientMetadata>,
    /// What is to be authorised with the presentation.
    pub transaction_data: Vec<TransactionData>,
    /// What others attest of the verifier; unverified.
    pub verifier_info: Vec<VerifierInfo>,
}

/// `response_mode`, of those that cross devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// A form.
    DirectPost,
    /// A form with an encrypted response.
    DirectPostJwt,
}

impl ResponseMode {
    /// As written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectPost => "direct_post",
            Self::DirectPostJwt => "direct_post.jwt",
        }
    }
}

impl AuthorizationRequest {
    /// The parameters as claims of a request object.
    pub fn to_claims(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        self.asked().write(&mut claims);
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("client_id", self.client_id.as_str().into());
        put("response_mode", self.response_mode.name().into());
        put("response_uri", self.response_uri.as_str().into());
        if let Some(state) = &self.state {
            put("state", state.as_str().into());
        }
        claims
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            nonce: &self.nonce,
            dcql_query: &self.dcql_query,
            client_metadata: self.client_metadata.as_ref(),
            transaction_data: &self.transaction_data,
            verifier_info: &self.verifier_info,
            encrypted: self.response_mode == ResponseMode::DirectPostJwt,
        }
    }

    /// Reads the parameters. Unknown ones are ignored.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn from_claims(
        claims: &Map<String, Value>,
        transport: Transport,
    ) -> Result<Self, RequestError> {
        // 5: a request object is complete; it does not lead to another.
        for forbidden in ["request", "request_uri"] {
            if claims.contains_key(forbidden) {
                return Err(RequestError::Forbidden(forbidden));
            }
        }
        // 8.2: `redirect_uri` with `direct_post` "MUST" be answered by `invalid_request`.
        if claims.contains_key("redirect_uri") {
            return Err(RequestError::Forbidden("redirect_uri"));
        }
        if claims.contains_key("scope") {
            // 5.1: "Either a dcql_query or a scope … but not both"; we define no scope.
            return Err(if claims.contains_key("dcql_query") {
                RequestError::QueryAndScope
            } else {
                RequestError::UnknownScope
            });
        }
        let client_id = text(claims, "client_id")?;
        if text(claims, "response_type")? != "vp_token" {
            return Err(RequestError::UnsupportedResponseType);
        }
        let response_mode = match text(claims, "response_mode")?.as_str() {
            "direct_post" => ResponseMode::DirectPost,
            "direct_post.jwt" => ResponseMode::DirectPostJwt,
            _ => return Err(RequestError::UnsupportedResponseMode),
        };
        let Read { nonce, dcql_query, client_metadata, transaction_data, verifier_info } =
            Read::from(claims)?;
        let request = Self {
            client_id,
            response_mode,
            response_uri: text(claims, "response_uri")?,
            nonce,
            state: optional_text(claims, "state")?,
            dcql_query,
            client_metadata,
            transaction_data,
            verifier_info,
        };
        request.validate(transport)?;
        Ok(request)
    }

    /// The rules that bind both sides.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn validate(&self, transport: Transport) -> Result<(), RequestError> {
        let client_id = ClientId::parse(&self.client_id)?;
        if !transport.permits(&self.response_uri) {
            return Err(RequestError::Parameter("response_uri"));
        }
        match &client_id {
            ClientId::RedirectUri(uri) if *uri != self.response_uri => {
                return Err(RequestError::ForeignResponseUri);
            }
            // 5.9.3: the name "MUST match" the host of `response_uri`.
            ClientId::X509SanDns(name) if !has_host(&self.response_uri, name) => {
                return Err(RequestError::ForeignResponseUri);
            }
            _ => {}
        }
        self.asked().validate()?;
        // 5.3: without holder binding `state` is all that ties an answer to its request.
        let unbound = self
            .dcql_query
            .credentials
            .iter()
            .any(|query| !query.require_cryptographic_holder_binding);
        let state_long_enough =
            self.state.as_ref().is_some_and(|state| state.len() >= MIN_STATE_CHARS);
        let state_safe = self.state.as_ref().is_none_or(|state| state.bytes().all(is_url_safe));
        if !state_safe || (unbound && !state_long_enough) {
            return Err(RequestError::Parameter("state"));
        }
        Ok(())
    }
}

fn has_host(address: &str, name: &str) -> bool {
    Url::parse(address)
        .ok()
        .and_then(|url| url.host_str().map(|host| host.eq_ignore_ascii_case(name)))
        .unwrap_or(false)
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The request object is refused as a token.
    #[error("request object refused")]
    Object(#[source] JwsError),
    /// The client identifier is refused.
    #[error("client identifier refused")]
    ClientId(#[from] ClientIdError),
    /// The object's client identifier is not the link's.
    #[error("the request object is of another client")]
    OtherClient,
    /// The signer is not the one that the client identifier names.
    #[error("the signer is not the client")]
    WrongSigner,
    /// A signature where none may be, or none where one must.
    #[error("a client of this prefix does not sign so")]
    SignatureNotAllowed,
    /// Encrypted in a way that we do not speak.
    #[error("request object encrypted in an unsupported way")]
    Encryption,
    /// The page's origin is none of `expected_origins`.
    #[error("made for another origin")]
    Origin,
    /// `wallet_nonce` is missing or another.
    #[error("wallet_nonce is missing or another")]
    WalletNonce,
    /// `aud` is another wallet.
    #[error("made for another wallet")]
    Audience,
    /// Past its `exp`, or before its `iat` or `nbf`.
    #[error("request expired or not yet valid")]
    Expired,
    /// A parameter is missing or not of its form.
    #[error("parameter {0:?} is missing or not of its form")]
    Parameter(&'static str),
    /// A parameter that must not be there.
    #[error("parameter {0:?} must not be there")]
    Forbidden(&'static str),
    /// `dcql_query` and `scope`.
    #[error("both dcql_query and scope")]
    QueryAndScope,
    /// A `scope` that means nothing here.
    #[error("unknown scope")]
    UnknownScope,
    /// Not `vp_token`.
    #[error("unsupported response_type")]
    UnsupportedResponseType,
    /// Not a direct post.
    #[error("unsupported response_mode")]
    UnsupportedResponseMode,
    /// `response_uri` is not the client's.
    #[error("response_uri is not the client's")]
    ForeignResponseUri,
    /// The query is refused.
    #[error("query refused")]
    Query(#[from] DcqlError),
    /// `transaction_data` is malformed, of an unknown type, or about no bound credential.
    #[error("transaction_data refused")]
    TransactionData,
    /// `direct_post.jwt` without a key that can be encrypted to.
    #[error("no key to encrypt to")]
    NoEncryptionKey,
}

impl RequestError {
    /// What a wallet answers (8.5).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownScope => ErrorCode::InvalidScope,
            Self::TransactionData => ErrorCode::InvalidTransactionData,
            Self::ClientId(_)
            | Self::OtherClient
            | Self::WrongSigner
            | Self::SignatureNotAllowed => ErrorCode::InvalidClient,
            Self::Object(_)
            | Self::Encryption
            | Self::Origin
            | Self::WalletNonce
            | Self::Audience
            | Self::Expired
            | Self::Parameter(_)
            | Self::Forbidden(_)
            | Self::QueryAndScope
            | Self::UnsupportedResponseType
            | Self::UnsupportedResponseMode
            | Self::ForeignResponseUri
            | Self::Query(_)
            | Self::NoEncryptionKey => ErrorCode::InvalidRequest,
        }
    }
}
