//! The `registry` program.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use clock::Clock;
use keys::args::{OpenRingError, RingArgs};
use keys::program::{NewRing, ProgramError};
use keys::{Purpose, Ring, RingError};
use rand_core::CryptoRng;
use server::config::{ConfigError, ServeArgs};
use server::serve::{Limits, ServeError, bind, serve, shutdown_signal};
use vc::jwk::Algorithm;
use vc::registry::{KeyState, OrganisationState};
use vc::time::UnixTime;

use crate::draft::{Draft, DraftError, Issuer, Organisation, Verifier, at, read_keys};
use crate::sign::{SignError, sign};

/// Keep, sign and serve the trust registry of a network
#[derive(Debug, Parser)]
#[command(name = "registry", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the operator's key ring and an empty working file
    Init {
        #[command(flatten)]
        new_ring: NewRing,
        #[command(flatten)]
        draft: DraftArg,
        /// Where to write the operator's public key (JWK Set), which every service pins
        #[arg(long)]
        operator_key_out: PathBuf,
    },
    /// Change an organisation
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// Change an issuer's key
    #[command(subcommand)]
    Key(KeyCommand),
    /// Sign the next version
    Sign {
        #[command(flatten)]
        draft: DraftArg,
        #[command(flatten)]
        ring: RingArgs,
        /// The signed file
        #[arg(long)]
        out: PathBuf,
    },
    /// Print the organisations
    Show {
        #[command(flatten)]
        draft: DraftArg,
    },
    /// Serve the signed file at /trust-registry.json
    Serve {
        /// The signed file
        #[arg(long)]
        file: PathBuf,
        #[command(flatten)]
        serve: ServeArgs,
    },
}

#[derive(Debug, clap::Args)]
struct DraftArg {
    /// The working file
    #[arg(long, default_value = "registry.json")]
    registry: PathBuf,
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Add one
    Add {
        #[command(flatten)]
        draft: DraftArg,
        /// ODS code, for example RBV
        #[arg(long)]
        ods: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// Its issuer's base URL
        #[arg(long, requires_all = ["issuer_jwks", "types"])]
        issuer_url: Option<String>,
        /// Its issuer's public keys (JWK or JWK Set)
        #[arg(long, requires = "issuer_url")]
        issuer_jwks: Option<PathBuf>,
        /// Keys that the network root certified for it (x5c) may sign as well
        #[arg(long, requires = "issuer_url")]
        issuer_x5c: bool,
        /// The credential types (vct) it may issue
        #[arg(long, num_args = 1.., value_delimiter = ',')]
        types: Vec<String>,
        /// Its verifier's base URL
        #[arg(long)]
        verifier_url: Option<String>,
        /// Whom to ask: an office, not a person
        #[arg(long)]
        contact: Option<String>,
    },
    /// active, suspended or removed
    SetState {
        #[command(flatten)]
        draft: DraftArg,
        /// ODS code
        #[arg(long)]
        ods: String,
        /// The new state
        #[arg(long, value_parser = parsed::<OrganisationState>)]
        state: OrganisationState,
    },
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Add an issuer's new keys, those it has already are passed over
    Add {
        #[command(flatten)]
        draft: DraftArg,
        /// ODS code
        #[arg(long)]
        ods: String,
        /// Public keys (JWK or JWK Set)
        #[arg(long)]
        issuer_jwks: PathBuf,
    },
    /// active, retired or compromised
    SetState {
        #[command(flatten)]
        draft: DraftArg,
        /// ODS code
        #[arg(long)]
        ods: String,
        /// The key
        #[arg(long, allow_hyphen_values = true)]
        kid: String,
        /// The new state
        #[arg(long, value_parser = parsed::<KeyState>)]
        state: KeyState,
    },
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

/// Does what the command line says and gives what to print.
///
/// # Errors
/// [`RegistryProgramError`], a sentence.
pub async fn run(
    cli: Cli,
    clock: &Clock,
    rng: &mut impl CryptoRng,
) -> Result<String, RegistryProgramError> {
    match cli.command {
        Command::Init { new_ring, draft, operator_key_out } => {
            let mut ring = new_ring.run(rng)?;
            begin(&mut ring, &draft.registry, &operator_key_out, clock, rng)
        }
        Command::Organisation(command) => organisation(command),
        Command::Key(command) => key(command, clock),
        Command::Sign { draft, ring, out } => {
            let version = sign(&draft.registry, &ring.open()?, &out, clock.now())?;
            Ok(format!("signed version {version} into {}\n", out.display()))
        }
        Command::Show { draft } => Ok(show(&Draft::read(&draft.registry)?)),
        Command::Serve { file, serve: settings } => {
            server::telemetry::init(settings.log);
            let listener = bind(settings.listen).await?;
            let router = crate::serve::router(file);
            serve(listener, router, settings.tls(), Limits::default(), shutdown_signal()).await?;
            Ok(String::new())
        }
    }
}

fn begin(
    ring: &mut Ring,
    draft: &Path,
    operator_key_out: &Path,
    clock: &Clock,
    rng: &mut impl CryptoRng,
) -> Result<String, RegistryProgramError> {
    let kid = ring.generate(Purpose::Operator, Algorithm::EdDsa, clock.now(), rng);
    ring.save(rng)?;
    let jwks = format!("{}\n", ring.public_jwks(Purpose::Operator));
    keys::files::replace_file(operator_key_out, jwks.as_bytes(), 0o644)
        .map_err(at(operator_key_out))?;
    if !draft.exists() {
        Draft::default().write(draft)?;
    }
    Ok(format!("operator key {kid}; services pin {}\n", operator_key_out.display()))
}

fn organisation(command: OrganisationCommand) -> Result<String, RegistryProgramError> {
    match command {
        OrganisationCommand::Add {
            draft,
            ods,
            name,
            issuer_url,
            issuer_jwks,
            issuer_x5c: x5c,
            types,
            verifier_url,
            contact,
        } => {
            let issuer = match (issuer_url, issuer_jwks) {
                (Some(url), Some(jwks)) => Some(Issuer { url, keys: read_keys(&jwks)?, x5c }),
                _ => None,
            };
            let verifier = verifier_url.map(|url| Verifier { url });
            let state = OrganisationState::Active;
            let mut working = Draft::read(&draft.registry)?;
            let added = Organisation { ods, name, state, issuer, verifier, types, contact };
            let told = format!("added {}\n", added.ods);
            working.organisations.push(added);
            working.write(&draft.registry)?;
            Ok(told)
        }
        OrganisationCommand::SetState { draft, ods, state } => {
            let mut working = Draft::read(&draft.registry)?;
            working.organisation_mut(&ods)?.state = state;
            working.write(&draft.registry)?;
            Ok(String::new())
        }
    }
}

fn key(command: KeyCommand, clock: &Clock) -> Result<String, RegistryProgramError> {
    match command {
        KeyCommand::Add { draft, ods, issuer_jwks } => {
            let given = read_keys(&issuer_jwks)?;
            let mut working = Draft::read(&draft.registry)?;
            let issuer = working.organisation_mut(&ods)?.issuer.as_mut();
            let keys = &mut issuer.ok_or(DraftError::NoSuchOrganisation(ods))?.keys;
            for key in given {
                if !keys.iter().any(|known| known.jwk == key.jwk) {
                    keys.push(key);
                }
            }
            working.write(&draft.registry)?;
        }
        KeyCommand::SetState { draft, ods, kid, state } => {
            let mut working = Draft::read(&draft.registry)?;
            let key = working
                .organisation_mut(&ods)?
                .issuer
                .iter_mut()
                .flat_map(|issuer| &mut issuer.keys)
                .find(|key| key.jwk.kid() == kid)
                .ok_or_else(|| DraftError::NoSuchKey(kid.clone()))?;
            if key.state == KeyState::Compromised && state != KeyState::Compromised {
                return Err(DraftError::Compromised(kid).into());
            }
            key.state = state;
            key.retired_at = (state == KeyState::Retired).then(|| UnixTime(clock.now()));
            working.write(&draft.registry)?;
        }
    }
    Ok(String::new())
}

fn show(working: &Draft) -> String {
    let mut text = format!("last signed version {}\n", working.version);
    for organisation in &working.organisations {
        let Organisation { ods, name, state, issuer, verifier, types, .. } = organisation;
        text.push_str(&format!("{ods}  {name}  {}\n", word(state)));
        if let Some(Issuer { url, keys, x5c }) = issuer {
            text.push_str(&format!("    issues at {url}: {}\n", types.join(", ")));
            if *x5c {
                text.push_str("    certified keys sign too\n");
            }
            for key in keys {
                let (kid, alg) = (key.jwk.kid(), key.jwk.algorithm().name());
                text.push_str(&format!("    key {kid} {alg} {}\n", word(&key.state)));
            }
        }
        if let Some(Verifier { url }) = verifier {
            text.push_str(&format!("    verifies at {url}\n"));
        }
    }
    text
}

fn word(state: &impl serde::Serialize) -> String {
    serde_json::json!(state).as_str().unwrap_or_default().to_owned()
}

/// Why the program stops.
#[derive(Debug, thiserror::Error)]
pub enum RegistryProgramError {
    /// The ring is not made.
    #[error(transparent)]
    Init(#[from] ProgramError),
    /// The ring does not open.
    #[error(transparent)]
    OpenRing(#[from] OpenRingError),
    /// The ring is not saved.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The working file refuses.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Nothing is signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}
