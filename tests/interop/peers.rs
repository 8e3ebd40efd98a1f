//! The foreign libraries, each behind a small script that answers one JSON command.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A foreign code base.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer {
    /// npm `@sd-jwt/sd-jwt-vc`.
    Npm,
    /// PyPI `sd-jwt`.
    Pypi,
    /// npm `@openid4vc/openid4vci`, as a wallet.
    Wallet,
    /// The crate `oid4vci`, as a wallet.
    OtherWallet,
}

impl Peer {
    /// The peer's answer, or the words of its refusal.
    pub(crate) fn ask(self, command: &Value) -> Result<Value, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
        let mut process = match self {
            Self::Npm => {
                let mut node = Command::new("node");
                node.arg(folder.join("peer.mjs"));
                node
            }
            Self::Wallet => {
                let mut node = Command::new("node");
                node.arg(folder.join("wallet.mjs"));
                node
            }
            Self::OtherWallet => Command::new(built("debug/staff-passport-interop-wallet")),
            Self::Pypi => {
                let mut python = Command::new(built("interop-python/bin/python"));
                python.arg(folder.join("peer.py"));
                python
            }
        };
        let mut child = process
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{self:?} does not start: {error}; see ./test"));
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(command.to_string().as_bytes()).expect("the command is taken");
        drop(stdin);
        let output = child.wait_with_output().expect("the peer ends");
        let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!("{self:?} gave no answer: {}", String::from_utf8_lossy(&output.stderr))
        });
        match answer["refused"].as_str() {
            Some(refusal) => Err(refusal.to_owned()),
            None => Ok(answer["answer"].take()),
        }
    }
}

/// What `./test` makes beside the build.
fn built(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(path)
}
