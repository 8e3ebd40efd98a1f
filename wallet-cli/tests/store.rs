//! The sealed store: wrong passphrases, changed bytes, broken writes, two wallets at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

mod common;

use std::fs;
use std::path::Path;

use keys::{SealError, Secret};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use vc::time::UnixTime;
use wallet_cli::history::{Entry, Event};
use wallet_cli::store::{KeptRegistry, Settings, Store, StoreError};

const PASSPHRASE: &str = "correct horse battery staple";
const CANARY: &str = "canary-5b0e6a52";

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(5)
}

fn create(folder: &Path) -> Result<Store, StoreError> {
    let settings = Settings {
        registry_url: format!("https://registry.example/{CANARY}"),
        operator_keys: Vec::new(),
        threshold: 1,
    };
    let registry = KeptRegistry { document: CANARY.to_owned(), version: 1, etag: None };
    Store::create(folder, Secret::new(PASSPHRASE), settings, registry, &mut rng())
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, Secret::new(PASSPHRASE))
}

fn note(store: &mut Store, what: &str) {
    let entry = Entry {
        at: UnixTime(common::NOW),
        credential: what.to_owned(),
        id: None,
        event: Event::Deleted,
    };
    let changed = store.update(&mut rng(), |contents| {
        contents.history.push(entry);
        Ok(())
    });
    changed.expect("updated");
}

fn notes(store: &Store) -> Vec<&str> {
    store.contents().history.iter().map(|entry| entry.credential.as_str()).collect()
}

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = create(folder.path()).expect("created");

    note(&mut store, "one");

    assert_eq!(notes(&open(folder.path()).expect("opened")), ["one"]);
}

#[test]
fn another_passphrase_opens_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    create(folder.path()).expect("created");

    for wrong in ["", "correct horse battery stapl", "Correct horse battery staple"] {
        let error = Store::open(folder.path(), Secret::new(wrong)).err();

        assert!(matches!(error, Some(StoreError::Seal(SealError::DoesNotOpen(_)))), "{wrong:?}");
    }
}

#[test]
fn nothing_of_what_it_holds_can_be_read_in_its_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = create(folder.path()).expect("created");
    note(&mut store, CANARY);

    for file in fs::read_dir(folder.path()).expect("a folder") {
        let path = file.expect("a file").path();
        let bytes = fs::read(&path).expect("readable");

        let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!found, "{} tells what it holds", path.display());
    }
}

#[test]
fn a_changed_byte_anywhere_refuses_the_whole_store() {
    let folder = tempfile::tempdir().expect("a folder");
    create(folder.path()).expect("created");
    let path = folder.path().join("wallet.sealed");
    let good = fs::read(&path).expect("readable");

    // The last byte is a line break of the file's form.
    for place in (0..good.len() - 1).step_by(good.len() / 12) {
        let mut bad = good.clone();
        bad[place] = if bad[place] == b'A' { b'B' } else { b'A' };
        fs::write(&path, bad).expect("writable");

        assert!(matches!(open(folder.path()), Err(StoreError::Seal(_))), "byte {place}");
    }
    fs::write(&path, good).expect("writable");
    open(folder.path()).expect("the good copy still opens");
}

#[test]
fn a_cut_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    create(folder.path()).expect("created");
    let path = folder.path().join("wallet.sealed");
    let good = fs::read(&path).expect("readable");

    for length in [0, 1, good.len() / 2, good.len() - 2] {
        fs::write(&path, &good[..length]).expect("writable");

        assert!(matches!(open(folder.path()), Err(StoreError::Seal(_))), "{length} bytes");
    }
}

#[test]
fn a_crash_between_the_writes_leaves_the_old_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = create(folder.path()).expect("created");
    note(&mut store, "old");
    let before = fs::read(folder.path().join("wallet.sealed")).expect("readable");

    // What a write that was cut off leaves behind: new files that were never renamed, this
    // process's next ones among them.
    for number in 0..9 {
        let name = format!("wallet.sealed.{}-{number}.new", std::process::id());
        fs::write(folder.path().join(name), &before[..before.len() / 2]).expect("writable");
    }

    let mut store = open(folder.path()).expect("the old copy opens");
    assert_eq!(notes(&store), ["old"]);
    note(&mut store, "new");
    assert_eq!(notes(&open(folder.path()).expect("opened")), ["old", "new"]);
}

#[test]
fn a_change_that_is_refused_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = create(folder.path()).expect("created");
    let before = fs::read(folder.path().join("wallet.sealed")).expect("readable");

    let refused: Result<(), _> = store.update(&mut rng(), |contents| {
        contents.history.clear();
        Err(StoreError::UnknownCredential("x".to_owned()))
    });

    assert!(matches!(refused, Err(StoreError::UnknownCredential(_))));
    assert_eq!(fs::read(folder.path().join("wallet.sealed")).expect("readable"), before);
    note(&mut store, "after");
    assert_eq!(notes(&store), ["after"]);
}

#[test]
fn a_write_leaves_no_other_file_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = create(folder.path()).expect("created");

    note(&mut store, "one");

    assert_eq!(file_names(folder.path()), ["wallet.lock", "wallet.sealed"]);
}

#[test]
fn two_wallets_at_once_lose_nothing_of_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    create(folder.path()).expect("created");

    std::thread::scope(|scope| {
        for name in ["a", "b"] {
            let folder = folder.path();
            scope.spawn(move || {
                let mut store = open(folder).expect("opened");
                for number in 0..5 {
                    note(&mut store, &format!("{name}{number}"));
                }
            });
        }
    });

    let store = open(folder.path()).expect("opened");
    let mut all = notes(&store);
    all.sort_unstable();
    assert_eq!(all, ["a0", "a1", "a2", "a3", "a4", "b0", "b1", "b2", "b3", "b4"]);
}

#[test]
fn a_store_is_never_made_over_another() {
    let folder = tempfile::tempdir().expect("a folder");
    create(folder.path()).expect("created");

    assert!(matches!(create(folder.path()), Err(StoreError::AlreadyThere(_))));
    open(folder.path()).expect("the first still opens");
}

#[test]
fn a_folder_without_a_store_says_so() {
    let folder = tempfile::tempdir().expect("a folder");

    assert!(matches!(open(folder.path()), Err(StoreError::NoWallet(_))));
}

#[cfg(unix)]
#[test]
fn only_the_holder_may_look_into_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("wallet");
    create(&inner).expect("created");

    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;

    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&inner.join("wallet.sealed")), 0o600);
}

fn file_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
