//! What could not be cheaper: axum with a precomputed body, and a log file with one write and one
//! sync for all who wait.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const ETAG: HeaderValue = HeaderValue::from_static("\"floor\"");

/// `load floor ADDRESS BYTES`: serves `/floor` until it is killed.
pub(crate) async fn serve(address: &str, bytes: usize) {
    let body = Bytes::from(vec![b'a'; bytes]);
    let answer = move |request: HeaderMap| std::future::ready(answer(&body, &request));
    let router = Router::new().route("/floor", get(answer));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    println!("listening on http://{address}");
    axum::serve(listener, router).await.expect("the floor serves");
}

fn answer(body: &Bytes, request: &HeaderMap) -> Response {
    if request.get(header::IF_NONE_MATCH) == Some(&ETAG) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, ETAG)]).into_response();
    }
    ([(header::ETAG, ETAG)], body.clone()).into_response()
}

/// Records a second that a log file takes when `writers` wait for each sync together.
pub(crate) fn log(folder: &Path, writers: usize, record: usize, time: Duration) -> f64 {
    let path = folder.join("floor.log");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a log file");
    let batch = vec![b'a'; record * writers];
    let began = Instant::now();
    let mut records = 0_usize;
    while began.elapsed() < time {
        file.write_all(&batch).expect("the log takes it");
        file.sync_data().expect("the log is synced");
        records += writers;
    }
    let rate = rate(records, began.elapsed());
    drop(std::fs::remove_file(path));
    rate
}

/// So many a second.
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}
