//! Metrics, and what they count.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// One recorder for the process, whoever opens a service first.
static METRICS: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// Begins to count; once for the process.
pub(crate) fn install() -> Result<PrometheusHandle, String> {
    METRICS
        .get_or_init(|| {
            PrometheusBuilder::new()
                .install_recorder()
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
