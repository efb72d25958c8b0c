//! The doors: sniff an input, or read it as a given kind.

use core::str;

use crate::capture::{Capture, InputKind};
use crate::curl;
use crate::error::{CaptureError, Limit, LimitError, Refused};
use crate::har;
use crate::http::{self, devtools, pseudo, start};
use crate::json;
use crate::limits::Limits;
use crate::lines::{Cursor, line_of};
use crate::log;
use crate::lone;
use crate::notes::Note;
use crate::postman;
use crate::trace;

#[cfg(test)]
mod tests;

/// Reads what people have at hand, whatever it is, within the default [`Limits`].
///
/// # Errors
///
/// [`CaptureError`] says what was expected and found, and where; never what the input holds.
///
/// # Examples
///
/// ```
/// use countersign_capture::{Missing, read};
///
/// let capture = read(br#"curl -d 'status=hello' https://api.example.com/1.1/update.json"#)?;
/// let request = capture.request().unwrap();
/// assert_eq!((request.method(), request.body()), ("POST", &b"status=hello"[..]));
/// assert_eq!(capture.read_as(), "curl command, 1 request, no answer");
/// assert_eq!(capture.missing(), [Missing::Answer]);
/// # Ok::<(), countersign_capture::CaptureError>(())
/// ```
pub fn read(input: &[u8]) -> Result<Capture, CaptureError> {
    read_with(input, &Limits::default())
}

/// [`read`] within limits of your own.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    unwrapped(input, limits, sniffed)
}

/// Reads an input whose kind is known.
///
/// # Errors
///
/// As [`read`]; an input of another kind is a [`crate::SyntaxError`].
pub fn read_as(kind: InputKind, input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    unwrapped(input, limits, |input, limits| match kind {
        InputKind::AuthorizationHeader => lone::authorization(input, limits),
        InputKind::BaseStringEcho | InputKind::ErrorText => lone::error_text(input, limits),
        InputKind::Curl => curl::read(input, limits),
        InputKind::CurlTrace => trace::read(input, limits),
        InputKind::Har => har::read(&json::parse(kind, input)?, limits),
        InputKind::Postman => postman::read(&json::parse(kind, input)?, limits),
        InputKind::RawHttp | InputKind::RawHttpWithAnswer => http::read(input, limits),
        InputKind::Url => lone::url(input),
        _ => log::read(kind, input, limits),
    })
}

fn sniffed(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    if input.trim_ascii_start().starts_with(b"{") || input.trim_ascii_start().starts_with(b"[") {
        return json_document(input, limits);
    }
    let first = Cursor::new(input).find(|line| !line.is_blank() && !start::is_label(line.text));
    let first = first.map_or(&b""[..], |line| line.text);
    if start::is_versioned(first) {
        return http::read(input, limits);
    }
    if trace::is_trace(input) {
        return trace::read(input, limits);
    }
    let first_text = str::from_utf8(first).unwrap_or("").trim_start();
    if curl::is_command(first_text) {
        return curl::read(input, limits);
    }
    if let Some(kind) = log::kind(input) {
        return log::read(kind, input, limits);
    }
    if let Some(refused) = refused(first_text, input) {
        return Err(refused.into());
    }
    let is_list = pseudo::is_pseudo(first) || devtools::is_general(first);
    if start::is_start(first) || is_list || is_near_start(first_text) {
        return http::read(input, limits);
    }
    if lone::is_authorization(input) {
        return lone::authorization(input, limits);
    }
    if input.contains(&0) {
        return Err(CaptureError::Unrecognised);
    }
    if str::from_utf8(input).is_ok_and(lone::is_url) {
        return lone::url(input);
    }
    lone::error_text(input, limits)
}

/// HAR, Postman, or a provider's error in JSON.
fn json_document(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    let claims = |mark: &[u8]| {
        let head = input.get(..CLAIM_WINDOW).unwrap_or(input);
        head.windows(mark.len()).any(|window| window == mark)
    };
    match json::parse(InputKind::Har, input) {
        Ok(document) if har::is_har(&document) => har::read(&document, limits),
        Ok(document) if postman::is_postman(&document) => postman::read(&document, limits),
        Err(error) if claims(b"\"log\"") => Err(error),
        Err(_) if claims(b"_postman_id") || claims(b"schema.getpostman.com") => {
            json::parse(InputKind::Postman, input)
                .and_then(|document| postman::read(&document, limits))
        }
        Ok(_) | Err(_) if input.contains(&0) => Err(CaptureError::Unrecognised),
        Ok(_) | Err(_) => match log::kind(input) {
            Some(kind) => log::read(kind, input, limits),
            None => lone::error_text(input, limits),
        },
    }
}

/// How far into a broken JSON document its kind is looked for.
const CLAIM_WINDOW: usize = 4096;

/// A method and something like a path: meant as a request line, so a fault there is told.
fn is_near_start(line: &str) -> bool {
    let Some((method, rest)) = line.split_once(' ') else {
        return false;
    };
    let target = rest.trim_start().split(' ').next().unwrap_or("");
    start::METHODS.contains(&method) && target.contains(['/', '.', '?'])
}

/// Commands that are known but not read.
fn refused(first: &str, input: &[u8]) -> Option<Refused> {
    const POWERSHELL: [&str; 5] = [
        "invoke-webrequest",
        "invoke-restmethod",
        "$session",
        "iwr ",
        "irm ",
    ];
    const FETCH: [&str; 2] = ["fetch(", "await fetch("];
    let lower = first.to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    if begins(&POWERSHELL) || lower.contains("invoke-webrequest ") {
        return Some(Refused::PowerShell);
    }
    if begins(&FETCH) {
        return Some(Refused::Fetch);
    }
    let is_utf16 = input.starts_with(&[0xff, 0xfe]) || input.starts_with(&[0xfe, 0xff]);
    is_utf16.then_some(Refused::Utf16)
}

/// Checks the size, takes a byte order mark and a code fence off, and puts places right after.
fn unwrapped(
    input: &[u8],
    limits: &Limits,
    read: impl FnOnce(&[u8], &Limits) -> Result<Capture, CaptureError>,
) -> Result<Capture, CaptureError> {
    if input.len() > limits.input_bytes() {
        return Err(CaptureError::Limit(LimitError {
            what: Limit::InputBytes,
            limit: limits.input_bytes(),
            found: input.len(),
        }));
    }
    let (start, end) = inside(input);
    let inner = input.get(start..end).unwrap_or(input);
    if inner.trim_ascii().is_empty() {
        return Err(CaptureError::Empty);
    }
    match read(inner, limits) {
        Ok(mut capture) => {
            for exchange in &mut capture.exchanges {
                for note in &mut exchange.notes {
                    if let Note::ShellCut { offset } = note {
                        *offset = offset.saturating_add(start);
                    }
                }
            }
            Ok(capture)
        }
        Err(error) => Err(moved(error, start, line_of(input, start).saturating_sub(1))),
    }
}

/// Where the text inside a byte order mark and a code fence starts and ends.
fn inside(input: &[u8]) -> (usize, usize) {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mut cursor = Cursor::new(input);
    if input.starts_with(MARK) {
        cursor.advance(MARK.len());
    }
    let start = input.len().saturating_sub(cursor.rest().len());
    let Some(fence) = cursor.find(|line| !line.is_blank()) else {
        return (start, input.len());
    };
    // Backticks are legal in a method, but a fence has no request target behind it.
    let opening = fence.text.trim_ascii();
    if !opening.starts_with(b"```") || opening.contains(&b' ') {
        return (start, input.len());
    }
    let inner = cursor.rest();
    let start = input.len().saturating_sub(inner.len());
    let end = cursor
        .find(|line| line.text.trim_ascii() == b"```")
        .map_or(input.len(), |line| line.offset);
    (start, end)
}

/// The same error with its place in the whole input.
fn moved(error: CaptureError, bytes: usize, lines: usize) -> CaptureError {
    match error {
        CaptureError::Syntax(mut syntax) => {
            syntax.offset = syntax.offset.saturating_add(bytes);
            syntax.line = syntax.line.saturating_add(lines);
            CaptureError::Syntax(syntax)
        }
        CaptureError::Refused(Refused::AnsiCQuoting { offset }) => {
            CaptureError::Refused(Refused::AnsiCQuoting {
                offset: offset.saturating_add(bytes),
            })
        }
        other => other,
    }
}
