//! The only reader of the wall clock. Tests hold a clock that they move by hand.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time; clones share one source.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `seconds` since 1970 until it is moved.
    pub fn manual(seconds: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(seconds.saturating_mul(1000)))))
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System => chrono::Utc::now().timestamp_millis(),
            Source::Manual(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock to `seconds` since 1970. The machine's clock stays as it is.
    pub fn set(&self, seconds: i64) {
        if let Source::Manual(ms) = &self.0 {
            ms.store(seconds.saturating_mul(1000), Ordering::SeqCst);
        }
    }

    /// Moves a manual clock by `seconds`. The machine's clock stays as it is.
    pub fn advance(&self, seconds: i64) {
        if let Source::Manual(ms) = &self.0 {
            ms.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock(system)",
            Source::Manual(_) => "Clock(manual)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = Clock::manual(1_000);
        let other = clock.clone();

        clock.advance(5);

        assert_eq!(other.now(), 1_005);
        assert_eq!(other.now_ms(), 1_005_000);
    }

    #[test]
    fn the_machines_clock_cannot_be_moved() {
        let clock = Clock::system();

        clock.set(0);

        assert!(clock.now() > 1_700_000_000);
    }

    #[test]
    fn a_moment_before_1970_rounds_down() {
        let clock = Clock::manual(-1);

        clock.advance(0);

        assert_eq!(clock.now(), -1);
    }
}
