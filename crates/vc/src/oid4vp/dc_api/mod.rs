//! OpenID4VP over the Digital Credentials API (OpenID4VP 1.0, appendix A): what a page hands to the
//! browser, what the browser hands to the wallet, and the way back.
//!
//! The verifier makes a [`DcApiRequest`] and its `data` by [`DcApiRequest::unsigned_data`],
//! [`signed_data`] or [`multi_signed_data`]. The wallet reads it with [`IncomingDcApiRequest::parse`],
//! with the origin that the platform told it, never one that the request names. The answer is bound
//! to that origin: [`origin_audience`] is the audience, of signed requests too (A.4).

mod response;
mod sign;
mod wallet;

use serde_json::{Map, Value};

pub use self::response::DcApiResponse;
pub use self::sign::{DcApiClient, multi_signed_data, signed_data};
pub use self::wallet::{DcApiExpected, IncomingDcApiRequest, SignedDcApiRequest};
use super::parameters::{Asked, Read, text};
use super::{ClientMetadata, RequestError, TransactionData, VerifierInfo};
use crate::dcql::DcqlQuery;

/// Members of a request that name the client, which an unsigned one does not have.
const CLIENT_ID: &str = "client_id";
const EXPECTED_ORIGINS: &str = "expected_origins";
const VERIFIER_INFO: &str = "verifier_info";

/// The exchange protocol (A.1): which kind of request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DcApiProtocol {
    /// The parameters as they stand.
    Unsigned,
    /// One compact JWS.
    Signed,
    /// One payload with the signatures of several clients (JWS JSON serialization).
    MultiSigned,
}

impl DcApiProtocol {
    /// As written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "openid4vp-v1-unsigned",
            Self::Signed => "openid4vp-v1-signed",
            Self::MultiSigned => "openid4vp-v1-multisigned",
        }
    }

    /// Reads a name; `None` for another protocol or version.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Unsigned, Self::Signed, Self::MultiSigned].into_iter().find(|it| it.name() == name)
    }
}

/// `response_mode` of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DcApiResponseMode {
    /// In clear.
    DcApi,
    /// Encrypted; HAIP 1.0 takes no other.
    DcApiJwt,
}

impl DcApiResponseMode {
    /// As written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DcApi => "dc_api",
            Self::DcApiJwt => "dc_api.jwt",
        }
    }
}

/// A request for presentations through the browser.
#[derive(Clone, Debug, PartialEq)]
pub struct DcApiRequest {
    /// How the answer travels.
    pub response_mode: DcApiResponseMode,
    /// Fresh for each request.
    pub nonce: String,
    /// What is asked for.
    pub dcql_query: DcqlQuery,
    /// What the verifier takes.
    pub client_metadata: Option<ClientMetadata>,
    /// What is to be authorised with the presentation.
    pub transaction_data: Vec<TransactionData>,
    /// What others attest of the verifier. In a multi-signed request each signature has its own.
    pub verifier_info: Vec<VerifierInfo>,
}

/// The audience of an answer to a page of this origin (A.4): what the key binding's `aud` must be.
pub fn origin_audience(origin: &str) -> String {
    format!("origin:{origin}")
}

impl DcApiRequest {
    /// `data` of an unsigned request. It names no client: the origin is all that is known (A.2).
    ///
    /// # Errors
    /// [`RequestError`] when the request breaks a rule.
    pub fn unsigned_data(&self) -> Result<Value, RequestError> {
        self.validate()?;
        Ok(Value::Object(self.to_claims()))
    }

    /// The rules that bind both sides.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn validate(&self) -> Result<(), RequestError> {
        self.asked().validate()
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            nonce: &self.nonce,
            dcql_query: &self.dcql_query,
            client_metadata: self.client_metadata.as_ref(),
            transaction_data: &self.transaction_data,
            verifier_info: &self.verifier_info,
            encrypted: self.response_mode == DcApiResponseMode::DcApiJwt,
        }
    }

    fn to_claims(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        self.asked().write(&mut claims);
        claims.insert("response_mode".to_owned(), self.response_mode.name().into());
        claims
    }

    /// Reads the parameters; unknown ones are ignored, `state` among them (A.2).
    fn from_claims(claims: &Map<String, Value>) -> Result<Self, RequestError> {
        let response_mode = match text(claims, "response_mode")?.as_str() {
            "dc_api" => DcApiResponseMode::DcApi,
            "dc_api.jwt" => DcApiResponseMode::DcApiJwt,
            _ => return Err(RequestError::UnsupportedResponseMode),
        };
        let Read { nonce, dcql_query, client_metadata, transaction_data, verifier_info } =
            Read::from(claims)?;
        let request = Self {
            response_mode,
            nonce,
            dcql_query,
            client_metadata,
            transaction_data,
            verifier_info,
        };
        request.validate()?;
        Ok(request)
    }
}
