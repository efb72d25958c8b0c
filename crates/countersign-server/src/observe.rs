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

/// Sums up what was measured: each time is kept on its own until then, and nobody may ever ask for
/// the text.
pub(crate) fn sum_up() {
    if let Some(Ok(handle)) = METRICS.get() {
        handle.run_upkeep();
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
#[expect(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;

    /// Kilobytes that this process has in memory.
    fn resident() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    #[test]
    fn times_do_not_pile_up_where_nobody_reads_them() {
        install().unwrap();
        let seconds = metrics::histogram!("countersign_upstream_seconds");
        let before = resident().unwrap();
        for _ in 0..100 {
            (0..50_000).for_each(|_| seconds.record(0.01));
            sum_up();
        }
        // On its own each of them takes 8 bytes.
        let after = resident().unwrap();
        assert!(after < before + 15_000, "{before} {after}");
        assert!(
            rendered()
                .unwrap()
                .contains("countersign_upstream_seconds_count 5000000")
        );
    }
}
