//! The texts, words and numbers that providers answer with, and what they really mean.
//!
//! ```
//! use countersign_problem::text;
//!
//! let found = text::recognise("Token ABC does not match an expected REQUEST token");
//! assert_eq!(found[0].capture("token"), Some("ABC"));
//! assert!(found[0].row.meaning.contains("renew"));
//! ```

mod pattern;
mod rows;

use core::fmt;

use crate::ProblemCode;
use crate::redacted::Names;
pub use pattern::Pattern;
use pattern::{Captures, Subject};

/// Longer text is cut: all known texts are a line or two.
const MAX_TEXT: usize = 16 * 1024;

/// One text of one provider or of several that share the code behind it.
#[derive(Debug)]
#[non_exhaustive]
pub struct TextRow {
    /// How the text is recognised.
    pub pattern: Pattern,
    /// Who answers with it.
    pub providers: &'static [&'static str],
    /// The problem it amounts to; `None` if it is none of the extension's.
    pub code: Option<ProblemCode>,
    /// Whether the token may be good all the same, though the code is about it: the provider answers
    /// so to other refusals too, or to a token that only came from elsewhere.
    pub token_may_be_good: bool,
    /// What it really means.
    pub meaning: &'static str,
    /// What brings it about, the most likely first.
    pub causes: &'static [&'static str],
    /// What helps, in the same order.
    pub remedies: &'static [&'static str],
    /// What tells the causes apart.
    pub settles: &'static str,
    /// Where the text was seen.
    pub source: &'static str,
    /// How well that is supported.
    pub grade: Grade,
}

/// How well a row is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three grades of the provider tables"
)]
pub enum Grade {
    /// The provider's own documentation or source.
    A,
    /// Code, tests or reports of others.
    B,
    /// General knowledge, not verified.
    C,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "from the provider's own documentation or source",
            Self::B => "seen in answers that others quote",
            Self::C => "unverified",
        })
    }
}

/// A row that fits a text, with what the text has in the row's gaps.
///
/// `Debug` shows the lengths of what stands there.
#[derive(Clone)]
#[non_exhaustive]
pub struct Recognised {
    /// The row.
    pub row: &'static TextRow,
    captures: Captures,
}

impl Recognised {
    /// What stands in the gap of that name, as sent: foreign text, and a token may be among it.
    #[must_use]
    pub fn capture(&self, name: &str) -> Option<&str> {
        self.captures
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The number in the gap of that name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.capture(name)?.parse().ok()
    }
}

impl fmt::Debug for Recognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, captures } = self;
        f.debug_struct("Recognised")
            .field("row", row)
            .field("captures", &Names(captures))
            .finish()
    }
}

/// All rows.
pub fn rows() -> impl Iterator<Item = &'static TextRow> {
    rows::TABLES.iter().copied().flatten()
}

/// The rows that fit a text, the most specific first.
///
/// Letter case, runs of blanks, the shape of apostrophes and a last full stop make no difference.
/// Only the first 16 KiB are looked at.
#[must_use]
pub fn recognise(text: &str) -> Vec<Recognised> {
    let subject = Subject::new(text, MAX_TEXT);
    if subject.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Recognised> = rows()
        .filter_map(|row| {
            row.pattern
                .fit(&subject)
                .map(|captures| Recognised { row, captures })
        })
        .collect();
    found.sort_by_key(|recognised| core::cmp::Reverse(recognised.row.pattern.specificity()));
    found
}

/// The rows whose text amounts to a code of the extension, in the order of the tables.
pub fn of_code(code: &ProblemCode) -> impl Iterator<Item = &'static TextRow> {
    let code = code.known();
    rows().filter(move |row| code.is_some() && row.code == code)
}

/// The rows of a provider's number in the field `at` of its answer (`errors.code`); if `at` is
/// `None`, in any field.
#[must_use]
pub fn by_number(at: Option<&str>, number: &str) -> Vec<Recognised> {
    rows()
        .filter(|row| row.pattern.is_number(at, number))
        .map(|row| Recognised {
            row,
            captures: Captures::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
