//! Metrics, and what they count.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// One recorder for the process, whoever opens a service first.
static METRICS: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// Bounds of the time that the upstream takes to begin its answer, in seconds.
const UPSTREAM_SECONDS: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Begins to count; once for the process.
pub(crate) fn install() -> Result<PrometheusHandle, String> {
    METRICS
        .get_or_init(|| {
            let seconds = Matcher::Full("countersign_upstream_seconds".to_owned());
            PrometheusBuilder::new()
                .set_buckets_for_metric(seconds, &UPSTREAM_SECONDS)
                .and_then(PrometheusBuilder::install_recorder)
                .map_err(|error| error.to_string())
        })
        .clone()
}

/// The text that Prometheus reads.
pub(crate) fn rendered() -> Option<String> {
    let handle = METRICS.get()?.as_ref().ok()?;
    handle.run_upkeep();
    Some(handle.render())
}
