//! Canaries through the whole life: what is written anywhere holds none of them (SECURITY K4, D2).

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Request, header};
use keys::{Purpose, Ring, Sealing};
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;

use crate::imports::files;
use crate::world::{Reply, Wallet, World};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn bytes_under(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_under(&path));
        } else if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name that would begin a log line of its own.
const FORGED: &str = "Canaryname\"}\n{\"level\":\"ERROR\",\"message\":\"forged\"}";

/// K4 and D2: names, dates, numbers, notes, tokens, codes and key bytes are in no log line, no
/// figure, no file of the store and no answer to somebody else; no input makes a log line.
#[tokio::test]
async fn k4_d2_no_canary_is_written_anywhere_and_no_log_line_is_forged() {
    let logs = Sink::default();
    let writer = logs.clone();
    let subscriber = server::telemetry::subscriber(LevelFilter::DEBUG, move || writer.clone());
    // Other tests of the same process may write there too: they know nothing of these canaries.
    drop(tracing::subscriber::set_global_default(subscriber));
    server::metrics::start();
    let world = World::new().await;
    let mut nurse = world.nurse();
    nurse["identity"]["given_name"] = json!("Canarygiven");
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    nurse["identity"]["birth_date"] = json!("1961-11-23");
    nurse["assignment"]["job_title"] = json!("Canary of the ward");
    nurse["professional_registration"]["number"] = json!("77C7777E");
    let mut canaries: Vec<String> =
        ["Canary", "canarygiven", "1961-11-23", "77C7777E", "forged\""].map(str::to_owned).into();
    let mut errors: Vec<Reply> = Vec::new();

    // Offered, guessed at, collected, accepted.
    let created = world.create(&nurse).await;
    let code = world.code(&created).await;
    errors.push(world.redeem(&code, Some("000000")).await);
    errors.push(world.redeem("Canarycode", Some(&created.tx_code)).await);
    let access = world.redeem(&code, Some(&created.tx_code)).await;
    let access = access.json()["access_token"].as_str().unwrap().to_owned();
    errors.push(world.redeem(&code, Some(&created.tx_code)).await);
    let wallet = Wallet::new();
    let proof = world.proof(&wallet).await;
    errors.push(world.ask("Canarytoken", &proof).await);
    let credential = world.ask(&access, &proof).await;
    let notification = credential.json()["notification_id"].as_str().unwrap().to_owned();
    world.verified(&credential);
    errors.push(world.ask(&access, &proof).await);
    world
        .notify(
            &access,
            &json!({
                "notification_id": notification, "event": "credential_accepted",
                "event_description": "Canarywords",
            }),
        )
        .await;
    // HR's acts, with notes.
    for (act, reason) in [("suspend", "OTHER"), ("reinstate", "OTHER"), ("revoke", "OTHER")] {
        let note = json!({ "reason": reason, "note": format!("Canarynote {FORGED}") });
        let reply = world.act(&created.id, act, &note).await;
        if act != "revoke" {
            assert!(reply.status.is_success(), "{act} {:?}", reply.body);
        }
    }
    world.revoke(&created.id, "LOST_DEVICE").await;
    // What is refused: a passport, a search, an address, a file.
    let mut bad = nurse.clone();
    bad["identity"]["given_name"] = json!(FORGED);
    bad["identity"]["Canarymember"] = json!(1);
    let refused = world.post_json(&world.token, "/api/v1/passports", &bad).await;
    refused.is_problem(422);
    world.post(&world.token, "/api/v1/passports", "{\"Canary\": \u{1}}").await;
    world.get_as(&world.reader, "/api/v1/passports?q=Canaryfamily").await;
    errors.push(world.get_as("Canarybearer", "/api/v1/passports?q=Canaryfamily").await);
    errors.push(world.get_as(&world.reader, "/api/v1/passports?Canary=1").await);
    errors.push(world.get("/Canarypath%0a%7b%22level%22:%22ERROR%22").await);
    errors.push(world.get("/offers/Canaryoffer").await);
    let file = files::csv(&[files::nurse(&world, &[("identity.given_name", "Canaryrow\nforged")])]);
    let import = Request::post("/api/v1/imports")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token))
        .header("idempotency-key", "Canarykey")
        .header(header::USER_AGENT, "Canaryagent")
        .body(Body::from(file));
    world.send(import.unwrap()).await;
    world.app.maintain().await.unwrap();
    world.app.issuer().store.verify_audit().await.unwrap();

    let sealing = Sealing::KeyFile(world.dir.path().join("key"));
    let ring = Ring::open(&world.dir.path().join("ring"), &sealing).unwrap();
    let secret = ring.active(Purpose::Issuer).unwrap().to_secret_bytes();
    let offer = created.offer_path().rsplit('/').next().unwrap().to_owned();
    canaries.extend([code, access, offer, notification, proof, hex(&secret)]);
    canaries.extend([world.token.clone(), world.reader.clone(), world.attended.clone()]);
    canaries.push(vc::base64url::encode(&secret));
    let written = logs.bytes();
    let metrics = server::metrics::text();
    let mut store = bytes_under(&world.dir.path().join("store"));
    // Files are filled up with them.
    store.retain(|byte| *byte != 0);

    // The search does find what is there.
    let id = created.id.as_bytes();
    assert!(holds(&written, id) && holds(&store, created.subject_ref.as_bytes()));
    assert!(metrics.contains("http_requests_total{") && metrics.contains("store_facts_total"));
    assert!(metrics.contains("/api/v1/passports/{id}") && !holds(metrics.as_bytes(), id));
    let mut told = Vec::new();
    for line in written.split(|byte| *byte == b'\n') {
        if canaries.iter().any(|canary| holds(line, canary.as_bytes())) || holds(line, &secret) {
            told.push(String::from_utf8_lossy(line).into_owned());
        }
    }
    assert!(told.is_empty(), "canaries in the logs: {told:#?}");
    for (place, bytes) in [("metrics", metrics.as_bytes()), ("store", &store)] {
        for canary in &canaries {
            assert!(!holds(bytes, canary.as_bytes()), "{canary:?} is in the {place}");
        }
        assert!(!holds(bytes, &secret), "key bytes are in the {place}");
    }
    assert!(!holds(&written, created.tx_code.as_bytes()), "a transaction code is in the logs");
    for error in errors {
        assert!(!error.status.is_success());
        for canary in &canaries {
            assert!(!holds(&error.body, canary.as_bytes()), "{canary:?} in {:?}", error.body);
        }
    }
    for line in written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_slice(line).expect("each line is one JSON object");
        assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
}

/// What a handler logs carries the request's number, so that an answer's `X-Request-Id` leads to it.
#[tokio::test]
async fn a_log_line_carries_its_requests_number() {
    let logs = Sink::default();
    let writer = logs.clone();
    let subscriber = server::telemetry::subscriber(LevelFilter::INFO, move || writer.clone());
    let _here = tracing::subscriber::set_default(subscriber);
    let world = World::new().await;

    let reply = world.post_json(&world.token, "/api/v1/passports", &world.nurse()).await;

    let number = reply.header("x-request-id");
    let lines = String::from_utf8(logs.bytes()).unwrap();
    let line = lines.lines().find(|line| line.contains("is offered")).expect("a line");
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["span"]["request.id"], number);
    assert_eq!(line["span"]["http.route"], "/api/v1/passports");
}

/// Whatever methods and addresses come, the figures' labels stay as few as the routes.
#[tokio::test]
async fn labels_of_the_figures_are_bounded() {
    server::metrics::start();
    let world = World::new().await;

    for number in 0..50 {
        world.get(&format!("/nothing/{number}")).await;
        let method = format!("ODD{number}").parse().unwrap();
        world.method(method, &format!("/offers/{number}")).await;
        world.get(&format!("/status-lists/{number}")).await;
    }

    let text = server::metrics::text();
    assert!(text.contains("route=\"none\"") && text.contains("method=\"other\""));
    assert!(!text.contains("ODD") && !text.contains("/nothing"), "{text}");
}
