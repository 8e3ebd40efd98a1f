//! Strict JSON bodies of our own API: size, content type, duplicate and unknown members.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Longest body in bytes, unless the extractor says otherwise.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// A JSON body of at most `MAX` bytes. `T` should `#[serde(deny_unknown_fields)]`.
#[derive(Clone, Debug)]
pub struct StrictJson<T, const MAX: usize = MAX_BODY_BYTES>(pub T);

impl<T, S, const MAX: usize> FromRequest<S> for StrictJson<T, MAX>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        todo!()
    }
}
