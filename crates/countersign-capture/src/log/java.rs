//! What `HttpURLConnection` of Java logs: `sun.net.www.MessageHeader@… pairs: {GET / HTTP/1.1:
//! null}{Host: …}`. Bodies are not logged.

use crate::capture::InputKind;
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::Cursor;

use super::{after, message};

const KIND: InputKind = InputKind::JavaHttpLog;

const MARK: &str = "MessageHeader@";

pub(super) fn is(text: &str) -> bool {
    text.contains(MARK) && text.lines().any(|line| pairs(line).is_some())
}

/// What stands in the braces of such a line.
fn pairs(line: &str) -> Option<&str> {
    let after = after(after(line, MARK)?, " pairs: {")?;
    let end = after.rfind('}').unwrap_or(after.len());
    after.get(..end)
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    for line in Cursor::new(text.as_bytes()) {
        let shown = core::str::from_utf8(line.text).unwrap_or("");
        let Some(pairs) = pairs(shown) else { continue };
        let mut bytes = Vec::new();
        for (at, pair) in pairs.split("}{").enumerate() {
            // The first line is a pair too: a name or a value without the other.
            let pair = match at {
                0 => pair.strip_suffix(": null").unwrap_or(pair),
                _ => pair,
            };
            let pair = pair.strip_prefix("null: ").unwrap_or(pair);
            bytes.extend_from_slice(pair.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        message::take(&mut exchanges, KIND, &line, &bytes, limits)?;
    }
    Ok(exchanges)
}
