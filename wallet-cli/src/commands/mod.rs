//! Each verb of the program, read top to bottom.

mod keep;
mod present;
mod receive;
mod refresh;

use std::path::{Path, PathBuf};

use clock::Clock;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use vc::time::UnixTime;

use crate::cli::{Cli, Command};
use crate::console::Console;
use crate::error::Error;
use crate::messages;
use crate::network::Network;
use crate::store::Store;
use crate::trust::{Trust, TrustError};

/// Runs one command.
///
/// # Errors
/// [`Error`]; [`crate::messages::sentence`] says it in words.
pub async fn run(cli: Cli, console: Console, clock: &Clock) -> Result<(), Error> {
    let folder = match cli.store {
        Some(folder) => folder,
        None => default_folder().ok_or(Error::NoDataFolder)?,
    };
    match cli.command {
        Command::Init(args) => keep::init(&folder, &args, console, clock).await,
        Command::List(args) => keep::list(&folder, &args, console, clock),
        Command::Show(args) => keep::show(&folder, &args, console, clock),
        Command::History => keep::history(&folder, console),
        Command::Delete(args) => keep::delete(&folder, &args, console, clock),
        Command::Receive(args) => receive::run(&folder, &args, console, clock).await,
        Command::Refresh(args) => refresh::run(&folder, &args, console, clock).await,
        Command::Present(args) => present::run(&folder, &args, console, clock).await,
    }
}

/// `$XDG_DATA_HOME/staff-passport/wallet`, else below `~/.local/share`.
fn default_folder() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("staff-passport/wallet"))
}

/// The operating system's randomness.
fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn open_store(folder: &Path, console: Console) -> Result<Store, Error> {
    if !Store::exists(folder) {
        return Err(crate::store::StoreError::NoWallet(folder.to_owned()).into());
    }
    Ok(Store::open(folder, console.passphrase()?)?)
}

/// Fetches the registry, keeps it when it is newer, and opens the way to its members. Says when
/// the last good copy must do.
async fn refresh_trust(
    store: &mut Store,
    network: &mut Network,
    console: Console,
    now: UnixTime,
) -> Result<Trust, Error> {
    let contents = store.contents();
    let trust =
        Trust::refresh(network.fetcher(), &contents.settings, contents.registry.as_ref(), now)
            .await;
    if let Some(newer) = &trust.newer
        && contents.registry.as_ref() != Some(newer)
    {
        store.update(&mut rng(), |contents| {
            // Another process may have seen a newer one meanwhile.
            if contents.registry.as_ref().is_none_or(|kept| kept.version <= newer.version) {
                contents.registry = Some(newer.clone());
            }
            Ok(())
        })?;
    }
    if let Some(registry) = &trust.registry {
        network.allow_members(registry);
        if let Some(problem) = &trust.problem {
            console.tell(&messages::registry_warning(problem));
        }
    }
    Ok(trust)
}

/// Why there is no registry in force, as an error of its own.
fn no_registry(trust: Trust) -> Error {
    Error::Trust(trust.problem.unwrap_or(TrustError::None))
}
