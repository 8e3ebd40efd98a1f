//! The `keys` program.

mod certificates;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clock::Clock;
use rand_core::CryptoRng;
use vc::jwk::Algorithm;

use crate::args::{OpenRingError, PASSPHRASE_VARIABLE, RingArgs, passphrase};
use crate::certify::CertifyError;
use crate::key_file::create_key_file;
use crate::ring::{Purpose, Ring, RingError};
use crate::seal::{SealError, Sealing};

/// Shortest passphrase that a new ring takes, in characters.
const MIN_PASSPHRASE: usize = 12;

/// Make, list and retire the private keys of a service
#[derive(Debug, Parser)]
#[command(name = "keys", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an empty key ring
    Init(NewRing),
    /// Add an active key and print its kid
    Generate {
        #[command(flatten)]
        ring: RingArgs,
        #[command(flatten)]
        key: NewKey,
    },
    /// List keys as JSON lines
    List {
        #[command(flatten)]
        ring: RingArgs,
    },
    /// Print the public keys of a purpose as a JWK Set
    Jwks {
        #[command(flatten)]
        ring: RingArgs,
        /// issuer, operator, verifier or receipt
        #[arg(long)]
        purpose: Purpose,
        /// Write it to this file instead
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Add a pending key: published, but signing only after `promote`
    Rotate {
        #[command(flatten)]
        ring: RingArgs,
        #[command(flatten)]
        key: NewKey,
    },
    /// Let a pending key sign and retire the one before
    Promote(OneKey),
    /// Make the root of a network's certificates and print its kid
    Root(certificates::NewRoot),
    /// Certify the ES256 key of an issuer or verifier
    Certify(certificates::Certify),
    /// Keep the certificate chain of a key
    Attach(certificates::Attach),
    /// Retire a key: it issues nothing new
    Retire(OneKey),
    /// Mark a key as in other hands: none of its signatures stands
    Compromise(OneKey),
}

/// How a new ring is made; flatten it.
#[derive(Debug, clap::Args)]
pub struct NewRing {
    #[command(flatten)]
    ring: RingArgs,
    /// Make the key file as well
    #[arg(long, requires = "key_file")]
    new_key_file: bool,
}

impl NewRing {
    /// Makes the ring.
    ///
    /// # Errors
    /// [`ProgramError`], a sentence.
    pub fn run(&self, rng: &mut impl CryptoRng) -> Result<Ring, ProgramError> {
        let sealing = new_sealing(&self.ring, self.new_key_file, rng)?;
        Ok(Ring::create(&self.ring.ring, &sealing, rng)?)
    }
}

#[derive(Debug, clap::Args)]
struct NewKey {
    /// issuer, operator, verifier or receipt
    #[arg(long)]
    purpose: Purpose,
    /// EdDSA or ES256
    #[arg(long, default_value = "EdDSA", value_parser = algorithm)]
    alg: Algorithm,
}

#[derive(Debug, clap::Args)]
struct OneKey {
    #[command(flatten)]
    ring: RingArgs,
    /// The key's kid, as `list` shows it
    #[arg(allow_hyphen_values = true)]
    kid: String,
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    [Algorithm::EdDsa, Algorithm::Es256]
        .into_iter()
        .find(|algorithm| algorithm.name() == text)
        .ok_or_else(|| "EdDSA or ES256".to_owned())
}

/// Does what the command line says and gives what to print.
///
/// # Errors
/// [`ProgramError`], a sentence.
pub fn run(cli: Cli, clock: &Clock, rng: &mut impl CryptoRng) -> Result<String, ProgramError> {
    let now = clock.now();
    match cli.command {
        Command::Init(ring) => {
            ring.run(rng)?;
            Ok(format!("made {}\n", ring.ring.ring.display()))
        }
        Command::Generate { ring, key } => {
            let mut opened = ring.open()?;
            let kid = opened.generate(key.purpose, key.alg, now, rng);
            opened.save(rng)?;
            Ok(format!("{kid}\n"))
        }
        Command::Rotate { ring, key } => {
            let mut opened = ring.open()?;
            let kid = opened.rotate(key.purpose, key.alg, now, rng);
            opened.save(rng)?;
            Ok(format!("{kid}\n"))
        }
        Command::List { ring } => {
            Ok(ring.open()?.list().iter().map(|key| format!("{}\n", json(key))).collect())
        }
        Command::Jwks { ring, purpose, out } => {
            let jwks = format!("{}\n", ring.open()?.public_jwks(purpose));
            let Some(out) = out else {
                return Ok(jwks);
            };
            crate::files::replace_file(&out, jwks.as_bytes(), 0o644)
                .map_err(|source| ProgramError::File { path: out, source })?;
            Ok(String::new())
        }
        Command::Root(root) => root.run(now, rng),
        Command::Certify(certify) => certify.run(now, rng),
        Command::Attach(attach) => attach.run(now, rng),
        Command::Promote(one) => change(&one, rng, |ring, kid| ring.promote(kid, now)),
        Command::Retire(one) => change(&one, rng, |ring, kid| ring.retire(kid, now)),
        Command::Compromise(one) => change(&one, rng, |ring, kid| ring.compromise(kid, now)),
    }
}

fn change(
    one: &OneKey,
    rng: &mut impl CryptoRng,
    step: impl FnOnce(&mut Ring, &str) -> Result<(), RingError>,
) -> Result<String, ProgramError> {
    let mut ring = one.ring.open()?;
    step(&mut ring, &one.kid)?;
    ring.save(rng)?;
    Ok(String::new())
}

fn new_sealing(
    ring: &RingArgs,
    new_key_file: bool,
    rng: &mut impl CryptoRng,
) -> Result<Sealing, ProgramError> {
    if let Some(file) = &ring.key_file {
        if new_key_file {
            create_key_file(file, rng)?;
        }
        return Ok(Sealing::KeyFile(file.clone()));
    }
    let first = passphrase("New passphrase: ")?;
    if first.expose().chars().count() < MIN_PASSPHRASE {
        return Err(ProgramError::ShortPassphrase);
    }
    let typed = std::env::var_os(PASSPHRASE_VARIABLE).is_none();
    if typed && passphrase("The same again: ")?.expose() != first.expose() {
        return Err(ProgramError::PassphrasesDiffer);
    }
    Ok(Sealing::Passphrase(first))
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::json!(value)
}

/// Why the program stops.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The ring does not open.
    #[error(transparent)]
    Open(#[from] OpenRingError),
    /// The ring refuses.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// A file refuses.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Another file.
    #[error("{}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("{} holds no {what}", .path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// There is no root to certify with.
    #[error("the ring has no active root: make one with `keys root`")]
    NoRoot,
    /// No certificate is made.
    #[error(transparent)]
    Certify(#[from] CertifyError),
    /// Too easy to guess.
    #[error("a passphrase has at least {MIN_PASSPHRASE} characters")]
    ShortPassphrase,
    /// Typed twice, differently.
    #[error("the two passphrases differ")]
    PassphrasesDiffer,
}
