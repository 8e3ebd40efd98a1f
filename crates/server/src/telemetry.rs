//! Logs as JSON lines on standard error, without personal data.

use tracing_subscriber::filter::LevelFilter;

/// Starts logging; a second call changes nothing.
pub fn init(level: LevelFilter) {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .finish();
    // A panic's text may hold what it choked on: its place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic.place = place, "panic at {place}");
    }));
    // A test in the same process may have set one before.
    drop(tracing::subscriber::set_global_default(subscriber));
}
