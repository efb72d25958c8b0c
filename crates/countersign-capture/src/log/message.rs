//! HTTP messages inside logs.

use crate::answer::OwnedAnswer;
use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{self, Exchanges, body, head, start};
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use countersign_base_string::Scheme;

/// Takes in the message that `bytes` hold; a fault in it is told at the line where it stood.
pub(super) fn take(
    exchanges: &mut Exchanges,
    kind: InputKind,
    place: &Line<'_>,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(), CaptureError> {
    let mut cursor = Cursor::new(bytes);
    let fault = || place.fault(kind, 0, "an HTTP message", "something else");
    let first = cursor.next().ok_or_else(fault)?;
    let lines = head::take(&mut cursor);
    let headers = head::parse(kind, &lines, limits).map_err(|error| at(place, error))?;
    match start::parse(kind, &first).map_err(|error| at(place, error))? {
        start::Start::Request { method, target } => {
            let request = http::request(method, target, headers).with_body(cursor.rest());
            exchanges.request(request, Vec::new())?;
            note_body(exchanges);
            Ok(())
        }
        start::Start::Answer { status } => {
            let (body, notes) = body::read(&mut cursor, &headers, body::Of::Answer);
            let answer = OwnedAnswer::new()
                .with_status(status)
                .with_headers(headers)
                .with_body(body);
            exchanges.answer(answer, notes)
        }
    }
}

/// The same fault at the place of the log where the message stood.
fn at(place: &Line<'_>, error: CaptureError) -> CaptureError {
    match error {
        CaptureError::Syntax(mut syntax) => {
            syntax.offset = place.offset;
            syntax.line = place.number;
            CaptureError::Syntax(syntax)
        }
        other => other,
    }
}

/// Marks the body of the last request as missing if it declares one that is not there.
pub(super) fn note_body(exchanges: &mut Exchanges) {
    let Some(exchange) = exchanges.list.last_mut() else {
        return;
    };
    exchange.missing.retain(|missing| *missing != Missing::Body);
    let lacks = exchange
        .request
        .as_ref()
        .is_some_and(|request| request.body().is_empty() && declares_body(request.headers()));
    if lacks {
        exchange.missing.push(Missing::Body);
    }
}

/// Marks the body as missing if the method usually has one; the log tells of none.
pub(super) fn note_unlogged_body(exchanges: &mut Exchanges, method: &str) {
    if matches!(method, "PATCH" | "POST" | "PUT")
        && let Some(exchange) = exchanges.list.last_mut()
    {
        exchange.missing.push(Missing::Body);
    }
}

fn declares_body(headers: &Headers) -> bool {
    let has_length = headers
        .all("content-length")
        .any(|header| !matches!(header.value(), b"" | b"0"));
    has_length || headers.first("transfer-encoding").is_some()
}

/// Changes the last request, if there is one.
pub(super) fn change(
    exchanges: &mut Exchanges,
    change: impl FnOnce(crate::OwnedRequest) -> crate::OwnedRequest,
) {
    if let Some(exchange) = exchanges.list.last_mut()
        && let Some(request) = exchange.request.take()
    {
        exchange.request = Some(change(request));
    }
}

/// Tells the last request its scheme, unless it knows one.
pub(super) fn set_scheme(exchanges: &mut Exchanges, scheme: Option<Scheme>) {
    if let Some(scheme) = scheme {
        change(exchanges, |request| match request.scheme() {
            Some(_) => request,
            None => request.with_scheme(scheme),
        });
    }
}
