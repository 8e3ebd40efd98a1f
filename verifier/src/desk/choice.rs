//! The placement that is scanned for, as the page's address says it.

use chrono::NaiveDate;
use passport::{Kind, PlacementFault, PlacementRequest, StaffGroup, day};
use serde::Deserialize;
use server::pages::Shell;
use vc::time::UnixTime;

use crate::app::App;
use crate::desk::words;
use crate::scan::PlacementAsked;

/// Kind, staff group and days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(super) kind: Kind,
    pub(super) staff_group: StaffGroup,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
}

/// The same as texts: fields of the address and of forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) placement: String,
    pub(super) start: String,
    pub(super) end: String,
}

/// What an option of the form stands for, `KIND/STAFF_GROUP`.
pub(super) fn pair(text: &str) -> Option<(Kind, StaffGroup)> {
    let (kind, group) = text.split_once('/')?;
    Some((kind.parse().ok()?, group.parse().ok()?))
}

/// Every pair that this host has a requirement for.
pub(super) fn pairs(app: &App) -> impl Iterator<Item = (Kind, StaffGroup)> {
    Kind::ALL
        .iter()
        .flat_map(|kind| StaffGroup::ALL.iter().map(move |group| (*kind, *group)))
        .filter(|(kind, group)| app.requirements.find(kind.as_str(), group.as_str()).is_some())
}

impl Choice {
    /// Out of an address or a hidden field, when it can be judged today.
    pub(super) fn read(fields: &Fields, app: &App) -> Option<Self> {
        let (kind, staff_group) = pair(&fields.placement)?;
        let (start, end) = (day::parse(&fields.start)?, day::parse(&fields.end)?);
        let choice = Self { kind, staff_group, start, end };
        choice.stands(app).then_some(choice)
    }

    /// Whether its dates can be judged today.
    pub(super) fn check(&self, app: &App) -> Result<(), PlacementFault> {
        let Self { kind, staff_group, start, end } = *self;
        let now = UnixTime(app.clock.now());
        PlacementRequest { kind, staff_group, start, end }.check(now).map(|_| ())
    }

    /// Whether there is a requirement for it and its dates can be judged today.
    pub(super) fn stands(&self, app: &App) -> bool {
        app.requirements.find(self.kind.as_str(), self.staff_group.as_str()).is_some()
            && self.check(app).is_ok()
    }

    pub(super) fn pair(&self) -> String {
        format!("{}/{}", self.kind, self.staff_group)
    }

    /// The scan page's address for it.
    pub(super) fn path(&self) -> String {
        format!("/desk?placement={}&start={}&end={}", self.pair(), self.start, self.end)
    }

    pub(super) fn asked(&self) -> PlacementAsked {
        PlacementAsked {
            kind: self.kind.to_string(),
            staff_group: self.staff_group.to_string(),
            start: self.start,
            end: self.end,
        }
    }

    /// For the page.
    pub(super) fn told(&self, shell: &Shell) -> Place {
        let (start, end) = (words::day(self.start, shell), words::day(self.end, shell));
        let days = if start == end {
            start
        } else {
            shell.ta("desk-days", &[("start", &start), ("end", &end)])
        };
        Place {
            kind: shell.t(words::kind(self.kind)),
            group: shell.t(words::staff_group(self.staff_group)),
            days,
            path: self.path(),
            pair: self.pair(),
            start: self.start.to_string(),
            end: self.end.to_string(),
        }
    }
}

/// A placement in words, and as the fields of a form.
pub(super) struct Place {
    pub(super) kind: String,
    pub(super) group: String,
    pub(super) days: String,
    pub(super) path: String,
    pub(super) pair: String,
    pub(super) start: String,
    pub(super) end: String,
}
