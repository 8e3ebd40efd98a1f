//! The answer through the browser (OpenID4VP 1.0, A.4): `data` of a `DigitalCredential`.

use serde_json::{Value, json};

use super::{DcApiRequest, DcApiResponseMode};
use crate::oid4vp::answer::{check_answers, open_vp_token};
use crate::oid4vp::{
    AnswerError, EncryptedResponse, ErrorCode, PresentedAnswer, ResponseError, VerifiedAnswer,
    VpToken, parse_json,
};
use crate::verify::{NoncePolicy, Policy};

/// `data` of a response. Unknown members are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DcApiResponse {
    /// An answer in clear.
    Answer(VpToken),
    /// The wallet, or the person, declines; the error as written.
    Declined(String),
    /// An encrypted answer.
    Encrypted(EncryptedResponse),
}

impl DcApiResponse {
    /// Reads `data`, or the payload of a decrypted response.
    ///
    /// # Errors
    /// [`ResponseError`].
    pub fn parse(data: &[u8]) -> Result<Self, ResponseError> {
        let value = parse_json(data).map_err(|_| ResponseError::Malformed)?;
        match (value.get("vp_token"), value.get("error"), value.get("response")) {
            (Some(vp_token), None, None) => VpToken::parse(vp_token).map(Self::Answer),
            (None, Some(Value::String(error)), None) => Ok(Self::Declined(error.clone())),
            (None, None, Some(Value::String(jwe))) => {
                EncryptedResponse::parse(jwe).map(Self::Encrypted)
            }
            _ => Err(ResponseError::Malformed),
        }
    }

    /// The wallet's `data` for an answer in clear.
    pub fn answer_data(vp_token: &VpToken) -> Value {
        json!({ "vp_token": vp_token.to_json() })
    }

    /// The wallet's payload to encrypt, for `dc_api.jwt`.
    pub fn answer_payload(vp_token: &VpToken) -> Vec<u8> {
        Self::answer_data(vp_token).to_string().into_bytes()
    }

    /// The wallet's `data` around an encrypted payload.
    pub fn encrypted_data(jwe: &str) -> Value {
        json!({ "response": jwe })
    }

    /// The wallet's `data` for declining.
    pub fn error_data(code: ErrorCode) -> Value {
        json!({ "error": code.name() })
    }
}

impl DcApiRequest {
    /// The policy for each presentation: this request's nonce and the page's
    /// [`origin_audience`](super::origin_audience), ages as given.
    pub fn policy<'p>(
        &'p self,
        audience: &'p str,
        types: &'p [&'p str],
        ages: &Policy<'_>,
    ) -> Policy<'p> {
        Policy {
            audience,
            nonce: NoncePolicy::Exactly(&self.nonce),
            types,
            max_code_age: ages.max_code_age,
            max_code_ahead: ages.max_code_ahead,
            max_status_age: ages.max_status_age,
        }
    }

    /// Opens a response: mode, ids and numbers are checked, presentations parsed.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn open(&self, response: &DcApiResponse) -> Result<Vec<PresentedAnswer>, AnswerError> {
        match (self.response_mode, response) {
            (_, DcApiResponse::Declined(error)) => Err(AnswerError::Declined(error.clone())),
            (DcApiResponseMode::DcApi, DcApiResponse::Answer(vp_token)) => {
                open_vp_token(&self.dcql_query, vp_token)
            }
            (DcApiResponseMode::DcApiJwt, DcApiResponse::Answer(_))
            | (_, DcApiResponse::Encrypted(_)) => Err(AnswerError::WrongMode),
        }
    }

    /// Opens the payload of an encrypted response that the session's own key decrypted.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn open_decrypted(&self, payload: &[u8]) -> Result<Vec<PresentedAnswer>, AnswerError> {
        match (self.response_mode, DcApiResponse::parse(payload)?) {
            (_, DcApiResponse::Declined(error)) => Err(AnswerError::Declined(error)),
            (DcApiResponseMode::DcApiJwt, DcApiResponse::Answer(vp_token)) => {
                open_vp_token(&self.dcql_query, &vp_token)
            }
            (DcApiResponseMode::DcApi, DcApiResponse::Answer(_))
            | (_, DcApiResponse::Encrypted(_)) => Err(AnswerError::WrongMode),
        }
    }

    /// Holds verified presentations against the query; every transaction must be authorised.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn check(&self, answers: &[VerifiedAnswer<'_>]) -> Result<(), AnswerError> {
        check_answers(&self.dcql_query, &self.transaction_data, answers)
    }
}
