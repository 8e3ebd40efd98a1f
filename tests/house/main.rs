//! Rules of the house that no compiler checks: what stays pure, who reads the clock.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// What may never stand below a pure crate, with the reason why.
const IMPURE: &[(&str, &str)] = &[
    ("tokio", "a runtime"),
    ("mio", "sockets"),
    ("hyper", "HTTP"),
    ("axum", "HTTP"),
    ("reqwest", "HTTP"),
    ("socket2", "sockets"),
    ("sled", "files"),
    ("tempfile", "files"),
    ("openssl", "a C library with state"),
    ("openssl-sys", "a C library with state"),
    ("josekit", "it brings OpenSSL"),
    ("getrandom", "hidden randomness"),
    ("rand", "hidden randomness"),
    ("iana-time-zone", "the machine's clock zone"),
    ("clock", "the clock"),
    ("fetch", "the network"),
    ("server", "a service"),
    ("keys", "private keys"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn tree(package: &str, more: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", package, "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(more)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn vc_and_passport_stay_pure() {
    for package in ["vc", "passport"] {
        for target in ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"] {
            let below = tree(package, &["--target", target]);

            assert!(below.iter().any(|name| name == "serde_json"), "the tree was not read");
            for (name, why) in IMPURE {
                assert!(
                    !below.iter().any(|found| found == name),
                    "{package} reaches {name} ({why}) on {target}"
                );
            }
        }
    }
}

#[test]
fn arrows_between_our_crates_form_no_circle_and_programs_never_meet() {
    let allowed: &[(&str, &[&str])] = &[
        ("vc", &[]),
        ("clock", &[]),
        ("fetch", &[]),
        ("qr-picture", &[]),
        ("passport", &["vc"]),
        ("keys", &["vc", "clock"]),
        ("server", &["vc", "keys", "clock", "fetch"]),
        ("issuer", &["vc", "clock", "fetch", "passport", "keys", "server", "qr-picture"]),
        ("verifier", &["vc", "clock", "fetch", "passport", "keys", "server", "qr-picture"]),
        ("registry", &["vc", "clock", "fetch", "passport", "keys", "server"]),
        ("wallet-cli", &["vc", "clock", "fetch", "passport", "keys", "qr-picture"]),
    ];
    let ours: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
    for (package, may) in allowed {
        for below in tree(package, &[]) {
            let is_ours = ours.contains(&below.as_str()) && below != *package;
            assert!(!is_ours || may.contains(&below.as_str()), "{package} must not use {below}");
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"))
    {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "node_modules" && name != ".git" {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_clock_is_read_in_one_file() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let readers = ["SystemTime::now", "Utc::now", "Local::now", "UNIX_EPOCH"];

    let found: Vec<String> = files
        .iter()
        .filter(|path| !path.ends_with("house/main.rs"))
        .filter(|path| {
            let text = std::fs::read_to_string(path).expect("a readable file");
            readers.iter().any(|reader| text.contains(reader))
        })
        .map(|path| path.display().to_string())
        .collect();

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found.iter().all(|path| path.ends_with("crates/clock/src/lib.rs")), "{found:?}");
}

#[test]
fn the_project_names_no_path_of_a_machine() {
    let output = Command::new("git")
        .args(["grep", "-n", "-I", "-E", "(^|[^a-z.])/(work|root|home/[a-z]+)/", "--", ":!LICENSE"])
        .args([":!tests/house/main.rs"])
        .current_dir(root())
        .output()
        .expect("git runs");

    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
