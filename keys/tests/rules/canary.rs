//! No key bytes leave by logs, `Debug`, messages or files (SECURITY K4).

use std::path::Path;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use clap::Parser;
use clock::Clock;
use keys::jwe::DecryptionKey;
use keys::program::{Cli, run};
use keys::{DataKey, Ring, Sealing, Secret, create_key_file};

use super::sealing::rng;

/// Every common way to write bytes, without their last ones, which padding may change.
fn writings(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = secret.iter().take(8).map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut writings =
        vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), list.into_bytes()];
    for text in [BASE64_STANDARD_NO_PAD.encode(secret), BASE64_URL_SAFE_NO_PAD.encode(secret)] {
        writings.push(text.as_bytes()[..text.len() - 2].to_vec());
    }
    writings
}

fn is_in(haystack: &[u8], secret: &[u8]) -> bool {
    writings(secret)
        .iter()
        .any(|text| haystack.windows(text.len()).any(|window| window == text.as_slice()))
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().display().to_string(), std::fs::read(&path).unwrap())
        })
        .collect()
}

#[test]
fn the_search_finds_a_leaked_secret() {
    let secret: Vec<u8> = (100..132).collect();
    for leak in writings(&secret) {
        assert!(is_in(&[b"log: ", leak.as_slice(), b"\n"].concat(), &secret));
    }
    assert!(is_in(format!("{secret:?}").as_bytes(), &secret));
    assert!(!is_in(b"nothing here", &secret));
}

#[test]
fn no_command_writes_a_secret_anywhere_but_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let mut told = String::new();
    let mut seed = 0;
    let mut keys = |command: &[&str]| {
        seed += 1;
        let flags = ["--ring", &path("ring"), "--key-file", &path("key")].map(str::to_owned);
        let command = ["keys"].iter().chain(command).map(|word| (*word).to_owned());
        let cli = Cli::try_parse_from(command.chain(flags)).unwrap();
        let result = run(cli, &Clock::manual(1_790_000_000), &mut rng(seed));
        told.push_str(&format!("{result:?}\n"));
        result.unwrap_or_default().trim().to_owned()
    };
    keys(&["init", "--new-key-file"]);
    keys(&["generate", "--purpose", "issuer"]);
    let es256 = keys(&["generate", "--purpose", "issuer", "--alg", "ES256"]);
    let next = keys(&["rotate", "--purpose", "issuer"]);
    keys(&["promote", &next]);
    keys(&["root", "--name", "Network", "--out", &path("root.pem")]);
    keys(&["jwks", "--purpose", "issuer", "--out", &path("issuer.jwks")]);
    keys(&[
        "certify",
        "--jwk",
        &path("issuer.jwks"),
        "--issuer-url",
        "https://a.example",
        "--out",
        &path("chain.pem"),
    ]);
    keys(&["attach", &es256, "--chain", &path("chain.pem"), "--root", &path("root.pem")]);
    keys(&["list"]);
    keys(&["retire", "nobody"]);
    keys(&["compromise", &next]);

    let ring = Ring::open(path("ring").as_ref(), &Sealing::KeyFile(path("key").into())).unwrap();
    told.push_str(&format!("{ring:?}"));
    assert_eq!(ring.chain(&es256).len(), 1, "{told}");

    let mut secrets = vec![ring.derive("index").to_vec()];
    for key in ring.list() {
        if let Some(key) = ring.by_kid(&key.kid) {
            told.push_str(&format!("{key:?}"));
            secrets.push(key.to_secret_bytes().to_vec());
        }
    }
    assert_eq!(secrets.len(), 4, "{told}");
    for secret in &secrets {
        assert!(!is_in(told.as_bytes(), secret));
        for (name, contents) in files(dir.path()) {
            assert!(!is_in(&contents, secret), "{name}");
        }
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("key");
    create_key_file(&key_file, &mut rng(1)).unwrap();
    let decryption = DecryptionKey::generate(&mut rng(2));
    let passphrase = Secret::new("correct horse battery");
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        DataKey::generate(&mut rng(3)),
        decryption,
        passphrase,
        Sealing::Passphrase(passphrase.clone()),
        Sealing::KeyFile(key_file),
    );

    assert!(!is_in(shown.as_bytes(), &decryption.to_secret_bytes()));
    assert!(!shown.contains("correct"));
    assert_eq!(shown.matches("[redacted]").count(), 4);
}
