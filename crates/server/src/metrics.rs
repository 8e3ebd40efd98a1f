//! `/metrics` in Prometheus' text form, on a listener of its own: figures say how busy a trust is,
//! so they are not for the world. Names and labels hold no personal data, and every set of labels
//! is bounded: routes as the router names them, known methods, statuses.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::serve::{Limits, ServeError, bind, layered};

const REQUESTS: &str = "http_requests_total";
const REQUEST_SECONDS: &str = "http_request_duration_seconds";
const REFUSED: &str = "http_requests_refused_busy_total";
const FACTS: &str = "store_facts_total";
const SYNCS: &str = "store_groups_total";
const SYNC_SECONDS: &str = "store_group_duration_seconds";
const RESIDENT: &str = "process_resident_memory_bytes";
const CPU: &str = "process_cpu_seconds_total";
/// Upper bounds of the times, in seconds.
const BUCKETS: [f64; 12] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];
/// How often the histograms are put in order.
const UPKEEP: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting; a second call changes nothing. Without it nothing is counted.
pub fn start() {
    HANDLE.get_or_init(|| {
        let handle =
            PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.install_recorder().ok()?;
        describe_counter!(REQUESTS, "Requests answered, by method, route and status");
        describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "Time to the answer's head, by route");
        describe_counter!(REFUSED, "Requests refused because too many were in work");
        describe_counter!(FACTS, "Facts that the store was asked to record");
        describe_counter!(SYNCS, "Groups of facts that were synced to the disk together");
        describe_histogram!(SYNC_SECONDS, Unit::Seconds, "Time to apply and sync a group");
        describe_gauge!(RESIDENT, Unit::Bytes, "Memory that the process holds");
        describe_gauge!(CPU, Unit::Seconds, "Processor time since the start");
        Some(handle)
    });
}

fn counting() -> Option<&'static PrometheusHandle> {
    HANDLE.get()?.as_ref()
}

/// The figures as text; empty before [`start`].
pub fn text() -> String {
    let Some(handle) = counting() else { return String::new() };
    if let Some(bytes) = resident_bytes() {
        gauge!(RESIDENT).set(bytes);
    }
    if let Some(seconds) = cpu_seconds() {
        gauge!(CPU).set(seconds);
    }
    handle.run_upkeep();
    handle.render()
}

/// Serves `/metrics` at an address of its own until the process ends.
///
/// # Errors
/// [`ServeError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<(), ServeError> {
    start();
    let listener = bind(address).await?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(metrics.address = %address, "metrics at http://{address}/metrics");
    }
    let router = layered(router(), &Limits { requests: 4, ..Limits::default() });
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics are not served");
        }
    });
    tokio::spawn(async {
        let mut tick = tokio::time::interval(UPKEEP);
        while let Some(handle) = counting() {
            tick.tick().await;
            handle.run_upkeep();
        }
    });
    Ok(())
}

/// `/metrics` alone.
pub fn router() -> Router {
    Router::new().route("/metrics", get(answer))
}

async fn answer() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text())
}

/// Counts an answered request.
pub(crate) fn request(method: &Method, route: &str, status: StatusCode, time: Duration) {
    if counting().is_none() {
        return;
    }
    let method = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    };
    let route = route.to_owned();
    let status: Cow<'static, str> = match status.as_u16() {
        200 => "200".into(),
        other => other.to_string().into(),
    };
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(time.as_secs_f64());
}

/// Counts a request that found too many others in work.
pub(crate) fn refused() {
    if counting().is_some() {
        counter!(REFUSED).increment(1);
    }
}

/// Counts a group of facts.
pub(crate) fn group(facts: usize, time: Duration) {
    if counting().is_some() {
        counter!(FACTS).increment(u64::try_from(facts).unwrap_or(u64::MAX));
        counter!(SYNCS).increment(1);
        histogram!(SYNC_SECONDS).record(time.as_secs_f64());
    }
}

/// Sets a figure of a service's own.
pub fn set(name: &'static str, value: u64) {
    if counting().is_some() {
        // Figures of so many digits are not to the last one.
        gauge!(name).set(f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
    }
}

fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// Linux counts in hundredths of a second.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / 100.0)
}
