//! The audit logs: whatever is changed in them is found (SECURITY H1).

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use issuer::SERVICE;
use issuer::audit::{LOGS, PASSPORTS};
use keys::{Ring, Sealing};
use serde_json::{Value, json};
use server::audit::chain::hash;
use server::audit::office::Auditor;
use server::audit::{ACCOUNTS, Head};
use server::control::{Accounts, Control};
use server::durable::{CommitError, Durable, OpenError};
use server::people::People;
use tempfile::TempDir;

use crate::world::World;

const HEADS: &[u8] = b"audit-signed-head/";
const AUDIT: &str = "audit:read";

/// A store with rows in both logs and a signed head, closed.
async fn closed() -> TempDir {
    let world = World::new().await;
    let created = world.created().await;
    world.app.maintain().await.unwrap();
    world.revoke(&created.id, "LOST_DEVICE").await;
    world.clock.advance(3600);
    world.app.maintain().await.unwrap();
    world.dir
}

fn ring(dir: &Path) -> Arc<Ring> {
    let sealing = Sealing::KeyFile(dir.join("key"));
    Arc::new(Ring::open(&dir.join("ring"), &sealing).unwrap())
}

fn open(dir: &Path) -> Durable {
    let began = Instant::now();
    loop {
        match Durable::open(&dir.join("store")) {
            Ok(db) => return db,
            Err(OpenError::Locked(_)) if began.elapsed() < Duration::from_secs(10) => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

async fn opened(dir: &TempDir) -> (Durable, Auditor) {
    let path = dir.path().to_owned();
    let db = tokio::task::spawn_blocking(move || open(&path)).await.unwrap();
    let auditor = Auditor::new(db.clone(), LOGS, Some(ring(dir.path())));
    (db, auditor)
}

async fn write(db: &Durable, entries: Vec<(Vec<u8>, Option<Vec<u8>>)>) {
    db.commit(move |_, batch| {
        for (key, value) in entries {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.remove(key),
            }
        }
        Ok::<(), CommitError>(())
    })
    .await
    .unwrap();
}

fn rows(db: &Durable, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    db.scan_prefix(prefix).map(Result::unwrap).collect()
}

#[tokio::test]
async fn h1_any_edited_byte_of_any_row_of_any_log_is_found_and_the_entry_named() {
    let dir = closed().await;
    let (db, auditor) = opened(&dir).await;
    let whole = auditor.verify(None).unwrap();
    assert!(whole.heads == 2 && whole.rows.iter().all(|(_, rows)| *rows > 1), "{whole:?}");

    let mut edited = 0;
    for (prefix, name) in
        [(PASSPORTS.rows, "passports"), (ACCOUNTS.rows, "accounts"), (HEADS, "signed head")]
    {
        for (number, (key, value)) in rows(&db, prefix).into_iter().enumerate() {
            for at in 0..value.len() {
                let mut other = value.clone();
                other[at] ^= 1;
                write(&db, vec![(key.clone(), Some(other))]).await;
                let found = auditor.verify(None).unwrap_err().to_string();
                let (entry, row) = (format!(" {} ", number + 1), format!(" {} ", number + 2));
                let named =
                    found.contains(name) && (found.contains(&entry) || found.contains(&row));
                assert!(named, "{name} {} byte {at}: {found}", number + 1);
                edited += 1;
            }
            write(&db, vec![(key, Some(value))]).await;
        }
    }

    assert!(edited > 1000, "{edited}");
    assert_eq!(auditor.verify(None).unwrap(), whole);
}

#[tokio::test]
async fn h1_a_tail_that_was_cut_with_its_head_is_found_by_the_signed_head() {
    let dir = closed().await;
    let (db, auditor) = opened(&dir).await;
    for log in LOGS {
        let before = rows(&db, log.rows);
        let head = db.get(log.head).unwrap();
        // The rows that are left agree with each other and with the head.
        let (last, kept) = before.split_last().unwrap();
        let end = Head {
            sequence: u64::try_from(kept.len()).unwrap(),
            hash: kept.last().map_or_else(|| Head::default().hash, |(_, row)| hash(row)),
        };
        let end = serde_json::to_vec(&end).unwrap();
        write(&db, vec![(last.0.clone(), None), (log.head.to_vec(), Some(end))]).await;

        let found = auditor.verify(None).unwrap_err().to_string();

        let expected = format!("the log {} ends at entry {}, ", log.name, kept.len());
        assert!(found.starts_with(&expected), "{found}");
        let back = vec![(last.0.clone(), Some(last.1.clone())), (log.head.to_vec(), head)];
        write(&db, back).await;
    }
    auditor.verify(None).unwrap();
}

#[tokio::test]
async fn h1_a_log_that_was_written_anew_is_not_the_one_that_was_signed() {
    let dir = closed().await;
    let (db, auditor) = opened(&dir).await;
    let mut head = Head::default();
    let mut anew = Vec::new();
    for (key, row) in rows(&db, PASSPORTS.rows) {
        let mut row: Value = serde_json::from_slice(&row).unwrap();
        row["who"] = json!("token:somebody-else");
        row["before"] = json!(head.hash);
        let bytes = serde_json::to_vec(&row).unwrap();
        head = Head { sequence: head.sequence + 1, hash: hash(&bytes) };
        anew.push((key, Some(bytes)));
    }
    anew.push((PASSPORTS.head.to_vec(), Some(serde_json::to_vec(&head).unwrap())));
    write(&db, anew).await;
    assert!(PASSPORTS.verify(&db, &Default::default()).is_ok());

    let found = auditor.verify(None).unwrap_err().to_string();

    assert_eq!(found, "entry 1 of the log passports is not the one that was signed");
}

#[tokio::test]
async fn h1_a_head_that_was_kept_elsewhere_finds_a_later_cut_of_the_heads_too() {
    let dir = closed().await;
    let (db, auditor) = opened(&dir).await;
    let heads = rows(&db, HEADS);
    let (last_key, last) = heads.last().unwrap().clone();
    let kept = String::from_utf8(last).unwrap();
    auditor.verify(Some(&kept)).unwrap();
    write(&db, vec![(last_key, None)]).await;
    auditor.verify(None).unwrap();

    let found = auditor.verify(Some(&kept)).unwrap_err().to_string();

    assert!(found.starts_with("the head that you kept is not among the signed heads"), "{found}");
}

#[tokio::test]
async fn a_head_is_signed_once_an_hour() {
    let world = World::new().await;
    let auditor = world.app.issuer().store.auditor(Arc::clone(&world.app.issuer().ring));

    let mut heads = Vec::new();
    for seconds in [0, 1, 3598, 1] {
        world.clock.advance(seconds);
        world.app.maintain().await.unwrap();
        heads.push(auditor.verify(None).unwrap().heads);
    }

    assert_eq!(heads, [1, 1, 1, 2]);
}

fn program(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_issuer"))
        .arg("audit")
        .args(arguments)
        .args(["--store", &format!("sled:{}", dir.join("store").display())])
        .args(["--ring", dir.join("ring").to_str().unwrap()])
        .args(["--key-file", dir.join("key").to_str().unwrap()])
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

async fn run(dir: &Path, arguments: &'static [&'static str]) -> (bool, String) {
    let dir = dir.to_owned();
    tokio::task::spawn_blocking(move || program(&dir, arguments)).await.unwrap()
}

#[tokio::test]
async fn h1_the_program_checks_a_closed_store_and_names_the_entry_that_is_broken() {
    let dir = closed().await;
    let (db, auditor) = opened(&dir).await;
    let (key, mut row) = rows(&db, PASSPORTS.rows).remove(1);
    drop((db, auditor));

    let (sound, told) = run(dir.path(), &["verify"]).await;
    assert!(sound, "{told}");
    assert!(told.contains("the log passports is whole: 2 entries\n"), "{told}");
    assert!(told.contains("2 signed heads stand"), "{told}");

    let (db, auditor) = opened(&dir).await;
    *row.last_mut().unwrap() = b' ';
    write(&db, vec![(key, Some(row))]).await;
    drop((db, auditor));
    let (sound, told) = run(dir.path(), &["verify"]).await;
    assert!(!sound);
    assert!(told.contains("entry 2 of the log passports was changed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_checks_and_exports_while_the_service_holds_the_store() {
    let world = World::new().await;
    let created = world.created().await;
    world.app.maintain().await.unwrap();
    let issuer = world.app.issuer();
    let auditor = issuer.store.auditor(Arc::clone(&issuer.ring));
    let people_dir = tempfile::tempdir().unwrap();
    let db = Durable::open(people_dir.path()).unwrap();
    let people = People::new(db, world.clock.clone(), SERVICE.grants, true);
    let accounts = Accounts { people, base_url: world.base_url.to_owned() };
    let store = world.dir.path().join("store");
    let _control = Control::with_auditor(&store, world.tokens.clone(), accounts, auditor).unwrap();

    let (sound, told) = run(world.dir.path(), &["verify"]).await;
    let (exported, lines) = run(world.dir.path(), &["export"]).await;

    assert!(sound && told.contains("1 signed heads stand"), "{told}");
    assert!(exported);
    assert!(lines.lines().any(|line| line.contains(&created.id)), "{lines}");
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{lines}");
}

#[tokio::test]
async fn an_auditor_reads_the_logs_page_by_page_and_can_chain_them_again() {
    let world = World::new().await;
    let auditor = world.token_with(&[AUDIT]).await;
    for _ in 0..3 {
        world.created().await;
    }
    world.app.maintain().await.unwrap();

    let mut items: Vec<Value> = Vec::new();
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let page = world.get_as(&auditor, &path).await.json();
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/audit?limit=2&cursor={cursor}");
        let found = page["items"].as_array().unwrap();
        assert!((1..=2).contains(&found.len()));
        items.extend(found.iter().cloned());
    }

    let of = |log: &str| items.iter().filter(|item| item["log"] == log).collect::<Vec<_>>();
    assert_eq!((of("passports").len(), of("heads").len()), (3, 1));
    for log in ["passports", "accounts"] {
        for pair in of(log).windows(2) {
            assert_eq!(pair[1]["row"]["before"], pair[0]["hash"]);
            assert_eq!(hash(pair[0]["row"].to_string().as_bytes()), pair[0]["hash"]);
        }
    }
    let bad = world.get_as(&auditor, "/api/v1/audit?cursor=nonsense").await;
    bad.is_problem(400);
    world.get_as(&world.token, "/api/v1/audit").await.is_problem(403);
}

#[tokio::test]
async fn the_export_has_every_line_and_nothing_personal() {
    let world = World::new().await;
    let auditor = world.token_with(&[AUDIT]).await;
    let mut nurse = world.nurse();
    nurse["identity"]["family_name"] = json!("Canaryfamily");
    let created = world.create(&nurse).await;
    let note = json!({ "reason": "OTHER", "note": "Canarynote of HR" });
    world.done(&created.id, "withdraw", &note).await;
    world.app.maintain().await.unwrap();

    let export = world.get_as(&auditor, "/api/v1/audit/export").await;

    assert_eq!(export.status, StatusCode::OK);
    let text = std::str::from_utf8(&export.body).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let acts: Vec<_> = lines
        .iter()
        .filter(|line| line["log"] == "passports")
        .map(|line| line["row"]["what"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["OFFERED", "WITHDRAWN"]);
    assert!(lines.last().unwrap()["jws"].is_string());
    for canary in ["Canary", &created.subject_ref, &created.tx_code] {
        assert!(!text.contains(canary), "{canary}");
    }
    let checked = world.get_as(&auditor, "/api/v1/audit/verify").await.json();
    assert_eq!(checked["whole"], true);
}
