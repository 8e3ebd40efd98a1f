//! Answers that stand ready in memory: given before the router and without its layers. They wait
//! for nothing and read no body, so the bounds on time and on requests in work have nothing to
//! bound; those on connections, heads and streams hold as ever.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri};
use axum::response::Response;
use axum::routing::future::RouteFuture;
use futures_util::future::Either;
use hyper::body::Incoming;
use tower::Service as _;

use super::Peer;
use super::guard::DEFAULTS;
use crate::metrics;

/// Knows what stands ready.
pub trait Precomputed: Send + Sync {
    /// The answer to a request, or `None` for the router to answer.
    fn answer(&self, request: &Asked<'_>) -> Option<Prepared>;
}

/// A request without its body.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// How.
    pub method: &'a Method,
    /// For what.
    pub uri: &'a Uri,
    /// With which headers.
    pub headers: &'a HeaderMap,
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The route, as the figures name it.
    pub route: &'static str,
    /// The status.
    pub status: StatusCode,
    /// Every header; [`with_defaults`] adds those that all answers have.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Adds the headers that every answer has unless it says otherwise.
pub fn with_defaults(mut headers: HeaderMap) -> HeaderMap {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
    headers
}

/// What one connection is served by.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) router: Router,
    pub(super) precomputed: Option<Arc<dyn Precomputed>>,
    pub(super) peer: Peer,
    /// Whether anything was asked yet.
    pub(super) asked: Arc<AtomicBool>,
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.asked.store(true, Ordering::Relaxed);
        let standing = self.precomputed.as_ref().and_then(|standing| {
            let (method, uri, headers) = (request.method(), request.uri(), request.headers());
            standing.answer(&Asked { method, uri, headers })
        });
        if let Some(Prepared { route, status, headers, body }) = standing {
            metrics::request(request.method(), route, status, Duration::ZERO);
            tracing::debug!(http.route = route, http.status = status.as_u16(), "answered at once");
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            return Either::Left(ready(Ok(response)));
        }
        request.extensions_mut().insert(self.peer);
        // A router is always ready.
        Either::Right(self.router.clone().call(request))
    }
}
