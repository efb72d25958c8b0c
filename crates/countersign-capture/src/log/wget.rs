//! What `wget -d` prints: the messages between rulers, the body of the request in brackets.

use crate::capture::InputKind;
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::request::split_scheme;

use super::{after, message};

const KIND: InputKind = InputKind::WgetTrace;

const REQUEST: (&str, &str) = ("---request begin---", "---request end---");
const ANSWER: (&str, &str) = ("---response begin---", "---response end---");

/// Before the body of a request; older versions say POST.
const BODIES: [&str; 2] = ["[BODY data: ", "[POST data: "];

pub(super) fn is(text: &str) -> bool {
    text.contains(REQUEST.0) && text.lines().any(|line| line.trim() == REQUEST.0)
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut cursor = Cursor::new(text.as_bytes());
    let mut scheme = None;
    while let Some(line) = cursor.next() {
        let shown = core::str::from_utf8(line.text).unwrap_or("").trim();
        if shown == REQUEST.0 {
            message::take(
                &mut exchanges,
                KIND,
                &line,
                &block(&mut cursor, REQUEST.1),
                limits,
            )?;
            message::set_scheme(&mut exchanges, scheme.take());
        } else if shown == ANSWER.0 {
            message::take(
                &mut exchanges,
                KIND,
                &line,
                &block(&mut cursor, ANSWER.1),
                limits,
            )?;
        } else if let Some(body) = BODIES.iter().find_map(|mark| shown.strip_prefix(mark)) {
            let body = bracketed(body, &mut cursor, declared(&exchanges));
            message::change(&mut exchanges, |request| request.with_body(body));
            message::note_body(&mut exchanges);
        } else if shown.starts_with("--")
            && let Some(url) = after(shown, "--  ")
        {
            // `--2026-11-23 21:22:33--  http://…` stands before each request.
            scheme = split_scheme(url.trim()).map(|(scheme, _)| scheme);
        }
    }
    Ok(exchanges)
}

/// The lines up to the one that ends the block.
fn block(cursor: &mut Cursor<'_>, end: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Line { text, .. } in cursor {
        if text.trim_ascii() == end.as_bytes() {
            break;
        }
        bytes.extend_from_slice(text);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// The length that the last request declares.
fn declared(exchanges: &Exchanges) -> Option<usize> {
    let request = exchanges.list.last()?.request.as_ref()?;
    let length = request.headers().first("content-length")?;
    length.value_str()?.parse().ok()
}

/// The body, as long as declared: without its length the first line that ends in a bracket is
/// its end.
fn bracketed(first: &str, cursor: &mut Cursor<'_>, declared: Option<usize>) -> Vec<u8> {
    let mut body: Vec<u8> = first.into();
    loop {
        let whole = body.strip_suffix(b"]");
        if let Some(whole) = whole
            && declared.is_none_or(|length| whole.len() >= length)
        {
            let end = whole.len();
            body.truncate(end);
            return body;
        }
        let Some(Line { text, .. }) = cursor.next() else {
            return body;
        };
        body.push(b'\n');
        body.extend_from_slice(text);
    }
}
