//! `init`, `list`, `show`, `history`, `delete`.

use std::path::Path;

use clock::Clock;
use serde_json::Value;
use vc::time::UnixTime;

use super::{no_registry, open_store, rng};
use crate::cli::{Delete, Init, List, Show};
use crate::console::{Console, ConsoleError};
use crate::error::Error;
use crate::history::{self, Entry, Event};
use crate::hold;
use crate::network::Network;
use crate::operator_keys;
use crate::present::PresentError;
use crate::store::{MIN_PASSPHRASE, Settings, Store, StoreError};
use crate::trust::Trust;

/// Pins a network and makes an empty store, once its registry has verified.
pub(super) async fn init(
    folder: &Path,
    args: &Init,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    Store::refuse_existing(folder)?;
    let operator_keys = operator_keys::read(&args.operator_key, args.operator_threshold)
        .map_err(|fault| Error::OperatorKeys { path: args.operator_key.clone(), fault })?;
    let settings = Settings {
        registry_url: args.registry.clone(),
        operator_keys,
        threshold: args.operator_threshold,
    };
    let network = Network::new(&settings.registry_url)?;
    let mut trust = Trust::refresh(network.fetcher(), &settings, None, UnixTime(clock.now())).await;
    let (Some(registry), Some(kept)) = (trust.registry.take(), trust.newer.take()) else {
        return Err(no_registry(trust));
    };

    let passphrase = console.new_passphrase()?;
    if passphrase.expose().chars().count() < MIN_PASSPHRASE {
        return Err(StoreError::PassphraseTooShort.into());
    }
    Store::create(folder, passphrase, settings, kept, &mut rng())?;
    console.print(&format!(
        "Your wallet is ready in {}.\nIts network has {} organisations (trust registry version \
         {}).\nKeep the passphrase safe: nobody can open the wallet without it.\n",
        folder.display(),
        registry.payload().organisations.len(),
        registry.payload().version,
    ));
    Ok(())
}

/// What is held, in short.
pub(super) fn list(
    folder: &Path,
    args: &List,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let store = open_store(folder, console)?;
    let held = &store.contents().credentials;
    if args.json {
        let all: Vec<Value> = held
            .iter()
            .map(hold::summary_json)
            .collect::<Result<_, _>>()
            .map_err(PresentError::Credential)?;
        console.print(&format!("{}\n", Value::Array(all)));
        return Ok(());
    }
    if held.is_empty() {
        console.print("You hold nothing yet. Receive a passport with `wallet receive OFFER`.\n");
    }
    for held in held {
        let summary =
            hold::summary(held, UnixTime(clock.now())).map_err(PresentError::Credential)?;
        console.print(&summary);
    }
    Ok(())
}

/// Everything that one credential says.
pub(super) fn show(
    folder: &Path,
    args: &Show,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let store = open_store(folder, console)?;
    let held = store.contents().credential(&args.id)?;
    let full = hold::full(held, UnixTime(clock.now())).map_err(PresentError::Credential)?;
    console.print(&full);
    Ok(())
}

/// The holder's own record.
pub(super) fn history(folder: &Path, console: Console) -> Result<(), Error> {
    let store = open_store(folder, console)?;
    console.print(&history::render(&store.contents().history));
    Ok(())
}

/// Deletes one credential and its key; the record stays.
pub(super) fn delete(
    folder: &Path,
    args: &Delete,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let mut store = open_store(folder, console)?;
    let now = UnixTime(clock.now());
    let held = store.contents().credential(&args.id)?.clone();
    if !args.yes {
        let summary = hold::summary(&held, now).map_err(PresentError::Credential)?;
        console.tell(&summary);
        let question = "Delete it and its key? Only your employer can give you another.";
        if !console.confirm(question, "--yes")? {
            return Err(ConsoleError::Declined.into());
        }
    }
    store.update(&mut rng(), |contents| {
        contents.credential(&held.id)?;
        contents.credentials.retain(|other| other.id != held.id);
        contents.history.push(Entry::of(&held, Event::Deleted, now));
        Ok(())
    })?;
    console.print(&format!("Deleted {}.\n", held.id));
    Ok(())
}
