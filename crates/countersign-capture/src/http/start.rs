//! Request lines and status lines.

use core::str;

use crate::capture::InputKind;
use crate::error::CaptureError;
use crate::lines::Line;

/// The first line of a message.
pub(crate) enum Start<'a> {
    Request { method: &'a str, target: &'a str },
    Answer { status: u16 },
}

/// Methods that make a line without an HTTP version a request line.
pub(crate) const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
];

/// Words that people write above a message.
const LABELS: [&str; 11] = [
    "general",
    "request",
    "response",
    "answer",
    "request headers",
    "response headers",
    "http request",
    "http response",
    "raw request",
    "raw response",
    "reply",
];

/// Whether a line is a heading, a ruler or a code fence rather than part of a message.
pub(crate) fn is_label(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else {
        return false;
    };
    let text = text.trim();
    if text.starts_with("```") && !text.contains(' ') {
        return true;
    }
    let bare = text.trim_matches(['-', '=', '#', '*', '<', '>', '~', ' ', '\t', ':']);
    if bare.is_empty() {
        return text.len() >= 3;
    }
    LABELS.iter().any(|label| bare.eq_ignore_ascii_case(label))
}

/// Whether a line starts a message beyond doubt: it shows an HTTP version.
pub(crate) fn is_versioned(text: &[u8]) -> bool {
    status(text).is_some() || (versioned_target(text).is_some() && method(text).is_some())
}

/// Whether a line can start a message.
pub(crate) fn is_start(text: &[u8]) -> bool {
    if is_versioned(text) {
        return true;
    }
    let Some((method, rest)) = method(text) else {
        return false;
    };
    METHODS.contains(&method)
        && [&b"/"[..], b"http://", b"https://"]
            .iter()
            .any(|prefix| rest.starts_with(prefix))
}

/// Whether a line is a status line.
pub(crate) fn is_status(text: &[u8]) -> bool {
    status(text).is_some()
}

/// Reads the first line of a message.
pub(crate) fn parse<'a>(kind: InputKind, line: &Line<'a>) -> Result<Start<'a>, CaptureError> {
    if let Some(status) = status(line.text) {
        return Ok(Start::Answer { status });
    }
    let start = method(line.text).filter(|(method, _)| {
        // Without a version, only the well-known methods make a request line.
        versioned_target(line.text).is_some() || METHODS.contains(method)
    });
    let (method, rest) = start.ok_or_else(|| {
        line.fault(
            kind,
            0,
            "a request line (METHOD target HTTP/1.1) or a status line",
            "something else",
        )
    })?;
    let column = line.text.len().saturating_sub(rest.len());
    let target = versioned_target(line.text).unwrap_or(rest);
    if let Some(at) = target
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
    {
        return Err(line.fault(
            kind,
            column.saturating_add(at),
            "a request target without blanks",
            "a blank or control character",
        ));
    }
    let target = str::from_utf8(target).map_err(|error| {
        line.fault(
            kind,
            column.saturating_add(error.valid_up_to()),
            "a request target in UTF-8",
            "other bytes",
        )
    })?;
    if target.is_empty() {
        return Err(line.fault(kind, column, "a request target", "the end of the line"));
    }
    Ok(Start::Request { method, target })
}

/// The method and what follows the blank after it.
fn method(text: &[u8]) -> Option<(&str, &[u8])> {
    let at = text.iter().position(|&byte| byte == b' ')?;
    let (method, rest) = text.split_at_checked(at)?;
    if method.is_empty() || !method.iter().copied().all(is_token_byte) {
        return None;
    }
    Some((str::from_utf8(method).ok()?, rest.get(1..)?))
}

/// The target of a request line that ends in an HTTP version.
fn versioned_target(text: &[u8]) -> Option<&[u8]> {
    let (_, rest) = method(text)?;
    let at = rest.iter().rposition(|&byte| byte == b' ')?;
    let (target, version) = rest.split_at_checked(at)?;
    is_version(version.get(1..)?).then_some(target)
}

fn status(text: &[u8]) -> Option<u16> {
    let at = text.iter().position(|&byte| byte == b' ')?;
    let (version, rest) = text.split_at_checked(at)?;
    if !is_version(version) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let code = rest.get(..3)?;
    if rest.get(3).is_some_and(|byte| !byte.is_ascii_whitespace()) {
        return None;
    }
    let code: u16 = str::from_utf8(code).ok()?.parse().ok()?;
    (100..1000).contains(&code).then_some(code)
}

fn is_version(text: &[u8]) -> bool {
    let Some(number) = text.strip_prefix(b"HTTP/") else {
        return false;
    };
    !number.is_empty()
        && number.len() <= 3
        && number
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// A byte of a token (RFC 9110 section 5.6.2): method or header name.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
