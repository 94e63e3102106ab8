//! Logs and metrics of the process.

use crate::Config;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal as _;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Upper bounds of duration histograms in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Libraries that tell more than their news: the queue would print every job with what it carries. HUB_LOG may name them
/// again to hear them.
const QUIET: &str = "graphile_worker=warn,graphile_worker_migrations=warn,sqlx=warn";

/// Starts logging to standard error. Answers why not when the filter cannot be read.
pub fn start_logging(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", config.log)).map_err(|error| format!("HUB_LOG is `{}`, but must be filter directives like info,platform=debug ({error})", config.log))?;
    let registry = tracing_subscriber::registry().with(filter);
    // A second start in one process (tests) keeps the first.
    let _ = if config.log_json {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    } else {
        registry.with(fmt::layer().with_target(false).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr)).try_init()
    };
    Ok(())
}

/// What a panic said, for the log alone.
pub fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned())).unwrap_or_else(|| "it said nothing".to_owned())
}

/// Starts collecting metrics; the handle renders Prometheus text. `None` when another part of the process already does.
pub fn start_metrics() -> Option<PrometheusHandle> {
    let recorder = PrometheusBuilder::new().set_buckets(SECONDS).expect("the bounds are not empty").build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok().map(|()| handle)
}
