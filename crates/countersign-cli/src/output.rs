//! Printing: data on standard output, everything for people on standard error where the two meet.

use std::io::{IsTerminal as _, Write};
use std::sync::OnceLock;

use serde_json::Value;

use crate::exit::Failure;

/// How a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Default)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// Prints text to standard output, with a line end.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    finish(
        out.write_all(text.as_bytes())
            .and_then(|()| out.write_all(end.as_bytes()))
            .and_then(|()| out.flush()),
    )
}

/// Prints bytes to standard output as they are.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    finish(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Prints bytes as they are to a pipe or file, and with a line end for a person.
pub(crate) fn exact(bytes: &[u8]) -> Result<(), Failure> {
    self::bytes(bytes)?;
    if std::io::stdout().is_terminal() {
        self::bytes(b"\n")?;
    }
    Ok(())
}

/// Nobody reading on, as under `head`, is no failure.
fn finish(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::File {
            path: "standard output".into(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Prints one JSON document to standard output.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::work(&error))?;
    data(&text)
}

/// Prints one JSON document to standard output, on one line.
#[cfg(feature = "service")]
pub(crate) fn line(value: &Value) -> Result<(), Failure> {
    data(&value.to_string())
}

/// Where notes go instead of standard error.
static LOG: OnceLock<fn(&str)> = OnceLock::new();

/// From here on notes go to a log, which has a form of its own.
#[cfg(feature = "proxy")]
pub(crate) fn notes_to(log: fn(&str)) {
    // Once for the process.
    let _already = LOG.set(log);
}

/// Prints to standard error, or what takes its place.
pub(crate) fn note(text: &str) {
    match LOG.get() {
        Some(log) => log(text.trim_end()),
        None => plain(text),
    }
}

/// A closed standard error is nobody's loss.
fn plain(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ignored = writeln!(err, "{}", text.trim_end());
}

/// Asks on standard error; the answer goes on the same line.
pub(crate) fn ask(question: &str) {
    let mut err = anstream::stderr().lock();
    let _ignored = write!(err, "{question}").and_then(|()| err.flush());
}

/// Prints why a command failed.
pub(crate) fn error(failure: &Failure) {
    plain(&format!("error: {failure}"));
}
