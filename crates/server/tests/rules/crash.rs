//! A process that is killed loses nothing that it acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use server::durable::CommitError;

use super::durable::open;

const DIR: &str = "STAFF_PASSPORT_TEST_CRASH_DIR";
const FROM: &str = "STAFF_PASSPORT_TEST_CRASH_FROM";
const WRITERS: u64 = 32;
/// Acknowledgements to read before the kill, a different number each round.
const ROUNDS: [usize; 5] = [1, 40, 333, 900, 1700];

/// The process that is killed: writes numbers, and prints each one when it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by a_killed_process_loses_nothing_that_it_acknowledged"]
async fn writes_until_killed() {
    let store = open(std::env::var(DIR).unwrap().as_ref());
    let from: u64 = std::env::var(FROM).unwrap().parse().unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in (from + writer..).step_by(usize::try_from(WRITERS).unwrap()) {
                    store
                        .commit(move |_, batch| {
                            batch.put(number.to_be_bytes(), vec![7; 700]);
                            Ok::<_, CommitError>(())
                        })
                        .await
                        .unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "ack {number}").unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<u64> = Vec::new();

    for (round, enough) in ROUNDS.into_iter().enumerate() {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writes_until_killed", "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .env(FROM, (round * 10_000_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acks = 0;
        while acks < enough {
            acks += usize::from(note(&lines.next().unwrap().unwrap(), &mut acknowledged));
        }
        child.kill().unwrap();
        // What it printed before it died counts too.
        for line in lines.map_while(Result::ok) {
            note(&line, &mut acknowledged);
        }
        child.wait().unwrap();

        let store = open(dir.path());
        for number in &acknowledged {
            let value = store.get(&number.to_be_bytes()).unwrap();
            assert_eq!(value.as_deref(), Some([7; 700].as_slice()), "{number} in round {round}");
        }
    }
    assert!(acknowledged.len() >= ROUNDS.iter().sum());
}

#[tokio::test]
async fn an_io_error_stops_the_process_before_it_acknowledges() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("SKIPPED: strace is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<u64> = Vec::new();

    for (round, fault) in ["fdatasync", "pwrite64"]
        .into_iter()
        .flat_map(|call| {
            [1, 2, 3, 7, 20].map(|when| format!("inject={call}:error=EIO:when={when}+"))
        })
        .enumerate()
    {
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", &fault])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writes_until_killed", "--ignored", "--nocapture"])
            .env(DIR, dir.path())
            .env(FROM, (round * 10_000_000).to_string())
            .output()
            .unwrap();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            note(line, &mut acknowledged);
        }

        assert!(!output.status.success(), "{fault}");
        let store = open(dir.path());
        for number in &acknowledged {
            let value = store.get(&number.to_be_bytes()).unwrap();
            assert_eq!(value.as_deref(), Some([7; 700].as_slice()), "{number} after {fault}");
        }
    }
    assert!(!acknowledged.is_empty());
}

fn note(line: &str, acknowledged: &mut Vec<u64>) -> bool {
    // The last line may be cut short by the kill: `lines` gives it without its end, so a number is
    // taken only when it was written whole, which one write of a short line is.
    match line.split_once("ack ").and_then(|(_, number)| number.parse().ok()) {
        Some(number) => {
            acknowledged.push(number);
            true
        }
        None => false,
    }
}
