//! An operator's folder, and the program run in it.

use std::path::{Path, PathBuf};

use clap::Parser;
use clock::Clock;
use keys::{Cost, Purpose, Ring, Sealing, Secret};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use registry::program::{Cli, RegistryProgramError, run};
use tempfile::TempDir;
use vc::jwk::{Algorithm, PublicKey};
use vc::registry::{Operators, RegistryError, VerifiedRegistry};
use vc::time::UnixTime;

pub(crate) const START: i64 = 1_790_000_000;
pub(crate) const VCT: &str = "urn:staff-passport:employment-checks:1";

pub(crate) struct Network {
    dir: TempDir,
    pub(crate) clock: Clock,
    seed: u64,
}

impl Network {
    pub(crate) async fn new() -> Self {
        let mut network =
            Self { dir: tempfile::tempdir().unwrap(), clock: Clock::manual(START), seed: 0 };
        let made = network
            .run(&["init", "--new-key-file", "--operator-key-out", "operator.jwks"])
            .await
            .unwrap();
        assert!(made.starts_with("operator key "));
        network
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program with the folder's files; names with a dot become paths in the folder.
    pub(crate) async fn run(&mut self, command: &[&str]) -> Result<String, RegistryProgramError> {
        self.seed += 1;
        let in_folder = |word: &&str| match word.split_once('.') {
            Some((_, "json" | "jwks")) => self.path(word).display().to_string(),
            _ => (*word).to_owned(),
        };
        let mut arguments = vec!["registry".to_owned()];
        arguments.extend(command.iter().map(in_folder));
        arguments.extend(["--registry".to_owned(), in_folder(&"draft.json")]);
        if matches!(command, ["init" | "sign", ..]) {
            for name in ["ring", "key"] {
                arguments.push(format!("--{}", name.replace("key", "key-file")));
                arguments.push(self.path(name).display().to_string());
            }
        }
        let cli = Cli::try_parse_from(arguments).unwrap();
        run(cli, &self.clock, &mut ChaCha20Rng::seed_from_u64(self.seed)).await
    }

    /// Writes the public key of a new issuer and gives its `kid`.
    pub(crate) fn issuer_key(&self, file: &str, seed: u64) -> String {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let sealing = Sealing::Passphrase(Secret::new("correct horse"));
        let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        let path = self.path(&format!("issuer-{seed}-ring"));
        let mut ring = Ring::create_at_cost(&path, &sealing, cost, rng).unwrap();
        let kid = ring.generate(Purpose::Issuer, Algorithm::EdDsa, START, rng);
        let jwks = ring.public_jwks(Purpose::Issuer).to_string();
        std::fs::write(self.path(file), jwks).unwrap();
        kid
    }

    pub(crate) async fn add_the_christie(&mut self) -> String {
        let kid = self.issuer_key("christie.jwks", 100);
        self.run(&[
            "organisation",
            "add",
            "--ods",
            "RBV",
            "--name",
            "The Christie NHS Foundation Trust",
            "--issuer-url",
            "http://127.0.0.1:8101",
            "--issuer-jwks",
            "christie.jwks",
            "--types",
            VCT,
        ])
        .await
        .unwrap();
        kid
    }

    pub(crate) fn verify(
        &self,
        file: &str,
        last_version: Option<u64>,
    ) -> Result<VerifiedRegistry, RegistryError> {
        let operators = Operators { keys: public_keys(&self.path("operator.jwks")), threshold: 1 };
        let document = std::fs::read(self.path(file)).unwrap();
        VerifiedRegistry::verify(&document, &operators, last_version, UnixTime(self.clock.now()))
    }
}

fn public_keys(path: &Path) -> Vec<PublicKey> {
    let jwks: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jwks["keys"].as_array().unwrap().iter().map(|jwk| PublicKey::from_jwk(jwk).unwrap()).collect()
}
