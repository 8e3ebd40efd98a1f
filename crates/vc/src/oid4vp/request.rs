//! The authorization request (OpenID4VP 1.0, 5): made by the verifier, checked by both.

use serde_json::{Map, Value};
use url::Url;

use super::{ClientId, ClientIdError, ClientMetadata, ErrorCode, TransactionData};
use crate::dcql::{DcqlError, DcqlQuery};
use crate::jws::JwsError;
use crate::oid4vci::Transport;

/// Shortest `state` that must carry the request's freshness alone: 128 bits in base64url.
const MIN_STATE_CHARS: usize = 22;
/// Most transactions in one request.
const MAX_TRANSACTIONS: usize = 16;

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
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("client_id", self.client_id.as_str().into());
        put("response_type", "vp_token".into());
        put("response_mode", self.response_mode.name().into());
        put("response_uri", self.response_uri.as_str().into());
        put("nonce", self.nonce.as_str().into());
        put("dcql_query", self.dcql_query.to_json());
        if let Some(state) = &self.state {
            put("state", state.as_str().into());
        }
        if let Some(metadata) = &self.client_metadata {
            put("client_metadata", metadata.to_json());
        }
        if !self.transaction_data.is_empty() {
            let encoded: Vec<&str> =
                self.transaction_data.iter().map(TransactionData::encoded).collect();
            put("transaction_data", encoded.into());
        }
        claims
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
        let optional = |name: &'static str| match claims.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(RequestError::Parameter(name)),
        };
        let text = |name: &'static str| optional(name)?.ok_or(RequestError::Parameter(name));

        if text("response_type")? != "vp_token" {
            return Err(RequestError::UnsupportedResponseType);
        }
        let response_mode = match text("response_mode")?.as_str() {
            "direct_post" => ResponseMode::DirectPost,
            "direct_post.jwt" => ResponseMode::DirectPostJwt,
            _ => return Err(RequestError::UnsupportedResponseMode),
        };
        let query = claims.get("dcql_query").ok_or(RequestError::Parameter("dcql_query"))?;
        let client_metadata = claims
            .get("client_metadata")
            .map(|metadata| serde_json::from_value(metadata.clone()))
            .transpose()
            .map_err(|_| RequestError::Parameter("client_metadata"))?;
        let transaction_data = match claims.get("transaction_data") {
            None => Vec::new(),
            Some(Value::Array(items)) if !items.is_empty() => items
                .iter()
                .map(|item| {
                    let encoded = item.as_str().ok_or(RequestError::TransactionData)?;
                    TransactionData::parse(encoded).map_err(|_| RequestError::TransactionData)
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(RequestError::TransactionData),
        };
        let request = Self {
            client_id: text("client_id")?,
            response_mode,
            response_uri: text("response_uri")?,
            nonce: text("nonce")?,
            state: optional("state")?,
            dcql_query: DcqlQuery::parse(query)?,
            client_metadata,
            transaction_data,
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
        if self.nonce.is_empty() || !self.nonce.bytes().all(is_url_safe) {
            return Err(RequestError::Parameter("nonce"));
        }
        self.dcql_query.validate()?;
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
        if self.response_mode == ResponseMode::DirectPostJwt
            && self.client_metadata.as_ref().is_none_or(|it| it.choose_encryption().is_none())
        {
            return Err(RequestError::NoEncryptionKey);
        }
        self.validate_transactions()
    }

    fn validate_transactions(&self) -> Result<(), RequestError> {
        if self.transaction_data.len() > MAX_TRANSACTIONS {
            return Err(RequestError::TransactionData);
        }
        for transaction in &self.transaction_data {
            for id in transaction.credential_ids() {
                let query = self.dcql_query.credential(id).ok_or(RequestError::TransactionData)?;
                // B.3.3.1: hashes live in the key binding.
                if !query.require_cryptographic_holder_binding {
                    return Err(RequestError::TransactionData);
                }
            }
        }
        Ok(())
    }
}

/// ALPHA, DIGIT, `-`, `.`, `_`, `~` (5.2: "ASCII URL safe characters").
fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
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
