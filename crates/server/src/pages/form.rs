//! Forms: urlencoded, bounded, from our own page.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::pages::{PageError, Visit};
use crate::problem::Problem;

/// Longest form in bytes.
pub const FORM_BYTES: usize = 512 * 1024;
/// The field that [`crate::pages::Shell::csrf_field`] writes.
pub(super) const CSRF: &str = "csrf";

/// What a form POST holds, after it proved to come from our own page: same origin, and the
/// session's `csrf` field. `T` is a struct of the fields, or `Vec<(String, String)>` for forms whose
/// fields repeat. The last argument of a handler.
#[derive(Clone, Debug)]
pub struct PageForm<T>(pub T);

impl<T, S> FromRequest<S> for PageForm<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, PageError> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or_else(no_pages)?;
        visit.same_origin(request.headers())?;
        let is_form = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| {
                essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "NOT_A_FORM",
                "The content type is not taken here",
            )
            .into());
        }
        let body = match Limited::new(request.into_body(), FORM_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "BODY_TOO_LONG",
                    "The form is too long",
                )
                .into());
            }
            Err(error) => return Err(unreadable().logged(error).into()),
        };
        let fields: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&body).map_err(|_| unreadable())?;
        let (csrf, fields): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name == CSRF);
        match csrf.as_slice() {
            [(_, given)] if visit.holds_csrf(given) => {}
            _ => return Err(csrf_failed().into()),
        }
        let fields = serde_urlencoded::to_string(&fields).map_err(|_| unreadable())?;
        serde_urlencoded::from_str(&fields)
            .map(Self)
            .map_err(|error| unreadable().logged(error).into())
    }
}

pub(super) fn unreadable() -> Problem {
    Problem::bad_request("FORM_UNREADABLE", "The form did not arrive as this page sends it.")
}

pub(crate) fn csrf_failed() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "CSRF_FAILED", "Not sent from this page").detail(
        "The form was open for too long, or it was not sent from our own page. Nothing was done.",
    )
}

pub(crate) fn no_pages() -> Problem {
    Problem::not_found("This service runs without pages.")
}

pub(crate) fn equal(given: &str, kept: &str) -> bool {
    !kept.is_empty() && bool::from(given.as_bytes().ct_eq(kept.as_bytes()))
}
