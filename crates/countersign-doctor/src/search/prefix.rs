//! What stands before the parameters, hashed once: key, method and URI.

use std::borrow::Cow;

use countersign_signature::Hash;
use countersign_signature::trial::Trial;

use super::cost::{Cost, Histogram};
use super::scene::Structure;
use super::state::{KeyParts, UriParts};
use super::table::{Part, Table};

/// A key, a method and a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The structure that puts them together, if it is not that of the rule.
    pub(crate) structure: Option<usize>,
    /// After `METHOD&URI&`, or what another structure puts there. Kept where many lists of parameters
    /// come behind it.
    trial: Option<Box<Trial>>,
}

/// More choices of one depth are not kept.
const CHOICES: u64 = 12_000;
/// Choices of up to so many deviations are hashed once for all.
const KEPT: usize = 1;

/// The choices by depth, the likeliest first.
#[derive(Debug)]
pub(crate) struct Prefixes {
    levels: Vec<Vec<Prefix>>,
    /// The bare keys, in the order of their table, as far as they are used.
    keys: Vec<Option<Trial>>,
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
    /// The choices of up to this depth that cost no more than `upto`; the tables must be there.
    pub(crate) fn new(
        parts: Parts<'_>,
        structures: &[Structure],
        hash: Hash,
        depth: usize,
        upto: Cost,
    ) -> Self {
        let count = parts.keys.map_or(1, |keys| keys.entries.len());
        let mut prefixes = Self {
            levels: Vec::new(),
            keys: Vec::new(),
            is_cut: false,
        };
        prefixes.keys.resize_with(count, || None);
        for depth in 0..=depth {
            let mut level = prefixes.level(parts, hash, depth, upto);
            if let Some(depth) = depth.checked_sub(1) {
                prefixes.structured(parts, structures, hash, depth, upto, &mut level);
            }
            if depth <= KEPT {
                for prefix in &mut level {
                    prefix.trial = prefixes
                        .make(prefix, parts, structures)
                        .map(|(trial, _)| Box::new(trial));
                }
            }
            level.sort_by_key(|prefix| prefix.cost);
            prefixes.levels.push(level);
        }
        prefixes
    }

    /// What comes before the parameters, hashed.
    fn make(
        &self,
        prefix: &Prefix,
        parts: Parts<'_>,
        structures: &[Structure],
    ) -> Option<(Trial, usize)> {
        let method = parts.methods.entries.get(prefix.choice.method)?;
        let uri = parts.uris.entries.get(prefix.choice.uri)?;
        let head = match prefix.structure {
            Some(structure) => {
                let structure = structures.get(structure)?;
                let mut plain = Vec::new();
                uri.state.write(&mut plain);
                let form = structure.form.as_ref()?;
                form.head(structure.write, &method.state, &plain)?
            }
            None => [&method.text[..], b"&", &uri.text, b"&"].concat(),
        };
        Some((self.key(prefix.choice)?.after(&head), head.len()))
    }

    /// The beginning of a hash: kept, or made; and how many octets that took.
    pub(crate) fn trial<'p>(
        &self,
        prefix: &'p Prefix,
        parts: Parts<'_>,
        structures: &[Structure],
    ) -> Option<(Cow<'p, Trial>, usize)> {
        match &prefix.trial {
            Some(trial) => Some((Cow::Borrowed(trial), 0)),
            None => self
                .make(prefix, parts, structures)
                .map(|(trial, octets)| (Cow::Owned(trial), octets)),
        }
    }

    /// Makes the key of a choice ready.
    fn ready(&mut self, parts: Parts<'_>, hash: Hash, key: usize) {
        if let Some(slot) = self.keys.get_mut(key)
            && slot.is_none()
        {
            *slot = match parts.keys {
                Some(keys) => keys
                    .entries
                    .get(key)
                    .map(|entry| Trial::hmac(hash, &entry.text)),
                None => Some(Trial::plain(hash)),
            };
        }
    }

    fn level(&mut self, parts: Parts<'_>, hash: Hash, depth: usize, upto: Cost) -> Vec<Prefix> {
        let (most, is_cut) = count(parts, depth).threshold(CHOICES);
        self.is_cut |= is_cut;
        let choices = each(parts, depth, upto.min(most));
        self.prefixes(parts, hash, choices, None)
    }

    fn prefixes(
        &mut self,
        parts: Parts<'_>,
        hash: Hash,
        choices: Vec<(Choice, Cost)>,
        structure: Option<usize>,
    ) -> Vec<Prefix> {
        let mut prefixes = Vec::with_capacity(choices.len());
        for (choice, cost) in choices {
            self.ready(parts, hash, choice.key);
            prefixes.push(Prefix {
                choice,
                cost,
                structure,
                trial: None,
            });
        }
        prefixes
    }

    /// The choices of this depth, put together by each structure that has a head.
    fn structured(
        &mut self,
        parts: Parts<'_>,
        structures: &[Structure],
        hash: Hash,
        depth: usize,
        upto: Cost,
        level: &mut Vec<Prefix>,
    ) {
        let costs = Histogram::of(structures.iter().map(|structure| structure.cost));
        let mut all = Histogram::default();
        all.add_products(&costs, &count(parts, depth));
        let (most, is_cut) = all.threshold(CHOICES);
        self.is_cut |= is_cut;
        let upto = upto.min(most);
        for (number, structure) in structures.iter().enumerate() {
            let Some(rest) = upto.checked_sub(structure.cost) else {
                continue;
            };
            if structure.form.is_some() {
                let choices = each(parts, depth, rest)
                    .into_iter()
                    .map(|(choice, cost)| (choice, cost.saturating_add(structure.cost)))
                    .collect();
                level.extend(self.prefixes(parts, hash, choices, Some(number)));
            }
        }
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

    /// The bare key of a choice.
    pub(crate) fn key(&self, choice: Choice) -> Option<&Trial> {
        self.keys.get(choice.key)?.as_ref()
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
pub(crate) fn count(parts: Parts<'_>, depth: usize) -> Histogram {
    let mut all = Histogram::default();
    for [of_keys, of_uris, of_methods] in shares(depth) {
        let mut fronts = Histogram::default();
        fronts.add_products(
            &costs(parts.uris, of_uris),
            &costs(parts.methods, of_methods),
        );
        let of_keys = match parts.keys {
            Some(keys) => costs(keys, of_keys),
            None => Histogram::of((of_keys == 0).then_some(0).into_iter()),
        };
        all.add_products(&of_keys, &fronts);
    }
    all
}

/// How many texts of one depth there are of each cost.
fn costs<S: Part>(table: &Table<S>, depth: usize) -> Histogram {
    Histogram::of(table.fresh(depth).map(|(_, entry)| entry.cost))
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
