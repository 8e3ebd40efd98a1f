//! How a request reaches a wallet (OpenID4VP 1.0, 5.3, 5.10 and 5.11): a link by reference, and
//! what a wallet posts to `request_uri`.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{form_parameters, parse_json};
use crate::oid4vci::Transport;

/// Longest link in bytes.
pub const MAX_LINK_BYTES: usize = 16 * 1024;

/// The link of a QR code: who asks, and where the signed request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationLink {
    /// The client identifier; the request object's must be equal.
    pub client_id: String,
    /// Where to get the request object.
    pub request_uri: String,
    /// How to get it.
    pub request_uri_method: RequestUriMethod,
}

/// `request_uri_method`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestUriMethod {
    /// GET.
    #[default]
    Get,
    /// POST, with the wallet's nonce.
    Post,
}

impl AuthorizationLink {
    /// Reads a link of any scheme; what counts are its parameters. All others are ignored: only
    /// the request object's count.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(link: &str, transport: Transport) -> Result<Self, LinkError> {
        if link.len() > MAX_LINK_BYTES {
            return Err(LinkError::TooLong);
        }
        let (_, query) = link.split_once('?').ok_or(LinkError::NotALink)?;
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let names = ["client_id", "request_uri", "request_uri_method", "request"];
        let [client_id, request_uri, method, by_value] =
            form_parameters(query.as_bytes(), names).ok_or(LinkError::ParameterTwice)?;
        if by_value.is_some() {
            return Err(LinkError::ByValue);
        }
        let request_uri = request_uri.ok_or(LinkError::NotALink)?;
        if !transport.permits(&request_uri) {
            return Err(LinkError::BadAddress);
        }
        let request_uri_method = match method.as_deref() {
            None | Some("get") => RequestUriMethod::Get,
            Some("post") => RequestUriMethod::Post,
            // 5.10.1: `invalid_request_uri_method`, "neither get nor post (case-sensitive)".
            Some(_) => return Err(LinkError::BadMethod),
        };
        let client_id = client_id.filter(|id| !id.is_empty()).ok_or(LinkError::NoClientId)?;
        Ok(Self { client_id, request_uri, request_uri_method })
    }

    /// The link under a scheme such as `openid4vp://` or `haip-vp://`.
    pub fn to_uri(&self, scheme: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id);
        query.append_pair("request_uri", &self.request_uri);
        if self.request_uri_method == RequestUriMethod::Post {
            query.append_pair("request_uri_method", "post");
        }
        format!("{scheme}?{}", query.finish())
    }
}

/// What a wallet posts to `request_uri`. Unknown parameters are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestUriPost {
    /// What the wallet can do.
    pub wallet_metadata: Option<Map<String, Value>>,
    /// To be echoed in the request object.
    pub wallet_nonce: Option<String>,
}

impl RequestUriPost {
    /// Reads the form.
    ///
    /// # Errors
    /// [`LinkError::ParameterTwice`], [`LinkError::BadWalletMetadata`].
    pub fn parse(form: &[u8]) -> Result<Self, LinkError> {
        if form.len() > super::MAX_FORM_BYTES {
            return Err(LinkError::TooLong);
        }
        let [metadata, wallet_nonce] = form_parameters(form, ["wallet_metadata", "wallet_nonce"])
            .ok_or(LinkError::ParameterTwice)?;
        let wallet_metadata = match metadata.map(|text| parse_json(text.as_bytes())) {
            None => None,
            Some(Ok(Value::Object(members))) => Some(members),
            Some(Ok(_) | Err(_)) => return Err(LinkError::BadWalletMetadata),
        };
        Ok(Self { wallet_metadata, wallet_nonce })
    }

    /// The form to post.
    pub fn to_form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        if let Some(metadata) = &self.wallet_metadata {
            form.append_pair("wallet_metadata", &Value::Object(metadata.clone()).to_string());
        }
        if let Some(nonce) = &self.wallet_nonce {
            form.append_pair("wallet_nonce", nonce);
        }
        form.finish()
    }
}

/// Why a link is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Longer than its bound.
    #[error("too long")]
    TooLong,
    /// No `request_uri`.
    #[error("not a request by reference")]
    NotALink,
    /// A request by value, which we do not take.
    #[error("a request by value")]
    ByValue,
    /// A parameter stands twice.
    #[error("a parameter stands twice")]
    ParameterTwice,
    /// No `client_id`.
    #[error("no client_id")]
    NoClientId,
    /// `request_uri` is not an https address.
    #[error("request_uri is not an https address")]
    BadAddress,
    /// `request_uri_method` is neither `get` nor `post`.
    #[error("request_uri_method is neither get nor post")]
    BadMethod,
    /// `wallet_metadata` is not a JSON object.
    #[error("wallet_metadata is not a JSON object")]
    BadWalletMetadata,
}
