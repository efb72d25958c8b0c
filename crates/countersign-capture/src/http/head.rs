//! The header lines of a message.

use crate::capture::InputKind;
use crate::error::{CaptureError, Limit, LimitError};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};

use super::{KIND, start};

/// Reads header lines up to and including the blank line, if there is one.
pub(crate) fn read(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<Headers, CaptureError> {
    let lines = take(cursor);
    parse(KIND, &lines, limits)
}

/// The lines of a head; a new message ends it too, for want of a blank line.
pub(crate) fn take<'a>(cursor: &mut Cursor<'a>) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    while let Some(line) = cursor.peek() {
        if start::is_versioned(line.text) {
            break;
        }
        cursor.next();
        if line.is_blank() {
            break;
        }
        lines.push(line);
    }
    lines
}

/// Parses header lines, all of them at once, and names the line at fault if that fails.
pub(crate) fn parse(
    kind: InputKind,
    lines: &[Line<'_>],
    limits: &Limits,
) -> Result<Headers, CaptureError> {
    if lines.len() > limits.headers() {
        return Err(CaptureError::Limit(LimitError {
            what: Limit::Headers,
            limit: limits.headers(),
            found: lines.len(),
        }));
    }
    let mut block = Vec::new();
    for line in lines {
        if line.text.starts_with(b" ") || line.text.starts_with(b"\t") {
            return Err(line.fault(
                kind,
                0,
                "each header on one line of its own",
                "a line that starts with a blank (folded headers are refused: join the lines)",
            ));
        }
        block.extend_from_slice(line.text);
        block.extend_from_slice(b"\r\n");
    }
    block.extend_from_slice(b"\r\n");
    let mut fields = vec![httparse::EMPTY_HEADER; lines.len()];
    match httparse::parse_headers(&block, &mut fields) {
        Ok(httparse::Status::Complete((_, fields))) => {
            let mut headers = Headers::new();
            for field in fields {
                headers.push(field.name, field.value);
            }
            Ok(headers)
        }
        Ok(httparse::Status::Partial) | Err(_) => Err(blame(kind, lines)),
    }
}

/// Finds the line that made the block fail.
fn blame(kind: InputKind, lines: &[Line<'_>]) -> CaptureError {
    for line in lines {
        let name = line.text.iter().position(|&byte| byte == b':');
        let Some(colon) = name else {
            return line.fault(kind, 0, "a header (Name: value)", "a line without a colon");
        };
        let bad_name = line
            .text
            .iter()
            .take(colon)
            .position(|&byte| !start::is_token_byte(byte));
        if colon == 0 {
            return line.fault(kind, 0, "a header name", "a colon");
        }
        if let Some(at) = bad_name {
            return line.fault(
                kind,
                at,
                "a header name",
                "a character that no name can have",
            );
        }
        let bad_value = line
            .text
            .iter()
            .position(|&byte| byte.is_ascii_control() && byte != b'\t');
        if let Some(at) = bad_value {
            return line.fault(kind, at, "a header value", "a control character");
        }
    }
    let at = lines.first().copied().unwrap_or(Line {
        text: b"",
        offset: 0,
        number: 1,
    });
    at.fault(kind, 0, "headers", "something else")
}
