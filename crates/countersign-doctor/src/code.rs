//! Finding codes: the dotted classes of causes, each a row of data.

mod account;
mod header;
mod key;
mod set;
mod setup;
mod spelling;

use core::fmt;

use crate::finding::Side;

/// A cause of refusals, as a dotted class such as `enc.plus_space`.
///
/// Codes are never reused; the texts around them may change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    pub(crate) const fn new(code: &'static str) -> Self {
        Self(code)
    }

    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The row of this code.
    #[must_use]
    pub fn row(self) -> Option<&'static CodeRow> {
        row(self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One cause of refusals: what happens, who mends it, and how.
#[derive(Debug)]
#[non_exhaustive]
pub struct CodeRow {
    /// The code.
    pub code: Code,
    /// Where the fault lies as a rule; a finding may say otherwise.
    pub side: Side,
    /// What happens, in one sentence for the user.
    pub title: &'static str,
    /// Why it leads to a refusal and how to recognise it.
    pub meaning: &'static str,
    /// What to do, most useful first.
    pub remedies: &'static [&'static str],
    /// The rule that is broken: a section of RFC 5849 or of another source.
    pub rule: &'static str,
}

/// Builds a row; keeps the tables readable.
pub(crate) const fn line(
    code: &'static str,
    side: Side,
    title: &'static str,
    meaning: &'static str,
    remedies: &'static [&'static str],
    rule: &'static str,
) -> CodeRow {
    CodeRow {
        code: Code::new(code),
        side,
        title,
        meaning,
        remedies,
        rule,
    }
}

const TABLES: [&[CodeRow]; 6] = [
    set::ROWS,
    spelling::ROWS,
    key::ROWS,
    header::ROWS,
    account::ROWS,
    setup::ROWS,
];

/// All codes, grouped by family.
///
/// ```
/// assert!(countersign_doctor::codes().any(|row| row.code.as_str() == "rsa.key_mismatch"));
/// ```
pub fn codes() -> impl Iterator<Item = &'static CodeRow> {
    TABLES.into_iter().flatten()
}

/// The row of `code`, if there is one.
#[must_use]
pub fn row(code: &str) -> Option<&'static CodeRow> {
    codes().find(|row| row.code.as_str() == code)
}
