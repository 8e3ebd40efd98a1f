//! Instants as JWT NumericDates (RFC 7519, 2), in whole seconds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
const LAST: i64 = 253_402_300_799;

/// Seconds since 1970-01-01T00:00:00Z. Callers read the clock; this crate never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// A NumericDate in whole seconds between 1970 and 9999; `None` for anything else.
    pub fn from_json(value: &Value) -> Option<Self> {
        value.as_i64().filter(|seconds| (0..=LAST).contains(seconds)).map(Self)
    }

    /// This instant `seconds` later; stays at the end of the range rather than wrap.
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
