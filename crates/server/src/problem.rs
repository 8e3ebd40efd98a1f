//! Problems (RFC 9457): what the client reads, and apart from it what the log reads.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// One fault of a request's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// Plain words.
    pub message: String,
}

/// An `application/problem+json` answer.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    faults: Vec<Fault>,
    log: Option<String>,
    retry_after: Option<u64>,
}

impl Problem {
    /// `code` is stable, in capitals; its `type` is `urn:staff-passport:problem:` + the code.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, faults: vec![], log: None, retry_after: None }
    }

    /// A sentence about this occurrence, for the client.
    #[must_use]
    pub fn detail(self, sentence: impl Into<String>) -> Self {
        Self { detail: Some(sentence.into()), ..self }
    }

    /// What the log says besides; never shown to the client.
    #[must_use]
    pub fn logged(self, text: impl ToString) -> Self {
        Self { log: Some(text.to_string()), ..self }
    }

    /// The faults of the body.
    #[must_use]
    pub fn faults(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    /// `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
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
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "INVALID", "The content has faults")
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
        self.status
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        todo!()
    }
}

impl From<crate::durable::CommitError> for Problem {
    fn from(error: crate::durable::CommitError) -> Self {
        todo!()
    }
}

impl From<crate::durable::StoreError> for Problem {
    fn from(error: crate::durable::StoreError) -> Self {
        todo!()
    }
}
