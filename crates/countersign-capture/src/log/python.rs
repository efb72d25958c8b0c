//! What `http.client` of Python prints with a debug level: `send: b'…'`, `reply: '…'`,
//! `header: …`. httplib2, urllib and requests all end there.

use countersign_base_string::Scheme;

use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};

use super::{after, literal, message};

const KIND: InputKind = InputKind::PythonHttpLog;

/// What urllib3 logs before it connects.
const CONNECTIONS: [(&str, Scheme); 2] = [
    ("Starting new HTTPS connection", Scheme::Https),
    ("Starting new HTTP connection", Scheme::Http),
];

const SENT: &str = "send: ";

pub(super) fn is(text: &str) -> bool {
    text.contains(SENT)
        && text.lines().any(|line| {
            sent(line).is_some_and(|(bytes, _)| bytes.windows(6).any(|part| part == b" HTTP/"))
        })
}

/// The literal of a `send:` line.
fn sent(line: &str) -> Option<(Vec<u8>, usize)> {
    literal::read(line.trim_start().strip_prefix(SENT)?)
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut reader = Reader {
        exchanges: Exchanges::new(limits),
        limits,
        request: Message::default(),
        answer: Message::default(),
        scheme: None,
    };
    for line in Cursor::new(text.as_bytes()) {
        reader.line(line)?;
    }
    reader.end()?;
    Ok(reader.exchanges)
}

/// A message as far as the log has shown it, and where it began.
#[derive(Default)]
struct Message<'a> {
    place: Option<Line<'a>>,
    bytes: Vec<u8>,
    lacks_body: bool,
}

struct Reader<'a> {
    exchanges: Exchanges,
    limits: &'a Limits,
    request: Message<'a>,
    answer: Message<'a>,
    scheme: Option<Scheme>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: Line<'a>) -> Result<(), CaptureError> {
        let text = core::str::from_utf8(line.text).unwrap_or("").trim_start();
        if let Some(rest) = text.strip_prefix(SENT) {
            if self.answer.place.is_some() {
                self.end()?;
            }
            match literal::read(rest) {
                Some((bytes, _)) => self.request.bytes.extend(bytes),
                None => self.request.lacks_body = true,
            }
            self.request.place.get_or_insert(line);
        } else if let Some(rest) = text.strip_prefix("reply: ") {
            self.end_request()?;
            let (bytes, _) = literal::read(rest).unwrap_or_default();
            self.answer.bytes = bytes;
            self.answer.place = Some(line);
        } else if let Some(field) = text.strip_prefix("header: ") {
            self.answer.bytes.extend_from_slice(field.as_bytes());
            self.answer.bytes.extend_from_slice(b"\r\n");
        } else {
            let found = CONNECTIONS
                .iter()
                .find(|(words, _)| after(text, words).is_some());
            self.scheme = found.map(|(_, scheme)| *scheme).or(self.scheme);
        }
        Ok(())
    }

    fn end_request(&mut self) -> Result<(), CaptureError> {
        let Message {
            place: Some(place),
            bytes,
            lacks_body,
        } = core::mem::take(&mut self.request)
        else {
            return Ok(());
        };
        message::take(&mut self.exchanges, KIND, &place, &bytes, self.limits)?;
        message::set_scheme(&mut self.exchanges, self.scheme);
        if lacks_body
            && let Some(exchange) = self.exchanges.list.last_mut()
            && !exchange.missing.contains(&Missing::Body)
        {
            exchange.missing.push(Missing::Body);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), CaptureError> {
        self.end_request()?;
        let Message {
            place: Some(place),
            bytes,
            ..
        } = core::mem::take(&mut self.answer)
        else {
            return Ok(());
        };
        message::take(&mut self.exchanges, KIND, &place, &bytes, self.limits)
    }
}
