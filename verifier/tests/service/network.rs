//! A registry and an issuer as seen from outside: paths with answers, changed at will, each at an
//! origin of its own on loopback.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What a path answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn of(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, content_type, body: body.into(), delay: Duration::ZERO }
    }

    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::of("application/json", body.to_string())
    }

    pub(crate) fn list(token: impl Into<Vec<u8>>) -> Self {
        Self::of("application/statuslist+jwt", token)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::of("text/plain", "") }
    }
}

#[derive(Default)]
struct Paths {
    answers: HashMap<String, Answer>,
    bodies: HashMap<String, usize>,
    asked: HashMap<String, usize>,
}

/// One server.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) origin: String,
    paths: Arc<Mutex<Paths>>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let site = Self { origin, paths: Arc::default() };
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        site
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.paths.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    pub(crate) fn remove(&self, path: &str) {
        self.paths.lock().unwrap().answers.remove(path);
    }

    /// Every path answers 503 from now on.
    pub(crate) fn break_down(&self) {
        for answer in self.paths.lock().unwrap().answers.values_mut() {
            answer.status = 503;
        }
    }

    pub(crate) fn recover(&self) {
        for answer in self.paths.lock().unwrap().answers.values_mut() {
            answer.status = 200;
        }
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.paths.lock().unwrap().asked.get(path).copied().unwrap_or(0)
    }

    /// How often a path was answered with a body (not 304).
    pub(crate) fn bodies(&self, path: &str) -> usize {
        self.paths.lock().unwrap().bodies.get(path).copied().unwrap_or(0)
    }
}

async fn answer(State(site): State<Site>, headers: HeaderMap, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let answer = {
        let mut paths = site.paths.lock().unwrap();
        *paths.asked.entry(path.clone()).or_default() += 1;
        paths.answers.get(&path).cloned()
    };
    let Some(answer) = answer else { return StatusCode::NOT_FOUND.into_response() };
    tokio::time::sleep(answer.delay).await;
    let etag = format!(
        "\"{:x}\"",
        answer
            .body
            .iter()
            .fold(7_u64, |hash, byte| { hash.wrapping_mul(31).wrapping_add(u64::from(*byte)) })
    );
    if answer.status == 200
        && headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == &etag)
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    *site.paths.lock().unwrap().bodies.entry(path).or_default() += 1;
    let status = StatusCode::from_u16(answer.status).unwrap();
    let headers = [(header::CONTENT_TYPE, answer.content_type.to_owned()), (header::ETAG, etag)];
    (status, headers, answer.body).into_response()
}
