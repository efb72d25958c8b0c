//! A plan spelt out: its parameters as texts, in their order, and what one more deviation makes of
//! them.

use std::borrow::Cow;

use super::delta::{Delta, Insert, Marks, Sorting};
use super::root::{Item, Root, arrival, key};
use super::state::Join;
use super::texts::{Spelling, Texts};

/// A plan from which further ones are made.
pub(crate) struct Base {
    /// Whether nothing deviates.
    is_root: bool,
    /// In the order of the rule.
    pub(super) items: Vec<Item>,
    /// Where each parameter of the root is in `items`.
    pub(super) places: Vec<Option<usize>>,
    names: Option<Spelling>,
    values: Option<Spelling>,
    pub(super) order: Option<Sorting>,
    pub(super) join: Option<Join>,
    pub(crate) marks: Marks,
    /// Where the items are that are no parameters of the root.
    others: Vec<usize>,
    pub(super) sum: u64,
    /// The turn of the next one that comes.
    turn: usize,
    /// Where each item begins and ends in `text`.
    pub(super) spans: Vec<(usize, usize)>,
    /// As it stands in a base string, in the order of the rule and joined by it.
    pub(crate) text: Vec<u8>,
}

/// What a deviation makes of a base: what goes, and what comes.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<Item>,
    /// Where something is added or removed, in order.
    pub(super) events: Vec<(usize, Option<usize>)>,
    pub(super) sum: u64,
    pub(super) order: Option<Sorting>,
    pub(super) join: Option<Join>,
    /// Whether names are others than the root's, or more.
    pub(super) is_renamed: bool,
}

impl Change {
    /// Whether order and joints are those of the rule, so that the print says all.
    pub(crate) const fn is_standard(&self) -> bool {
        self.order.is_none() && self.join.is_none()
    }

    pub(crate) const fn print(&self) -> u64 {
        self.sum
    }
}

impl Base {
    /// The root's own plan.
    pub(crate) fn root(root: &Root, texts: &Texts) -> Self {
        Self {
            is_root: true,
            ..Self::of(root, root.items.clone(), texts)
        }
    }

    fn of(root: &Root, mut items: Vec<Item>, texts: &Texts) -> Self {
        items.sort_by(|a, b| key(a, texts).cmp(&key(b, texts)));
        let mut text = Vec::new();
        for item in &items {
            if !text.is_empty() {
                text.extend_from_slice(&texts.ampersand);
            }
            write(item, texts, &mut text);
        }
        Self::sorted(root, items, text, texts)
    }

    /// A base of items in the order of the rule, and their text.
    fn sorted(root: &Root, items: Vec<Item>, text: Vec<u8>, texts: &Texts) -> Self {
        let mut places = vec![None; root.items.len()];
        let mut others = Vec::new();
        let mut spans = Vec::with_capacity(items.len());
        let mut sum = 0_u64;
        let mut turn = 0_usize;
        let mut start = 0_usize;
        for (at, item) in items.iter().enumerate() {
            if !item.is_insert
                && let Some(place) = places.get_mut(item.slot)
            {
                *place = Some(at);
            }
            if !item.is_own {
                others.push(at);
            }
            sum = sum.wrapping_add(item.print);
            turn = turn.max(item.turn.saturating_add(1));
            let end = start
                .saturating_add(texts.wrapped(item.name).len())
                .saturating_add(texts.equals.len())
                .saturating_add(texts.wrapped(item.value).len());
            spans.push((start, end));
            start = end.saturating_add(texts.ampersand.len());
        }
        Self {
            is_root: false,
            items,
            places,
            names: None,
            values: None,
            order: None,
            join: None,
            marks: Marks::default(),
            others,
            sum,
            turn,
            spans,
            text,
        }
    }

    /// The plan that a deviation makes of another one; none where the two collide.
    pub(crate) fn with(
        &self,
        root: &Root,
        delta: &Delta,
        texts: &mut Texts,
        change: &mut Change,
    ) -> Option<Self> {
        if !self.change(root, delta, texts, change) {
            return None;
        }
        let mut text = Vec::with_capacity(self.text.len().saturating_add(64));
        self.write(change, texts, &mut text);
        let mut items = Vec::with_capacity(self.items.len().saturating_add(change.added.len()));
        let mut from = 0;
        for (rank, number) in &change.events {
            items.extend_from_slice(self.items.get(from..*rank).unwrap_or_default());
            match number.and_then(|number| change.added.get(number)) {
                Some(item) => {
                    items.push(*item);
                    from = *rank;
                }
                None => from = rank.saturating_add(1),
            }
        }
        items.extend_from_slice(self.items.get(from..).unwrap_or_default());
        let mut base = Self::sorted(root, items, text, texts);
        base.names = delta.names.or(self.names);
        base.values = delta.values.or(self.values);
        base.order.clone_from(&change.order);
        base.join = change.join;
        base.marks = self.marks;
        base.marks.merge(&delta.marks);
        Some(base)
    }

    /// The items after a change, in the order of arrival.
    pub(super) fn changed<'r>(&self, root: &'r Root, change: &Change) -> Cow<'r, [Item]> {
        if self.is_root && change.removed.is_empty() && change.added.is_empty() {
            return Cow::Borrowed(&root.items);
        }
        let own = self.items.iter().enumerate();
        let kept = own.filter(|(at, _)| !change.removed.contains(at));
        let mut items = Vec::with_capacity(self.items.len().saturating_add(change.added.len()));
        items.extend(kept.map(|(_, item)| *item));
        items.extend_from_slice(&change.added);
        items.sort_by_key(arrival);
        Cow::Owned(items)
    }

    /// What `delta` changes here; false where the two collide.
    pub(crate) fn change(
        &self,
        root: &Root,
        delta: &Delta,
        texts: &mut Texts,
        change: &mut Change,
    ) -> bool {
        if self.marks.collide(&delta.marks) {
            return false;
        }
        change.removed.clear();
        change.added.clear();
        change.sum = self.sum;
        change
            .order
            .clone_from(delta.order.as_ref().map_or(&self.order, |_| &delta.order));
        change.is_renamed = self.marks.is_renamed || delta.marks.is_renamed;
        change.join = delta.join.or(self.join);
        let names = delta.names.or(self.names).unwrap_or(root.names);
        let values = delta.values.or(self.values).unwrap_or(root.values);
        let respells = self.names.is_some() || self.values.is_some();
        for entry in &delta.entries {
            let Some((at, item)) = self
                .places
                .get(entry.slot)
                .copied()
                .flatten()
                .and_then(|at| Some((at, *self.items.get(at)?)))
            else {
                continue;
            };
            if entry.is_dropped {
                change.remove(at, &item);
                continue;
            }
            let is_plain = root.spells(entry.slot, item.name, item.value) && item.is_own;
            let new = if is_plain && !(entry.is_other && respells) {
                Item {
                    is_own: !entry.is_other,
                    pair: entry.pair,
                    name: entry.name,
                    value: entry.value,
                    ..item
                }
            } else {
                let pair = if entry.is_other {
                    entry.pair
                } else {
                    item.pair
                };
                Item {
                    is_own: item.is_own && !entry.is_other,
                    pair,
                    name: texts.text(names, pair, false),
                    value: texts.text(values, pair, true),
                    ..item
                }
            };
            change.replace(at, &item, new, texts);
        }
        if delta.names.is_some() || delta.values.is_some() {
            for at in &self.others {
                let Some(item) = self.items.get(*at) else {
                    continue;
                };
                if change.removed.contains(at) {
                    continue;
                }
                let new = Item {
                    name: texts.text(names, item.pair, false),
                    value: texts.text(values, item.pair, true),
                    ..*item
                };
                change.replace(*at, item, new, texts);
            }
        }
        for (number, insert) in delta.inserts.iter().enumerate() {
            let Insert {
                before,
                pair,
                mut name,
                mut value,
            } = *insert;
            if respells {
                name = texts.text(names, pair, false);
                value = texts.text(values, pair, true);
            }
            change.add(
                Item {
                    slot: before,
                    is_insert: true,
                    turn: self.turn.saturating_add(number),
                    is_own: false,
                    pair,
                    name,
                    value,
                    print: 0,
                },
                texts,
            );
        }
        true
    }
}

impl Change {
    fn remove(&mut self, at: usize, item: &Item) {
        self.removed.push(at);
        self.sum = self.sum.wrapping_sub(item.print);
    }

    fn replace(&mut self, at: usize, item: &Item, new: Item, texts: &Texts) {
        if (new.pair, new.name, new.value) != (item.pair, item.name, item.value) {
            self.remove(at, item);
            self.add(new, texts);
        }
    }

    fn add(&mut self, mut item: Item, texts: &Texts) {
        item.print = texts.print(item.name, item.value);
        self.sum = self.sum.wrapping_add(item.print);
        self.added.push(item);
    }
}

pub(super) fn write(item: &Item, texts: &Texts, out: &mut Vec<u8>) {
    out.extend_from_slice(texts.wrapped(item.name));
    out.extend_from_slice(&texts.equals);
    out.extend_from_slice(texts.wrapped(item.value));
}

/// How many octets two texts have in common at their beginning.
pub(crate) fn common(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 16;
    let blocks = a
        .chunks_exact(STEP)
        .zip(b.chunks_exact(STEP))
        .take_while(|(a, b)| a == b)
        .count();
    let done = blocks.saturating_mul(STEP);
    let (a, b) = (
        a.get(done..).unwrap_or_default(),
        b.get(done..).unwrap_or_default(),
    );
    done.saturating_add(a.iter().zip(b).take_while(|(a, b)| a == b).count())
}
