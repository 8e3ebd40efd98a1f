//! Serving: what goes wrong is answered, and the next request works.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::{get, post};
use http_body_util::BodyExt;
use serde_json::Value;
use server::health;
use server::serve::{Limits, bind, layered, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tower::ServiceExt;

async fn get_json(router: &Router, path: &str) -> (axum::http::response::Parts, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn what_is_not_there_or_not_taken_is_a_problem() {
    let router = layered(Router::new().route("/a", post(async || "a")), &Limits::default());

    let (missing, problem) = get_json(&router, "/b").await;
    let (not_taken, refused) = get_json(&router, "/a").await;

    assert_eq!((missing.status.as_u16(), &problem["code"]), (404, &"NOT_FOUND".into()));
    assert_eq!(missing.headers["content-type"], "application/problem+json");
    assert_eq!((not_taken.status.as_u16(), &refused["code"]), (405, &"METHOD_NOT_ALLOWED".into()));
    assert_eq!(not_taken.headers["allow"], "POST");
}

#[tokio::test]
async fn every_answer_has_its_id_and_the_security_headers() {
    let own_cache = get(async || ([("cache-control", "no-cache")], "list"));
    let router = layered(
        Router::new().route("/a", get(async || "a")).route("/list", own_cache),
        &Limits::default(),
    );

    let (first, _) = get_json(&router, "/a").await;
    let (second, _) = get_json(&router, "/list").await;

    assert_ne!(first.headers["x-request-id"], second.headers["x-request-id"]);
    assert_eq!(first.headers["x-content-type-options"], "nosniff");
    assert_eq!(first.headers["x-frame-options"], "DENY");
    assert_eq!(first.headers["cache-control"], "no-store");
    assert_eq!(second.headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn a_panicking_handler_is_a_500_without_its_text() {
    let router = layered(
        Router::new()
            .route("/panic", get(async || -> &'static str { panic!("Nadia's date of birth") }))
            .route("/a", get(async || "a")),
        &Limits::default(),
    );

    let (parts, problem) = get_json(&router, "/panic").await;

    assert_eq!((parts.status.as_u16(), &problem["code"]), (500, &"INTERNAL".into()));
    assert!(!problem.to_string().contains("Nadia"));
    assert_eq!(get_json(&router, "/a").await.0.status, 200);
}

#[tokio::test]
async fn overload_is_503_with_retry_after_while_health_answers() {
    let inside = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let handler = {
        let (inside, go_on) = (Arc::clone(&inside), Arc::clone(&go_on));
        async move || {
            inside.notify_one();
            go_on.notified().await;
            "slow"
        }
    };
    let router = Router::new()
        .route("/slow", get(handler))
        .merge(health::router(Arc::new(|| Err("no registry is loaded".to_owned()))));
    let router = layered(router, &Limits { requests: 1, ..Limits::default() });
    let busy = {
        let router = router.clone();
        tokio::spawn(async move { get_json(&router, "/slow").await.0.status })
    };
    inside.notified().await;

    let (shed, problem) = get_json(&router, "/slow").await;
    let (healthy, _) = get_json(&router, "/healthz").await;
    go_on.notify_one();

    assert_eq!((shed.status.as_u16(), &problem["code"]), (503, &"UNAVAILABLE".into()));
    assert_eq!(shed.headers["retry-after"], "1");
    assert_eq!(healthy.status, 200);
    assert_eq!(busy.await.unwrap(), 200);
    let (unready, problem) = get_json(&router, "/readyz").await;
    assert_eq!(
        (unready.status.as_u16(), &problem["detail"]),
        (503, &"no registry is loaded".into())
    );
}

#[tokio::test]
async fn a_handler_that_hangs_is_503_after_its_time() {
    let router = layered(
        Router::new().route("/hang", get(async || std::future::pending::<&'static str>().await)),
        &Limits { request: Duration::from_millis(20), ..Limits::default() },
    );

    let (parts, problem) = get_json(&router, "/hang").await;

    assert_eq!((parts.status.as_u16(), &problem["code"]), (503, &"TIMED_OUT".into()));
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

async fn start(router: Router, limits: Limits) -> Running {
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(async move {
        let shutdown = async { drop(stopped.await) };
        serve(listener, router, None, limits, shutdown).await.unwrap();
    });
    Running { address, stop, served }
}

async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn shutdown_lets_the_request_in_work_finish_and_takes_no_new_one() {
    let inside = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let handler = {
        let (inside, go_on) = (Arc::clone(&inside), Arc::clone(&go_on));
        async move || {
            inside.notify_one();
            go_on.notified().await;
            "finished"
        }
    };
    let running = start(Router::new().route("/slow", get(handler)), Limits::default()).await;
    let address = running.address;
    let in_work =
        tokio::spawn(
            async move { exchange(address, "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await },
        );
    inside.notified().await;

    running.stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go_on.notify_one();

    let answer = in_work.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("finished"), "{answer}");
    running.served.await.unwrap();
}

#[tokio::test]
async fn d1_a_sender_that_never_finishes_its_head_is_cut_off() {
    let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
    let running = start(Router::new().route("/", get(async || "a")), limits).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();

    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    tokio::time::timeout(Duration::from_secs(20), silent.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();

    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    let healthy =
        exchange(running.address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(healthy.starts_with("HTTP/1.1 200 "), "{healthy}");
}

#[tokio::test]
async fn d1_connections_past_the_limit_wait_for_a_free_place() {
    let limits = Limits { connections: 1, ..Limits::default() };
    let running = start(Router::new().route("/", get(async || "a")), limits).await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let address = running.address;
    let waiting = tokio::spawn(async move {
        exchange(address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await
    });

    drop(first);

    assert!(waiting.await.unwrap().starts_with("HTTP/1.1 200 "));
}
