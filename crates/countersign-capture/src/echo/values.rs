//! Expected signatures, base URIs and body hashes inside error texts.

use crate::unescape::{self, Layer};

use super::{Echo, EchoKind};

struct Pattern {
    marker: &'static str,
    kind: EchoKind,
}

/// The words before a value, in lower case.
///
/// # Background
///
/// Tumblr, WordPress ("should be", "base uri"), WeBWorK ("reconstructed"), Weibo
/// (`oauth_right_signature`) and others whose texts name what the server computed.
const PATTERNS: [Pattern; 8] = [
    Pattern {
        marker: "does not match expected value",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "expected value",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "should be:",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "computed:",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "ours=",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "oauth_right_signature=",
        kind: EchoKind::Signature,
    },
    Pattern {
        marker: "calculated:",
        kind: EchoKind::BodyHash,
    },
    Pattern {
        marker: "base uri:",
        kind: EchoKind::BaseUri,
    },
];

/// The words of WeBWorK stand well before the URL, so they have a rule of their own.
const RECONSTRUCTED: &str = "path was reconstructed";

/// Finds the first value of each pattern.
pub(super) fn find(text: &str) -> Vec<Echo> {
    let lower = text.to_ascii_lowercase();
    let mut echoes: Vec<Echo> = Vec::new();
    for pattern in &PATTERNS {
        let Some(at) = lower.find(pattern.marker) else {
            continue;
        };
        let after = text
            .get(at.saturating_add(pattern.marker.len())..)
            .unwrap_or("");
        push(&mut echoes, pattern.kind, pattern.marker, after);
    }
    if let Some(at) = lower.find(RECONSTRUCTED) {
        let after = text.get(at..).unwrap_or("");
        let url = after.find("http").and_then(|at| after.get(at..));
        push(
            &mut echoes,
            EchoKind::BaseUri,
            RECONSTRUCTED,
            url.unwrap_or(""),
        );
    }
    echoes
}

fn push(echoes: &mut Vec<Echo>, kind: EchoKind, marker: &'static str, after: &str) {
    let Some((text, layers)) = value(kind, after) else {
        return;
    };
    let known = echoes
        .iter()
        .any(|echo| echo.kind == kind && echo.text == text);
    if !known {
        echoes.push(Echo {
            kind,
            marker: Some(marker),
            text,
            layers,
        });
    }
}

/// The value at the start of a text, out of its quotes, brackets and layers.
fn value(kind: EchoKind, after: &str) -> Option<(String, Vec<Layer>)> {
    const LONGEST: usize = 4096;
    let opening = [' ', '\t', '[', '(', '"', '\'', '\\', ':', '='];
    let after = after.trim_start_matches(opening);
    let end = after
        .bytes()
        .take(LONGEST)
        .position(|byte| {
            byte.is_ascii_whitespace() || b"[]()\"'<>,;&".contains(&byte) || byte.is_ascii_control()
        })
        .unwrap_or(after.len());
    let raw = after.get(..end)?.trim_end_matches(['.', '\\']);
    let mut layers = Vec::new();
    let mut text = raw.to_owned();
    for (mark, layer) in [('\\', Layer::Json), ('%', Layer::Percent)] {
        if text.contains(mark) && (layer == Layer::Json || kind != EchoKind::BaseUri) {
            text = unescape::remove(layer, &text).into_owned();
            layers.push(layer);
        }
    }
    let plausible = match kind {
        EchoKind::BaseUri => text.starts_with("http"),
        EchoKind::BodyHash | EchoKind::Signature => {
            text.len() >= 20
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte))
        }
        EchoKind::BaseString => false,
    };
    plausible.then_some((text, layers))
}
