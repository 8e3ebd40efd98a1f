//! `refresh`: new copies of what is held, without HR. What is held is replaced only by a copy that
//! passed every check.

use std::path::Path;

use clock::Clock;
use vc::oid4vci::NotificationEvent;
use vc::registry::VerifiedRegistry;
use vc::time::UnixTime;

use super::{no_registry, open_store, refresh_trust, rng};
use crate::cli::Refresh;
use crate::console::Console;
use crate::error::Error;
use crate::history::{Entry, Event};
use crate::hold;
use crate::messages;
use crate::network::Network;
use crate::receive::{self, Received, RenewError};
use crate::store::{Held, Store, StoreError};
use crate::text;

pub(super) async fn run(
    folder: &Path,
    args: &Refresh,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let mut store = open_store(folder, console)?;
    let mut network = Network::new(&store.contents().settings.registry_url)?;
    let now = UnixTime(clock.now());
    let mut trust = refresh_trust(&mut store, &mut network, console, now).await?;
    let Some(registry) = trust.registry.take() else {
        return Err(no_registry(trust));
    };

    // Until the end: a refresh token is good once.
    let _alone = store.renewing()?;
    let wanted: Vec<Held> = match &args.id {
        Some(id) => vec![store.contents().credential(id)?.clone()],
        None => store.contents().credentials.clone(),
    };
    if wanted.is_empty() {
        console.print("You hold nothing yet. Receive a passport with `wallet receive OFFER`.\n");
    }
    let mut last_error = None;
    for held in wanted {
        match renew(&mut store, &held, (&mut network, &registry), console, clock).await {
            Ok(()) => {}
            // One that can't be renewed does not keep the others from it.
            Err(error) => {
                if let Some(earlier) = last_error.replace(error) {
                    console.tell(&messages::sentence(&earlier));
                }
            }
        }
    }
    last_error.map_or(Ok(()), Err)
}

async fn renew(
    store: &mut Store,
    held: &Held,
    (network, registry): (&mut Network, &VerifiedRegistry),
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let renewable = receive::renewable(held, network, registry, clock).await?;
    let renewing = renewable.ask(network).await?;
    // On disk before anything else: the old one is good no more.
    if let Some(renewal) = renewing.renewal() {
        store.update(&mut rng(), |contents| {
            kept(&mut contents.credentials, &held.id)?.renewal = Some(renewal);
            Ok(())
        })?;
    }
    let received = renewing.fetch(network).await?;
    replace(store, held, &received, UnixTime(clock.now()))?;
    received.tell_issuer(NotificationEvent::CredentialAccepted, network).await;
    console.print(&changes(held, &received, UnixTime(clock.now()))?);
    Ok(())
}

fn replace(
    store: &mut Store,
    held: &Held,
    received: &Received,
    now: UnixTime,
) -> Result<(), StoreError> {
    let from = hold::issuer_name(received.issuer());
    store.update(&mut rng(), |contents| {
        let new = received.to_held(held.id.clone(), now);
        contents.history.push(Entry::of(&new, Event::Renewed { from }, now));
        *kept(&mut contents.credentials, &held.id)? = new;
        Ok(())
    })
}

fn kept<'c>(credentials: &'c mut [Held], id: &str) -> Result<&'c mut Held, StoreError> {
    let unknown = || StoreError::UnknownCredential(id.to_owned());
    credentials.iter_mut().find(|held| held.id == id).ok_or_else(unknown)
}

/// What the new copy says that the old one did not.
fn changes(held: &Held, received: &Received, now: UnixTime) -> Result<String, RenewError> {
    let before = hold::reopen(held).map_err(|_| RenewError::Damaged)?;
    let before = hold::contents(before.claims(), now);
    let after = hold::contents(received.verified().claims(), now);
    let before: Vec<&str> = before.lines().collect();
    let mut said = format!(
        "{}  {}: renewed by {}.\n",
        held.id,
        text::plain(received.name()),
        hold::issuer_name(received.issuer())
    );
    let new: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    if new.is_empty() {
        said.push_str("Nothing else has changed.\n");
    } else {
        said.push_str("What is new:\n");
        for line in new {
            said.push_str(line);
            said.push('\n');
        }
    }
    Ok(said)
}
