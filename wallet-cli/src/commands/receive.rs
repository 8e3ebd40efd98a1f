//! `receive`: who issues what, the transaction code, the checks for review, then the store.

use std::path::Path;

use clock::Clock;
use vc::oid4vci::{InputMode, NotificationEvent, Refusal};
use vc::time::UnixTime;

use super::{no_registry, open_store, refresh_trust, rng};
use crate::cli::{Receive, refusal_reason};
use crate::console::{Console, ConsoleError};
use crate::error::Error;
use crate::history::{Entry, Event};
use crate::hold;
use crate::messages;
use crate::network::Network;
use crate::receive::{self, Document, Offered, ReceiveError, Received, Strangers};
use crate::store::Store;
use crate::text;

/// How often a mistyped transaction code may be typed again; the issuer allows five.
const TX_CODE_ATTEMPTS: usize = 3;

pub(super) async fn run(
    folder: &Path,
    args: &Receive,
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

    let strangers = if args.allow_unregistered { Strangers::Allow } else { Strangers::Refuse };
    let offered = receive::open(&args.offer, &mut network, &registry, strangers).await?;
    console.print(&format!(
        "{} offers you: {}\n",
        hold::issuer_name(offered.issuer()),
        text::plain(offered.name())
    ));
    if offered.issuer().registered.is_none() {
        console.tell(messages::STRANGER_WARNING);
    }
    // Typing the transaction code is a yes; where nothing is left to type, ask.
    let nothing_to_type = args.tx_code.is_some() || offered.tx_code().is_none();
    if !args.yes && nothing_to_type && !console.confirm("Receive it?", "--yes")? {
        return Err(ConsoleError::Declined.into());
    }
    let received = redeem(&offered, args, &network, console, clock).await?;

    console.print(&format!(
        "\n{}\nChecked: signed by {}, bound to a new key of this wallet, not revoked.\n",
        hold::contents(received.verified().claims(), UnixTime(clock.now())),
        hold::issuer_name(received.issuer()),
    ));
    if let Some(refusal) = refusal(args, console)? {
        reject(&mut store, &received, UnixTime(clock.now()))?;
        received.refuse(&refusal, &network).await;
        return Err(ConsoleError::Declined.into());
    }
    let id = accept(&mut store, &received, UnixTime(clock.now()))?;
    received.tell_issuer(NotificationEvent::CredentialAccepted, &network).await;
    console.print(&format!("Kept as {id}. See it with `wallet show {id}`.\n"));
    Ok(())
}

/// Why the holder refuses, if she does.
fn refusal(args: &Receive, console: Console) -> Result<Option<Refusal>, ConsoleError> {
    if let Some(reason) = args.reject {
        return Ok(Some(Refusal { reason, words: args.words.clone() }));
    }
    if args.yes
        || console.confirm("Is this you, is it right, and do you want to keep it?", "--yes")?
    {
        return Ok(None);
    }
    let reason = loop {
        let answer = console.ask(
            "Why not? HR will be told: incorrect, duplicate, not-wanted or other:",
            "--reject",
        )?;
        match refusal_reason(&answer) {
            Ok(reason) => break reason,
            Err(known) => console.tell(&format!("Please say {known}.")),
        }
    };
    let words = console.ask("Anything HR should know? (may be left empty)", "--words")?;
    Ok(Some(Refusal { reason, words }))
}

/// Tells the digits that HR compares.
fn show_digits(console: Console) -> impl FnMut(&str) {
    move |digits| {
        console.print(&format!(
            "\nShow these six digits to HR: {digits}\nWaiting for HR to confirm them …\n"
        ));
    }
}

/// Asks for the transaction code where it is wanted and not given, again when it was mistyped.
async fn redeem(
    offered: &Offered,
    args: &Receive,
    network: &Network,
    console: Console,
    clock: &Clock,
) -> Result<Received, Error> {
    if offered.tx_code().is_none() || args.tx_code.is_some() {
        let code = args.tx_code.as_deref().map(str::trim);
        if let Some(code) = code {
            offered.check_tx_code(code).map_err(ReceiveError::TxCode)?;
        }
        return Ok(offered
            .redeem_showing(code, network, clock, &mut rng(), show_digits(console))
            .await?);
    }
    let mut attempt = 1;
    loop {
        let code = console.ask(&tx_code_question(offered), "--tx-code")?;
        let answer = match offered.check_tx_code(&code) {
            Ok(()) => {
                let show = show_digits(console);
                offered.redeem_showing(Some(&code), network, clock, &mut rng(), show).await
            }
            Err(fault) => Err(fault.into()),
        };
        match answer {
            Err(error) if attempt < TX_CODE_ATTEMPTS && is_mistyped(&error) => {
                console.tell(&messages::sentence(&error.into()));
                attempt += 1;
            }
            answer => return Ok(answer?),
        }
    }
}

fn is_mistyped(error: &ReceiveError) -> bool {
    match error {
        ReceiveError::TxCode(_) => true,
        ReceiveError::Refused { what: Document::Token, code } => code == "invalid_grant",
        _ => false,
    }
}

fn tx_code_question(offered: &Offered) -> String {
    let shape = offered.tx_code().cloned().unwrap_or_default();
    let kind = match shape.input_mode.unwrap_or(InputMode::Numeric) {
        InputMode::Numeric => "digits",
        InputMode::Text => "characters",
    };
    let length = shape.length.map(|length| format!(" ({length} {kind})")).unwrap_or_default();
    let said = shape
        .description
        .map(|description| format!("The issuer says: “{}”. ", text::plain(&description)))
        .unwrap_or_default();
    format!("{said}Transaction code{length}, as HR gave it to you:")
}

fn accept(store: &mut Store, received: &Received, now: UnixTime) -> Result<String, Error> {
    let from = hold::issuer_name(received.issuer());
    Ok(store.update(&mut rng(), |contents| {
        let id = contents.fresh_id(&mut rng());
        let held = received.to_held(id.clone(), now);
        contents.history.push(Entry::of(&held, Event::Received { from }, now));
        contents.credentials.push(held);
        Ok(id)
    })?)
}

fn reject(store: &mut Store, received: &Received, now: UnixTime) -> Result<(), Error> {
    let event = Event::Rejected { from: hold::issuer_name(received.issuer()) };
    let entry = Entry { at: now, credential: received.name().to_owned(), id: None, event };
    store.update(&mut rng(), |contents| {
        contents.history.push(entry);
        Ok(())
    })?;
    Ok(())
}
