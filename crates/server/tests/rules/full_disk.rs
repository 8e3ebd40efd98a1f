//! A full disk: nothing acknowledged is lost, the store opens read-only and says so, and takes
//! writes again when there is room.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use server::Durable;
use server::durable::{CommitError, Options};

use super::durable::SMALL;

const DISK: &str = "STAFF_PASSPORT_TEST_DISK";
const ACKNOWLEDGED: &str = "STAFF_PASSPORT_TEST_ACKNOWLEDGED";
const OPTIONS: Options = Options { ballast_bytes: 8 << 20, ..SMALL };

/// A small disk of its own, three processes one after the other, room made before the last.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=48m tmpfs "$STAFF_PASSPORT_TEST_DISK" || exit 77
head -c 16m /dev/zero > "$STAFF_PASSPORT_TEST_DISK/something-else"
run() { "$0" --exact "full_disk::$1" --ignored --nocapture; }
run writes_until_the_disk_is_full
# Aborted: 128 + SIGABRT.
[ $? -eq 134 ] || exit 10
run reads_what_was_acknowledged || exit 11
rm "$STAFF_PASSPORT_TEST_DISK/something-else"
run writes_again || exit 12
"#;

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap().into()
}

fn store() -> Durable {
    Durable::open_with(&variable(DISK).join("store"), OPTIONS).unwrap()
}

fn acknowledged() -> Vec<u32> {
    let text = fs::read_to_string(variable(ACKNOWLEDGED)).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

async fn write(store: &Durable, number: u32) -> Result<(), CommitError> {
    store
        .commit(move |_, batch| {
            batch.put(number.to_be_bytes(), vec![7; 4000]);
            Ok(())
        })
        .await
}

fn assert_all_there(store: &Durable) {
    let acknowledged = acknowledged();
    assert!(acknowledged.len() > 100);
    for number in acknowledged {
        assert_eq!(store.get(&number.to_be_bytes()).unwrap().unwrap().len(), 4000, "{number}");
    }
}

#[tokio::test]
#[ignore = "run by a_full_disk_loses_nothing_and_is_read_only_until_there_is_room"]
async fn writes_until_the_disk_is_full() {
    let store = store();
    let mut notes = fs::File::create(variable(ACKNOWLEDGED)).unwrap();
    for number in 0.. {
        write(&store, number).await.unwrap();
        writeln!(notes, "{number}").unwrap();
    }
}

#[tokio::test]
#[ignore = "run by a_full_disk_loses_nothing_and_is_read_only_until_there_is_room"]
async fn reads_what_was_acknowledged() {
    let store = store();

    assert!(store.read_only().unwrap().contains("is full; make room and start again"));
    assert_all_there(&store);
    assert!(matches!(write(&store, u32::MAX).await, Err(CommitError::ReadOnly(_))));
}

#[tokio::test]
#[ignore = "run by a_full_disk_loses_nothing_and_is_read_only_until_there_is_room"]
async fn writes_again() {
    let store = store();

    assert_eq!(store.read_only(), None);
    assert_all_there(&store);
    write(&store, u32::MAX).await.unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_is_read_only_until_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();

    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT])
        .arg(std::env::current_exe().unwrap())
        .env(DISK, &disk)
        .env(ACKNOWLEDGED, dir.path().join("acknowledged"))
        .output();

    if !may_mount(&disk) {
        eprintln!("SKIPPED: this machine gives no disk to fill (unshare and mount a tmpfs)");
        return;
    }
    let run = run.unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
}

fn may_mount(disk: &Path) -> bool {
    Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs"])
        .arg(disk)
        .status()
        .is_ok_and(|status| status.success())
}
