//! What `curl -v` prints: `*` remarks, `>` request lines, `<` answer lines, and the body between.
//!
//! Insomnia's timeline is the same, with the bodies of requests in lines that start with `|`.

mod connection;

#[cfg(test)]
mod tests;

use crate::answer::OwnedAnswer;
use crate::capture::{Capture, InputKind, Missing};
use crate::curl;
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{self, Exchanges, head, start};
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::request::OwnedRequest;
use connection::Connection;
use start::Start;

const KIND: InputKind = InputKind::CurlTrace;

/// Whether a text holds such a trace.
pub(crate) fn is_trace(input: &[u8]) -> bool {
    Cursor::new(input).any(|line| match mark(without_time(line.text)) {
        Some((Mark::Sent, text)) => start::is_versioned(text),
        Some((Mark::Received, text)) => start::is_status(text),
        Some((Mark::Remark, _)) | None => false,
    })
}

/// Reads a trace; every hop of a redirect is an exchange of its own.
pub(crate) fn read(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    let mut reader = Reader {
        exchanges: Exchanges::new(limits),
        limits,
        command: command(input, limits),
        connection: Connection::default(),
        head: Vec::new(),
        state: State::Between,
        body: Vec::new(),
        sent: Vec::new(),
    };
    let mut cursor = Cursor::new(input);
    loop {
        let before = cursor.rest();
        let Some(line) = cursor.next() else { break };
        let length = before.len().saturating_sub(cursor.rest().len());
        let raw = before.get(..length).unwrap_or(line.text);
        reader.line(line, raw)?;
    }
    reader.end_head()?;
    reader.end_sent();
    reader.end_body();
    if reader.exchanges.list.is_empty() {
        return Err(cursor.fault_at_end(KIND, "a line that starts with > and a request line"));
    }
    Ok(reader.exchanges.into_capture(KIND))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    SentHead,
    ReceivedHead,
    Body,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Received,
    Remark,
    Sent,
}

struct Reader<'a> {
    exchanges: Exchanges,
    limits: &'a Limits,
    command: Option<OwnedRequest>,
    connection: Connection,
    head: Vec<Line<'a>>,
    state: State,
    body: Vec<u8>,
    sent: Vec<u8>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: Line<'a>, raw: &'a [u8]) -> Result<(), CaptureError> {
        let text = without_time(line.text);
        if matches!(self.state, State::Between | State::SentHead)
            && let Some(sent) = text.strip_prefix(b"| ")
        {
            self.end_head()?;
            self.sent_line(sent);
            return Ok(());
        }
        let Some((mark, text)) = mark(text) else {
            if self.state == State::Body && !is_progress(text) {
                self.body_line(raw);
            }
            return Ok(());
        };
        let place = Line { text, ..line };
        match mark {
            Mark::Remark => {
                self.connection.remark(text);
                Ok(())
            }
            Mark::Sent => self.head_line(place, State::SentHead),
            Mark::Received => self.head_line(place, State::ReceivedHead),
        }
    }

    /// A line of the body of the request just read.
    fn sent_line(&mut self, text: &[u8]) {
        if !self.sent.is_empty() {
            self.sent.push(b'\n');
        }
        self.sent.extend_from_slice(text);
    }

    fn end_sent(&mut self) {
        let body = core::mem::take(&mut self.sent);
        let waiting = self.exchanges.list.last_mut();
        let Some(exchange) = waiting.filter(|exchange| exchange.answer.is_none()) else {
            return;
        };
        if !body.is_empty()
            && let Some(request) = exchange.request.take()
        {
            exchange.request = Some(request.with_body(body));
            exchange.missing.retain(|missing| *missing != Missing::Body);
        }
    }

    /// A remark of curl may follow the body on the same line.
    fn body_line(&mut self, raw: &[u8]) {
        const REMARKS: [&[u8]; 2] = [b"* Connection #", b"* Closing connection"];
        let end = REMARKS
            .iter()
            .filter_map(|remark| raw.windows(remark.len()).position(|part| part == *remark))
            .min();
        self.body
            .extend_from_slice(end.and_then(|end| raw.get(..end)).unwrap_or(raw));
    }

    fn head_line(&mut self, line: Line<'a>, state: State) -> Result<(), CaptureError> {
        if self.state != state {
            self.end_head()?;
            self.end_sent();
            self.end_body();
            self.state = state;
        }
        if !line.is_blank() {
            self.head.push(line);
            return Ok(());
        }
        self.end_head()
    }

    fn end_head(&mut self) -> Result<(), CaptureError> {
        let lines = core::mem::take(&mut self.head);
        let state = self.state;
        if state == State::SentHead || state == State::ReceivedHead {
            self.state = State::Between;
        }
        let Some((first, fields)) = lines.split_first() else {
            return Ok(());
        };
        let headers = head::parse(KIND, fields, self.limits)?;
        match start::parse(KIND, first)? {
            Start::Request { method, target } => self.request(method, target, headers),
            Start::Answer { status } => {
                self.state = State::Body;
                let answer = OwnedAnswer::new().with_status(status).with_headers(headers);
                self.exchanges.answer(answer, Vec::new())
            }
        }
    }

    fn request(
        &mut self,
        method: &str,
        target: &str,
        headers: Headers,
    ) -> Result<(), CaptureError> {
        let sends_body = headers.all("content-length").any(|h| h.value() != b"0")
            || headers.first("transfer-encoding").is_some();
        let mut request = http::request(method, target, headers);
        let command = self.command.take_if(|command| {
            command.method() == request.method() && command.target() == request.target()
        });
        if let Some(command) = &command {
            request = request.with_body(command.body());
        }
        if request.scheme().is_none() {
            let host = request.host().map(str::to_owned);
            let known = command
                .and_then(|command| command.scheme())
                .or_else(|| self.connection.scheme(host.as_deref()));
            if let Some(scheme) = known {
                request = request.with_scheme(scheme);
            }
        }
        let lacks_body = sends_body && request.body().is_empty();
        self.exchanges.request(request, Vec::new())?;
        if lacks_body && let Some(exchange) = self.exchanges.list.last_mut() {
            exchange.missing.push(Missing::Body);
        }
        Ok(())
    }

    fn end_body(&mut self) {
        let mut body = core::mem::take(&mut self.body);
        if self.state == State::Body {
            self.state = State::Between;
        }
        let answer = self
            .exchanges
            .list
            .last_mut()
            .and_then(|exchange| exchange.answer.as_mut());
        if let Some(answer) = answer
            && !body.is_empty()
        {
            let declared = answer
                .headers()
                .first("content-length")
                .and_then(|header| header.value_str()?.parse().ok());
            if let Some(declared) = declared {
                body.truncate(declared);
            }
            *answer = core::mem::take(answer).with_body(body);
        }
    }
}

/// The curl command above the trace, if it was pasted along: it knows scheme and body.
fn command(input: &[u8], limits: &Limits) -> Option<OwnedRequest> {
    let mut cursor = Cursor::new(input);
    let first = cursor.find(|line| !line.is_blank())?;
    if !curl::is_command(core::str::from_utf8(first.text).ok()?) {
        return None;
    }
    let end = cursor
        .find(|line| mark(without_time(line.text)).is_some() || is_progress(line.text))?
        .offset;
    let capture = curl::read(input.get(..end)?, limits).ok()?;
    let [exchange] = capture.exchanges.as_slice() else {
        return None;
    };
    exchange.request.clone()
}

fn mark(text: &[u8]) -> Option<(Mark, &[u8])> {
    let (first, rest) = text.split_first()?;
    let mark = match first {
        b'>' => Mark::Sent,
        b'<' => Mark::Received,
        b'*' => Mark::Remark,
        _ => return None,
    };
    match rest.split_first() {
        None => Some((mark, rest)),
        Some((b' ', rest)) => Some((mark, rest)),
        Some(_) => None,
    }
}

/// Takes the time of `--trace-time` off: `12:34:56.789012 `.
fn without_time(text: &[u8]) -> &[u8] {
    let Some((time, rest)) = text.split_at_checked(16) else {
        return text;
    };
    let is_time = time.iter().enumerate().all(|(at, byte)| match at {
        2 | 5 => *byte == b':',
        8 => *byte == b'.',
        15 => *byte == b' ',
        _ => byte.is_ascii_digit(),
    });
    if is_time { rest } else { text }
}

/// Lines of curl's progress meter and of its data markers.
fn is_progress(text: &[u8]) -> bool {
    let has = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let is_marker = (text.starts_with(b"{ [") || text.starts_with(b"} [")) && has(b" bytes data]");
    is_marker || has(b"--:--:--") || has(b"  % Total") || has(b" Dload  Upload")
}
