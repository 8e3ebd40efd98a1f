//! The load program: rows of the targets for issuing, bulk, status lists, start-up and memory, each
//! beside its floor in the same run. Writes docs/load.md. `tests/load/run` builds and starts it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement stops at the first surprise"
)]

mod floor;
mod home;
mod http;
mod people;
mod report;

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::floor::rate;
use crate::home::{Home, cpu, memory};
use crate::http::Connection;
use crate::report::Report;

/// How long each of the short rounds lasts.
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;
/// Connections that ask for lists.
const READERS: usize = 4;
/// Bytes that one new passport brings to the disk, about: what the floor writes, too.
const RECORD: usize = 4096;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [what, address, bytes] = arguments.as_slice()
        && what == "floor"
    {
        return floor::serve(address, bytes.parse().expect("a number of bytes")).await;
    }
    // Names of parts measure these alone and write nothing.
    let asked = |part: &str| arguments.is_empty() || arguments.iter().any(|named| named == part);
    let mut home = Home::start();
    let mut report = Report::default();
    if asked("lists") {
        lists(&home, &mut report).await;
    }
    if asked("issuing") {
        issuing(&home, &mut report).await;
    }
    if asked("writers") {
        writers(&home, &mut report).await;
    }
    if asked("bulk") {
        bulk(&mut home, &mut report).await;
    }
    if arguments.is_empty() {
        report.write();
    }
}

/// Asks again and again over some connections; requests, and the server's processor time for each.
async fn hammer(address: SocketAddr, process: u32, path: &str, headers: &str) -> (f64, f64) {
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut readers = Vec::new();
    let (began, before) = (Instant::now(), cpu(process));
    for _ in 0..READERS {
        let (stop, count) = (Arc::clone(&stop), Arc::clone(&count));
        let (path, headers) = (path.to_owned(), headers.to_owned());
        readers.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await;
            while !stop.load(Ordering::Relaxed) {
                let answer = connection.get(&path, &headers).await;
                assert!(matches!(answer.status, 200 | 304), "{}", answer.status);
                count.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    tokio::time::sleep(ROUND).await;
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("a reader ends");
    }
    let answered = count.load(Ordering::Relaxed);
    let each = (cpu(process) - before) / rate(answered, Duration::from_secs(1));
    (rate(answered, began.elapsed()), each * 1e6)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

async fn lists(home: &Home, report: &mut Report) {
    const LIST: &str = "/status-lists/0";
    let mut connection = Connection::open(home.address).await;
    let list = connection.get(LIST, "").await.expect(200);
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let own = std::env::current_exe().expect("a path");
    let mut child = Command::new(own)
        .args(["floor", &address.to_string(), &list.body.len().to_string()])
        .stdout(Stdio::null())
        .spawn()
        .expect("the floor starts");
    while tokio::net::TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let tag = list.etag.expect("an entity tag");
    for (name, ours, floors) in [
        ("status list GET", String::new(), String::new()),
        (
            "status list GET, 304",
            format!("if-none-match: {tag}\r\n"),
            "if-none-match: \"floor\"\r\n".to_owned(),
        ),
    ] {
        let (mut our, mut floor, mut our_rate, mut floor_rate) = (vec![], vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            let (rate, each) = hammer(address, child.id(), "/floor", &floors).await;
            floor.push(each);
            floor_rate.push(rate);
            let (rate, each) = hammer(home.address, home.id(), LIST, &ours).await;
            our.push(each);
            our_rate.push(rate);
        }
        let (our, floor) = (median(our), median(floor));
        report.row(
            name,
            &format!("{our:.1} µs CPU a request, {:.0}/s", median(our_rate)),
            &format!("axum, precomputed body: {floor:.1} µs, {:.0}/s", median(floor_rate)),
            &format!("{:.0} % of the floor's requests a CPU second", 100.0 * floor / our),
            "≥ 80 %",
        );
    }
    child.kill().expect("the floor ends");
    child.wait().expect("the floor ends");
}

async fn issuing(home: &Home, report: &mut Report) {
    const COUNT: usize = 300;
    let mut connection = Connection::open(home.address).await;
    let body = people::nurse().to_string();
    let mut passports = Vec::new();
    for _ in 0..COUNT {
        passports.push(people::create(home, &mut connection, body.as_bytes()).await);
    }
    let (began, before) = (Instant::now(), cpu(home.id()));
    for passport in &passports {
        people::receive(home, &mut connection, passport).await;
    }
    let count = f64::from(u32::try_from(COUNT).expect("few"));
    let mean = began.elapsed().as_secs_f64() * 1000.0 / count;
    let each = (cpu(home.id()) - before) * 1000.0 / count;
    let synced = 1000.0 / floor::log(home.folder.path(), 1, RECORD, ROUND);
    report.row(
        "pre-authorized issuance, offer → credential, one wallet after another",
        &format!("{mean:.2} ms mean, {each:.2} ms CPU"),
        &format!("its two durable commits on a raw log: {:.2} ms", 2.0 * synced),
        &format!("{:.1} × the floor", mean / (2.0 * synced)),
        "≤ 12 ms mean",
    );

    let mut times = Vec::new();
    for passport in passports.iter().take(50) {
        let path = format!("/api/v1/passports/{}/revoke", passport["id"].as_str().expect("an id"));
        let old = connection.get("/status-lists/0", "").await.etag;
        let headers = format!("{}{}", home.bearer, people::JSON);
        let began = Instant::now();
        let body = b"{\"reason\":\"LOST_DEVICE\"}";
        connection.send("POST", &path, &headers, body).await.expect(200);
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        let new = connection.get("/status-lists/0", "").await.etag;
        assert_ne!(old, new, "public when it is acknowledged");
    }
    let worst = times.iter().copied().fold(0.0, f64::max);
    report.row(
        "revocation: recorded, list rebuilt, signed and public",
        &format!("{:.2} ms median, {worst:.2} ms worst of 50", median(times)),
        &format!("one durable commit: {synced:.2} ms"),
        "public when it is acknowledged",
        "≤ 1 s",
    );
}

async fn writers(home: &Home, report: &mut Report) {
    let body: Arc<[u8]> = people::nurse().to_string().into_bytes().into();
    for writers in [1_usize, 16, 64] {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = Vec::new();
        let (began, before) = (Instant::now(), cpu(home.id()));
        for _ in 0..writers {
            let (stop, body) = (Arc::clone(&stop), Arc::clone(&body));
            let (address, headers) = (home.address, format!("{}{}", home.bearer, people::JSON));
            tasks.push(tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut made = 0_usize;
                while !stop.load(Ordering::Relaxed) {
                    let path = "/api/v1/passports";
                    connection.send("POST", path, &headers, &body).await.expect(201);
                    made += 1;
                }
                made
            }));
        }
        tokio::time::sleep(2 * ROUND).await;
        stop.store(true, Ordering::Relaxed);
        let mut made = 0;
        for task in tasks {
            made += task.await.expect("a writer ends");
        }
        let ours = rate(made, began.elapsed());
        let each = (cpu(home.id()) - before) * 1000.0 / rate(made, Duration::from_secs(1));
        let (floor, floor_each) = floor::store(home.folder.path(), writers, 2 * ROUND).await;
        let log = floor::log(home.folder.path(), writers, RECORD, ROUND);
        let words = if writers == 1 { "1 writer".to_owned() } else { format!("{writers} writers") };
        report.row(
            &format!("durable passports and offers over HTTP, {words}"),
            &format!("{ours:.0}/s, {each:.2} ms CPU each"),
            &format!(
                "the store's own group commit of 25 such rows: {floor:.0}/s, {floor_each:.2} ms CPU \
                 each; raw log, one write and one sync a batch: {log:.0}/s"
            ),
            &format!(
                "{:.0} % of the store's rate, {:.0} % of its records a CPU second",
                100.0 * ours / floor,
                100.0 * floor_each / each,
            ),
            "≥ 80 % of the store's own group commit",
        );
    }
}

async fn bulk(home: &mut Home, report: &mut Report) {
    let number = |name: &str, otherwise: usize| {
        let text = std::env::var(name).ok();
        text.map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let rows = number("LOAD_ROWS", 100_000);
    let files = number("LOAD_FILES", 1);
    let file = people::file(rows);
    let (mut times, mut processor) = (Vec::new(), 0.0);
    for turn in 0..files {
        let mut connection = Connection::open(home.address).await;
        let (began, before) = (Instant::now(), cpu(home.id()));
        let headers = format!("{}idempotency-key: load-{turn}\r\n", home.bearer);
        let answer = connection.send("POST", "/api/v1/imports", &headers, &file).await.expect(200);
        times.push(began.elapsed().as_secs_f64());
        processor += cpu(home.id()) - before;
        let text = String::from_utf8_lossy(&answer.body);
        let last = text.rsplit("data: ").next().expect("an event");
        let done: Value = serde_json::from_str(last.trim()).expect("JSON");
        assert_eq!(done["created"], rows, "{done}");
    }
    let all = f64::from(u32::try_from(rows * files).expect("few"));
    let floor = floor::log(home.folder.path(), 256, RECORD, ROUND);
    let (now, most) = memory(home.id());
    let worst = times.iter().copied().fold(0.0, f64::max);
    report.row(
        &format!("bulk: CSV of {rows} ({} MB) → durable offers", file.len() / 1_000_000),
        &format!(
            "{:.1} s median, {worst:.1} s worst of {files}; {:.2} ms CPU a row; {now} MB, at most {most}",
            median(times.clone()),
            processor * 1000.0 / all,
        ),
        &format!("raw log, 256 a sync: {:.1} s", all / rate(files, Duration::from_secs(1)) / floor),
        &format!("{:.1} × the floor", median(times) * floor * rate(files, Duration::from_secs(1)) / all),
        "≤ 60 s for 100,000",
    );
    let kept = rows * files;
    let stored = home.stored();
    let ready = home.restart();
    let mut connection = Connection::open(home.address).await;
    connection.get("/readyz", "").await.expect(200);
    let (resident, most) = memory(home.id());
    report.row(
        &format!("start after kill -9 with {kept} passports ({stored} MB on disk)"),
        &format!("ready in {:.2} s, {resident} MB resident, at most {most}", ready.as_secs_f64()),
        "–",
        "–",
        "10^6: ≤ 2 s, ≤ 150 MB",
    );
}
