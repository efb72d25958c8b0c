//! Misspelt protocol names.

use crate::context::Context;
use crate::finding::{Confidence, Evidence, Finding};
use crate::notebook::Notebook;

const KNOWN: [&str; 11] = [
    "oauth_body_hash",
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_session_handle",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

/// Further than this from a required name, it is another name.
const MAX_DISTANCE: usize = 3;

/// Further than this from a name that may be left out, it is another name.
const MAX_DISTANCE_OPTIONAL: usize = 2;

/// What every signed request has; the last two may be left out with PLAINTEXT.
const REQUIRED: [&str; 5] = [
    "oauth_consumer_key",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
    "oauth_nonce",
];

/// More misspelt names are not listed.
const SHOWN: usize = 8;

/// Longer names are not misspellings of a known one.
const MAX_LENGTH: usize = 32;

pub(super) fn run(context: &Context<'_>, notebook: &mut Notebook) {
    let Some(wire) = &context.wire else { return };
    let mut misspelt = Vec::new();
    for parameter in wire.parameters.iter() {
        let name = parameter.name_lossy();
        if KNOWN.contains(&name.as_ref()) {
            continue;
        }
        if let Some(meant) = meant_by(&name)
            && wire.parameters.protocol(meant).is_none()
        {
            misspelt.push((name.into_owned(), meant));
        }
    }
    if misspelt.is_empty() {
        notebook.ok("names", "no misspelt oauth_ name");
        return;
    }
    let list: Vec<&str> = misspelt
        .iter()
        .take(SHOWN)
        .map(|(name, _)| name.as_str())
        .collect();
    notebook.fail("names", format!("misspelt: {}", list.join(", ")));
    // A missing name and a misspelt one are the same fault seen twice, if no other name is missing.
    let meant: Vec<&str> = misspelt.iter().map(|(_, meant)| *meant).collect();
    let another_is_absent = REQUIRED.iter().any(|name| {
        !meant.contains(name)
            && wire
                .parameters
                .protocol(name)
                .is_none_or(|parameter| parameter.value().is_empty())
    });
    if !another_is_absent {
        notebook
            .findings
            .retain(|finding| finding.code.as_str() != "hdr.param_absent");
    }
    for (name, meant) in misspelt.into_iter().take(SHOWN) {
        let confidence = if wire.signature.holds() && REQUIRED.contains(&meant) {
            Confidence::Proven
        } else {
            Confidence::Likely
        };
        notebook.found(
            Finding::of("hdr.param_name_typo", confidence)
                .saying(format!("'{name}' is sent where '{meant}' is due"))
                .with(Evidence::sides("parameter name", name, meant)),
        );
    }
}

/// The known name that `name` is a misspelling of.
fn meant_by(name: &str) -> Option<&'static str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let folded: String = name
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            if c == '-' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    if !folded.starts_with("oa") {
        return None;
    }
    KNOWN
        .into_iter()
        .map(|known| (distance(&folded, known), known))
        .min()
        .filter(|(distance, known)| {
            *distance
                <= if REQUIRED.contains(known) {
                    MAX_DISTANCE
                } else {
                    MAX_DISTANCE_OPTIONAL
                }
        })
        .map(|(_, known)| known)
}

/// Edit distance (Levenshtein) over bytes; both texts are short.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let substituted = diagonal.saturating_add(usize::from(x != y));
            diagonal = *cell;
            left = substituted
                .min(cell.saturating_add(1))
                .min(left.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, meant_by};

    #[test]
    fn distances() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("oauth_nonce", "oauth_nonce"), 0);
    }

    #[test]
    fn misspellings() {
        assert_eq!(meant_by("oauth_timestemp"), Some("oauth_timestamp"));
        assert_eq!(meant_by("oauth_consumerkey"), Some("oauth_consumer_key"));
        assert_eq!(meant_by("OAuth-Token"), Some("oauth_token"));
        assert_eq!(meant_by("oauth_scope_of_everything"), None);
        assert_eq!(meant_by("status"), None);
        assert_eq!(meant_by("oauth_key"), None);
        assert_eq!(meant_by("oauth_problem"), None);
    }
}
