//! Serving HTTP: limits, overload, panics, request ids, TLS, graceful shutdown.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

/// Bounds on what one process does at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; more wait in the system's queue.
    pub connections: usize,
    /// Requests in work; more are answered 503.
    pub requests: usize,
    /// Time for a request.
    pub request: Duration,
    /// Time for a request's head to arrive.
    pub head: Duration,
    /// Time for requests in work after shutdown begins.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            requests: 512,
            request: Duration::from_secs(30),
            head: Duration::from_secs(10),
            shutdown: Duration::from_secs(10),
        }
    }
}

/// Certificate chain and private key as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Chain, leaf first.
    pub cert: PathBuf,
    /// Key of the leaf.
    pub key: PathBuf,
}

/// Serves `router` until `shutdown` ends and the requests in work are done. Prints
/// `listening on http://ADDR` on standard output when ready.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    todo!()
}

/// Puts the shared layers around a router: 404 and 405 as problems, panic, time, overload, request
/// id, security headers, one log line a request. `serve` does it; tests in process call it.
pub fn layered(router: Router, limits: &Limits) -> Router {
    todo!()
}

/// Ends at SIGTERM or Ctrl-C.
pub async fn shutdown_signal() {
    todo!()
}

/// Why serving does not begin or stops.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("the address {address} cannot be listened on")]
    Listen {
        /// Which.
        address: String,
        /// The error.
        #[source]
        source: std::io::Error,
    },
    /// The certificate or key cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
}
