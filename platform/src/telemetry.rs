//! Logs and metrics of the process.

use crate::Config;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal as _;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Upper bounds of duration histograms in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Requests answered, by `route`, `method` and `status`.
pub const HTTP_REQUESTS: &str = "service_hub_http_requests_total";
/// Seconds from a request's head to its answer's, by `route` and `method`.
pub const HTTP_SECONDS: &str = "service_hub_http_request_duration_seconds";
/// Jobs that ran, by `job` and `outcome` (done, failed).
pub const JOBS: &str = "service_hub_jobs_total";
/// Jobs that were given up and that nobody tries again, as the process that holds the scheduler's lease counts them; 0 where
/// another holds it.
pub const DEAD_JOBS: &str = "service_hub_jobs_dead";

/// Due work of organisations that failed and is tried again later, as the process that holds the scheduler's lease counts it.
pub const PUT_OFF: &str = "service_hub_due_work_put_off";

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
    metrics::set_global_recorder(recorder).ok()?;
    metrics::describe_counter!(HTTP_REQUESTS, "HTTP requests answered, by route, method and status.");
    metrics::describe_histogram!(HTTP_SECONDS, "Seconds from an HTTP request to its answer, by route and method.");
    metrics::describe_counter!(JOBS, "Jobs that ran, by name and outcome.");
    metrics::describe_gauge!(DEAD_JOBS, "Jobs that were given up and need attention.");
    metrics::describe_gauge!(PUT_OFF, "Due work that failed and is tried again later.");
    Some(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `promtool check metrics` asks for.
    #[test]
    fn every_metric_says_what_it_counts() {
        let handle = start_metrics().expect("nothing else in this process collects metrics");
        metrics::counter!(HTTP_REQUESTS, "route" => "/").increment(1);
        metrics::histogram!(HTTP_SECONDS, "route" => "/").record(0.5);
        metrics::counter!(JOBS, "job" => "mail").increment(1);
        metrics::gauge!(DEAD_JOBS).set(0.0);
        metrics::gauge!(PUT_OFF).set(0.0);
        let text = handle.render();
        let named = |kind: &str| -> Vec<String> { text.lines().filter_map(|line| line.strip_prefix(kind)?.split(' ').next().map(str::to_owned)).collect() };
        assert_eq!(named("# TYPE ").len(), 5, "{text}");
        assert_eq!(named("# TYPE "), named("# HELP "), "{text}");
    }
}
