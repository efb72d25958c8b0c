//! What stands before the parameters, hashed once: key, method and URI.

use countersign_signature::Hash;
use countersign_signature::trial::Trial;

use super::cost::{Cost, Histogram};
use super::state::{KeyParts, UriParts};
use super::table::{Part, Table};

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
const CHOICES: u64 = 12_000;

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
        let (upto, is_cut) = count(parts, depth).threshold(CHOICES);
        self.is_cut |= is_cut;
        let mut choices = each(parts, depth, upto);
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

/// The depths of key, URI and method that make up this depth.
fn shares(depth: usize) -> impl Iterator<Item = [usize; 3]> {
    (0..=depth).flat_map(move |of_keys| {
        let rest = depth.saturating_sub(of_keys);
        (0..=rest).map(move |of_uris| [of_keys, of_uris, rest.saturating_sub(of_uris)])
    })
}

/// How many choices of this depth there are of each cost.
fn count(parts: Parts<'_>, depth: usize) -> Histogram {
    let mut all = Histogram::of(core::iter::empty());
    for [of_keys, of_uris, of_methods] in shares(depth) {
        let costs = |places: &[(usize, Cost)]| Histogram::of(places.iter().map(|(_, cost)| *cost));
        let mut fronts = Histogram::of(core::iter::empty());
        fronts.add_products(
            &costs(&places(parts.uris, of_uris)),
            &costs(&places(parts.methods, of_methods)),
        );
        all.add_products(&costs(&keys(parts, of_keys)), &fronts);
    }
    all
}

/// Every choice of this depth in all that costs no more.
fn each(parts: Parts<'_>, depth: usize, upto: Cost) -> Vec<(Choice, Cost)> {
    let mut choices = Vec::new();
    for [of_keys, of_uris, of_methods] in shares(depth) {
        let uris = places(parts.uris, of_uris);
        let methods = places(parts.methods, of_methods);
        for (key, of_key) in keys(parts, of_keys) {
            for (uri, of_uri) in &uris {
                let cost = of_key.saturating_add(*of_uri);
                if cost > upto {
                    break;
                }
                for (method, of_method) in &methods {
                    let cost = cost.saturating_add(*of_method);
                    if cost > upto {
                        break;
                    }
                    let choice = Choice {
                        method: *method,
                        uri: *uri,
                        key,
                    };
                    choices.push((choice, cost));
                }
            }
        }
    }
    choices
}

/// The texts of one depth, the likeliest first.
fn places<S: Part>(table: &Table<S>, depth: usize) -> Vec<(usize, Cost)> {
    let mut places: Vec<_> = table
        .fresh(depth)
        .map(|(at, entry)| (at, entry.cost))
        .collect();
    places.sort_by_key(|(_, cost)| *cost);
    places
}

fn keys(parts: Parts<'_>, depth: usize) -> Vec<(usize, Cost)> {
    match parts.keys {
        Some(keys) => places(keys, depth),
        None if depth == 0 => vec![(0, 0)],
        None => Vec::new(),
    }
}
