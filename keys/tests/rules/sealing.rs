//! Sealed files and key files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use keys::{Cost, SealError, SealedFile, Sealing, Secret, create_key_file};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;

/// Enough for a test.
pub(crate) const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
const KIND: &str = "test";

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn passphrase(text: &str) -> Sealing {
    Sealing::Passphrase(Secret::new(text))
}

fn seal(path: &Path, sealing: &Sealing) -> SealedFile {
    SealedFile::create(path, KIND, b"contents", sealing, CHEAP, &mut rng(1)).unwrap()
}

#[test]
fn a_file_opens_under_what_sealed_it() {
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("key");
    create_key_file(&key_file, &mut rng(2)).unwrap();

    for (name, sealing) in [("a", Sealing::KeyFile(key_file)), ("b", passphrase("correct horse"))] {
        let path = dir.path().join(name);
        let file = seal(&path, &sealing);
        assert_eq!(SealedFile::open(&path, KIND, &sealing).unwrap().1.as_slice(), b"contents");

        file.write(b"other contents", &mut rng(3)).unwrap();
        let (_, contents) = SealedFile::open(&path, KIND, &sealing).unwrap();
        assert_eq!(contents.as_slice(), b"other contents");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_wrong_passphrase_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sealed");
    seal(&path, &passphrase("correct horse"));

    let refused = SealedFile::open(&path, KIND, &passphrase("battery staple")).unwrap_err();

    assert!(matches!(refused, SealError::DoesNotOpen(_)));
}

#[test]
fn another_key_file_or_the_other_way_of_sealing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| dir.path().join(name));
    create_key_file(&one, &mut rng(1)).unwrap();
    create_key_file(&two, &mut rng(2)).unwrap();
    let [by_file, by_text] = ["by file", "by text"].map(|name| dir.path().join(name));
    seal(&by_file, &Sealing::KeyFile(one.clone()));
    seal(&by_text, &passphrase("correct horse"));

    let other = SealedFile::open(&by_file, KIND, &Sealing::KeyFile(two)).unwrap_err();
    let text = SealedFile::open(&by_file, KIND, &passphrase("correct horse")).unwrap_err();
    let file = SealedFile::open(&by_text, KIND, &Sealing::KeyFile(one)).unwrap_err();

    assert!(matches!(other, SealError::OtherKeyFile(_)));
    assert!(matches!(text, SealError::NeedsKeyFile(_)));
    assert!(matches!(file, SealError::NeedsPassphrase(_)));
}

#[test]
fn a_file_of_another_kind_does_not_stand_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sealed");
    let sealing = passphrase("correct horse");
    seal(&path, &sealing);

    assert!(matches!(SealedFile::open(&path, "other", &sealing), Err(SealError::Malformed(_))));

    // Nor when its label is changed.
    let text = fs::read_to_string(&path).unwrap().replace("\"test\"", "\"other\"");
    fs::write(&path, text).unwrap();
    assert!(matches!(SealedFile::open(&path, "other", &sealing), Err(SealError::DoesNotOpen(_))));
}

#[test]
fn every_changed_byte_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sealed");
    let sealing = passphrase("correct horse");
    seal(&path, &sealing);
    let good = fs::read(&path).unwrap();
    let value: Value = serde_json::from_slice(&good).unwrap();

    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();

        // White space outside of texts carries nothing.
        if serde_json::from_slice::<Value>(&changed).is_ok_and(|changed| changed == value) {
            continue;
        }
        assert!(SealedFile::open(&path, KIND, &sealing).is_err(), "byte {at}");
    }
}

#[test]
fn a_file_may_not_ask_for_endless_memory_or_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sealed");
    let sealing = passphrase("correct horse");
    seal(&path, &sealing);
    let good = fs::read_to_string(&path).unwrap();

    for (from, to) in [
        ("\"memory_kib\":64", "\"memory_kib\":4294967295"),
        ("\"passes\":1", "\"passes\":4000000000"),
        ("\"lanes\":1", "\"lanes\":16777215"),
        ("\"lanes\":1", "\"lanes\":0"),
    ] {
        let changed = good.replace(from, to);
        assert_ne!(changed, good);
        fs::write(&path, changed).unwrap();

        assert!(matches!(SealedFile::open(&path, KIND, &sealing), Err(SealError::Malformed(_))));
    }
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "precious").unwrap();

    let sealing = passphrase("correct horse");
    let sealed = SealedFile::create(&path, KIND, b"", &sealing, CHEAP, &mut rng(1)).unwrap_err();
    let key = create_key_file(&path, &mut rng(1)).unwrap_err();

    assert!(matches!(sealed, SealError::Exists(_)));
    assert!(matches!(key, SealError::Exists(_)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("key");
    create_key_file(&key_file, &mut rng(1)).unwrap();
    let sealing = Sealing::KeyFile(key_file.clone());
    let path = dir.path().join("sealed");
    seal(&path, &sealing);

    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&key_file, fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(SealedFile::open(&path, KIND, &sealing), Err(SealError::Exposed(_))));
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(&key_file, fs::Permissions::from_mode(mode)).unwrap();
        SealedFile::open(&path, KIND, &sealing).unwrap();
    }
}

#[test]
fn a_file_that_is_no_key_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    for text in ["", "secret", "staff-passport-key-1:", "staff-passport-key-1:AAAA"] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();

        let refused = SealedFile::create(
            &dir.path().join("sealed"),
            KIND,
            b"",
            &Sealing::KeyFile(path.clone()),
            CHEAP,
            &mut rng(1),
        );

        assert!(matches!(refused, Err(SealError::BadKeyFile(_))), "{text:?}");
    }
}
