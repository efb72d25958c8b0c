//! Raw HTTP messages as people paste them.

pub(crate) mod body;
pub(crate) mod devtools;
pub(crate) mod head;
pub(crate) mod pseudo;
pub(crate) mod start;

#[cfg(test)]
mod tests;

use crate::answer::OwnedAnswer;
use crate::capture::{Capture, Exchange, InputKind};
use crate::echo;
use crate::error::{CaptureError, Limit, LimitError};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::lines::Cursor;
use crate::notes::Note;
use crate::request::{OwnedRequest, split_scheme};
use start::Start;

const KIND: InputKind = InputKind::RawHttp;

/// Reads a sequence of requests and answers.
pub(crate) fn read(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    let mut cursor = Cursor::new(input);
    let mut exchanges = Exchanges::new(limits);
    skip_between(&mut cursor);
    while let Some(line) = cursor.peek() {
        if devtools::is_general(line.text) {
            exchanges.push(devtools::read(&mut cursor, limits)?)?;
        } else if pseudo::is_pseudo(line.text) {
            let (request, notes) = pseudo::read(&mut cursor, limits)?;
            exchanges.request(request, notes)?;
        } else {
            match start::parse(KIND, &line)? {
                Start::Request { method, target } => {
                    cursor.next();
                    let headers = head::read(&mut cursor, limits)?;
                    let (body, notes) = body::read(&mut cursor, &headers, body::Of::Request);
                    let request = request(method, target, headers).with_body(body);
                    exchanges.request(request, notes)?;
                }
                Start::Answer { status } => {
                    cursor.next();
                    let headers = head::read(&mut cursor, limits)?;
                    let (body, notes) = body::read(&mut cursor, &headers, body::Of::Answer);
                    let answer = OwnedAnswer::new()
                        .with_status(status)
                        .with_headers(headers)
                        .with_body(body);
                    exchanges.answer(answer, notes)?;
                }
            }
        }
        skip_between(&mut cursor);
    }
    if exchanges.list.is_empty() {
        return Err(cursor.fault_at_end(KIND, "a request line"));
    }
    Ok(exchanges.into_capture(KIND))
}

/// A request whose scheme and host come from an absolute-form target or the `Host` header.
pub(crate) fn request(method: &str, target: &str, headers: Headers) -> OwnedRequest {
    let mut request = OwnedRequest::new(method, target);
    if let Some((scheme, rest)) = split_scheme(target) {
        request = request.with_scheme(scheme);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        if !host.is_empty() {
            request = request.with_host(host);
        }
    } else if let Some(host) = headers.first("host").and_then(|header| header.value_str())
        && !host.is_empty()
    {
        request = request.with_host(host);
    }
    request.with_headers(headers)
}

/// Skips what people put between messages: blank lines, rulers, headings.
fn skip_between(cursor: &mut Cursor<'_>) {
    while let Some(line) = cursor.peek() {
        if !line.is_blank() && !start::is_label(line.text) {
            return;
        }
        cursor.next();
    }
}

/// Pairs answers with the requests before them.
pub(crate) struct Exchanges {
    pub(crate) list: Vec<Exchange>,
    limit: usize,
}

impl Exchanges {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            list: Vec::new(),
            limit: limits.entries(),
        }
    }

    fn room(&self) -> Result<(), CaptureError> {
        if self.list.len() >= self.limit {
            return Err(CaptureError::Limit(LimitError {
                what: Limit::Entries,
                limit: self.limit,
                found: self.list.len().saturating_add(1),
            }));
        }
        Ok(())
    }

    pub(crate) fn push(&mut self, exchange: Exchange) -> Result<(), CaptureError> {
        self.room()?;
        self.list.push(exchange);
        Ok(())
    }

    pub(crate) fn request(
        &mut self,
        request: OwnedRequest,
        notes: Vec<Note>,
    ) -> Result<(), CaptureError> {
        self.push(Exchange {
            request: Some(request),
            notes,
            ..Exchange::default()
        })
    }

    /// The answer belongs to the last request, unless that has its (final) answer already.
    pub(crate) fn answer(
        &mut self,
        answer: OwnedAnswer,
        notes: Vec<Note>,
    ) -> Result<(), CaptureError> {
        let waiting = self.list.last_mut().filter(|exchange| {
            exchange.request.is_some() && exchange.answer.as_ref().is_none_or(is_interim)
        });
        match waiting {
            Some(exchange) => {
                exchange.answer = Some(answer);
                exchange.notes.extend(notes);
                Ok(())
            }
            None => self.push(Exchange {
                answer: Some(answer),
                notes,
                ..Exchange::default()
            }),
        }
    }

    pub(crate) fn into_capture(self, kind: InputKind) -> Capture {
        let answered = self.list.iter().any(|exchange| exchange.answer.is_some());
        let mut capture = Capture::new(match kind {
            InputKind::RawHttp if answered => InputKind::RawHttpWithAnswer,
            other => other,
        });
        capture.exchanges = self.list;
        for exchange in &mut capture.exchanges {
            exchange.note_missing();
        }
        capture.echoes = capture
            .exchanges
            .iter()
            .filter_map(|exchange| exchange.answer.as_ref())
            .flat_map(echo::in_answer)
            .collect();
        capture
    }
}

fn is_interim(answer: &OwnedAnswer) -> bool {
    answer
        .status()
        .is_some_and(|status| (100..200).contains(&status))
}
