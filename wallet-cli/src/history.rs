//! The holder's own record: what came in and what was shown to whom. It never leaves the store.

use serde::{Deserialize, Serialize};
use vc::time::UnixTime;

use crate::store::Held;
use crate::text;

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: UnixTime,
    /// What it was about, in the issuer's words.
    pub credential: String,
    /// Its id; `None` when it was never kept.
    pub id: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Accepted from an issuer.
    Received {
        /// The issuer's name.
        from: String,
    },
    /// A new copy has taken the place of the one before.
    Renewed {
        /// The issuer's name.
        from: String,
    },
    /// Offered and refused by the holder.
    Rejected {
        /// The issuer's name.
        from: String,
    },
    /// Shown to a host.
    Presented {
        /// The host's ODS code.
        ods: String,
        /// The host's name, when the registry knew it.
        name: Option<String>,
        /// Placement kind and staff group.
        purpose: String,
        /// The disclosed claims.
        shown: Vec<String>,
    },
    /// Deleted by the holder.
    Deleted,
}

impl Entry {
    /// Something that happened to a held credential.
    pub fn of(held: &Held, event: Event, at: UnixTime) -> Self {
        Self { at, credential: held.name.clone(), id: Some(held.id.clone()), event }
    }
}

/// The whole record, newest first, for people.
pub fn render(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "Nothing has happened yet.\n".to_owned();
    }
    entries.iter().rev().map(line).collect()
}

fn line(entry: &Entry) -> String {
    let what = text::plain(&entry.credential);
    let id = entry.id.as_deref().unwrap_or("not kept");
    let event = match &entry.event {
        Event::Received { from } => format!("received from {}", text::plain(from)),
        Event::Renewed { from } => format!("renewed by {}", text::plain(from)),
        Event::Rejected { from } => format!("rejected, from {}", text::plain(from)),
        Event::Presented { ods, name, purpose, shown } => {
            let host = match name {
                Some(name) => format!("{} ({ods})", text::plain(name)),
                None => ods.clone(),
            };
            let shown: Vec<String> = shown.iter().map(|path| text::plain(path)).collect();
            format!("shown to {host} for {purpose}: {}", shown.join(", "))
        }
        Event::Deleted => "deleted".to_owned(),
    };
    format!("{}  {what} [{id}]  {event}\n", text::moment(entry.at))
}
