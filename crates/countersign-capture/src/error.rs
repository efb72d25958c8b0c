//! Why an input could not be read.

use core::fmt;

use countersign_base_string::{RequestError, UriError};

use crate::capture::{InputKind, Missing};

/// Why an input could not be read, or a capture not be turned into a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// Nothing but blanks.
    #[error("the input is empty")]
    Empty,
    /// A header that is signed, or tells what is signed, is not UTF-8.
    #[error("expected UTF-8 in the header {name}, found other bytes")]
    HeaderNotText {
        /// The name of the header.
        name: &'static str,
    },
    /// One of [`crate::Limits`] exceeded.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The method is no method.
    #[error(transparent)]
    Method(RequestError),
    /// The capture lacks what the request needs.
    #[error("{0} is missing")]
    Missing(Missing),
    /// Read as what it is, but its bytes cannot be known from it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Broken at one place.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// None of the kinds that can be read.
    #[error(
        "input not recognised: expected raw HTTP, a curl command, a curl -v trace, HAR, Postman, a log, an Authorization header, an error text or a base string"
    )]
    Unrecognised,
    /// Target or host form no URI that can be signed.
    #[error(transparent)]
    Uri(UriError),
}

/// A limit exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitError {
    pub(crate) what: Limit,
    pub(crate) limit: usize,
    pub(crate) found: usize,
}

impl LimitError {
    /// Which limit.
    #[must_use]
    pub fn what(&self) -> Limit {
        self.what
    }

    /// The most that is taken.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// What was found (or how far reading came before it stopped).
    #[must_use]
    pub fn found(&self) -> usize {
        self.found
    }
}

impl core::error::Error for LimitError {}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, unit) = match self.what {
            Limit::Entries => ("too many requests", "requests"),
            Limit::Headers => ("too many headers", "headers"),
            Limit::InputBytes => ("input too large", "bytes"),
        };
        write!(
            f,
            "{subject}: at most {} {unit}, found {}",
            self.limit, self.found
        )
    }
}

/// The limits of [`crate::Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Requests in one input.
    Entries,
    /// Headers of one message.
    Headers,
    /// Bytes of the input.
    InputBytes,
}

/// A fault of form at one place: what was expected, what was found, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub(crate) kind: InputKind,
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
    pub(crate) offset: usize,
    pub(crate) line: usize,
}

impl SyntaxError {
    /// What the input was read as.
    #[must_use]
    pub fn kind(&self) -> InputKind {
        self.kind
    }

    /// What should stand there.
    #[must_use]
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// What stands there instead, in words.
    #[must_use]
    pub fn found(&self) -> &'static str {
        self.found
    }

    /// Byte offset in the input, from 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Line of the input, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

impl core::error::Error for SyntaxError {}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {} (line {}, byte {})",
            self.kind, self.expected, self.found, self.line, self.offset
        )
    }
}

/// Recognised, but the bytes sent cannot be known from it; the text says what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// `$'…'`: shells differ in how they decode it.
    #[error(
        "bash quoting $'...' at byte {offset} is not decoded: use \"Copy as HAR\", or \"Copy as cURL (cmd)\" or another POSIX form, instead"
    )]
    AnsiCQuoting {
        /// Byte offset of the `$`.
        offset: usize,
    },
    /// `@file`: the bytes are in another file.
    #[error(
        "{flag} reads from a file, which is not at hand here: put the content itself on the command line, or give the raw HTTP request"
    )]
    File {
        /// The flag.
        flag: &'static str,
    },
    /// `-K`: flags in another file.
    #[error("{flag} makes this no single request that could be checked: leave it out")]
    Flag {
        /// The flag.
        flag: &'static str,
    },
    /// `[ ] { }` in a URL without `-g`.
    #[error(
        "curl expands [ ] and {{ }} in a URL: percent-encode them, or add -g if they are meant as they stand"
    )]
    UrlGlob,
    /// A command of PowerShell.
    #[error(
        "PowerShell commands are not read: use \"Copy as cURL (bash)\" or \"Copy as HAR\", or give the raw HTTP request"
    )]
    PowerShell,
    /// JavaScript `fetch(…)`.
    #[error(
        "JavaScript fetch calls are not read: use \"Copy as cURL (bash)\" or \"Copy as HAR\" instead"
    )]
    Fetch,
    /// UTF-16 text (PowerShell's `>` writes it).
    #[error("the input is UTF-16: save it as UTF-8")]
    Utf16,
    /// A NUL byte or the like, where a printable form is wanted.
    #[error("{what} holds bytes that a command line cannot carry")]
    NotPrintable {
        /// Which part.
        what: &'static str,
    },
}
