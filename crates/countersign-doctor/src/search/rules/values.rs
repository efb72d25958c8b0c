//! Rules of the search: how values are spelt.

mod charset;
pub(super) mod encoders;
mod whole;

use std::rc::Rc;

use countersign_encoding::compare_encoded;

use crate::search::Desk;
use crate::search::rule::Out;
use crate::search::rules::parameters::{Write, covers, groups, joined, room, spell};
use crate::search::state::{Order, Piece, Plan, Spell};
use crate::search::subject::Pair;

pub(super) use charset::ROWS as CHARSET;
pub(super) use charset::escape;
pub(super) use encoders::ROWS as ENCODERS;
pub(super) use whole::ROWS as WHOLE;
pub(super) use whole::{NOT, TWICE, WIRE_ENCODED, wire};

/// Which of a parameter's two texts are spelt in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    Names,
    /// Values, and beside that values together with names.
    Values,
    /// Values together with names, where values alone are tried elsewhere.
    Both,
}

/// States in which `write` spells names or values: of all it touches, of each group, of each one.
pub(super) fn respell(plan: &Plan, texts: Texts, write: Write, detail: &str, out: &mut Out<Plan>) {
    let (mut was, mut is) = (Vec::new(), Vec::new());
    let mut differs = |pair: &Pair, current: Spell, decoded: &[u8], raw: &[u8]| {
        was.clear();
        is.clear();
        spell(current, pair, decoded, raw, &mut was);
        write(decoded, raw, &mut is);
        was != is
    };
    if texts == Texts::Names {
        let names = each(plan, &mut |pair| {
            differs(pair, plan.names, &pair.name, &pair.raw_name)
        });
        if names.contains(&true) {
            let sorts = is_sorted_by_the_rule(plan);
            for (on, _, words) in groups(plan, &names) {
                let state = Plan {
                    names: Spell { write, on },
                    ..plan.clone()
                };
                push(state, joined(detail, &words), sorts, out);
            }
        }
        return;
    }
    let values = each(plan, &mut |pair| {
        differs(pair, plan.values, &pair.value, &pair.raw_value)
    });
    if !values.contains(&true) {
        return;
    }
    let names = each(plan, &mut |pair| {
        differs(pair, plan.names, &pair.name, &pair.raw_name)
    });
    let sorts = is_sorted_by_the_rule(plan);
    let repeats = plan.has_repeats();
    for (on, _, words) in groups(plan, &values) {
        if texts == Texts::Values {
            let state = Plan {
                values: Spell { write, on },
                ..plan.clone()
            };
            push(state, joined(detail, &words), sorts && repeats, out);
        }
        // A client with one encoder runs it over both.
        let with_names = names
            .iter()
            .zip(plan.pairs.iter())
            .any(|(name, pair)| *name && covers(on, pair));
        if with_names {
            let state = Plan {
                names: Spell { write, on },
                values: Spell { write, on },
                ..plan.clone()
            };
            let words = joined(detail, &words);
            push(state, joined(&words, "names and values"), sorts, out);
        }
    }
}

/// What goes for each parameter.
fn each(plan: &Plan, holds: &mut dyn FnMut(&Pair) -> bool) -> Vec<bool> {
    plan.pairs.iter().map(|pair| holds(pair)).collect()
}

/// The state, and where that is another one, the state whose order is still the one of the right
/// spelling: sorted first, spelt then.
fn push(state: Plan, detail: String, sorts: bool, out: &mut Out<Plan>) {
    if sorts && !agree(&state, state.order, by_right_spelling) {
        let other = Plan {
            order: by_right_spelling,
            ..state.clone()
        };
        out.push(other, joined(&detail, "after sorting"));
    }
    out.push(state, detail);
}

/// By what RFC 5849 would have written.
fn by_right_spelling(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| {
        let names = compare_encoded(&a.pair.name, &b.pair.name);
        names.then_with(|| compare_encoded(&a.pair.value, &b.pair.value))
    });
}

/// Another order stays as it is, and so does a list that is too large to be sorted many times.
fn is_sorted_by_the_rule(plan: &Plan) -> bool {
    room(plan, 64) >= 64
        && (core::ptr::fn_addr_eq(plan.order, Plan::SORTED)
            || agree(plan, plan.order, Plan::SORTED))
}

/// Whether two orders bring the parameters of a plan into the same one.
fn agree(plan: &Plan, one: Order, other: Order) -> bool {
    let mut desk = Desk::default();
    desk.spell(plan);
    let arranged = |order| desk.arranged(&plan.pairs, order);
    arranged(one)
        .iter()
        .zip(&arranged(other))
        .all(|(one, other)| Rc::ptr_eq(one.pair, other.pair))
}
