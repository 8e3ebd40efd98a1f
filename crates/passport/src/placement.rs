//! What a host asks about: a kind of placement, for a staff group, from a day to a day.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use vc::time::UnixTime;

use crate::day;
use crate::words::{Kind, StaffGroup};

/// Longest placement, in days, and how far ahead one may start. No check of a passport stands for
/// longer than it is known about, and a job is known about for twelve months: ask again each year.
pub const MAX_DAYS: u64 = 366;

/// A placement as a host asks about it, not yet looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementRequest {
    /// Kind of placement.
    pub kind: Kind,
    /// Staff group of the person.
    pub staff_group: StaffGroup,
    /// First day.
    pub start: NaiveDate,
    /// Last day, included.
    pub end: NaiveDate,
}

impl PlacementRequest {
    /// Looks at the dates: an absurd placement is a fault of the request and gets no verdict.
    ///
    /// # Errors
    /// [`PlacementFault`].
    pub fn check(self, now: UnixTime) -> Result<Placement, PlacementFault> {
        let today = day::london(now);
        if self.end < self.start {
            return Err(PlacementFault::EndsBeforeStart);
        }
        if self.end < today {
            return Err(PlacementFault::IsOver);
        }
        let limit = |from: NaiveDate, days: u64| {
            from.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
        };
        if self.end > limit(self.start, MAX_DAYS.saturating_sub(1)) {
            return Err(PlacementFault::TooLong);
        }
        if self.start > limit(today, MAX_DAYS) {
            return Err(PlacementFault::TooFarAhead);
        }
        Ok(Placement { asked: self })
    }
}

/// A placement whose dates make sense; only [`PlacementRequest::check`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Placement {
    asked: PlacementRequest,
}

impl Placement {
    /// Kind of placement.
    pub const fn kind(&self) -> Kind {
        self.asked.kind
    }

    /// Staff group of the person.
    pub const fn staff_group(&self) -> StaffGroup {
        self.asked.staff_group
    }

    /// First day.
    pub const fn start(&self) -> NaiveDate {
        self.asked.start
    }

    /// Last day, included.
    pub const fn end(&self) -> NaiveDate {
        self.asked.end
    }
}

/// Why a placement gets no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementFault {
    /// The last day comes before the first.
    #[error("the last day must not come before the first")]
    EndsBeforeStart,
    /// The last day is past.
    #[error("the last day must not be past")]
    IsOver,
    /// Longer than [`MAX_DAYS`].
    #[error("a placement is judged for 366 days at most: ask again each year")]
    TooLong,
    /// Starts more than [`MAX_DAYS`] ahead.
    #[error("the first day must be within the next 366 days")]
    TooFarAhead,
}

impl PlacementFault {
    /// Which member of the placement is at fault.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::EndsBeforeStart | Self::IsOver | Self::TooLong => "/end",
            Self::TooFarAhead => "/start",
        }
    }

    /// Stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EndsBeforeStart => "ENDS_BEFORE_START",
            Self::IsOver => "IS_OVER",
            Self::TooLong => "TOO_LONG",
            Self::TooFarAhead => "TOO_FAR_AHEAD",
        }
    }
}
