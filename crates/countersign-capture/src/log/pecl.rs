//! `debugInfo` of the OAuth extension of PECL: `sbs`, `headers_sent`, `headers_recv`,
//! `body_sent`, `body_recv`.

use crate::capture::InputKind;
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::Line;
use crate::request::split_scheme;
use crate::unescape::{Layer, remove};

use super::fields::{self, Fields};
use super::message;

const KIND: InputKind = InputKind::PeclDebug;

pub(super) fn is(text: &str) -> bool {
    text.contains("sbs")
        && text.contains("headers_sent")
        && fields::bytes(&fields::read(text), "headers_sent").is_some()
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let fields = fields::read(text);
    let place = Line {
        text: b"",
        offset: 0,
        number: 1,
    };
    let mut exchanges = Exchanges::new(limits);
    let parts = [("headers_sent", "body_sent"), ("headers_recv", "body_recv")];
    for (head, body) in parts {
        if let Some(bytes) = joined(&fields, head, body) {
            message::take(&mut exchanges, KIND, &place, &bytes, limits)?;
        }
        if head == "headers_sent" {
            // The extension takes the URL that it calls apart to build the base string.
            let url = fields::text(&fields, "sbs").and_then(|sbs| sbs.split('&').nth(1));
            let url = url.map(|url| remove(Layer::Percent, url));
            let scheme = url.and_then(|url| split_scheme(&url).map(|(scheme, _)| scheme));
            message::set_scheme(&mut exchanges, scheme);
        }
    }
    Ok(exchanges)
}

/// The last head of `head` (redirects and interim answers come before it) with its body.
fn joined(fields: &Fields, head: &str, body: &str) -> Option<Vec<u8>> {
    let head = fields::text(fields, head)?.trim();
    let last = ["\r\n\r\n", "\n\n"]
        .iter()
        .find_map(|gap| Some(head.rsplit_once(gap)?.1))
        .unwrap_or(head);
    let body = fields::bytes(fields, body).unwrap_or_default();
    Some([last.as_bytes(), b"\r\n\r\n", body].concat())
}
