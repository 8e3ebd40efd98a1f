//! Problems (RFC 9457): what the client reads, and apart from it what the log reads.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::durable::{CommitError, StoreError};

/// One fault of a request's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// Plain words, in English.
    pub message: String,
    /// Key and values of what follows the label of the place, for a catalogue of another language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<serde_json::Value>,
}

impl Fault {
    /// A fault that is said in English alone.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into(), text: None }
    }
}

/// An `application/problem+json` answer; small, for it is the `Err` of every handler.
#[derive(Clone, Debug)]
pub struct Problem(Box<Contents>);

#[derive(Clone, Debug)]
struct Contents {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    faults: Vec<Fault>,
    log: Option<String>,
    retry_after: Option<u64>,
    challenge: Option<String>,
}

/// What the log says of an answer; travels with it to the place that logs requests.
#[derive(Clone, Debug)]
pub(crate) struct LogText(pub(crate) String);

/// What an error page says of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// `problem-CODE` of the catalogues, when they have it.
    pub(crate) code: &'static str,
    /// The sentence for programs.
    pub(crate) detail: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [Fault],
}

impl Problem {
    /// `code` is stable, in capitals; `type` is `urn:staff-passport:problem:` and the code in
    /// small letters with hyphens.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Contents {
            status,
            code,
            title,
            detail: None,
            faults: vec![],
            log: None,
            retry_after: None,
            challenge: None,
        }))
    }

    /// A sentence about this occurrence, for the client.
    #[must_use]
    pub fn detail(mut self, sentence: impl Into<String>) -> Self {
        self.0.detail = Some(sentence.into());
        self
    }

    /// What the log says besides; never shown to the client.
    #[must_use]
    pub fn logged(mut self, text: impl ToString) -> Self {
        self.0.log = Some(text.to_string());
        self
    }

    /// The faults of the body.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// `WWW-Authenticate` (RFC 6750, 3).
    #[must_use]
    pub fn challenge(mut self, challenge: impl Into<String>) -> Self {
        self.0.challenge = Some(challenge.into());
        self
    }

    /// 400.
    pub fn bad_request(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, "The request is not understood").detail(sentence)
    }

    /// 404.
    pub fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found").detail(sentence)
    }

    /// 409.
    pub fn conflict(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, "The state does not allow it").detail(sentence)
    }

    /// 422 with every fault of the body.
    pub fn unprocessable(faults: Vec<Fault>) -> Self {
        let sentence = match faults.len() {
            1 => "One thing is wrong; `faults` says where and what.".to_owned(),
            number => format!("{number} things are wrong; `faults` says where and what."),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "INVALID", "The content has faults")
            .detail(sentence)
            .faults(faults)
    }

    /// 500; the client reads nothing of `log`.
    pub fn internal(log: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Something went wrong here")
            .logged(log)
    }

    /// 503 with `Retry-After`.
    pub fn unavailable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "Try again soon")
            .detail(sentence)
            .retry_after(1)
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The sentence about this occurrence.
    pub fn sentence(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The faults of the body.
    pub fn body_faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let contents = *self.0;
        let body = Body {
            r#type: format!(
                "urn:staff-passport:problem:{}",
                contents.code.to_ascii_lowercase().replace('_', "-")
            ),
            title: contents.title,
            status: contents.status.as_u16(),
            detail: contents.detail.as_deref(),
            code: contents.code,
            faults: &contents.faults,
        };
        let mut response = (contents.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = contents.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) =
            contents.challenge.and_then(|text| HeaderValue::try_from(text).ok())
        {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(Told { code: contents.code, detail: contents.detail });
        if let Some(log) = contents.log {
            response.extensions_mut().insert(LogText(log));
        }
        response
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match &error {
            CommitError::Overloaded => {
                Self::unavailable("Too many writes are waiting.").logged(error)
            }
            CommitError::ReadOnly(_) => {
                Self::unavailable("The service cannot record anything at present.").logged(error)
            }
            CommitError::ValueTooLong(_) | CommitError::Dropped | CommitError::Read(_) => {
                Self::internal(error)
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}
