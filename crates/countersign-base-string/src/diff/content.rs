//! Whether two base strings hold the same, put together otherwise: then the structure is all that differs.

use alloc::string::String;
use alloc::vec::Vec;

use super::keys::meaning;
use super::{Difference, Side};
use crate::parts::{Parts, StructureFault};

/// The fewest pairs that one has to have for the other to count as undivided.
const DIVIDED: usize = 3;

/// Takes out what only follows from another structure.
pub(super) fn reduce(ours: &Parts, theirs: &Parts, found: &mut Vec<Difference>) {
    let faulty = |parts: &Parts| {
        parts
            .faults()
            .iter()
            .any(|fault| *fault != StructureFault::Blanks)
    };
    let undivided = undivided(ours, theirs);
    let built_otherwise = faulty(ours) != faulty(theirs) || undivided.is_some();
    if built_otherwise && content(ours) == content(theirs) && same_method(ours, theirs) {
        found.retain(|difference| matches!(difference, Difference::Structure { .. }));
        if let Some(side) = undivided {
            found.push(Difference::Structure {
                side,
                fault: StructureFault::ParametersNotDivided,
            });
        }
        return;
    }
    let relative = |parts: &Parts| parts.faults().contains(&StructureFault::UriNotAbsolute);
    if relative(ours) != relative(theirs) {
        // A URI that is not absolute has no scheme and no host; that is one thing, not three.
        found.retain(|difference| {
            !matches!(
                difference,
                Difference::Scheme { .. } | Difference::Host { .. } | Difference::Port { .. }
            )
        });
    }
}

/// The side whose parameters were not kept apart: it has one or two pairs where the other has many.
fn undivided(ours: &Parts, theirs: &Parts) -> Option<Side> {
    let (our_count, their_count) = (ours.parameters().len(), theirs.parameters().len());
    if our_count >= DIVIDED && their_count.saturating_mul(DIVIDED) <= our_count {
        return Some(Side::Theirs);
    }
    (their_count >= DIVIDED && our_count.saturating_mul(DIVIDED) <= their_count)
        .then_some(Side::Ours)
}

fn same_method(ours: &Parts, theirs: &Parts) -> bool {
    ours.method() == theirs.method() || ours.method().is_empty() || theirs.method().is_empty()
}

/// URI and parameters with every layer of encoding undone, and without what divides them.
fn content(parts: &Parts) -> Vec<u8> {
    let uri = parts.uri();
    let mut text = String::new();
    for part in [
        uri.scheme(),
        uri.host(),
        uri.port().unwrap_or_default(),
        uri.path(),
    ] {
        text.push_str(part);
    }
    text.push_str(uri.query().unwrap_or_default());
    for pair in parts.parameters() {
        text.push_str(pair.name());
        text.push_str(pair.value());
    }
    let mut content = meaning(&text);
    content.retain(|octet| !b"=&,;? \t\r\n".contains(octet));
    content
}
