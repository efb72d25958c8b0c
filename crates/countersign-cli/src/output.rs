//! Printing: data on standard output, everything for people on standard error where the two meet.

use std::io::Write;

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

/// Prints to standard output.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| {
            if text.ends_with('\n') {
                Ok(())
            } else {
                out.write_all(b"\n")
            }
        })
        .and_then(|()| out.flush())
        .map_err(|source| Failure::File {
            path: "standard output".into(),
            source,
        })
}

/// Prints one JSON document to standard output.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::work(&error))?;
    data(&text)
}

/// Prints to standard error; a closed one is nobody's loss.
pub(crate) fn note(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ignored = writeln!(err, "{}", text.trim_end());
}

/// Prints why a command failed.
pub(crate) fn error(failure: &Failure) {
    note(&format!("error: {failure}"));
}
