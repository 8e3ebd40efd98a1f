//! Status lists before the router: whoever asks for one gets it from memory at once.

use axum::http::Method;
use server::serve::{Asked, Precomputed, Prepared};

use crate::status::publish::{Publisher, Shown};

/// The lists of one issuer at their addresses.
pub struct Standing {
    status: Publisher,
    tokens: String,
    bitstrings: String,
}

impl Standing {
    /// `base_path` is the base URL's, without a slash at its end.
    pub fn new(status: Publisher, base_path: &str) -> Self {
        let tokens = format!("{base_path}/status-lists/");
        Self { status, tokens, bitstrings: format!("{base_path}/bitstring-lists/") }
    }
}

impl Precomputed for Standing {
    fn answer(&self, request: &Asked<'_>) -> Option<Prepared> {
        // What a query asks is for the router to say.
        if request.method != Method::GET || request.uri.query().is_some() {
            return None;
        }
        let path = request.uri.path();
        let (number, shown) = match path.strip_prefix(&self.tokens) {
            Some(number) => (number, Shown::Token),
            None => {
                let (number, purpose) = path.strip_prefix(&self.bitstrings)?.split_once('/')?;
                (number, Shown::of_purpose(purpose)?)
            }
        };
        let served = self.status.list(number.parse().ok()?, shown)?;
        Some(served.prepared(request.headers))
    }
}
