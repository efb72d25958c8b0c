//! The log: on standard error, a line for each event.

use tracing_subscriber::filter::LevelFilter;

use crate::output::Format;

/// Begins to log; once for the process.
pub(crate) fn start(format: Format) {
    let log = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_ansi(false)
        .with_target(false)
        .with_writer(std::io::stderr);
    // Somebody else in this process may log already.
    let _already = match format {
        Format::Text => log.try_init(),
        Format::Json => log.json().try_init(),
    };
}
