//! What stands around every router of ours.

use std::any::Any;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Limits;
use crate::metrics;
use crate::pages::{accepts_html, plain_page};
use crate::problem::{LogText, Problem};

/// Longest body that an extractor without a limit of its own takes.
const MAX_BODY_BYTES: usize = 1 << 20;
/// Longest body that is read to its end only to be refused.
const MAX_DRAINED_BYTES: usize = 16 << 20;
/// Stands for every body past the bound, and is shared.
static TOO_LONG: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![b' '; MAX_BODY_BYTES + 1]));
/// Answered even under overload, so that nobody restarts a busy process.
const HEALTH: &str = "/healthz";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Sent unless the handler says otherwise.
pub(super) const DEFAULTS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
];

/// The number of a request, for logs and error pages.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

struct Guard {
    requests: Semaphore,
    time: Duration,
    files: &'static [&'static str],
    file_time: Duration,
}

/// Puts the shared layers around a router: 404 and 405 as problems, panic, time, overload, request
/// id, security headers, one log line a request. `serve` does it; tests in process call it.
pub fn layered(router: Router, limits: &Limits) -> Router {
    let guard = Guard {
        requests: Semaphore::new(limits.requests),
        time: limits.request,
        files: limits.files,
        file_time: limits.file_request,
    };
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(Arc::new(guard), around))
}

async fn around(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let began = Instant::now();
    let method = request.method().clone();
    // The route, not the path: paths hold identifiers.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);

    let for_a_person = accepts_html(request.headers()) && !request.uri().path().contains("/api/");

    let file = guard.files.iter().any(|end| route.ends_with(end));

    // What handlers log carries the request's number.
    let span = tracing::info_span!("request", request.id = id, http.route = route);
    let mut response = answer(&guard, file, request, next).instrument(span).await;

    let status = response.status();
    let text = response.extensions_mut().remove::<LogText>().map(|LogText(text)| text);
    let text = text.as_deref().unwrap_or_default();
    let time = began.elapsed();
    metrics::request(&method, route, status, time);
    let ms = time.as_millis();
    if status.is_server_error() {
        tracing::error!(
            request.id = id, http.method = %method, http.route = route,
            http.status = status.as_u16(), ms, "request {id} got {status}: {text}"
        );
    } else {
        tracing::debug!(
            request.id = id, http.method = %method, http.route = route,
            // What the client sent may stand in a fault's text: it is not written.
            http.status = status.as_u16(), ms, "request {id} got {status}"
        );
    }
    if for_a_person && (status.is_client_error() || status.is_server_error()) {
        response = plain_page(response, &id);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
    response
}

async fn answer(guard: &Guard, file: bool, request: Request, next: Next) -> Response {
    let permit = guard.requests.try_acquire();
    if permit.is_err() && request.uri().path() != HEALTH {
        metrics::refused();
        return Problem::unavailable("The service is busy.").into_response();
    }
    let answered = async {
        let request = if file { request } else { drained(request).await };
        next.run(request).await
    };
    match timeout(if file { guard.file_time } else { guard.time }, answered).await {
        Ok(response) => plain_words(response),
        Err(_) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TIMED_OUT", "The answer took too long")
                .retry_after(1)
                .logged("timed out")
                .into_response()
        }
    }
}

/// Takes a body that is longer than any handler's bound off the wire and puts as much in its place
/// as makes every handler refuse it in its own form. A client that is still sending when the
/// refusal comes would see a broken connection instead.
async fn drained(request: Request) -> Request {
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let declared = declared.and_then(|value| value.parse::<usize>().ok()).unwrap_or_default();
    if !(MAX_BODY_BYTES + 1..=MAX_DRAINED_BYTES).contains(&declared) {
        return request;
    }
    let (head, mut body) = request.into_parts();
    while let Some(Ok(_discarded)) = body.frame().await {}
    Request::from_parts(head, Body::from(TOO_LONG.clone()))
}

/// The router's own 404 and 405 have no body: say what they mean.
fn plain_words(response: Response) -> Response {
    if response.headers().contains_key(CONTENT_TYPE) {
        return response;
    }
    let problem = match response.status() {
        StatusCode::NOT_FOUND => Problem::not_found("There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "The method is not taken here",
        ),
        _ => return response,
    };
    let mut answer = problem.into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    answer
}

/// The panic's own text may hold anything: it goes to standard error by the panic hook only.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::internal("the handler panicked").into_response()
}
