//! Why settings could not be read.

use core::fmt;

use super::Tool;
use crate::error::LimitError;
use crate::json::Fault;

/// Why settings could not be read: what was expected, what was found, where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// One of [`crate::Limits`] exceeded.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Not what the tool writes.
    #[error("{tool}: expected {expected}, found {found}{place}")]
    Syntax {
        /// The tool that was named.
        tool: Tool,
        /// What should stand there.
        expected: &'static str,
        /// What stands there instead, in words.
        found: &'static str,
        /// Where.
        place: Where,
    },
}

impl SettingsError {
    pub(super) const fn new(
        tool: Tool,
        expected: &'static str,
        found: &'static str,
        place: Where,
    ) -> Self {
        Self::Syntax {
            tool,
            expected,
            found,
            place,
        }
    }
}

/// A place in a file of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Where {
    /// One of the entries with a name, counted from 1.
    Entry(usize),
    /// A line, counted from 1.
    Line(usize),
    /// The file.
    Whole,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(number) => write!(f, " (entry {number})"),
            Self::Line(number) => write!(f, " (line {number})"),
            Self::Whole => Ok(()),
        }
    }
}

/// The input as text.
pub(super) fn text(tool: Tool, input: &[u8]) -> Result<&str, SettingsError> {
    core::str::from_utf8(input).map_err(|error| {
        let before = input.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        SettingsError::new(
            tool,
            "text in UTF-8",
            "other bytes",
            Where::Line(line.saturating_add(1)),
        )
    })
}

/// The input as JSON.
pub(super) fn json(tool: Tool, input: &[u8]) -> Result<serde_json::Value, SettingsError> {
    serde_json::from_slice(input).map_err(|error| {
        let Fault { found, line, .. } = Fault::of(input, &error);
        SettingsError::new(tool, "JSON", found, Where::Line(line))
    })
}
