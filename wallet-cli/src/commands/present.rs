//! `present`: what will be shown to whom and why, then the code.

use std::path::Path;

use clock::Clock;
use serde_json::Value;
use vc::registry::Organisation;
use vc::time::UnixTime;

use super::{open_store, refresh_trust, rng};
use crate::cli::Present;
use crate::console::{Console, ConsoleError};
use crate::error::Error;
use crate::history::{Entry, Event};
use crate::hold;
use crate::labels::Labels;
use crate::messages;
use crate::network::Network;
use crate::present::{
    self, Host, Opened, Plan, PresentError, Purpose, Renewal, Requirement, Screen, Source,
};
use crate::store::{Held, Store};
use crate::text;
use crate::trust::{self, Trust};

/// Types that a host's verifier takes.
const TYPES: [&str; 1] = ["urn:staff-passport:employment-checks:1"];

pub(super) async fn run(
    folder: &Path,
    args: &Present,
    console: Console,
    clock: &Clock,
) -> Result<(), Error> {
    let purpose: Purpose = args.purpose.parse()?;
    if let Some(code) = &args.desk_code {
        present::check_desk_code(code)?;
    }
    let mut store = open_store(folder, console)?;
    let now = UnixTime(clock.now());
    let held = present::choose(store.contents(), args.credential.as_deref(), &TYPES, now)?.clone();
    let opened = Opened::open(&held, now)?;

    let mut network = Network::new(&store.contents().settings.registry_url)?;
    let trust = refresh_trust(&mut store, &mut network, console, now).await?;
    let entry = known_host(&trust, &args.to, console)?;
    let requirement =
        Requirement::of(entry, purpose, &network).await.map_err(PresentError::from)?;
    let plan = opened.plan(&requirement.content);
    if plan.shown.is_empty() {
        return Err(PresentError::NothingToShow.into());
    }
    let host = Host { ods: args.to.clone(), name: entry.map(|entry| entry.name.clone()) };
    let labels = Labels::of(opened.credential().claims().get("vct").and_then(Value::as_str));
    console.tell(&review(&host, &held, &requirement, &plan, &labels));
    // A script that runs `present` has decided; a person at a terminal is asked.
    let ask = console.is_interactive() && !args.yes;
    if ask && !console.confirm("Show this?", "--yes")? {
        return Err(ConsoleError::Declined.into());
    }
    record(&mut store, &held, &host, purpose, plan.shown_labels(&labels), now)?;

    let make = |chars: usize| {
        let now = UnixTime(clock.now());
        let desk_code = args.desk_code.as_deref();
        let presentation = opened.present(&plan, &host.ods, desk_code, now, &mut rng())?;
        Ok(vc::qr::split(&vc::qr::encode(&presentation), chars, &mut rng()))
    };
    show(args, console, &host, make).await
}

/// The host's entry in the registry; without a registry in force the holder's word must do.
fn known_host<'t>(
    trust: &'t Trust,
    ods: &str,
    console: Console,
) -> Result<Option<&'t Organisation>, Error> {
    match trust.in_force() {
        Ok(registry) => trust::active_host(registry, ods)
            .map(Some)
            .ok_or_else(|| PresentError::UnknownHost(ods.to_owned()).into()),
        Err(problem) => {
            console.tell(&messages::host_not_checked(ods, problem));
            Ok(None)
        }
    }
}

fn review(
    host: &Host,
    held: &Held,
    requirement: &Requirement,
    plan: &Plan,
    labels: &Labels,
) -> String {
    let name = host.name.as_deref().map_or("a host that could not be looked up", |name| name);
    let mut out = format!(
        "To {} ({}), for: {}\nWith: {} from {} [{}]\n",
        text::plain(name),
        host.ods,
        text::plain(&requirement.content.title),
        text::plain(&held.name),
        hold::issuer_name(&held.issuer),
        held.id,
    );
    if requirement.source == Source::Shipped {
        out.push_str("(What the host asks for could not be fetched: this is the usual list.)\n");
    }
    out.push_str("Will be shown:\n");
    for asked in &plan.shown {
        let (label, why) = (labels.of_path(&asked.path), text::plain(&asked.why));
        out.push_str(&format!("  {label}\n      {why}\n"));
    }
    out.push_str("  Always with it: your employer, your reference there, how it was checked\n");
    if !plan.missing.is_empty() {
        out.push_str("Asked for, and not in your passport (ask your employer's HR):\n");
        for asked in &plan.missing {
            out.push_str(&format!("  {}\n", labels.of_path(&asked.path)));
        }
    }
    out
}

/// Written down before anything is shown, so that nothing is shown and not written down.
fn record(
    store: &mut Store,
    held: &Held,
    host: &Host,
    purpose: Purpose,
    shown: Vec<String>,
    now: UnixTime,
) -> Result<(), Error> {
    let event = Event::Presented {
        ods: host.ods.clone(),
        name: host.name.clone(),
        purpose: purpose.to_string(),
        shown,
    };
    Ok(store.update(&mut rng(), |contents| {
        contents.history.push(Entry::of(held, event, now));
        Ok(())
    })?)
}

async fn show(
    args: &Present,
    console: Console,
    host: &Host,
    mut make: impl FnMut(usize) -> Result<Vec<String>, PresentError>,
) -> Result<(), Error> {
    if args.text {
        for part in make(vc::qr::MAX_CODE_CHARS)? {
            console.print(&format!("{part}\n"));
        }
        return Ok(());
    }
    if args.png.is_some() || args.svg.is_some() {
        let parts = make(vc::qr::MAX_CODE_CHARS)?;
        for path in present::files(&parts, args.png.as_deref(), args.svg.as_deref())? {
            console.print(&format!("{}\n", path.display()));
        }
        console.tell("Good for 90 seconds, and for one scan.");
        return Ok(());
    }
    let chars = match terminal_size::terminal_size() {
        Some((terminal_size::Width(columns), terminal_size::Height(lines))) if console.draws() => {
            present::chars_that_fit(columns.into(), lines.into())
        }
        _ => vc::qr::MAX_CODE_CHARS,
    };
    let title = match &host.name {
        Some(name) => format!("For {} ({})", text::plain(name), host.ods),
        None => format!("For {}", host.ods),
    };
    let renewal = match args.once || !console.draws() {
        true => Renewal::Never,
        false => Renewal::Every(present::RENEWED_EVERY),
    };
    let draw = |page: &str| console.print(page);
    let screen = Screen { title, renewal };
    Ok(present::show(&screen, draw, || make(chars), present::stopped()).await?)
}
