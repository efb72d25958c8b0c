//! What libraries log of their own computation, on lines with a label: base strings, base URIs,
//! signatures.

use crate::capture::{Capture, InputKind};
use crate::echo::{Echo, EchoKind, EchoOrigin, MAX_ECHOES, base_string};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;

use super::{after, fields};

/// A label, in lower case, with what follows it and who writes it.
struct Label {
    text: &'static str,
    kind: EchoKind,
    origin: EchoOrigin,
    /// Enough to take a text without any other mark for a log.
    is_telling: bool,
}

const fn client(text: &'static str, kind: EchoKind) -> Label {
    Label {
        text,
        kind,
        origin: EchoOrigin::Client,
        is_telling: false,
    }
}

const fn telling(text: &'static str) -> Label {
    Label {
        is_telling: true,
        ..client(text, EchoKind::BaseString)
    }
}

const fn provider(text: &'static str) -> Label {
    Label {
        origin: EchoOrigin::Provider,
        ..client(text, EchoKind::BaseString)
    }
}

/// The first that stands in a line counts, so the more telling ones come first.
///
/// # Background
///
/// The provider's: oauthlib as a server, and texts of answers that stand in a log. The client's:
/// oauthlib ("signing:"), liboauthcpp ("oauth:"), scribe ("base string is:", "error while signing
/// string:"), and what scripts write with labels of their own.
const LABELS: [Label; 19] = [
    provider("failed: signature base string"),
    provider(": signature base string="),
    provider("expected signature base string"),
    provider("acceptable signature base string"),
    provider("oauth_signature_base_string="),
    provider("debug_sbs="),
    provider("oauth_problem_advice="),
    telling("signing: signature base string:"),
    telling("oauth: signature base string:"),
    telling("base string is:"),
    telling("error while signing string:"),
    client("signature base string", EchoKind::BaseString),
    client("signaturebasestring", EchoKind::BaseString),
    client("base string", EchoKind::BaseString),
    client("basestring", EchoKind::BaseString),
    client("base_string", EchoKind::BaseString),
    client("normalized uri:", EchoKind::BaseUri),
    client("signature is:", EchoKind::Signature),
    client("signature:", EchoKind::Signature),
];

/// Longer signatures are none.
const LONGEST: usize = 4096;

/// Whether a text is the log of a library that signs, though of no known format.
pub(super) fn is_log(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let telling = LABELS.iter().filter(|label| label.is_telling);
    telling.into_iter().any(|label| {
        lower.contains(label.text)
            && lower.lines().any(|line| {
                after(line, label.text).is_some_and(|after| !base_string::find(after).is_empty())
            })
    })
}

/// Such a log tells of no request but by its base string.
pub(super) fn read(_: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    Ok(Exchanges::new(limits))
}

/// Adds what the log tells, before what the answers in it tell.
pub(super) fn add(capture: &mut Capture, text: &str) {
    let mut echoes = match capture.kind {
        InputKind::PeclDebug => of_pecl(text),
        _ => of_text(text),
    };
    if capture.kind == InputKind::PhpRequest {
        // Both sides use that class.
        for echo in &mut echoes {
            echo.origin = EchoOrigin::Unknown;
        }
    }
    for echo in core::mem::take(&mut capture.echoes) {
        let known = echoes.iter().any(|known| known.says(&echo));
        if !known && echoes.len() < MAX_ECHOES {
            echoes.push(echo);
        }
    }
    capture.echoes = echoes;
}

/// The base string is a field of its own there.
fn of_pecl(text: &str) -> Vec<Echo> {
    let label = client("sbs", EchoKind::BaseString);
    let fields = fields::read(text);
    let found = fields::text(&fields, label.text).and_then(|text| echo(&label, text));
    found.into_iter().collect()
}

fn of_text(text: &str) -> Vec<Echo> {
    let mut echoes: Vec<Echo> = Vec::new();
    for line in text.lines() {
        if echoes.len() >= MAX_ECHOES {
            break;
        }
        let lower = line.to_ascii_lowercase();
        let found = LABELS.iter().find_map(|label| {
            let at = lower.find(label.text)?;
            Some((label, line.get(at.checked_add(label.text.len())?..)?))
        });
        let Some((label, tail)) = found else {
            continue;
        };
        let Some(echo) = echo(label, tail) else {
            continue;
        };
        if !echoes.iter().any(|known| known.says(&echo)) {
            echoes.push(echo);
        }
    }
    echoes
}

fn echo(label: &Label, tail: &str) -> Option<Echo> {
    if label.kind == EchoKind::BaseString {
        let mut echo = base_string::find(tail).into_iter().next()?;
        echo.origin = label.origin;
        echo.marker = Some(label.text);
        return Some(echo);
    }
    let value = tail
        .trim_start_matches([' ', '\t', '"', '\'', '='])
        .split(|c: char| c.is_whitespace() || "\"'<>,;&".contains(c))
        .next()?;
    let is_plausible = match label.kind {
        EchoKind::BaseUri => value.starts_with("http"),
        _ => {
            (20..=LONGEST).contains(&value.len())
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_%".contains(&byte))
        }
    };
    is_plausible.then(|| Echo {
        kind: label.kind,
        origin: label.origin,
        marker: Some(label.text),
        text: value.to_owned(),
        layers: Vec::new(),
    })
}
