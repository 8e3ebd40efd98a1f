//! What could not be cheaper: axum with a precomputed body, a log file with one write and one sync
//! for all who wait, and the store's own group commit with nothing around it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use server::durable::{Batch, CommitError, Durable, View};

use crate::home::cpu;

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

/// Keys that one new passport with its offer brings to the store, and bytes of their values: the
/// document, search tokens, offer, audit row, history, indices.
const ROWS: [(usize, usize); 25] = [
    (30, 38),
    (31, 92),
    (31, 3200),
    (25, 112),
    (47, 0),
    (47, 0),
    (47, 0),
    (47, 0),
    (47, 0),
    (47, 0),
    (47, 0),
    (38, 620),
    (37, 46),
    (41, 46),
    (41, 46),
    (14, 300),
    (13, 90),
    (33, 20),
    (32, 100),
    (25, 760),
    (42, 0),
    (32, 0),
    (42, 0),
    (41, 0),
    (23, 2),
];

/// Groups of such rows a second that the store takes from so many writers, and milliseconds of
/// processor time for each.
pub(crate) async fn store(folder: &Path, writers: usize, time: Duration) -> (f64, f64) {
    let folder = folder.join("floor-store");
    let db = Durable::open(&folder).expect("a store");
    let (began, before) = (Instant::now(), cpu(std::process::id()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..writers {
        let db = db.clone();
        tasks.spawn(async move {
            let mut made = 0_usize;
            while began.elapsed() < time {
                let name = uuid::Uuid::new_v4();
                let fact = move |_: &View<'_>, batch: &mut Batch| {
                    for (at, (key, value)) in ROWS.iter().enumerate() {
                        let mut row = format!("{at:02}/{name}").into_bytes();
                        row.resize(*key, b'k');
                        batch.put(row, vec![b'v'; *value]);
                    }
                    Ok::<_, CommitError>(())
                };
                db.commit(fact).await.expect("the store takes it");
                made += 1;
            }
            made
        });
    }
    let made: usize = tasks.join_all().await.into_iter().sum();
    let each = (cpu(std::process::id()) - before) * 1000.0 / rate(made, Duration::from_secs(1));
    let rate = rate(made, began.elapsed());
    drop(db);
    drop(std::fs::remove_dir_all(folder));
    (rate, each)
}

/// So many a second.
pub(crate) fn rate(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}
