//! The header list of HTTP/2 and HTTP/3 as browsers' developer tools show it.
//!
//! Either `:authority: host` on one line, or name and value on alternating lines.

use core::str;

use crate::error::CaptureError;
use crate::headers::Headers;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::notes::Note;
use crate::request::{OwnedRequest, split_scheme};

use super::{KIND, body, head, start};

const NAMES: [&[u8]; 4] = [b":authority", b":method", b":path", b":scheme"];

/// Whether a line starts such a list.
pub(crate) fn is_pseudo(text: &[u8]) -> bool {
    field(text).is_some()
}

/// Reads the list and the body after it.
pub(crate) fn read(
    cursor: &mut Cursor<'_>,
    limits: &Limits,
) -> Result<(OwnedRequest, Vec<Note>), CaptureError> {
    let first = cursor.peek();
    let lines = head::take(cursor);
    let alternating = lines
        .first()
        .and_then(|line| field(line.text))
        .is_some_and(|(_, value)| value.is_empty());
    let mut pseudo = Pseudo::default();
    let headers = if alternating {
        read_alternating(&lines, &mut pseudo)?
    } else {
        let mut plain = Vec::new();
        for line in &lines {
            match field(line.text) {
                Some((name, value)) => pseudo.set(name, value),
                None => plain.push(*line),
            }
        }
        head::parse(KIND, &plain, limits)?
    };
    let (body, mut notes) = body::read(cursor, &headers, body::Of::Request);
    let mut request = match (pseudo.method, pseudo.path) {
        (Some(method), Some(path)) => OwnedRequest::new(text(method)?, text(path)?),
        (None, Some(path)) => {
            notes.push(Note::MethodAssumed);
            OwnedRequest::new("GET", text(path)?)
        }
        _ => {
            let at = first.unwrap_or(Line {
                text: b"",
                offset: 0,
                number: 1,
            });
            return Err(at.fault(KIND, 0, "a :path pseudo header", "none"));
        }
    };
    if let Some(scheme) = pseudo.scheme {
        let url = format!("{}://", text(scheme)?);
        if let Some((scheme, _)) = split_scheme(&url) {
            request = request.with_scheme(scheme);
        }
    }
    // An empty authority names nothing.
    let authority = pseudo.authority.filter(|authority| !authority.is_empty());
    let host = match authority {
        Some(authority) => Some(text(authority)?),
        None => headers
            .first("host")
            .and_then(|header| header.value_str())
            .map(str::to_owned),
    };
    if let Some(host) = host {
        request = request.with_host(host);
    }
    Ok((request.with_headers(headers).with_body(body), notes))
}

#[derive(Default)]
struct Pseudo<'a> {
    authority: Option<&'a [u8]>,
    method: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
    scheme: Option<&'a [u8]>,
}

impl<'a> Pseudo<'a> {
    fn set(&mut self, name: &[u8], value: &'a [u8]) {
        let slot = match name {
            b":authority" => &mut self.authority,
            b":method" => &mut self.method,
            b":path" => &mut self.path,
            _ => &mut self.scheme,
        };
        *slot = Some(value);
    }
}

/// Name and value of a pseudo header line.
fn field(text: &[u8]) -> Option<(&[u8], &[u8])> {
    NAMES.iter().find_map(|name| {
        let rest = text.strip_prefix(*name)?;
        match rest.split_first() {
            None => Some((*name, rest)),
            Some((b':', value)) => Some((*name, value.trim_ascii())),
            Some(_) => None,
        }
    })
}

fn read_alternating<'a>(
    lines: &[Line<'a>],
    pseudo: &mut Pseudo<'a>,
) -> Result<Headers, CaptureError> {
    let mut headers = Headers::new();
    let mut lines = lines.iter();
    while let Some(name) = lines.next() {
        let value = lines
            .next()
            .ok_or_else(|| name.fault(KIND, 0, "a value on the next line", "the end"))?;
        if let Some((pseudo_name, _)) = field(name.text) {
            pseudo.set(pseudo_name, value.text);
            continue;
        }
        let bare = name.text.strip_suffix(b":").unwrap_or(name.text);
        if bare.is_empty() || !bare.iter().copied().all(start::is_token_byte) {
            return Err(name.fault(KIND, 0, "a header name", "something else"));
        }
        headers.push(text(bare)?, value.text.trim_ascii());
    }
    Ok(headers)
}

fn text(bytes: &[u8]) -> Result<String, CaptureError> {
    str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        Line {
            text: bytes,
            offset: 0,
            number: 1,
        }
        .fault(KIND, error.valid_up_to(), "text in UTF-8", "other bytes")
    })
}
