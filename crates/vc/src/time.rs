//! Instants as JWT NumericDates (RFC 7519, 2), in whole seconds.

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z. Callers read the clock; this crate never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// This instant `seconds` later; stays at the end of the range rather than wrap.
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
