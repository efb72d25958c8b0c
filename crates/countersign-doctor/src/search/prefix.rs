//! What stands before the parameters, hashed once: key, method and URI.

use core::ops::ControlFlow;

use countersign_signature::Hash;
use countersign_signature::trial::Trial;

use super::cost::{Cost, Histogram};
use super::state::{KeyParts, UriParts};
use super::table::{Entry, Table};

/// A key, a method and a URI.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) method: usize,
    pub(crate) uri: usize,
    pub(crate) key: usize,
}

/// A choice with what it comes to.
#[derive(Debug)]
pub(crate) struct Prefix {
    pub(crate) choice: Choice,
    pub(crate) cost: Cost,
    /// After `METHOD&URI&`.
    pub(crate) trial: Trial,
}

/// More choices of one depth are not kept.
const CHOICES: u64 = 24_000;

/// The choices by depth, the likeliest first.
#[derive(Debug, Default)]
pub(crate) struct Prefixes {
    levels: Vec<Vec<Prefix>>,
    /// The bare keys, in the order of their table.
    keys: Vec<Trial>,
    pub(crate) is_cut: bool,
}

/// The tables to choose from.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'t> {
    pub(crate) methods: &'t Table<Vec<u8>>,
    pub(crate) uris: &'t Table<UriParts>,
    /// None for RSA, where the base string alone is hashed.
    pub(crate) keys: Option<&'t Table<KeyParts>>,
}

impl Prefixes {
    /// Makes sure that the choices of this depth are there; the tables must be.
    pub(crate) fn grow(&mut self, parts: Parts<'_>, hash: Hash, depth: usize) {
        match parts.keys {
            Some(keys) => {
                let new = keys.entries.iter().skip(self.keys.len());
                let new: Vec<_> = new.map(|entry| Trial::hmac(hash, &entry.text)).collect();
                self.keys.extend(new);
            }
            None if self.keys.is_empty() => self.keys.push(Trial::plain(hash)),
            None => {}
        }
        while self.levels.len() <= depth {
            let next = self.level(parts, self.levels.len());
            self.levels.push(next);
        }
    }

    fn level(&mut self, parts: Parts<'_>, depth: usize) -> Vec<Prefix> {
        let mut histogram = Histogram::of(core::iter::empty());
        let _ = each(parts, depth, Cost::MAX, &mut |_, cost| {
            histogram.add(cost, 1);
            ControlFlow::Continue(())
        });
        let (upto, is_cut) = histogram.threshold(CHOICES);
        self.is_cut |= is_cut;
        let mut choices = Vec::new();
        let _ = each(parts, depth, upto, &mut |choice, cost| {
            choices.push((choice, cost));
            ControlFlow::Continue(())
        });
        choices.sort_by_key(|(_, cost)| *cost);
        let mut head = Vec::new();
        choices
            .into_iter()
            .filter_map(|(choice, cost)| {
                head.clear();
                head.extend_from_slice(&parts.methods.entries.get(choice.method)?.text);
                head.push(b'&');
                head.extend_from_slice(&parts.uris.entries.get(choice.uri)?.text);
                head.push(b'&');
                let trial = self.keys.get(choice.key)?.after(&head);
                Some(Prefix {
                    choice,
                    cost,
                    trial,
                })
            })
            .collect()
    }

    /// Those of this depth that cost more than `above` and no more than `upto`.
    #[inline]
    pub(crate) fn between(&self, depth: usize, above: Option<Cost>, upto: Cost) -> &[Prefix] {
        let Some(level) = self.levels.get(depth) else {
            return &[];
        };
        let start = above.map_or(0, |above| level.partition_point(|one| one.cost <= above));
        let end = level.partition_point(|one| one.cost <= upto);
        level.get(start..end).unwrap_or_default()
    }

    pub(crate) fn histogram(&self, depth: usize) -> Histogram {
        let level = self
            .levels
            .get(depth)
            .map(Vec::as_slice)
            .unwrap_or_default();
        Histogram::of(level.iter().map(|prefix| prefix.cost))
    }

    /// The bare key of a choice.
    pub(crate) fn key(&self, choice: Choice) -> Option<&Trial> {
        self.keys.get(choice.key)
    }
}

/// Every choice of this depth in all that costs no more.
fn each(
    parts: Parts<'_>,
    depth: usize,
    upto: Cost,
    visit: &mut impl FnMut(Choice, Cost) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for of_keys in 0..=depth {
        for of_uris in 0..=depth.saturating_sub(of_keys) {
            let of_methods = depth.saturating_sub(of_keys).saturating_sub(of_uris);
            for (key, key_cost) in keys(parts, of_keys) {
                for (uri, uri_entry) in parts.uris.fresh(of_uris) {
                    let cost = key_cost.saturating_add(uri_entry.cost);
                    for (method, entry) in parts.methods.fresh(of_methods) {
                        let cost = cost.saturating_add(entry.cost);
                        if cost <= upto {
                            visit(Choice { method, uri, key }, cost)?;
                        }
                    }
                }
            }
        }
    }
    ControlFlow::Continue(())
}

fn keys(parts: Parts<'_>, depth: usize) -> Vec<(usize, Cost)> {
    match parts.keys {
        Some(keys) => keys
            .fresh(depth)
            .map(|(at, entry): (usize, &Entry<KeyParts>)| (at, entry.cost))
            .collect(),
        None if depth == 0 => vec![(0, 0)],
        None => Vec::new(),
    }
}
