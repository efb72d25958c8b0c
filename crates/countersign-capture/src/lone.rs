//! What stands alone: an `Authorization` header, a URL, an error text, a base string.

use core::str;

use countersign_base_string::Scheme;

use crate::answer::OwnedAnswer;
use crate::capture::{Capture, Exchange, InputKind, Missing};
use crate::echo;
use crate::error::{CaptureError, SyntaxError};
use crate::http::head;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::notes::Note;
use crate::request::{OwnedRequest, has_oauth_scheme};
use crate::url::Url;

/// Whether a text is an `Authorization` header, or a list of headers with one.
pub(crate) fn is_authorization(input: &[u8]) -> bool {
    let mut lines = Cursor::new(input)
        .filter(|line| !line.is_blank())
        .peekable();
    let is_value = lines
        .peek()
        .and_then(|line| str::from_utf8(line.text).ok())
        .is_some_and(|line| {
            // Names may be misspelt; only a challenge tells a problem.
            has_oauth_scheme(line)
                && line.contains("oauth_")
                && line.contains('=')
                && !line.contains("oauth_problem")
        });
    is_value || lines.any(|line| has_name(&line, "authorization"))
}

/// Whether a text starts with a challenge header, or is a challenge without its name.
fn is_challenge(input: &[u8]) -> bool {
    Cursor::new(input)
        .find(|line| !line.is_blank())
        .is_some_and(|line| has_name(&line, "www-authenticate"))
}

fn has_name(line: &Line<'_>, name: &str) -> bool {
    line.text
        .split_at_checked(name.len())
        .is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(name.as_bytes()) && rest.starts_with(b":")
        })
}

/// Reads an `Authorization` header, with or without its name.
pub(crate) fn authorization(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    const KIND: InputKind = InputKind::AuthorizationHeader;
    let lines: Vec<Line<'_>> = Cursor::new(input).filter(|line| !line.is_blank()).collect();
    let first = lines.first().ok_or(CaptureError::Empty)?;
    let value = if lines.iter().any(|line| has_name(line, "authorization")) {
        let headers = head::parse(KIND, &lines, limits)?;
        headers
            .first("authorization")
            .and_then(|header| header.value_str())
            .map(str::to_owned)
    } else {
        if let Some(second) = lines.get(1) {
            return Err(second.fault(
                KIND,
                0,
                "the header on one line",
                "a second line (join the lines)",
            ));
        }
        str::from_utf8(first.text)
            .ok()
            .map(|value| value.trim().to_owned())
    };
    let value = value
        .ok_or_else(|| first.fault(KIND, 0, "an Authorization value in UTF-8", "other bytes"))?;
    let mut capture = Capture::new(KIND);
    capture.authorization = Some(value);
    Ok(capture)
}

/// Whether a text is one absolute URL.
pub(crate) fn is_url(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with("http://") || text.starts_with("https://"))
        && !text.contains(|c: char| c.is_whitespace())
}

/// Reads a URL as the request that a browser would send.
pub(crate) fn url(input: &[u8]) -> Result<Capture, CaptureError> {
    const KIND: InputKind = InputKind::Url;
    let fault = || {
        CaptureError::Syntax(SyntaxError {
            kind: KIND,
            expected: "an http or https URL",
            found: "something else",
            offset: 0,
            line: 1,
        })
    };
    let text = str::from_utf8(input).map_err(|_| fault())?.trim();
    let url = Url::parse(text, Scheme::Http).map_err(|_| fault())?;
    if url.scheme_assumed {
        return Err(fault());
    }
    let request = OwnedRequest::new("GET", url.sent_target())
        .with_scheme(url.scheme)
        .with_host(url.authority);
    let mut exchange = Exchange {
        request: Some(request),
        missing: vec![Missing::Method],
        notes: vec![Note::MethodAssumed],
        ..Exchange::default()
    };
    exchange.note_missing();
    let mut capture = Capture::new(KIND);
    capture.exchanges.push(exchange);
    Ok(capture)
}

/// Reads an error text: the body of an answer, or its challenge header alone.
///
/// It counts as an echo if the provider's base string is in it, and as nothing but that if it is
/// a base string from end to end.
pub(crate) fn error_text(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    let text = String::from_utf8_lossy(input);
    if let Some(echo) = echo::whole(&text) {
        let mut capture = Capture::new(InputKind::BaseStringEcho);
        capture.echoes.push(echo);
        return Ok(capture);
    }
    let answer = if is_challenge(input) {
        let lines: Vec<Line<'_>> = Cursor::new(input).filter(|line| !line.is_blank()).collect();
        let headers = head::parse(InputKind::ErrorText, &lines, limits)?;
        OwnedAnswer::new().with_headers(headers)
    } else if has_oauth_scheme(&text) && text.contains("oauth_problem") {
        OwnedAnswer::new().with_header("WWW-Authenticate", text.trim())
    } else {
        OwnedAnswer::new().with_body(input)
    };
    let mut capture = Capture::new(InputKind::ErrorText);
    capture.echoes = echo::in_answer(&answer);
    if capture.echo().is_some() {
        capture.kind = InputKind::BaseStringEcho;
    }
    let mut exchange = Exchange {
        answer: Some(answer),
        ..Exchange::default()
    };
    exchange.note_missing();
    capture.exchanges.push(exchange);
    Ok(capture)
}
