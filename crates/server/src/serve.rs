//! Serving HTTP: limits, overload, panics, request ids, TLS, graceful shutdown.

mod guard;
mod precomputed;
mod tls;

use std::future::Future;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

pub(crate) use guard::RequestId;
pub use guard::layered;
use precomputed::Front;
pub use precomputed::{Asked, Precomputed, Prepared, with_defaults};

/// Streams that one HTTP/2 connection may have open.
const MAX_STREAMS: u32 = 128;
/// Pause when the system gives no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Bounds on what one process does at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; more wait in the system's queue.
    pub connections: usize,
    /// Requests in work; more are answered 503.
    pub requests: usize,
    /// Time for a request.
    pub request: Duration,
    /// Time for a request's head to arrive, and for a TLS handshake.
    pub head: Duration,
    /// Ends of routes that take files: handlers bound these bodies themselves, over
    /// [`Self::file_request`].
    pub files: &'static [&'static str],
    /// Time for a request with a file.
    pub file_request: Duration,
    /// Time for requests in work after shutdown begins.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 12_000,
            requests: 512,
            request: Duration::from_secs(30),
            files: &[],
            file_request: Duration::from_secs(600),
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

/// Takes an address.
///
/// # Errors
/// [`ServeError::Listen`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address: address.to_string(), source })
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
    serve_with(listener, router, None, tls, limits, shutdown).await
}

/// The same, with answers that stand ready before the router is asked.
///
/// # Errors
/// [`ServeError`].
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    precomputed: Option<Arc<dyn Precomputed>>,
    tls: Option<Tls>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let acceptor = tls.as_ref().map(tls::acceptor).transpose()?;
    let address = listener
        .local_addr()
        .map_err(|source| ServeError::Listen { address: "?".to_owned(), source })?;
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    announce(&format!("listening on {scheme}://{address}"));

    let router = layered(router, &limits);
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer),
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let front = Front {
            router: router.clone(),
            precomputed: precomputed.clone(),
            peer: Peer(peer.ip()),
            asked: Arc::new(AtomicBool::new(false)),
        };
        let (acceptor, watcher) = (acceptor.clone(), graceful.watcher());
        let head = limits.head;
        tokio::spawn(async move {
            // Answers are small and whole: waiting to fill a packet only delays them.
            drop(stream.set_nodelay(true));
            connection(stream, front, acceptor, watcher, head).await;
            drop(permit);
        });
    }
    drop(listener);
    tracing::info!("shutting down");
    if timeout(limits.shutdown, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in work at shutdown");
    }
    Ok(())
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

async fn connection(
    stream: tokio::net::TcpStream,
    front: Front,
    acceptor: Option<TlsAcceptor>,
    watcher: Watcher,
    head: Duration,
) {
    let Some(acceptor) = acceptor else {
        return http1(stream, front, watcher, head).await;
    };
    let Ok(Ok(stream)) = timeout(head, acceptor.accept(stream)).await else {
        tracing::debug!("a TLS handshake broke off");
        return;
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2(stream, front, watcher, head).await;
    } else {
        http1(stream, front, watcher, head).await;
    }
}

async fn http1(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    front: Front,
    watcher: Watcher,
    head: Duration,
) {
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(stream), front);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    front: Front,
    watcher: Watcher,
    head: Duration,
) {
    let asked = Arc::clone(&front.asked);
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(Some(Duration::from_secs(20)))
        .serve_connection(TokioIo::new(stream), front);
    // Pings begin after the preface: whoever never sends it would keep its place for ever.
    let silent = async {
        tokio::time::sleep(head).await;
        if asked.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = watcher.watch(connection) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke off");
            }
        }
        () = silent => tracing::debug!("a connection asked nothing"),
    }
}

fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may be reading; serving does not depend on it.
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Ends at SIGTERM or Ctrl-C.
pub async fn shutdown_signal() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
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
