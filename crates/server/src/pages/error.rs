//! Error pages: what is wrong, what to do, and the request id for whoever helps.

use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::extract::Request;
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::pages::answer::with_headers;
use crate::pages::{Allow, Shell, Visit};
use crate::problem::{LogText, Problem, Told};
use crate::serve::RequestId;
use crate::texts::Texts;

/// An error of a page's handler: `?` on a [`Problem`] or a store's error makes it.
#[derive(Clone, Debug)]
pub struct PageError(Problem);

impl<P: Into<Problem>> From<P> for PageError {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
}

impl PageError {
    /// What it tells.
    pub fn problem(&self) -> &Problem {
        &self.0
    }
}

/// Stands in a response that is for a page, whatever the request accepts.
#[derive(Clone, Copy, Debug)]
struct ForPage;

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(ForPage);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    heading: String,
    what: String,
    next: String,
    request_id: String,
}

/// Makes pages of the problems that browsers are to read.
pub(crate) async fn render_errors(request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().cloned();
    let id = request.extensions().get::<RequestId>().cloned();
    let wants_page = accepts_html(request.headers())
        && !request.uri().path().contains("/api/")
        && (request.method() == Method::GET || request.method() == Method::POST);
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let Some(visit) = visit else { return response };
    if response.extensions().get::<ForPage>().is_none() && !(wants_page && is_ours(&response)) {
        return response;
    }
    let told = response.extensions().get::<Told>().cloned();
    let id = id.map(|RequestId(id)| id).unwrap_or_default();
    let shell = visit.shell().await;
    let mut rendered = error_page(shell, status, told, id);
    for name in [ALLOW, RETRY_AFTER, LOCATION] {
        if let Some(value) = response.headers().get(&name) {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(log) = response.extensions().get::<LogText>() {
        rendered.extensions_mut().insert(log.clone());
    }
    rendered
}

/// The same where no visit is known: the service is busy, or a handler panicked.
pub(crate) fn plain_page(response: Response, id: &str) -> Response {
    static TEXTS: LazyLock<Option<Arc<Texts>>> =
        LazyLock::new(|| Texts::new(&[]).ok().map(Arc::new));
    let Some(texts) = TEXTS.as_ref().filter(|_| is_ours(&response)) else { return response };
    let told = response.extensions().get::<Told>().cloned();
    let mut rendered = error_page(Shell::bare(texts), response.status(), told, id.to_owned());
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    rendered
}

/// A problem of ours, or an answer of the router without a body.
fn is_ours(response: &Response) -> bool {
    let problem = HeaderValue::from_static("application/problem+json");
    response.headers().get(CONTENT_TYPE).is_none_or(|kind| *kind == problem)
}

pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

fn error_page(shell: Shell, status: StatusCode, told: Option<Told>, id: String) -> Response {
    let known = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503];
    let code = status.as_u16();
    let code = if known.contains(&code) {
        code
    } else if status.is_server_error() {
        500
    } else {
        400
    };
    let text = |part: &str| shell.t(&format!("error-{code}-{part}"));
    let (heading, next) = (text("heading"), text("next"));
    let what = told
        .and_then(|told| {
            let key = format!("problem-{}", told.code);
            let known = shell.t(&key);
            if known == key { told.detail } else { Some(known) }
        })
        .unwrap_or_else(|| text("what"));
    let page = ErrorPage { heading, what, next, request_id: id, shell };
    match page.render() {
        Ok(html) => with_headers(status, Allow::default(), html),
        Err(error) => Problem::internal(error).into_response(),
    }
}
