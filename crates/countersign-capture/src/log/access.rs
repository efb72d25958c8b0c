//! The access log of a server, in the common or combined format: method, target and status.

use crate::answer::OwnedAnswer;
use crate::capture::Missing;
use crate::error::CaptureError;
use crate::headers::Headers;
use crate::http::{self, Exchanges, start};
use crate::limits::Limits;

use super::{literal, message};

pub(super) fn is(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|line| entry(line).is_some())
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    for (line, status) in text.lines().filter_map(entry) {
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            continue;
        };
        exchanges.request(http::request(method, target, Headers::new()), Vec::new())?;
        exchanges.answer(OwnedAnswer::new().with_status(status), Vec::new())?;
        if let Some(exchange) = exchanges.list.last_mut() {
            exchange.missing.push(Missing::Headers);
        }
        message::note_unlogged_body(&mut exchanges, method);
    }
    Ok(exchanges)
}

/// The request line and the status of a log line. What stands before is the client's address and
/// the time; what follows are sizes, the referrer and the like.
fn entry(line: &str) -> Option<(String, u16)> {
    let at = line.find('"')?;
    let (before, quoted) = line.split_at_checked(at)?;
    let (request, length) = literal::read(quoted)?;
    let after = quoted.get(length..)?;
    let status = after.strip_prefix(' ')?.split(' ').next()?;
    let status = status
        .parse()
        .ok()
        .filter(|code| (100..1000).contains(code))?;
    // A time in brackets stands before the request in all of them.
    let is_timed = before.contains('[') && before.trim_end().ends_with(']');
    let request = String::from_utf8(request).ok()?;
    (is_timed && start::is_versioned(request.as_bytes())).then_some((request, status))
}
