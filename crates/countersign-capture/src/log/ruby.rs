//! What `Net::HTTP` of Ruby prints to its debug output, which the `debug_output` of the oauth
//! gem is: `<- "sent"`, `-> "received"`.

use countersign_base_string::Scheme;

use crate::capture::InputKind;
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::{Cursor, Line};

use super::{literal, message};

const KIND: InputKind = InputKind::RubyHttpLog;

pub(super) fn is(text: &str) -> bool {
    text.contains("<- ")
        && text.lines().any(|line| {
            marked(line, "<- ").is_some_and(|bytes| bytes.windows(6).any(|part| part == b" HTTP/"))
        })
}

fn marked(line: &str, mark: &str) -> Option<Vec<u8>> {
    let (bytes, _) = literal::read(line.trim_start().strip_prefix(mark)?)?;
    Some(bytes)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Sent,
    Received,
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let mut scheme = None;
    let mut message: Option<(Way, Line<'_>, Vec<u8>)> = None;
    for line in Cursor::new(text.as_bytes()) {
        let shown = core::str::from_utf8(line.text).unwrap_or("");
        let part = marked(shown, "<- ")
            .map(|bytes| (Way::Sent, bytes))
            .or_else(|| marked(shown, "-> ").map(|bytes| (Way::Received, bytes)));
        let Some((way, bytes)) = part else {
            let shown = shown.trim_start();
            if shown.starts_with("opening connection to ") {
                // Without a word of TLS before the request there was none.
                scheme = Some(Scheme::Http);
            } else if shown.starts_with("starting SSL for ") || shown == "SSL established" {
                scheme = Some(Scheme::Https);
            }
            continue;
        };
        match &mut message {
            Some((last, _, all)) if *last == way => all.extend(bytes),
            _ => {
                end(&mut exchanges, message.take(), scheme, limits)?;
                message = Some((way, line, bytes));
            }
        }
    }
    end(&mut exchanges, message, scheme, limits)?;
    Ok(exchanges)
}

fn end(
    exchanges: &mut Exchanges,
    message: Option<(Way, Line<'_>, Vec<u8>)>,
    scheme: Option<Scheme>,
    limits: &Limits,
) -> Result<(), CaptureError> {
    let Some((way, place, bytes)) = message else {
        return Ok(());
    };
    message::take(exchanges, KIND, &place, &bytes, limits)?;
    if way == Way::Sent {
        message::set_scheme(exchanges, scheme);
    }
    Ok(())
}
