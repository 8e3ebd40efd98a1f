//! Conditional requests (RFC 9110, 13): a document from memory, or 304 when the caller has it.

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use vc::base64url;

/// A document with its strong entity tag, the SHA-256 of its bytes. Clones share the bytes.
#[derive(Clone, Debug)]
pub struct Tagged {
    bytes: Bytes,
    etag: HeaderValue,
}

impl Tagged {
    /// Computes the tag.
    #[expect(clippy::expect_used, reason = "base64url in quotes is a header value")]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let tag = format!("\"{}\"", base64url::encode(&Sha256::digest(&bytes)));
        Self { bytes, etag: HeaderValue::try_from(tag).expect("a header value") }
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// 200 with the bytes, or 304. Caches ask again each time (`no-cache`).
    pub fn answer(&self, request: &HeaderMap, content_type: &'static str) -> Response {
        let cached =
            [(ETAG, self.etag.clone()), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        if self.is_known(request) {
            return (StatusCode::NOT_MODIFIED, cached).into_response();
        }
        (cached, [(CONTENT_TYPE, content_type)], self.bytes.clone()).into_response()
    }

    fn is_known(&self, request: &HeaderMap) -> bool {
        request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            // "A recipient MUST use the weak comparison function" (RFC 9110, 13.1.2).
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.etag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(document: &Tagged, tags: &[&str]) -> u16 {
        let request = tags
            .iter()
            .map(|tag| (IF_NONE_MATCH, HeaderValue::try_from(*tag).unwrap()))
            .collect::<HeaderMap>();
        document.answer(&request, "application/json").status().as_u16()
    }

    #[test]
    fn a_caller_that_has_the_document_gets_304() {
        let document = Tagged::new("{}");
        let tag = document.etag.to_str().unwrap();

        assert_eq!(status(&document, &[tag]), 304);
        assert_eq!(status(&document, &[&format!("\"a\", W/{tag}")]), 304);
        assert_eq!(status(&document, &["*"]), 304);
    }

    #[test]
    fn a_caller_that_has_another_gets_the_document() {
        let document = Tagged::new("{}");
        let other = Tagged::new("[]");

        assert_eq!(status(&document, &[]), 200);
        assert_eq!(status(&document, &[other.etag.to_str().unwrap()]), 200);
        assert_eq!(status(&document, &["W/\"\"", "nonsense"]), 200);
    }

    #[test]
    fn both_answers_carry_the_tag_and_ask_caches_to_ask_again() {
        let document = Tagged::new("{}");
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, document.etag.clone())]);

        for request in [HeaderMap::new(), known] {
            let answer = document.answer(&request, "application/json");

            assert_eq!(answer.headers()[ETAG], document.etag);
            assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
        }
    }
}
