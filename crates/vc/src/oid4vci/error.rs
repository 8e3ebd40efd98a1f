//! Error responses with their exact codes (OpenID4VCI 1.0; RFC 6749, 5.2; RFC 6750, 3.1).

use serde::{Deserialize, Serialize};

use super::{DocumentError, read};

/// `{"error":…,"error_description":…}`; `C` is the closed set of codes of one endpoint, or `String`
/// on the wallet's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub struct ErrorResponse<C: std::fmt::Display> {
    /// The code.
    pub error: C,
    /// For a developer's eyes; never personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<Description>,
}

impl<C: std::fmt::Display> ErrorResponse<C> {
    /// A code alone.
    pub fn of(error: C) -> Self {
        Self { error, error_description: None }
    }

    /// A code and a sentence.
    pub fn new(error: C, description: &str) -> Self {
        Self { error, error_description: Some(Description::new(description)) }
    }
}

impl ErrorResponse<String> {
    /// Reads what an endpoint answered.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        read(json)
    }
}

/// Text of permitted characters only: %x20-21, %x23-5B, %x5D-7E (RFC 6749, 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Description(String);

impl Description {
    /// Puts `?` for each character that is not permitted.
    pub fn new(text: &str) -> Self {
        let permitted = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        Self(text.chars().map(|c| if permitted(c) { c } else { '?' }).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Description {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// The code as written on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// Codes of the token endpoint.
    TokenErrorCode {
        /// Malformed; a transaction code is missing, or sent where none is expected.
        InvalidRequest = "invalid_request",
        /// Unknown client, or anonymous where that is not allowed.
        InvalidClient = "invalid_client",
        /// Wrong, expired or used code; wrong transaction code.
        InvalidGrant = "invalid_grant",
        /// This client may not use this grant.
        UnauthorizedClient = "unauthorized_client",
        /// Another grant.
        UnsupportedGrantType = "unsupported_grant_type",
        /// Unknown scope.
        InvalidScope = "invalid_scope",
        /// RFC 9396, 5.
        InvalidAuthorizationDetails = "invalid_authorization_details",
        /// RFC 9449, 5.
        InvalidDpopProof = "invalid_dpop_proof",
        /// RFC 9449, 8.
        UseDpopNonce = "use_dpop_nonce",
    }
}

codes! {
    /// Codes of the credential and the deferred credential endpoint.
    CredentialErrorCode {
        /// Malformed.
        InvalidCredentialRequest = "invalid_credential_request",
        /// `credential_configuration_id` is not known.
        UnknownCredentialConfiguration = "unknown_credential_configuration",
        /// `credential_identifier` is not known.
        UnknownCredentialIdentifier = "unknown_credential_identifier",
        /// Proofs missing, bad, or without nonce.
        InvalidProof = "invalid_proof",
        /// A wrong or expired `c_nonce`: fetch another.
        InvalidNonce = "invalid_nonce",
        /// Encryption parameters missing or not supported.
        InvalidEncryptionParameters = "invalid_encryption_parameters",
        /// Not to be had, for good.
        CredentialRequestDenied = "credential_request_denied",
        /// Deferred: unknown, used or expired.
        InvalidTransactionId = "invalid_transaction_id",
    }
}

codes! {
    /// Codes of the notification endpoint.
    NotificationErrorCode {
        /// `notification_id` is not known.
        InvalidNotificationId = "invalid_notification_id",
        /// Malformed.
        InvalidNotificationRequest = "invalid_notification_request",
    }
}

codes! {
    /// Codes for `WWW-Authenticate` where a token is missing or bad.
    BearerErrorCode {
        /// Malformed: 400.
        InvalidRequest = "invalid_request",
        /// Expired, revoked, unknown: 401.
        InvalidToken = "invalid_token",
        /// Good, but not for this: 403.
        InsufficientScope = "insufficient_scope",
    }
}
