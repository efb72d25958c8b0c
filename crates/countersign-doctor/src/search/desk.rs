//! From a plan to the text of the parameters, in buffers that are used again.

use std::rc::Rc;

use super::fast::fold;
use super::state::{Join, Order, Piece, Plan};
use super::subject::Pair;
use super::table::fingerprint;
use super::texts::print;

/// Texts on the way to a list of parameters, in buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    spelt: Vec<u8>,
    /// Where name and value of each parameter begin, and where the last one ends.
    marks: Vec<(usize, usize)>,
    pub(super) plain: Vec<u8>,
}

/// What a number for parameters in a certain order begins with.
pub(super) const SEQUENCE: u64 = 0x2545_f491_4f6c_dd1d;

pub(super) fn is_by_the_rule(pieces: &[Piece<'_>]) -> bool {
    pieces.is_sorted_by(|a, b| (a.name, a.value) <= (b.name, b.value))
}

impl Desk {
    /// Spells the parameters of a plan.
    pub(crate) fn spell(&mut self, plan: &Plan) {
        self.spelt.clear();
        self.marks.clear();
        self.marks.reserve(plan.pairs.len().saturating_add(1));
        for pair in plan.pairs.iter() {
            let start = self.spelt.len();
            plan.names
                .put(pair, &pair.name, &pair.raw_name, &mut self.spelt);
            self.marks.push((start, self.spelt.len()));
            plan.values
                .put(pair, &pair.value, &pair.raw_value, &mut self.spelt);
        }
        self.marks.push((self.spelt.len(), self.spelt.len()));
    }

    /// What was spelt, in an order.
    pub(crate) fn arranged<'p>(&'p self, pairs: &'p [Rc<Pair>], order: Order) -> Vec<Piece<'p>> {
        let text = |from: usize, to: usize| self.spelt.get(from..to).unwrap_or_default();
        let spelt = pairs.iter().zip(self.marks.windows(2)).enumerate();
        let mut pieces = Vec::with_capacity(pairs.len());
        pieces.extend(spelt.filter_map(|(at, (pair, marks))| {
            let [(name, value), (end, _)] = marks else {
                return None;
            };
            Some(Piece {
                name: text(*name, *value),
                value: text(*value, *end),
                pair,
                at,
            })
        }));
        order(&mut pieces);
        pieces
    }

    /// Spells, orders and joins the parameters of a plan; gives the number of the text.
    pub(crate) fn lay(&mut self, plan: &Plan, standard: Join) -> u64 {
        self.spell(plan);
        let mut plain = core::mem::take(&mut self.plain);
        let pieces = self.arranged(&plan.pairs, plan.order);
        let print = join(&pieces, plan.join, standard, &mut plain);
        drop(pieces);
        self.plain = plain;
        print
    }

    /// What was written.
    pub(crate) fn plain(&self) -> &[u8] {
        &self.plain
    }

    pub(super) fn join(&mut self, pieces: &[Piece<'_>], how: Join, standard: Join) -> u64 {
        join(pieces, how, standard, &mut self.plain)
    }
}

/// Joins ordered parameters. The number is the sum of those of the parameters where order and joints
/// are by the rule, so that it is the same however the text came about.
pub(super) fn join(pieces: &[Piece<'_>], how: Join, standard: Join, plain: &mut Vec<u8>) -> u64 {
    plain.clear();
    how(pieces, plain);
    if !core::ptr::fn_addr_eq(how, standard) {
        return fingerprint(plain);
    }
    let prints = pieces
        .iter()
        .map(|piece| print(fingerprint(piece.name), fingerprint(piece.value)));
    if is_by_the_rule(pieces) {
        prints.fold(0, u64::wrapping_add)
    } else {
        prints.fold(SEQUENCE, fold)
    }
}
