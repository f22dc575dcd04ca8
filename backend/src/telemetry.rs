//! Telemetry: what operators see of a running server.
//! Lives here: the log's form, the metrics' names and buckets.
//! May use: tracing, metrics. Never: a decision that depends on either; a secret, a name of a person.
//! Invariant: logging and counting change nothing.

use crate::config::LogFormat;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// Requests answered, by method, route and status.
pub const REQUESTS: &str = "tillbridge_http_requests_total";
/// How long they took, in seconds, by route.
pub const REQUEST_SECONDS: &str = "tillbridge_http_request_seconds";
/// Requests that are being answered.
pub const REQUESTS_OPEN: &str = "tillbridge_http_requests_open";
/// Records taken, by what became of them: booked, kept, replayed, waiting.
pub const ENTRIES: &str = "tillbridge_ingest_entries_total";
/// Records in one transaction.
pub const BATCH_ENTRIES: &str = "tillbridge_ingest_batch_entries";
/// How long a transaction took, in seconds.
pub const BATCH_SECONDS: &str = "tillbridge_ingest_batch_seconds";
/// Pushes that could not be taken because of the database.
pub const BATCH_FAILURES: &str = "tillbridge_ingest_failures_total";
/// Requests refused, by the word of the error: sign_in, forbidden, locked, signature, unpaired, …
pub const REFUSALS: &str = "tillbridge_refusals_total";
/// One, with the version as a label.
pub const BUILD: &str = "tillbridge_build_info";

const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
const COUNTS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0];

/// Can this be a level, or a list of levels by room?
pub fn is_level(text: &str) -> bool {
    !text.is_empty() && EnvFilter::try_new(text).is_ok()
}

/// Starts the log, on standard error.
pub fn log(level: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that has begun already, in a test, stays as it is.
    let _ = match format {
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}

/// What is counted, for whoever reads it.
pub fn metrics() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(install).clone()
}

fn install() -> Option<PrometheusHandle> {
    let buckets =
        [(REQUEST_SECONDS, &SECONDS[..]), (BATCH_SECONDS, &SECONDS[..]), (BATCH_ENTRIES, &COUNTS[..])];
    let mut builder = PrometheusBuilder::new();
    for (name, buckets) in buckets {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets).ok()?;
    }
    let handle = match builder.install_recorder() {
        Ok(handle) => handle,
        Err(error) => {
            tracing::warn!(%error, "nothing is counted");
            return None;
        }
    };
    describe();
    metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    Some(handle)
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests answered.");
    metrics::describe_histogram!(REQUEST_SECONDS, metrics::Unit::Seconds, "How long requests took.");
    metrics::describe_gauge!(REQUESTS_OPEN, "Requests that are being answered.");
    metrics::describe_counter!(ENTRIES, "Records pushed by tablets, by what became of them.");
    metrics::describe_histogram!(BATCH_ENTRIES, "Records booked in one transaction.");
    metrics::describe_histogram!(
        BATCH_SECONDS,
        metrics::Unit::Seconds,
        "How long a transaction of records took."
    );
    metrics::describe_counter!(BATCH_FAILURES, "Pushes that were not taken because the database failed.");
    metrics::describe_counter!(REFUSALS, "Requests refused, by the word of the error.");
    metrics::describe_gauge!(BUILD, "The version that runs.");
}
