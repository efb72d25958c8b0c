//! The whole headers tab of a browser's developer tools: "General", then the headers of the
//! answer, then those of the request.
//!
//! Either `Request URL: https://…` on one line, or name and value on alternating lines.

use core::str;

use countersign_base_string::Scheme;

use crate::answer::OwnedAnswer;
use crate::capture::{Exchange, Missing};
use crate::error::{CaptureError, Limit, LimitError};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::notes::Note;
use crate::request::OwnedRequest;
use crate::url::Url;

use super::{KIND, start};

const URL: &str = "request url";

/// Fields of the general part that tell nothing of the exchange.
const PASSED_OVER: [&str; 2] = ["remote address", "referrer policy"];

/// Headings between the parts, without the number of headers behind them.
const HEADINGS: [(&str, Part); 3] = [
    ("general", Part::General),
    ("request headers", Part::Request),
    ("response headers", Part::Answer),
];

/// Where the headings were not copied along, one of these (or a pseudo header) starts the
/// request's headers: no answer has them, and browsers list headers in alphabetical order.
const STARTS_REQUEST: [&str; 8] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cookie",
    "host",
    "origin",
    "user-agent",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    General,
    Answer,
    Request,
}

/// Whether a line starts such a list.
pub(crate) fn is_general(text: &[u8]) -> bool {
    field(text).is_some_and(|(name, _)| name.eq_ignore_ascii_case(URL))
}

/// Reads the list, which is the rest of the text.
pub(crate) fn read(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<Exchange, CaptureError> {
    let first = cursor.peek().unwrap_or(Line {
        text: b"",
        offset: 0,
        number: 1,
    });
    let alternating = field(first.text).is_some_and(|(_, value)| value.is_empty());
    let mut tab = Tab::default();
    while let Some(line) = cursor.next() {
        if line.is_blank() || start::is_label(line.text) && heading(line.text).is_none() {
            continue;
        }
        if let Some(part) = heading(line.text) {
            tab.part = part;
            continue;
        }
        let (name, value) = field(line.text)
            .ok_or_else(|| line.fault(KIND, 0, "a name in UTF-8", "something else"))?;
        let value = if alternating {
            let next = cursor
                .next()
                .ok_or_else(|| line.fault(KIND, 0, "a value on the next line", "the end"))?;
            next.text.trim_ascii()
        } else {
            value.as_bytes()
        };
        tab.take(&line, name, value)?;
        let found = tab.request.len().saturating_add(tab.answer.len());
        if found > limits.headers() {
            return Err(CaptureError::Limit(LimitError {
                what: Limit::Headers,
                limit: limits.headers(),
                found,
            }));
        }
    }
    tab.into_exchange(&first)
}

/// Name and value of a line; the value is empty if it stands on the next line.
fn field(text: &[u8]) -> Option<(&str, &str)> {
    let text = str::from_utf8(text).ok()?.trim();
    let colon = text
        .char_indices()
        .skip(1)
        .find(|(_, character)| *character == ':')
        .map(|(at, _)| at);
    let (name, value) = match colon {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    Some((name, value.strip_prefix(':').unwrap_or(value).trim()))
}

/// `Request Headers (12)`
fn heading(text: &[u8]) -> Option<Part> {
    let text = str::from_utf8(text).ok()?;
    let bare = text.trim_matches(|c: char| c.is_ascii_digit() || " \t()▼▶:".contains(c));
    HEADINGS
        .iter()
        .find(|(heading, _)| bare.eq_ignore_ascii_case(heading))
        .map(|(_, part)| *part)
}

struct Tab {
    part: Part,
    url: String,
    method: Option<String>,
    status: Option<u16>,
    path: Option<String>,
    answer: Headers,
    request: Headers,
}

impl Default for Tab {
    fn default() -> Self {
        Self {
            part: Part::General,
            url: String::new(),
            method: None,
            status: None,
            path: None,
            answer: Headers::new(),
            request: Headers::new(),
        }
    }
}

impl Tab {
    fn take(&mut self, line: &Line<'_>, name: &str, value: &[u8]) -> Result<(), CaptureError> {
        let text = || {
            str::from_utf8(value)
                .map(str::to_owned)
                .map_err(|_| line.fault(KIND, 0, "a value in UTF-8", "other bytes"))
        };
        let lower = name.to_ascii_lowercase();
        if self.part == Part::General {
            match lower.as_str() {
                URL => self.url = text()?,
                "request method" => self.method = Some(text()?),
                "status code" => {
                    let status = text()?;
                    let digits = status.trim_start_matches(|c: char| !c.is_ascii_digit());
                    self.status = digits.split(' ').next().and_then(|code| code.parse().ok());
                }
                known if PASSED_OVER.contains(&known) => {}
                _ => self.part = Part::Answer,
            }
            if self.part == Part::General {
                return Ok(());
            }
        }
        if name.starts_with(':') || STARTS_REQUEST.contains(&lower.as_str()) {
            self.part = Part::Request;
        }
        if name.starts_with(':') {
            // The rest of them stands in the URL and the method.
            if lower == ":path" {
                self.path = Some(text()?);
            }
            return Ok(());
        }
        if !name.bytes().all(start::is_token_byte) {
            return Err(line.fault(KIND, 0, "a header name", "something else"));
        }
        match self.part {
            Part::Request => self.request.push(name, value),
            Part::General | Part::Answer => self.answer.push(name, value),
        }
        Ok(())
    }

    fn into_exchange(self, first: &Line<'_>) -> Result<Exchange, CaptureError> {
        let url = Url::parse(&self.url, Scheme::Https)
            .ok()
            .filter(|url| !url.scheme_assumed)
            .ok_or_else(|| first.fault(KIND, 0, "an http or https URL", "something else"))?;
        let mut exchange = Exchange::default();
        let method = self.method.unwrap_or_else(|| {
            exchange.notes.push(Note::MethodAssumed);
            String::from("GET")
        });
        if self
            .request
            .first("content-length")
            .is_some_and(|header| header.value() != b"0")
        {
            exchange.missing.push(Missing::Body);
        }
        let target = self.path.unwrap_or_else(|| url.sent_target());
        exchange.request = Some(
            OwnedRequest::new(method, target)
                .with_scheme(url.scheme)
                .with_host(url.authority)
                .with_headers(self.request),
        );
        exchange.answer = self.status.map(|status| {
            OwnedAnswer::new()
                .with_status(status)
                .with_headers(self.answer)
        });
        Ok(exchange)
    }
}
