//! The log: on standard error, a line for each event.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::Format;

/// Where messages are refused that are no clear HTTP.
#[cfg(feature = "proxy")]
const FRAMES: &str = "countersign_server::framing";

/// Begins to log; once for the process.
pub(crate) fn start(format: Format) {
    begin(format, usual());
}

/// The same, with a line for each message that is no clear HTTP: nobody but the user's own tools
/// sends one.
#[cfg(feature = "proxy")]
pub(crate) fn start_with_frames(format: Format) {
    begin(format, usual().with_target(FRAMES, LevelFilter::DEBUG));
}

/// The service has a line with its id for each refusal; the layer's own would say it twice.
const LAYER: &str = "countersign_tower::observe";

fn usual() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(LAYER, LevelFilter::OFF)
}

fn begin(format: Format, what: Targets) {
    let log = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .with_target(false)
        .with_writer(std::io::stderr);
    // Somebody else in this process may log already.
    let _already = match format {
        Format::Text => log.finish().with(what).try_init(),
        Format::Json => log.json().finish().with(what).try_init(),
    };
}
