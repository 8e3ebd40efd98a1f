//! Logs as JSON lines on standard error, without personal data.

use tracing_subscriber::filter::LevelFilter;

/// Starts logging; a second call changes nothing.
pub fn init(level: LevelFilter) {
    todo!()
}
