//! The body of a message, where paste and wire differ most.

use crate::headers::Headers;
use crate::lines::Cursor;
use crate::notes::Note;
use crate::request::is_form_type;

use super::start;

/// Whose body it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Request,
    Answer,
}

/// Takes the body from the cursor.
///
/// `Content-Length` rules if what follows that many bytes is the end or a new message;
/// otherwise the body reaches to the next message, and a note tells the difference.
pub(crate) fn read(cursor: &mut Cursor<'_>, headers: &Headers, of: Of) -> (Vec<u8>, Vec<Note>) {
    let rest = cursor.rest();
    let mut notes = Vec::new();
    let declared = declared_length(headers);
    if let Some(length) = declared
        && let Some((body, after)) = rest.split_at_checked(length)
        && is_boundary(after)
    {
        cursor.advance(length);
        return (body.to_vec(), notes);
    }
    let end = next_message(rest);
    cursor.advance(end.unwrap_or(rest.len()));
    let taken = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
    let mut body = match end {
        Some(_) => without_separator(taken),
        None if is_breaks(taken) => &[],
        None => taken,
    };
    if is_chunked(headers) {
        match joined_chunks(body) {
            Some(joined) => return (joined, notes),
            None if body.is_empty() => {}
            None => notes.push(Note::ChunksAlreadyJoined),
        }
    }
    let is_form = headers
        .first("content-type")
        .and_then(|header| header.value_str())
        .is_some_and(is_form_type);
    if of == Of::Request
        && is_form
        && let Some(shorter) = without_break(body)
    {
        body = shorter;
        notes.push(Note::BodyLineBreakDropped);
    }
    if let Some(declared) = declared
        && declared != body.len()
    {
        notes.push(Note::BodyLengthDiffers {
            declared,
            found: body.len(),
        });
    }
    (body.to_vec(), notes)
}

fn declared_length(headers: &Headers) -> Option<usize> {
    headers.first("content-length")?.value_str()?.parse().ok()
}

fn is_chunked(headers: &Headers) -> bool {
    headers
        .all("transfer-encoding")
        .filter_map(|header| header.value_str())
        .any(|value| {
            value
                .rsplit(',')
                .next()
                .is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
        })
}

/// Whether a message may end here: nothing but breaks and labels up to the end or a start line.
fn is_boundary(after: &[u8]) -> bool {
    let mut lines = Cursor::new(after);
    lines
        .find(|line| !line.is_blank() && !start::is_label(line.text))
        .is_none_or(|line| start::is_versioned(line.text))
}

/// Offset of the next line that starts a message.
fn next_message(rest: &[u8]) -> Option<usize> {
    Cursor::new(rest)
        .find(|line| start::is_versioned(line.text))
        .map(|line| line.offset)
}

/// Drops the blank lines and headings that separate a body from the next message.
fn without_separator(mut body: &[u8]) -> &[u8] {
    loop {
        while let Some(shorter) = without_break(body) {
            body = shorter;
        }
        let start = body
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at.saturating_add(1));
        match body.split_at_checked(start) {
            Some((before, last)) if !last.is_empty() && start::is_label(last) => body = before,
            _ => return body,
        }
    }
}

fn without_break(body: &[u8]) -> Option<&[u8]> {
    body.strip_suffix(b"\r\n")
        .or_else(|| body.strip_suffix(b"\n"))
}

fn is_breaks(body: &[u8]) -> bool {
    body.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// Joins the chunks of a chunked body (RFC 9112 section 7.1); `None` if it is not one.
fn joined_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let mut rest = body;
    let mut joined = Vec::new();
    loop {
        let mut lines = Cursor::new(rest);
        let line = lines.next()?;
        let digits = line.text.split(|&byte| byte == b';').next()?.trim_ascii();
        if digits.is_empty() || digits.len() > 8 {
            return None;
        }
        let size = core::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| usize::from_str_radix(digits, 16).ok())?;
        if size == 0 {
            return Some(joined);
        }
        let (chunk, after) = lines.rest().split_at_checked(size)?;
        joined.extend_from_slice(chunk);
        rest = after
            .strip_prefix(b"\r\n")
            .or_else(|| after.strip_prefix(b"\n"))?;
    }
}
