//! Lines of an input, each with its place.

use crate::capture::InputKind;
use crate::error::{CaptureError, SyntaxError};

/// One line without its line break.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) text: &'a [u8],
    /// Byte offset of the first byte.
    pub(crate) offset: usize,
    /// From 1.
    pub(crate) number: usize,
}

impl Line<'_> {
    pub(crate) fn is_blank(&self) -> bool {
        self.text.iter().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    /// A fault at byte `column` of this line.
    pub(crate) fn fault(
        &self,
        kind: InputKind,
        column: usize,
        expected: &'static str,
        found: &'static str,
    ) -> CaptureError {
        CaptureError::Syntax(SyntaxError {
            kind,
            expected,
            found,
            offset: self.offset.saturating_add(column),
            line: self.number,
        })
    }
}

/// Walks an input line by line; LF and CRLF both end a line.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    offset: usize,
    number: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            offset: 0,
            number: 1,
        }
    }

    /// What has not been walked yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.input.get(self.offset..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<Line<'a>> {
        Self::next(&mut { *self })
    }

    /// Skips `bytes` bytes, counting the lines in them.
    pub(crate) fn advance(&mut self, bytes: usize) {
        let rest = self.rest();
        let skipped = rest.get(..bytes).unwrap_or(rest);
        let breaks = skipped.iter().filter(|&&byte| byte == b'\n').count();
        self.offset = self.offset.saturating_add(skipped.len());
        self.number = self.number.saturating_add(breaks);
    }

    /// A fault at the end of the input.
    pub(crate) fn fault_at_end(&self, kind: InputKind, expected: &'static str) -> CaptureError {
        CaptureError::Syntax(SyntaxError {
            kind,
            expected,
            found: "the end of the input",
            offset: self.input.len(),
            line: self.number,
        })
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let (text, taken) = match rest.iter().position(|&byte| byte == b'\n') {
            Some(at) => (rest.get(..at).unwrap_or(rest), at.saturating_add(1)),
            None => (rest, rest.len()),
        };
        let line = Line {
            text: text.strip_suffix(b"\r").unwrap_or(text),
            offset: self.offset,
            number: self.number,
        };
        self.offset = self.offset.saturating_add(taken);
        self.number = self.number.saturating_add(1);
        Some(line)
    }
}

/// The line (from 1) of a byte offset.
pub(crate) fn line_of(input: &[u8], offset: usize) -> usize {
    input
        .iter()
        .take(offset)
        .filter(|&&byte| byte == b'\n')
        .count()
        .saturating_add(1)
}
