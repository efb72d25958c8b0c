//! The debug log of scribe and ScribeJava.
//!
//! `signing request: URL`, `base string is: …`, `signature is: …`, `appended additional OAuth
//! parameters: {name -> value , …}`, `using Http Header signature`, `response status code: …`,
//! `response body: …`. The header itself is not logged, so it is put together from the
//! parameters.

use countersign_base_string::Scheme;
use countersign_encoding::encode;

use crate::answer::OwnedAnswer;
use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::notes::Note;
use crate::request::OwnedRequest;
use crate::unescape::is_base_string;
use crate::url::Url;

use super::{after, header, message};

/// Before the URL of a request that is about to be signed.
const URLS: [&str; 3] = [
    "signing request: ",
    "obtaining request token from ",
    "obtaining access token from ",
];
const BASE_STRING: &str = "base string is: ";
const PARAMETERS: &str = "appended additional OAuth parameters: {";
const IN_QUERY: &str = "using Querystring signature";
const STATUS: &str = "response status code: ";
const BODY: &str = "response body: ";

pub(super) fn is(text: &str) -> bool {
    let signs = |line| after(line, BASE_STRING).is_some_and(is_base_string);
    text.contains(PARAMETERS) || (text.contains(BASE_STRING) && text.lines().any(signs))
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut draft = Draft::default();
    let mut status = None;
    for line in Cursor::new(text.as_bytes()) {
        let shown = core::str::from_utf8(line.text).unwrap_or("").trim_end();
        if let Some(url) = URLS.iter().find_map(|words| after(shown, words)) {
            draft.finish(&mut exchanges, &line)?;
            draft.url = Some(url);
        } else if let Some(base_string) = after(shown, BASE_STRING) {
            draft.method = base_string.split('&').next();
        } else if let Some(list) = after(shown, PARAMETERS) {
            draft.parameters = parameters(list);
        } else if after(shown, IN_QUERY).is_some() {
            draft.in_query = true;
        } else if let Some(code) = after(shown, STATUS) {
            draft.finish(&mut exchanges, &line)?;
            status = code.trim().parse().ok();
            let answer = OwnedAnswer::new();
            exchanges.answer(
                status.map_or_else(OwnedAnswer::new, |code| answer.with_status(code)),
                Vec::new(),
            )?;
        } else if let Some(body) = after(shown, BODY)
            && status.take().is_some()
            && let Some(answer) = exchanges.list.last_mut().and_then(|e| e.answer.as_mut())
        {
            *answer = core::mem::take(answer).with_body(body);
        }
    }
    let end = Line {
        text: b"",
        offset: text.len(),
        number: text.lines().count(),
    };
    draft.finish(&mut exchanges, &end)?;
    Ok(exchanges)
}

/// A request as far as the log has told it.
#[derive(Default)]
struct Draft<'a> {
    url: Option<&'a str>,
    method: Option<&'a str>,
    parameters: Vec<(&'a str, &'a str)>,
    in_query: bool,
}

impl Draft<'_> {
    fn finish(&mut self, exchanges: &mut Exchanges, line: &Line<'_>) -> Result<(), CaptureError> {
        let Self {
            url,
            method,
            parameters,
            in_query,
        } = core::mem::take(self);
        let (Some(url), Some(method)) = (url, method) else {
            return Ok(());
        };
        let url = Url::parse(url.trim(), Scheme::Http)
            .map_err(|_| line.fault(InputKind::ScribeLog, 0, "a URL", "something else"))?;
        let mut target = url.sent_target();
        let mut request_header = None;
        if in_query {
            for (name, value) in &parameters {
                target.push(if target.contains('?') { '&' } else { '?' });
                target.push_str(&format!("{}={}", encode(name), encode(value)));
            }
        } else if !parameters.is_empty() {
            request_header = Some(header::authorization(parameters.iter().copied()));
        }
        let mut request = OwnedRequest::new(method, target)
            .with_scheme(url.scheme)
            .with_host(url.authority);
        if let Some(value) = request_header {
            request = request.with_header("Authorization", value);
        }
        exchanges.request(request, vec![Note::AuthorizationRebuilt])?;
        message::note_unlogged_body(exchanges, method);
        if let Some(exchange) = exchanges.list.last_mut() {
            exchange.missing.push(Missing::Headers);
        }
        Ok(())
    }
}

/// `name -> value , name -> value}`.
fn parameters(list: &str) -> Vec<(&str, &str)> {
    let end = list.rfind('}').unwrap_or(list.len());
    let list = list.get(..end).unwrap_or(list);
    list.split(" , ")
        .filter_map(|pair| pair.split_once(" -> "))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect()
}
