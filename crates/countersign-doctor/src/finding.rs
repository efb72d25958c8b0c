//! Findings: the one model for the command line, JSON, pages and logs.

use core::fmt;

use crate::code::Code;

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// State at the provider: registration, certificate, token, permission.
    Account,
    /// The program that signs.
    Client,
    /// Something between the two.
    Network,
    /// The program that verifies.
    Verifier,
}

impl Side {
    /// The word in output and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Client => "client",
            Self::Network => "network",
            Self::Verifier => "verifier",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a finding is; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "three words, promised to users")]
pub enum Confidence {
    /// The received signature was reproduced, or the RSA digest matched, or a breach is readable
    /// in the bytes given and the rest verifies.
    Proven,
    /// The evidence points here, and nothing else fits as well.
    Likely,
    /// One of several causes that the evidence allows.
    Possible,
}

impl Confidence {
    /// The word in output and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One piece of evidence: what it is about, and both spellings where there are two.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// What it is about: `parameter q`, `certificate`, `signature`.
    pub what: String,
    /// What was found: what the client signed or sent.
    pub found: Option<String>,
    /// What is due: what the rule or the other side has.
    pub expected: Option<String>,
    /// A sentence that says what the evidence shows, where the spellings do not.
    pub note: Option<String>,
}

impl Evidence {
    /// A sentence.
    #[must_use]
    pub fn note(what: impl Into<String>, note: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            found: None,
            expected: None,
            note: Some(note.into()),
        }
    }

    /// Two spellings side by side.
    #[must_use]
    pub fn sides(
        what: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            found: Some(found.into()),
            expected: Some(expected.into()),
            note: None,
        }
    }
}

/// A cause, how sure it is, what shows it and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The dotted class.
    pub code: Code,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whose fault it is.
    pub side: Side,
    /// The cause in one sentence, in the user's words.
    pub summary: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// What to do, most useful first.
    pub remedies: Vec<String>,
    /// Other codes that the same evidence allows.
    pub also: Vec<Code>,
}

impl Finding {
    /// A finding with the texts of its code's row.
    #[must_use]
    pub(crate) fn of(code: &'static str, confidence: Confidence) -> Self {
        let code = Code::new(code);
        let row = code.row();
        Self {
            code,
            confidence,
            side: row.map_or(Side::Client, |row| row.side),
            summary: row.map_or_else(String::new, |row| row.title.to_owned()),
            evidence: Vec::new(),
            remedies: row.map_or_else(Vec::new, |row| {
                row.remedies
                    .iter()
                    .map(|remedy| (*remedy).to_owned())
                    .collect()
            }),
            also: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    pub(crate) fn on(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    pub(crate) fn saying(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }

    pub(crate) fn also(mut self, code: &'static str) -> Self {
        self.also.push(Code::new(code));
        self
    }
}
