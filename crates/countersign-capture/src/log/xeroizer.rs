//! The log of Xeroizer: `XeroGateway Request: GET /path`, `XeroGateway Response (401)`.

use crate::answer::OwnedAnswer;
use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{self, Exchanges, start};
use crate::limits::Limits;
use crate::lines::{Cursor, Line};

use super::{after, message};

const REQUEST: &str = "XeroGateway Request: ";
const ANSWER: &str = "XeroGateway Response (";
const BODY: &str = "Response Body";
const END: &str = "== End Response Body";

pub(super) fn is(text: &str) -> bool {
    text.contains(REQUEST) || text.contains(ANSWER)
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut cursor = Cursor::new(text.as_bytes());
    let mut status = None;
    while let Some(line) = cursor.next() {
        let shown = core::str::from_utf8(line.text).unwrap_or("").trim_end();
        if let Some(words) = after(shown, REQUEST) {
            request(&mut exchanges, words, &line)?;
        } else if let Some(words) = after(shown, ANSWER) {
            let code = words.split(')').next().and_then(|code| code.parse().ok());
            let answer = OwnedAnswer::new();
            let answer = match code {
                Some(code) => answer.with_status(code),
                None => answer,
            };
            exchanges.answer(answer, Vec::new())?;
            status = Some(());
        } else if status.is_some() && shown.starts_with("==") && shown.contains(BODY) {
            let body = body(&mut cursor);
            let exchange = exchanges.list.last_mut();
            if let Some(answer) = exchange.and_then(|exchange| exchange.answer.as_mut()) {
                *answer = core::mem::take(answer).with_body(body);
            }
            status = None;
        }
    }
    Ok(exchanges)
}

/// Older versions leave the method out.
fn request(exchanges: &mut Exchanges, words: &str, line: &Line<'_>) -> Result<(), CaptureError> {
    let (method, target) = words
        .trim()
        .split_once(' ')
        .unwrap_or_else(|| ("", words.trim()));
    let is_known = start::METHODS.contains(&method);
    let method = if is_known { method } else { "GET" };
    if target.is_empty() || target.contains(char::is_whitespace) {
        return Err(line.fault(
            InputKind::XeroizerLog,
            0,
            "a method and a path",
            "something else",
        ));
    }
    exchanges.request(http::request(method, target, Headers::new()), Vec::new())?;
    if let Some(exchange) = exchanges.list.last_mut() {
        exchange.missing.push(Missing::Headers);
        if !is_known {
            exchange.missing.push(Missing::Method);
        }
    }
    message::note_unlogged_body(exchanges, method);
    Ok(())
}

/// The lines up to the end mark, without the blank ones around them.
fn body(cursor: &mut Cursor<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    for Line { text, .. } in cursor {
        if text.trim_ascii().starts_with(END.as_bytes()) {
            break;
        }
        body.extend_from_slice(text);
        body.push(b'\n');
    }
    body.trim_ascii().to_vec()
}
