//! The VERBOSE stream of PowerShell: `VERBOSE: POST https://… with 96-byte payload`.

use crate::answer::OwnedAnswer;
use crate::capture::Missing;
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{Exchanges, start};
use crate::limits::Limits;
use crate::request::OwnedRequest;
use crate::url::Url;
use countersign_base_string::Scheme;

use super::after;

const VERBOSE: &str = "VERBOSE: ";

/// Ends the line about a request; before it stands the size.
const PAYLOAD: &str = "-byte payload";

/// Words before the status in the errors of the web commands.
const STATUSES: [&str; 2] = [
    "returned an error: (",
    "status code does not indicate success: ",
];

pub(super) fn is(text: &str) -> bool {
    let mut lines = text.lines();
    text.contains(VERBOSE) && lines.any(|line| line.trim_start().starts_with(VERBOSE))
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut headers = Headers::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(status) = STATUSES.iter().find_map(|words| after(line, words)) {
            let code = status.get(..3).and_then(|code| code.parse().ok());
            if let Some(code) = code {
                exchanges.answer(OwnedAnswer::new().with_status(code), Vec::new())?;
            }
        }
        let Some(words) = line.trim_start().strip_prefix(VERBOSE) else {
            continue;
        };
        if let Some((name, value)) = words.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            headers.push(name, value.trim());
        }
        // The console breaks long lines.
        let mut words = words.to_owned();
        while !words.ends_with(PAYLOAD)
            && is_request(&words)
            && let Some(more) = lines.next_if(|more| !more.trim_start().starts_with(VERBOSE))
        {
            let is_end = more.trim().is_empty();
            if more.trim_start().starts_with("with ") {
                words.push(' ');
            }
            words.push_str(more.trim());
            if is_end {
                break;
            }
        }
        request(&mut exchanges, &words, &mut headers)?;
    }
    Ok(exchanges)
}

fn is_request(words: &str) -> bool {
    words
        .split_once(' ')
        .is_some_and(|(method, rest)| start::METHODS.contains(&method) && rest.starts_with("http"))
}

fn request(
    exchanges: &mut Exchanges,
    words: &str,
    headers: &mut Headers,
) -> Result<(), CaptureError> {
    let Some((method, rest)) = words.split_once(' ').filter(|_| is_request(words)) else {
        return Ok(());
    };
    let (url, size) = rest.rsplit_once(" with ").unwrap_or((rest, ""));
    let Ok(url) = Url::parse(url, Scheme::Http) else {
        return Ok(());
    };
    let request = OwnedRequest::new(method, url.sent_target())
        .with_scheme(url.scheme)
        .with_host(url.authority)
        .with_headers(core::mem::take(headers));
    let lacks_headers = request.headers().is_empty();
    exchanges.request(request, Vec::new())?;
    if let Some(exchange) = exchanges.list.last_mut() {
        if lacks_headers {
            exchange.missing.push(Missing::Headers);
        }
        if size.ends_with(PAYLOAD) && !size.starts_with("0-") {
            exchange.missing.push(Missing::Body);
        }
    }
    Ok(())
}
