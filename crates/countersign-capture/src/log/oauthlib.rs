//! The debug log of requests_oauthlib and oauthlib.
//!
//! `Signing request <PreparedRequest [POST]> using client …`, `Updated url: …`, `Updated headers:
//! {…}`, `Updated body: …`, and urllib3's `"POST /path HTTP/1.1" 401 31`. What was computed
//! (`Normalized URI`, the base string, `Signature`) is read as an echo.

use countersign_base_string::Scheme;

use crate::answer::OwnedAnswer;
use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{Exchanges, start};
use crate::limits::Limits;
use crate::lines::{Cursor, Line};
use crate::request::OwnedRequest;
use crate::url::Url;

use super::{after, literal, message};

const SIGNING: &str = "Signing request <PreparedRequest [";
const URL: &str = "Updated url: ";
const HEADERS: &str = "Updated headers: ";
const BODY: &str = "Updated body: ";

/// Lines that nothing else writes.
const MARKS: [&str; 7] = [
    SIGNING,
    "Collected params: [",
    "Normalized params: ",
    "Normalized URI: ",
    "Signing: signature base string: ",
    "Verify HMAC failed: signature base string: ",
    ": signature base string=",
];

pub(super) fn is(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut method = None;
    for line in Cursor::new(text.as_bytes()) {
        let shown = core::str::from_utf8(line.text).unwrap_or("").trim_end();
        if let Some(words) = after(shown, SIGNING) {
            method = words.split(']').next();
        } else if let Some(url) = after(shown, URL) {
            request(&mut exchanges, method.take(), url, &line)?;
        } else if let Some(map) = after(shown, HEADERS) {
            let mut headers = Headers::new();
            for (name, value) in literal::map(map).into_iter().take(limits.headers()) {
                headers.push(name, value.trim_ascii());
            }
            let host = headers.first("host").and_then(|host| host.value_str());
            let host = host.filter(|host| !host.is_empty()).map(str::to_owned);
            message::change(&mut exchanges, |request| match host {
                Some(host) => request.with_host(host),
                None => request,
            });
            message::change(&mut exchanges, |request| request.with_headers(headers));
        } else if let Some(words) = after(shown, BODY) {
            if let Some((body, _)) = literal::read(words) {
                message::change(&mut exchanges, |request| request.with_body(body));
            } else {
                message::note_body(&mut exchanges);
            }
        } else if let Some(status) = status(shown) {
            exchanges.answer(OwnedAnswer::new().with_status(status), Vec::new())?;
        }
    }
    Ok(exchanges)
}

fn request(
    exchanges: &mut Exchanges,
    method: Option<&str>,
    url: &str,
    line: &Line<'_>,
) -> Result<(), CaptureError> {
    let url = Url::parse(url.trim(), Scheme::Http)
        .map_err(|_| line.fault(InputKind::OauthlibLog, 0, "a URL", "something else"))?;
    let request = OwnedRequest::new(method.unwrap_or("GET"), url.sent_target())
        .with_scheme(url.scheme)
        .with_host(url.authority);
    exchanges.request(request, Vec::new())?;
    if method.is_none()
        && let Some(exchange) = exchanges.list.last_mut()
    {
        exchange.missing.push(Missing::Method);
    }
    Ok(())
}

/// The status in urllib3's line: `http://host:80 "POST /path HTTP/1.1" 401 31`.
fn status(line: &str) -> Option<u16> {
    let (before, quoted) = line.split_once(" \"")?;
    let (request, after) = quoted.split_once("\" ")?;
    let is_urllib3 = before.contains("http") && start::is_versioned(request.as_bytes());
    let code = after.split(' ').next()?.parse().ok()?;
    (is_urllib3 && (100..1000).contains(&code)).then_some(code)
}
