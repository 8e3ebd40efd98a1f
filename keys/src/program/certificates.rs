//! `keys root`, `certify` and `attach`.

use std::path::{Path, PathBuf};

use pem::Pem;
use rand_core::CryptoRng;
use serde_json::Value;
use vc::jwk::{Algorithm, PublicKey};
use vc::x5c::TrustAnchor;

use super::ProgramError;
use crate::args::RingArgs;
use crate::certify::Holder;
use crate::files::{read_file, replace_file};
use crate::ring::RingError;

const LABEL: &str = "CERTIFICATE";
const MAX_FILE_BYTES: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct NewRoot {
    #[command(flatten)]
    ring: RingArgs,
    /// The network's name, in its certificate
    #[arg(long)]
    name: String,
    /// Where to write the certificate (PEM), which others pin
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Certify {
    #[command(flatten)]
    ring: RingArgs,
    /// The public key (JWK, or a JWK Set with one ES256 key)
    #[arg(long)]
    jwk: PathBuf,
    /// For an issuer: its identifier, exactly as in its credentials
    #[arg(long, conflicts_with = "ods", required_unless_present = "ods")]
    issuer_url: Option<String>,
    /// For a verifier: its ODS code
    #[arg(long)]
    ods: Option<String>,
    /// For a verifier: the host of its base address
    #[arg(long, requires = "ods")]
    host: Option<String>,
    /// Days until it expires
    #[arg(long, default_value_t = 365)]
    days: u32,
    /// Where to write the chain (PEM), without the root
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Attach {
    #[command(flatten)]
    ring: RingArgs,
    /// The key's kid
    #[arg(allow_hyphen_values = true)]
    kid: String,
    /// The chain (PEM), leaf first
    #[arg(long)]
    chain: PathBuf,
    /// The root's certificate (PEM)
    #[arg(long)]
    root: PathBuf,
}

impl NewRoot {
    pub(super) fn run(&self, now: i64, rng: &mut impl CryptoRng) -> Result<String, ProgramError> {
        let mut ring = self.ring.open()?;
        let kid = ring.make_root(&self.name, now, rng)?;
        let root = ring.root().ok_or(ProgramError::NoRoot)?;
        let certificate = root.certificate().to_vec();
        ring.save(rng)?;
        write(&self.out, certificate)?;
        Ok(format!("{kid}\n"))
    }
}

impl Certify {
    pub(super) fn run(&self, now: i64, rng: &mut impl CryptoRng) -> Result<String, ProgramError> {
        let key = read_es256_key(&self.jwk)?;
        let holder = match (&self.issuer_url, &self.ods) {
            (Some(url), _) => Holder::Issuer { url: url.clone() },
            (None, ods) => {
                Holder::Verifier { ods: ods.clone().unwrap_or_default(), host: self.host.clone() }
            }
        };
        let ring = self.ring.open()?;
        let root = ring.root().ok_or(ProgramError::NoRoot)?;
        write(&self.out, root.certify(&key, &holder, self.days, now, rng)?)?;
        Ok(format!("certified {} into {}\n", key.kid(), self.out.display()))
    }
}

impl Attach {
    pub(super) fn run(&self, now: i64, rng: &mut impl CryptoRng) -> Result<String, ProgramError> {
        let anchor = match read_certificates(&self.root)?.as_slice() {
            [root] => TrustAnchor::from_der(root).map_err(RingError::from)?,
            _ => return Err(unusable(&self.root, "single root certificate")),
        };
        let mut ring = self.ring.open()?;
        ring.attach_chain(&self.kid, read_certificates(&self.chain)?, &anchor, now)?;
        ring.save(rng)?;
        Ok(String::new())
    }
}

fn write(path: &Path, certificate: Vec<u8>) -> Result<(), ProgramError> {
    replace_file(path, pem::encode(&Pem::new(LABEL, certificate)).as_bytes(), 0o644)
        .map_err(|source| ProgramError::File { path: path.to_owned(), source })
}

fn read(path: &Path) -> Result<Vec<u8>, ProgramError> {
    read_file(path, MAX_FILE_BYTES)
        .map_err(|source| ProgramError::File { path: path.to_owned(), source })
}

fn read_certificates(path: &Path) -> Result<Vec<Vec<u8>>, ProgramError> {
    let certificates: Vec<_> = pem::parse_many(read(path)?)
        .unwrap_or_default()
        .into_iter()
        .filter(|part| part.tag() == LABEL)
        .map(Pem::into_contents)
        .collect();
    if certificates.is_empty() { Err(unusable(path, "certificate")) } else { Ok(certificates) }
}

fn read_es256_key(path: &Path) -> Result<PublicKey, ProgramError> {
    let document: Value = serde_json::from_slice(&read(path)?).unwrap_or_default();
    let keys = match document.get("keys").and_then(Value::as_array) {
        Some(keys) => keys.clone(),
        None => vec![document],
    };
    let usable: Vec<PublicKey> = keys
        .iter()
        .filter_map(|jwk| PublicKey::from_jwk(jwk).ok())
        .filter(|key| key.algorithm() == Algorithm::Es256)
        .collect();
    match usable.as_slice() {
        [key] => Ok(key.clone()),
        _ => Err(unusable(path, "single ES256 public key")),
    }
}

fn unusable(path: &Path, what: &'static str) -> ProgramError {
    ProgramError::Unusable { path: path.to_owned(), what }
}
