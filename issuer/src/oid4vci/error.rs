//! Errors of the protocol endpoints as answers (RFC 6749, 5.2; RFC 6750, 3; OpenID4VCI 1.0).

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use vc::oid4vci::{
    BearerErrorCode, CredentialErrorCode, Description, ErrorResponse, NotificationErrorCode,
    TokenErrorCode,
};

use crate::oid4vci::{BodyFault, NO_STORE, dpop};
use crate::status::publish::PublishError;
use crate::store::StoreError;

/// `{"error":…,"error_description":…}` with its status.
#[derive(Debug)]
pub struct ProtocolError {
    status: StatusCode,
    error: &'static str,
    description: Option<Description>,
    headers: Vec<(HeaderName, String)>,
}

impl ProtocolError {
    /// A code alone.
    pub fn new(status: StatusCode, error: &'static str) -> Self {
        Self { status, error, description: None, headers: vec![] }
    }

    /// The same with a header.
    #[must_use]
    pub(super) fn header(mut self, header: (HeaderName, String)) -> Self {
        self.headers.push(header);
        self
    }

    /// The same with a challenge (RFC 9110, 11.6.1).
    #[must_use]
    pub(super) fn challenge(self, challenge: String) -> Self {
        self.header((header::WWW_AUTHENTICATE, challenge))
    }

    /// The same with a sentence, of permitted characters only.
    #[must_use]
    pub fn describe(self, description: &str) -> Self {
        Self { description: Some(Description::new(description)), ..self }
    }

    /// 404.
    pub fn not_found(description: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found").describe(description)
    }

    /// 503 with `Retry-After`.
    pub fn unavailable(description: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            .describe(description)
            .header((header::RETRY_AFTER, "1".to_owned()))
    }

    /// 503: too much waits already; there is room again in so many seconds.
    pub fn busy(seconds: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            .describe("too many requests wait for their staff members; try again later")
            .header((header::RETRY_AFTER, seconds.to_string()))
    }

    /// 500; the client learns nothing.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %error, "a protocol request fails");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
    }

    /// 500: the copy's key has left the ring.
    pub fn no_key() -> Self {
        tracing::error!("the key of a recorded copy is not in the ring");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
    }

    /// 401: no token, or not one that stands (RFC 6750, 3.1: no code when none was sent).
    pub fn unauthorised(code: Option<BearerErrorCode>) -> Self {
        let plain = |error| Self::new(StatusCode::UNAUTHORIZED, error);
        match code {
            None => {
                plain("unauthorized").challenge("Bearer".to_owned()).challenge(dpop::challenge())
            }
            Some(code) => {
                plain(code.as_str()).challenge("Bearer error=\"invalid_token\"".to_owned())
            }
        }
    }

    /// A fault of the body, under the endpoint's own code.
    pub(super) fn of_body(fault: &BodyFault, error: &'static str, media_type: &str) -> Self {
        match fault {
            BodyFault::ContentType => Self::new(StatusCode::BAD_REQUEST, error)
                .describe(&format!("the body must be {media_type}")),
            BodyFault::Length => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error)
                .describe("the body is too long or cut off"),
        }
    }
}

impl IntoResponse for ProtocolError {
    fn into_response(self) -> Response {
        let mut members = serde_json::Map::new();
        members.insert("error".to_owned(), Value::from(self.error));
        if let Some(description) = &self.description {
            members.insert("error_description".to_owned(), Value::from(description.as_str()));
        }
        let mut response = (self.status, [NO_STORE], Json(members)).into_response();
        for (name, value) in self.headers {
            // All are of our own making.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

impl From<ErrorResponse<TokenErrorCode>> for ProtocolError {
    fn from(error: ErrorResponse<TokenErrorCode>) -> Self {
        let status = match error.error {
            TokenErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { description: error.error_description, ..Self::new(status, error.error.as_str()) }
    }
}

impl From<ErrorResponse<CredentialErrorCode>> for ProtocolError {
    fn from(error: ErrorResponse<CredentialErrorCode>) -> Self {
        let plain = Self::new(StatusCode::BAD_REQUEST, error.error.as_str());
        Self { description: error.error_description, ..plain }
    }
}

impl From<ErrorResponse<NotificationErrorCode>> for ProtocolError {
    fn from(error: ErrorResponse<NotificationErrorCode>) -> Self {
        let plain = Self::new(StatusCode::BAD_REQUEST, error.error.as_str());
        Self { description: error.error_description, ..plain }
    }
}

impl From<StoreError> for ProtocolError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Commit(
                server::durable::CommitError::Overloaded
                | server::durable::CommitError::ReadOnly(_)
                | server::durable::CommitError::Dropped,
            ) => {
                tracing::warn!(%error, "the store takes no write");
                Self::unavailable("try again soon")
            }
            StoreError::Commit(_) | StoreError::Read(_) | StoreError::Malformed(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<PublishError> for ProtocolError {
    fn from(error: PublishError) -> Self {
        Self::internal(&error)
    }
}
