//! How a plan differs from its root, parameter by parameter, so that two deviations are put together
//! without applying a rule again.

use std::rc::Rc;

use super::root::Root;
use super::state::{Join, Order, Plan};
use super::texts::{PairId, Spelling, TextId, Texts};

/// A parameter of the root that is another one here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Which parameter of the root it is.
    pub(crate) slot: usize,
    pub(crate) is_dropped: bool,
    /// Whether it is not just spelt in another way.
    pub(crate) is_other: bool,
    pub(crate) pair: PairId,
    pub(crate) name: TextId,
    pub(crate) value: TextId,
}

/// A parameter that the root has not, or not once more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Insert {
    /// The parameter of the root that it stands before.
    pub(crate) before: usize,
    pub(crate) pair: PairId,
    pub(crate) name: TextId,
    pub(crate) value: TextId,
}

/// Which parts of a plan differ: one bit for each parameter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks {
    pub(crate) changed: u128,
    pub(crate) dropped: u128,
    pub(crate) copied: u128,
    /// Whether there are other parameters, more of them, or other names: all that an order goes by.
    pub(crate) is_renamed: bool,
    /// Whether parameters stand elsewhere, so that an order takes them for the first or the last.
    pub(crate) is_moved: bool,
    pub(crate) names: bool,
    pub(crate) values: bool,
    pub(crate) order: bool,
    pub(crate) join: bool,
}

impl Marks {
    /// Whether the two can't be put together, because they differ in the same thing.
    pub(crate) const fn collide(&self, other: &Self) -> bool {
        self.names && other.names
            || self.values && other.values
            || self.order && other.order
            || self.join && other.join
            || self.is_moved && other.is_renamed
            || self.is_renamed && other.is_moved
            || self.changed & other.changed != 0
            || self.copied & (other.changed | other.dropped) != 0
            || other.copied & (self.changed | self.dropped) != 0
    }

    pub(crate) const fn merge(&mut self, other: &Self) {
        self.changed |= other.changed;
        self.dropped |= other.dropped;
        self.copied |= other.copied;
        self.is_renamed |= other.is_renamed;
        self.is_moved |= other.is_moved;
        self.names |= other.names;
        self.values |= other.values;
        self.order |= other.order;
        self.join |= other.join;
    }
}

/// More parameters are not told apart.
pub(crate) const SLOTS: usize = 128;

/// The bit of a parameter.
pub(crate) fn bit(slot: usize) -> u128 {
    u32::try_from(slot)
        .ok()
        .and_then(|slot| 1_u128.checked_shl(slot))
        .unwrap_or_default()
}

/// How a plan differs from its root.
#[derive(Debug, Clone)]
pub(crate) struct Delta {
    pub(crate) entries: Vec<Entry>,
    pub(crate) inserts: Vec<Insert>,
    pub(crate) names: Option<Spelling>,
    pub(crate) values: Option<Spelling>,
    pub(crate) order: Option<Sorting>,
    pub(crate) join: Option<Join>,
    pub(crate) marks: Marks,
}

/// An order, and what it makes of the root's parameters where their values do not matter for it; that
/// is looked up when it is first needed.
#[derive(Debug, Clone)]
pub(crate) struct Sorting {
    pub(crate) order: Order,
    pub(crate) of_root: Option<Rc<[usize]>>,
}

impl Delta {
    /// How `plan` differs.
    pub(crate) fn of(root: &Root, plan: &Plan, texts: &mut Texts) -> Self {
        let names = texts.spelling(plan.names);
        let values = texts.spelling(plan.values);
        let mut delta = Self {
            entries: Vec::new(),
            inserts: Vec::new(),
            names: (names != root.names).then_some(names),
            values: (values != root.values).then_some(values),
            order: (!core::ptr::fn_addr_eq(plan.order, root.plan.order)).then_some(Sorting {
                order: plan.order,
                of_root: None,
            }),
            join: (!core::ptr::fn_addr_eq(plan.join, root.plan.join)).then_some(plan.join),
            marks: Marks::default(),
        };
        delta.marks.names = delta.names.is_some();
        delta.marks.is_renamed = delta.names.is_some();
        delta.marks.values = delta.values.is_some();
        delta.marks.order = delta.order.is_some();
        delta.marks.join = delta.join.is_some();
        let is_respelt = delta.names.is_some() || delta.values.is_some();
        if Rc::ptr_eq(&plan.pairs, &root.plan.pairs) {
            if is_respelt {
                delta.respell(root, texts);
            }
            return delta;
        }
        let mut next = 0;
        for pair in plan.pairs.iter() {
            // Most parameters are where they were.
            let own = |slot: usize| {
                root.plan
                    .pairs
                    .get(slot)
                    .is_some_and(|one| Rc::ptr_eq(one, pair))
            };
            let slot = Some(next)
                .filter(|slot| own(*slot))
                .or_else(|| root.slot(pair));
            match slot {
                Some(slot) if slot >= next => {
                    delta.drop_slots(next..slot);
                    next = slot.saturating_add(1);
                    let is_other = !own(slot);
                    if is_other {
                        delta.marks.changed |= bit(slot);
                    } else if !is_respelt {
                        continue;
                    }
                    let id = texts.place(pair);
                    let (name, value) = if is_respelt {
                        (None, None)
                    } else {
                        root.same(slot, pair)
                    };
                    let name = name.unwrap_or_else(|| texts.text(names, id, false));
                    let value = value.unwrap_or_else(|| texts.text(values, id, true));
                    delta.marks.is_renamed |= is_other;
                    if is_other || !root.spells(slot, name, value) {
                        delta.entries.push(Entry {
                            slot,
                            is_dropped: false,
                            is_other,
                            pair: id,
                            name,
                            value,
                        });
                    }
                }
                _ => {
                    if let Some(slot) = slot {
                        delta.marks.copied |= bit(slot);
                    }
                    delta.marks.is_renamed = true;
                    let known = slot
                        .filter(|slot| !is_respelt && own(*slot))
                        .and_then(|slot| root.items.get(slot))
                        .map(|item| (item.pair, item.name, item.value));
                    let (pair, name, value) = known.unwrap_or_else(|| {
                        let id = texts.place(pair);
                        (
                            id,
                            texts.text(names, id, false),
                            texts.text(values, id, true),
                        )
                    });
                    delta.inserts.push(Insert {
                        before: next,
                        pair,
                        name,
                        value,
                    });
                }
            }
        }
        delta.drop_slots(next..root.plan.pairs.len());
        delta.marks.is_moved =
            delta.order.is_some() && !(delta.entries.is_empty() && delta.inserts.is_empty());
        delta
    }

    /// The parameters of the root, all of them there and in their places, in another spelling.
    fn respell(&mut self, root: &Root, texts: &mut Texts) {
        for (slot, item) in root.items.iter().enumerate() {
            let mut text = |spelling: Option<Spelling>, own, is_value| {
                spelling.map_or(own, |spelling| texts.text(spelling, item.pair, is_value))
            };
            let name = text(self.names, item.name, false);
            let value = text(self.values, item.value, true);
            if (name, value) != (item.name, item.value) {
                self.entries.push(Entry {
                    slot,
                    is_dropped: false,
                    is_other: false,
                    pair: item.pair,
                    name,
                    value,
                });
            }
        }
        self.marks.is_moved = self.order.is_some() && !self.entries.is_empty();
    }

    /// The parameters that are not those of the root, each in its place.
    pub(crate) fn others(&self) -> impl Iterator<Item = PairId> {
        self.entries
            .iter()
            .filter(|entry| entry.is_other)
            .map(|entry| entry.pair)
            .chain(self.inserts.iter().map(|insert| insert.pair))
    }

    fn drop_slots(&mut self, slots: core::ops::Range<usize>) {
        for slot in slots {
            self.marks.dropped |= bit(slot);
            self.entries.push(Entry {
                slot,
                is_dropped: true,
                is_other: false,
                pair: PairId::MAX,
                name: TextId::MAX,
                value: TextId::MAX,
            });
        }
    }
}
