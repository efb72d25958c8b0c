//! An order that is not the rule's: what the provider sorts by, and how to send so that both
//! orders agree.

use core::cmp::Ordering;

use countersign_base_string::EncodedPair;
use countersign_encoding::decode;

use super::{Seen, texts};

pub(super) fn remedies(seen: &Seen<'_, '_>) -> Vec<String> {
    let theirs = seen
        .theirs
        .as_ref()
        .map(|parts| parts.parameters())
        .unwrap_or_default();
    let mut lines = Vec::new();
    if is_sorted_by(theirs, natural) {
        lines.push("The provider sorts naturally (item9 before item10). Give numbers in names the same number of digits: f[02] and f[10] in place of f[2] and f[10].".to_owned());
        lines.push("Magento 1 and OpenMage sort so: update them, or replace natsort by a comparison of bytes (strcmp).".to_owned());
    } else if is_sorted_by(theirs, without_case) {
        lines.push("The provider does not tell capital letters from small ones: write all names of parameters in one letter case.".to_owned());
    } else if is_sorted_by(theirs, decoded) {
        lines.push("The provider sorts before it encodes: use names of letters, digits and '_' only, and no name that is the beginning of another one.".to_owned());
    } else if is_sorted_by(theirs, top_level) || as_arrived(seen, theirs) {
        lines.push("The provider keeps parameters in the order in which they arrive: send them already sorted by encoded name, then encoded value.".to_owned());
        lines.push("WooCommerce does so with the members of an array: filter[created_at_min] before filter[limit].".to_owned());
    } else {
        lines.push("Send the parameters already sorted by encoded name, then encoded value, with names of small letters and digits: then most orders agree.".to_owned());
    }
    lines.extend(texts(&[
        "If you run the server: encode first, then sort by name and value as bytes (RFC 5849 section 3.4.1.3.2).",
    ]));
    lines
}

fn is_sorted_by(pairs: &[EncodedPair], compare: fn(&str, &str) -> Ordering) -> bool {
    pairs.is_sorted_by(|one, other| {
        compare(one.name(), other.name())
            .then_with(|| one.value().cmp(other.value()))
            .is_le()
    })
}

fn without_case(one: &str, other: &str) -> Ordering {
    one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase())
}

fn decoded(one: &str, other: &str) -> Ordering {
    let text =
        |name: &str| decode(name).map_or_else(|_| name.to_owned(), std::borrow::Cow::into_owned);
    text(one).cmp(&text(other))
}

/// By the name before the first bracket: members of one array stay as they came.
fn top_level(one: &str, other: &str) -> Ordering {
    fn top(name: &str) -> &str {
        let end = name.find("%5B").or_else(|| name.find('['));
        end.and_then(|end| name.get(..end)).unwrap_or(name)
    }
    match top(one).cmp(top(other)) {
        // Whatever comes first of an array is in its place.
        Ordering::Equal if one != other => Ordering::Less,
        ordering => ordering,
    }
}

/// Runs of digits count by their number.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut ours, mut theirs) = (runs(one), runs(other));
    loop {
        let ordering = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(here), Some(there)) => by_number(here, there),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
}

/// A number is the longer one without its leading zeros, then the greater one.
fn by_number(one: &str, other: &str) -> Ordering {
    let is_number = |run: &str| run.starts_with(|first: char| first.is_ascii_digit());
    if !is_number(one) || !is_number(other) {
        return one.cmp(other);
    }
    let (here, there) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    here.len().cmp(&there.len()).then_with(|| here.cmp(there))
}

/// The text in runs of digits and of anything else; encoded brackets are no digits.
fn runs(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    core::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_digit = first.is_ascii_digit();
        let end = if rest.starts_with("%5B") || rest.starts_with("%5D") {
            3
        } else {
            rest.char_indices()
                .skip(1)
                .find(|(_, one)| one.is_ascii_digit() != is_digit || *one == '%')
                .map_or(rest.len(), |(end, _)| end)
        };
        let (run, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(run)
    })
}

/// Whether the parameters that are no `oauth_` ones stand in the order of their arrival, which is
/// not the rule's.
fn as_arrived(seen: &Seen<'_, '_>, theirs: &[EncodedPair]) -> bool {
    let arrived: Vec<String> = seen
        .wire
        .parameters
        .iter()
        .filter(|parameter| !parameter.is_protocol())
        .map(|parameter| parameter.encoded_name().into_owned())
        .collect();
    let listed: Vec<&str> = theirs
        .iter()
        .map(EncodedPair::name)
        .filter(|name| !name.starts_with("oauth_"))
        .collect();
    arrived.len() > 1 && arrived.iter().map(String::as_str).eq(listed)
}
