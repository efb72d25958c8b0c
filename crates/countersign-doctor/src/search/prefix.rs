//! What stands before the parameters, hashed once: key, method and URI.

use core::ops::ControlFlow;

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
struct Prefix {
    choice: Choice,
    cost: Cost,
    /// The structure that puts them together, if it is not that of the rule.
    structure: Option<usize>,
    /// After `METHOD&URI&`, or what another structure puts there.
    trial: Trial,
    /// How many octets that are.
    before: usize,
}

/// A choice that is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Front<'f> {
    pub(crate) choice: Choice,
    pub(crate) cost: Cost,
    pub(crate) structure: Option<usize>,
    /// What was hashed of it: all, or the key alone.
    pub(crate) trial: &'f Trial,
    /// What comes behind that and before the parameters, not hashed yet: with few texts behind it,
    /// it is hashed together with them.
    pub(crate) head: &'f [u8],
    /// How many octets come before the parameters.
    pub(crate) before: usize,
}

/// Choices of up to so many deviations are hashed once for all: many lists of parameters come behind
/// each. Of more there are too many to be kept, and few lists behind each.
const KEPT: usize = 1;

/// What comes before the parameters, by depth.
pub(crate) struct Prefixes<'t> {
    parts: Parts<'t>,
    structures: &'t [Structure],
    hash: Hash,
    /// The likeliest first.
    levels: Vec<Vec<Prefix>>,
    /// The bare keys, in the order of their table, as far as they are kept.
    keys: Vec<Option<Trial>>,
    orders: Orders,
}

/// The texts of each part by depth, the likeliest first, with their places in their tables.
struct Orders {
    methods: Vec<Order>,
    uris: Vec<Order>,
    keys: Vec<Order>,
}

type Order = Vec<(usize, Cost)>;

/// The tables to choose from.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'t> {
    pub(crate) methods: &'t Table<Vec<u8>>,
    pub(crate) uris: &'t Table<UriParts>,
    /// None for RSA, where the base string alone is hashed.
    pub(crate) keys: Option<&'t Table<KeyParts>>,
}

/// The key that was used last: choices come key by key.
type Held = Option<(usize, Trial)>;

impl<'t> Prefixes<'t> {
    /// The choices of up to this depth that cost no more than `upto`; the tables must be there.
    pub(crate) fn new(
        parts: Parts<'t>,
        structures: &'t [Structure],
        hash: Hash,
        depth: usize,
        upto: Cost,
    ) -> Self {
        let mut prefixes = Self {
            parts,
            structures,
            hash,
            levels: Vec::new(),
            keys: Vec::new(),
            orders: Orders::of(parts, depth),
        };
        for depth in 0..=depth.min(KEPT) {
            let mut level = Vec::new();
            let mut keys: Vec<(usize, Trial)> = Vec::new();
            let _ = prefixes.fronts(depth, upto, &|_| true, &mut |front| {
                level.push(Prefix {
                    choice: front.choice,
                    cost: front.cost,
                    structure: front.structure,
                    trial: front.trial.after(front.head),
                    before: front.before,
                });
                if keys.last().is_none_or(|(at, _)| *at != front.choice.key) {
                    keys.push((front.choice.key, front.trial.clone()));
                }
                ControlFlow::Continue(())
            });
            level.sort_by_key(|prefix| prefix.cost);
            prefixes.levels.push(level);
            for (at, key) in keys {
                if prefixes.keys.len() <= at {
                    prefixes.keys.resize(at.saturating_add(1), None);
                }
                if let Some(slot) = prefixes.keys.get_mut(at) {
                    *slot = Some(key);
                }
            }
        }
        prefixes
    }

    /// Goes through those of this depth that cost no more than `upto`, as far as they are wanted.
    pub(crate) fn each(
        &self,
        depth: usize,
        upto: Cost,
        wants: &dyn Fn(Cost) -> bool,
        visit: &mut dyn FnMut(Front<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(level) = self.levels.get(depth) else {
            return self.fronts(depth, upto, wants, visit);
        };
        let end = level.partition_point(|one| one.cost <= upto);
        for prefix in level.iter().take(end).filter(|one| wants(one.cost)) {
            visit(Front {
                choice: prefix.choice,
                cost: prefix.cost,
                structure: prefix.structure,
                trial: &prefix.trial,
                before: prefix.before,
                head: &[],
            })?;
        }
        ControlFlow::Continue(())
    }

    /// Makes those of this depth: put together by the rule, and one deviation less by each structure
    /// that has a head.
    fn fronts(
        &self,
        depth: usize,
        upto: Cost,
        wants: &dyn Fn(Cost) -> bool,
        visit: &mut dyn FnMut(Front<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut held = None;
        let (mut head, mut uri) = (Vec::new(), Vec::new());
        let rule = core::iter::once((None, 0, depth));
        let others = self.structures.iter().enumerate();
        let others = others
            .filter(|(_, structure)| structure.form.is_some())
            .filter_map(|(at, structure)| Some((Some(at), structure.cost, depth.checked_sub(1)?)));
        for (structure, of_structure, depth) in rule.chain(others) {
            let Some(rest) = upto.checked_sub(of_structure) else {
                continue;
            };
            self.orders.each(depth, rest, &mut |choice, cost| {
                let cost = cost.saturating_add(of_structure);
                if !wants(cost) || self.head(choice, structure, &mut head, &mut uri).is_none() {
                    return ControlFlow::Continue(());
                }
                let Some(key) = self.key(choice, &mut held) else {
                    return ControlFlow::Continue(());
                };
                visit(Front {
                    choice,
                    cost,
                    structure,
                    trial: key,
                    before: head.len(),
                    head: &head,
                })
            })?;
        }
        ControlFlow::Continue(())
    }

    /// Writes what stands before the parameters over `out`; `plain` is for the URI on the way.
    fn head(
        &self,
        choice: Choice,
        structure: Option<usize>,
        out: &mut Vec<u8>,
        plain: &mut Vec<u8>,
    ) -> Option<()> {
        let method = self.parts.methods.entries.get(choice.method)?;
        let uri = self.parts.uris.entries.get(choice.uri)?;
        match structure {
            Some(structure) => {
                let structure = self.structures.get(structure)?;
                plain.clear();
                uri.state.write(plain);
                let form = structure.form.as_ref()?;
                form.head(structure.write, [&method.state, plain], out)
            }
            None => {
                out.clear();
                for part in [&method.text, &uri.text] {
                    out.extend_from_slice(part);
                    out.push(b'&');
                }
                Some(())
            }
        }
    }

    /// Goes through the choices of this depth with their keys, put together by the rule.
    pub(crate) fn choices(
        &self,
        depth: usize,
        above: Option<Cost>,
        upto: Cost,
        visit: &mut dyn FnMut(Choice, &Trial) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let is_wanted = |cost: Cost| above.is_none_or(|above| cost > above);
        let mut held = None;
        let mut with_key = |choice: Choice, cost: Cost| {
            if !is_wanted(cost) {
                return ControlFlow::Continue(());
            }
            match self.key(choice, &mut held) {
                Some(key) => visit(choice, key),
                None => ControlFlow::Continue(()),
            }
        };
        let Some(level) = self.levels.get(depth) else {
            return self.orders.each(depth, upto, &mut with_key);
        };
        let start = level.partition_point(|one| !is_wanted(one.cost));
        let end = level.partition_point(|one| one.cost <= upto);
        for prefix in level.get(start..end).unwrap_or_default() {
            if prefix.structure.is_none() {
                with_key(prefix.choice, prefix.cost)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The bare key of a choice: kept, held from the choice before, or made.
    fn key<'k>(&'k self, choice: Choice, held: &'k mut Held) -> Option<&'k Trial> {
        if let Some(Some(kept)) = self.keys.get(choice.key) {
            return Some(kept);
        }
        if held.as_ref().is_none_or(|(at, _)| *at != choice.key) {
            let key = match self.parts.keys {
                Some(keys) => Trial::hmac(self.hash, &keys.entries.get(choice.key)?.text),
                None => Trial::plain(self.hash),
            };
            *held = Some((choice.key, key));
        }
        held.as_ref().map(|(_, key)| key)
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

impl Orders {
    /// The texts of up to this depth.
    fn of(parts: Parts<'_>, depth: usize) -> Self {
        let depths = || 0..=depth;
        Self {
            methods: depths().map(|depth| order(parts.methods, depth)).collect(),
            uris: depths().map(|depth| order(parts.uris, depth)).collect(),
            keys: match parts.keys {
                Some(keys) => depths().map(|depth| order(keys, depth)).collect(),
                None => vec![vec![(0, 0)]],
            },
        }
    }

    /// Goes through every choice of this depth in all that costs no more, key by key.
    fn each(
        &self,
        depth: usize,
        upto: Cost,
        visit: &mut dyn FnMut(Choice, Cost) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for [of_keys, of_uris, of_methods] in shares(depth) {
            let uris = at(&self.uris, of_uris);
            let methods = at(&self.methods, of_methods);
            for (key, of_key) in at(&self.keys, of_keys) {
                for (uri, of_uri) in uris {
                    let cost = of_key.saturating_add(*of_uri);
                    if cost > upto {
                        break;
                    }
                    for (method, of_method) in methods {
                        let cost = cost.saturating_add(*of_method);
                        if cost > upto {
                            break;
                        }
                        let choice = Choice {
                            method: *method,
                            uri: *uri,
                            key: *key,
                        };
                        visit(choice, cost)?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn at(orders: &[Order], depth: usize) -> &[(usize, Cost)] {
    orders.get(depth).map(Vec::as_slice).unwrap_or_default()
}

fn order<S: Part>(table: &Table<S>, depth: usize) -> Order {
    let fresh = table.fresh(depth);
    let mut order: Order = fresh.map(|(at, entry)| (at, entry.cost)).collect();
    order.sort_by_key(|(_, cost)| *cost);
    order
}
