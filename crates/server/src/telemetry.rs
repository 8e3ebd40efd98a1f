//! Logs as JSON lines on standard error, without personal data. A line written while a request is
//! answered carries the request's number and route, in `span`.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts logging; a second call changes nothing.
pub fn init(level: LevelFilter) {
    let subscriber = subscriber(level, io::stderr);
    // A panic's text may hold what it choked on: its place is enough.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic.place = place, "panic at {place}");
    }));
    // A test in the same process may have set one before.
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// The same, written elsewhere.
pub fn subscriber(
    level: LevelFilter,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(writer)
        .finish()
}
