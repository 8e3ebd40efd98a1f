//! The `keys` program, as a person runs it.

use std::path::Path;

use clap::Parser;
use clock::Clock;
use keys::program::{Cli, ProgramError, run};
use serde_json::Value;
use vc::jwk::PublicKey;

use super::sealing::rng;

fn keys(dir: &Path, seed: u64, command: &[&str]) -> Result<String, ProgramError> {
    let [ring, key_file] = ["ring", "key"].map(|name| dir.join(name).display().to_string());
    let arguments = ["keys"].iter().chain(command).map(|one| (*one).to_owned());
    let flags = ["--ring".to_owned(), ring, "--key-file".to_owned(), key_file];
    let cli = Cli::try_parse_from(arguments.chain(flags)).unwrap();
    run(cli, &Clock::manual(1_790_000_000), &mut rng(seed))
}

fn listed(dir: &Path) -> Vec<Value> {
    let lines = keys(dir, 0, &["list"]).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_ring_is_made_filled_rotated_and_published() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();

    keys(dir, 1, &["init", "--new-key-file"]).unwrap();
    let old = keys(dir, 2, &["generate", "--purpose", "issuer"]).unwrap();
    let new = keys(dir, 3, &["rotate", "--purpose", "issuer"]).unwrap();
    keys(dir, 4, &["promote", new.trim()]).unwrap();
    keys(dir, 5, &["generate", "--purpose", "issuer", "--alg", "ES256"]).unwrap();

    let states: Vec<_> = listed(dir).iter().map(|key| key["state"].clone()).collect();
    assert_eq!(states, ["retired", "active", "active"]);
    assert_eq!(listed(dir)[0]["kid"], old.trim());
    let out = dir.join("issuer.jwks").display().to_string();
    keys(dir, 6, &["jwks", "--purpose", "issuer", "--out", &out]).unwrap();
    let jwks: Value = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    for jwk in jwks["keys"].as_array().unwrap() {
        PublicKey::from_jwk(jwk).unwrap();
    }
}

/// One kid of 64 begins with a hyphen.
#[test]
fn a_kid_is_taken_whatever_letter_it_begins_with() {
    let dir = tempfile::tempdir().unwrap();
    keys(dir.path(), 1, &["init", "--new-key-file"]).unwrap();

    for kid in ["-N4oeAvWkM4", "--4oeAvWkM4", "_N4oeAvWkM4"] {
        for change in ["promote", "retire", "compromise"] {
            let unknown = keys(dir.path(), 2, &[change, kid]).unwrap_err();

            assert_eq!(unknown.to_string(), format!("no key {kid:?} in the ring"));
        }
        keys(dir.path(), 3, &["attach", kid, "--chain", "none.pem", "--root", "none.pem"])
            .unwrap_err();
    }
}

#[test]
fn a_second_init_leaves_the_ring_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    keys(dir.path(), 1, &["init", "--new-key-file"]).unwrap();
    keys(dir.path(), 2, &["generate", "--purpose", "operator"]).unwrap();

    keys(dir.path(), 3, &["init"]).unwrap_err();

    assert_eq!(listed(dir.path()).len(), 1);
}

#[test]
fn an_unknown_key_or_change_is_refused_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    keys(dir.path(), 1, &["init", "--new-key-file"]).unwrap();
    let kid = keys(dir.path(), 2, &["generate", "--purpose", "verifier"]).unwrap();
    keys(dir.path(), 3, &["compromise", kid.trim()]).unwrap();

    let unknown = keys(dir.path(), 4, &["retire", "nobody"]).unwrap_err();
    let refused = keys(dir.path(), 5, &["promote", kid.trim()]).unwrap_err();

    assert_eq!(unknown.to_string(), "no key \"nobody\" in the ring");
    let kid = kid.trim();
    assert_eq!(refused.to_string(), format!("key {kid:?} is compromised and cannot become active"));
}
