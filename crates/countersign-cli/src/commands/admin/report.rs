//! What a command came to: lines for people, or one JSON document.

use core::fmt::Write as _;

use countersign_problem::harmless;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::exit::Failure;
use crate::output::{self, Format};

const SCHEMA: &str = "countersign/admin/1";

/// What a command came to.
#[derive(Default)]
pub(super) struct Report {
    text: String,
    members: Map<String, Value>,
    notes: Vec<String>,
}

impl Report {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Adds a member of the document.
    pub(super) fn with(mut self, name: &str, value: impl Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(value).map_err(|error| Failure::work(&error))?;
        self.members.insert(name.to_owned(), value);
        Ok(self)
    }

    /// Adds what wants attention, where `holds`.
    pub(super) fn note_if(mut self, holds: bool, note: impl Into<String>) -> Self {
        if holds {
            self.notes.push(note.into());
        }
        self
    }

    /// Says that the next start of the service goes by its configuration, where that has a word in
    /// it.
    pub(super) fn overruled(self, holds: bool, what: &str, name: &str) -> Self {
        self.note_if(
            holds,
            format!(
                "the configuration names the {what} {name}: the next start of the service goes by that"
            ),
        )
    }

    pub(super) fn print(self, format: Format) -> Result<(), Failure> {
        for note in &self.notes {
            output::note(&harmless(&format!("note: {note}")));
        }
        match format {
            Format::Text if self.text.is_empty() => Ok(()),
            Format::Text => output::data(&harmless(&self.text)),
            Format::Json => {
                let mut document = Map::new();
                document.insert("schema".to_owned(), SCHEMA.into());
                document.extend(self.members);
                document.insert("notes".to_owned(), self.notes.into());
                output::json(&Value::Object(document))
            }
        }
    }
}

/// The document of a command whose answer is no.
pub(super) fn refusal(text: &str) -> Value {
    json!({ "schema": SCHEMA, "error": text })
}

/// Columns, two blanks apart; `none` if there is no row.
pub(super) fn table<const N: usize>(rows: &[[String; N]], none: &str) -> String {
    if rows.is_empty() {
        return none.to_owned();
    }
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a string does not fail.
            let _ignored = write!(line, "{cell:width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Names and values, one on each line; what is empty is left out.
pub(super) fn fields(lines: &[(&str, String)]) -> String {
    let mut out = String::new();
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        let _ignored = writeln!(out, "{name:12} {value}");
    }
    out
}

/// `1 grant ended`, `2 grants ended`.
pub(super) fn ended(grants: usize) -> String {
    let plural = if grants == 1 { "" } else { "s" };
    format!("{grants} grant{plural} ended")
}
