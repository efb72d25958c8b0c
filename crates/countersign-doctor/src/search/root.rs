//! The root of all plans, spelt out.

use std::rc::Rc;

use super::state::{Order, Piece, Plan};
use super::subject::Pair;
use super::texts::{PairId, Spelling, TextId, Texts};

/// The root of all plans.
pub(crate) struct Root {
    pub(crate) plan: Plan,
    pub(crate) names: Spelling,
    pub(crate) values: Spelling,
    pub(super) items: Vec<Item>,
    /// Whether the number of each parameter is its place.
    is_numbered: bool,
}

/// One parameter as it is spelt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// The parameter of the root that it is, or stands before.
    pub(super) slot: usize,
    pub(super) is_insert: bool,
    /// Tells those apart that stand before one parameter: the first ones first.
    pub(super) turn: usize,
    /// Whether it is a parameter of the root itself.
    pub(super) is_own: bool,
    pub(super) pair: PairId,
    pub(super) name: TextId,
    pub(super) value: TextId,
    pub(super) print: u64,
}

/// Of more parameters it is not found out what an order does to them.
const FEW: usize = 40;

/// Its ends, the longer the later, are values that all differ.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";

impl Root {
    pub(crate) fn new(plan: &Plan, texts: &mut Texts) -> Self {
        let names = texts.spelling(plan.names);
        let values = texts.spelling(plan.values);
        let items = plan
            .pairs
            .iter()
            .enumerate()
            .map(|(slot, pair)| {
                let pair = texts.place(pair);
                let name = texts.text(names, pair, false);
                let value = texts.text(values, pair, true);
                Item {
                    slot,
                    is_insert: false,
                    turn: 0,
                    is_own: true,
                    pair,
                    name,
                    value,
                    print: texts.print(name, value),
                }
            })
            .collect();
        Self {
            plan: plan.clone(),
            names,
            values,
            items,
            is_numbered: plan
                .pairs
                .iter()
                .enumerate()
                .all(|(at, pair)| pair.id.map(usize::from) == Some(at)),
        }
    }

    /// Where an order puts the parameters, if that depends neither on their values nor on which of
    /// them are there.
    pub(crate) fn arranged(&self, order: Order, texts: &Texts) -> Option<Rc<[usize]>> {
        type Value<'v> = &'v dyn Fn(usize) -> Option<&'static [u8]>;
        let arranged = |without: Option<usize>, value: Value<'_>| -> Vec<usize> {
            let mut pieces = pieces(&self.items, texts);
            pieces.retain(|piece| Some(piece.at) != without);
            for piece in &mut pieces {
                if let Some(value) = value(piece.at) {
                    piece.value = value;
                }
            }
            order(&mut pieces);
            pieces.iter().map(|piece| piece.at).collect()
        };
        // It takes an order for each parameter to find out.
        if self.items.len() > FEW {
            return None;
        }
        // What is sorted by values, too, is seen by one of these.
        const DOWN: [&[u8]; 5] = [b"~9", b"5", b"1", b".", b""];
        let falling = |step: usize| {
            move |at: usize| {
                let turn = at.checked_div(step).unwrap_or_default();
                DOWN.into_iter().cycle().nth(turn)
            }
        };
        let mut names: Vec<&[u8]> = self
            .items
            .iter()
            .map(|item| texts.plain(item.name))
            .collect();
        names.sort_unstable();
        if names.windows(2).any(|two| matches!(two, [a, b] if a == b)) {
            return None;
        }
        let own = arranged(None, &|_| None);
        // Some orders are about the first or the last one, whichever that is.
        let without = |slot: usize| -> Vec<usize> {
            own.iter().copied().filter(|other| *other != slot).collect()
        };
        let is_same = own == arranged(None, &|_| Some(b""))
            && own == arranged(None, &falling(1))
            && own == arranged(None, &falling(DOWN.len()))
            && own == arranged(None, &|at| LETTERS.get(LETTERS.len().checked_sub(at)?..))
            && (0..self.items.len()).all(|slot| arranged(Some(slot), &|_| None) == without(slot));
        is_same.then(|| own.into())
    }

    /// Whether a parameter is one of its own.
    pub(crate) fn has(&self, pair: PairId) -> bool {
        self.items.iter().any(|item| item.pair == pair)
    }

    /// Where a parameter is, or where the one of its number is.
    pub(crate) fn slot(&self, pair: &Rc<Pair>) -> Option<usize> {
        let pairs = &self.plan.pairs;
        if self.is_numbered {
            return pair.id.map(usize::from).filter(|at| *at < pairs.len());
        }
        pairs
            .iter()
            .position(|own| Rc::ptr_eq(own, pair))
            .or_else(|| {
                let id = pair.id?;
                pairs.iter().position(|own| own.id == Some(id))
            })
    }

    /// The texts of a parameter that is there instead of one of the root, as far as they are the
    /// same; the spellings are the root's.
    pub(crate) fn same(&self, slot: usize, pair: &Pair) -> (Option<TextId>, Option<TextId>) {
        let Some((own, item)) = self.plan.pairs.get(slot).zip(self.items.get(slot)) else {
            return (None, None);
        };
        // A spelling may go for some of them only.
        if (own.id, own.place, own.is_protocol()) != (pair.id, pair.place, pair.is_protocol()) {
            return (None, None);
        }
        let name = own.name == pair.name && own.raw_name == pair.raw_name;
        let value = own.value == pair.value && own.raw_value == pair.raw_value;
        (name.then_some(item.name), value.then_some(item.value))
    }

    /// Whether a parameter is spelt so.
    pub(crate) fn spells(&self, slot: usize, name: TextId, value: TextId) -> bool {
        self.items
            .get(slot)
            .is_some_and(|item| item.name == name && item.value == value)
    }
}

/// The items as an order takes them.
pub(super) fn pieces<'t>(items: &[Item], texts: &'t Texts) -> Vec<Piece<'t>> {
    let mut pieces = Vec::with_capacity(items.len());
    pieces.extend(items.iter().enumerate().filter_map(|(at, item)| {
        Some(Piece {
            name: texts.plain(item.name),
            value: texts.plain(item.value),
            pair: texts.pair(item.pair)?,
            at,
        })
    }));
    pieces
}

/// By what the rule sorts.
pub(super) fn key<'t>(item: &Item, texts: &'t Texts) -> (&'t [u8], &'t [u8]) {
    (texts.plain(item.name), texts.plain(item.value))
}

/// By what arrives first.
pub(super) const fn arrival(item: &Item) -> (usize, bool, usize) {
    (item.slot, !item.is_insert, item.turn)
}
