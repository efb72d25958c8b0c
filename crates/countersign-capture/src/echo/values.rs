//! Signatures, base URIs and body hashes inside error texts.

use crate::unescape::{self, Layer};

use super::{Echo, EchoKind, EchoOrigin};

struct Pattern {
    marker: &'static str,
    kind: EchoKind,
}

/// The words before a value that the provider computed, in lower case.
///
/// # Background
///
/// Tumblr, WordPress ("should be", "base uri"), WeBWorK ("reconstructed"), Weibo
/// (`oauth_right_signature`) and others whose texts name what the server computed.
const COMPUTED: [Pattern; 8] = [
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

/// The words before a value that the provider received, and the words that must stand before
/// those for them to mean that.
const RECEIVED: [(&str, Pattern); 6] = [
    (
        "",
        Pattern {
            marker: "oauth_signature [",
            kind: EchoKind::ReceivedSignature,
        },
    ),
    (
        "signature",
        Pattern {
            marker: "oauth_signature '",
            kind: EchoKind::ReceivedSignature,
        },
    ),
    (
        "expected value",
        Pattern {
            marker: "received value",
            kind: EchoKind::ReceivedSignature,
        },
    ),
    (
        "computed:",
        Pattern {
            marker: "received:",
            kind: EchoKind::ReceivedSignature,
        },
    ),
    (
        "ours=",
        Pattern {
            marker: "yours=",
            kind: EchoKind::ReceivedSignature,
        },
    ),
    (
        "calculated:",
        Pattern {
            marker: "received:",
            kind: EchoKind::ReceivedBodyHash,
        },
    ),
];

/// The words of WeBWorK stand well before the URL, so they have a rule of their own.
const RECONSTRUCTED: &str = "path was reconstructed";

/// Longer values are none.
const LONGEST: usize = 4096;

/// Finds the first value of each pattern.
pub(super) fn find(text: &str) -> Vec<Echo> {
    let lower = text.to_ascii_lowercase();
    let after = |at: usize, mark: &str| text.get(at.saturating_add(mark.len())..).unwrap_or("");
    let mut echoes: Vec<Echo> = Vec::new();
    for Pattern { marker, kind } in &COMPUTED {
        let found = find_word(&lower, marker).map(|at| after(at, marker));
        push(
            &mut echoes,
            *kind,
            marker,
            found.and_then(|found| computed(*kind, found)),
        );
    }
    for (first, Pattern { marker, kind }) in &RECEIVED {
        let found = find_word(&lower, first).and_then(|from| {
            let from = from.saturating_add(first.len());
            let at = find_word(lower.get(from..)?, marker)?;
            Some(after(from.saturating_add(at), marker))
        });
        let opened = marker.chars().last().filter(|last| "['".contains(*last));
        push(
            &mut echoes,
            *kind,
            marker,
            found.and_then(|found| received(found, opened)),
        );
    }
    if let Some(at) = lower.find(RECONSTRUCTED) {
        let words = after(at, RECONSTRUCTED);
        let url = words.find("http").and_then(|at| words.get(at..));
        let found = url.and_then(|url| computed(EchoKind::BaseUri, url));
        push(&mut echoes, EchoKind::BaseUri, RECONSTRUCTED, found);
    }
    echoes
}

/// Where the words stand, but not inside another word: `ours=` is no part of `yours=`.
fn find_word(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        !before.is_some_and(char::is_alphanumeric)
    })
}

fn push(
    echoes: &mut Vec<Echo>,
    kind: EchoKind,
    marker: &'static str,
    found: Option<(String, Vec<Layer>)>,
) {
    let Some((text, layers)) = found else { return };
    let known = echoes
        .iter()
        .any(|echo| echo.kind == kind && echo.text == text);
    if !known {
        echoes.push(Echo {
            kind,
            origin: EchoOrigin::Provider,
            marker: Some(marker),
            text,
            layers,
        });
    }
}

/// The value at the start of a text, out of its quotes, brackets and layers.
fn computed(kind: EchoKind, after: &str) -> Option<(String, Vec<Layer>)> {
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
    let plausible = if kind == EchoKind::BaseUri {
        text.starts_with("http")
    } else {
        text.len() >= 20
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte))
    };
    plausible.then_some((text, layers))
}

/// What the provider received: quoted, with whatever is in it, or up to a blank. A layer of
/// percent-encoding stays, for it tells how the value arrived.
fn received(after: &str, opened: Option<char>) -> Option<(String, Vec<Layer>)> {
    let bare = after.trim_start_matches([' ', '\t', ':', '=']);
    let bare = bare.strip_prefix('\\').unwrap_or(bare);
    let mut characters = bare.chars();
    let closing = match opened.or_else(|| characters.next()) {
        Some('[') => Some(']'),
        Some(quote @ ('"' | '\'')) => Some(quote),
        _ => None,
    };
    let text = match (closing, opened) {
        (Some(_), None) => characters.as_str(),
        (Some(_), Some(_)) => after,
        (None, _) => bare,
    };
    let end = match closing {
        Some(closing) => text.find(closing)?,
        None => text
            .find(|c: char| c.is_whitespace() || "\"'<>,;&".contains(c))
            .unwrap_or(text.len()),
    };
    let raw = text.get(..end)?.trim_end_matches('\\');
    let is_plain = raw.len() <= LONGEST && !raw.contains(char::is_control);
    // A sentence that goes on is none: only quotes and the end of the text hold nothing.
    let is_told = !raw.is_empty() || closing.is_some() || text.trim().is_empty();
    let layers = if raw.contains('\\') {
        vec![Layer::Json]
    } else {
        Vec::new()
    };
    let text = unescape::remove(Layer::Json, raw).into_owned();
    (is_plain && is_told).then_some((text, layers))
}
