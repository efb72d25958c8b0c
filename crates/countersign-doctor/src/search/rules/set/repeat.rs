//! Repeated parameters: merged, joined, counted twice.

use std::rc::Rc;

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{named, rank, room, with_pairs, without};
use crate::search::state::Plan;
use crate::search::subject::Pair;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.duplicate_params",
        dimension: Dimension::ParameterSet,
        prior: 30,
        did: "signed a repeated parameter only once",
        deviate: Deviate::Parameters(|_, plan, out| {
            let names = repeated(plan);
            if names.is_empty() {
                return;
            }
            push(plan, out, "the last value of each", |position| {
                has_later(plan, position, |_, _| true)
            });
            push(plan, out, "the first value of each", |position| {
                has_earlier(plan, position, |_, _| true)
            });
            push(plan, out, "equal pairs count once", |position| {
                has_earlier(plan, position, |a, b| a.value == b.value)
            });
            one_place(plan, out);
            // One of several repeated names.
            if names.len() > 1 {
                for pair in names {
                    let detail = named(pair);
                    push(plan, out, format!("the last value, {detail}"), |position| {
                        is(plan, position, pair) && has_later(plan, position, |_, _| true)
                    });
                    push(
                        plan,
                        out,
                        format!("the first value, {detail}"),
                        |position| {
                            is(plan, position, pair) && has_earlier(plan, position, |_, _| true)
                        },
                    );
                }
            }
        }),
    },
    Rule {
        code: "sbs.duplicate_params",
        dimension: Dimension::ParameterSet,
        prior: 14,
        did: "joined the values of a repeated parameter into one",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (between, detail) in [
                (",", "by a comma"),
                (", ", "by a comma and a space"),
                (";", "by a semicolon"),
                (" ", "by a space"),
                ("|", "by a vertical bar"),
                ("", "without anything between them"),
            ] {
                join(plan, between.as_bytes(), detail, out);
            }
        }),
    },
    Rule {
        code: "sbs.duplicate_params",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "numbered repeated parameters as an array",
        deviate: Deviate::Parameters(|_, plan, out| {
            number(plan, "as name[0], name[1]", out, |name, at| {
                let base = name.strip_suffix(b"[]").unwrap_or(name);
                [base, format!("[{at}]").as_bytes()].concat()
            });
            number(plan, "as name[]", out, |name, _| {
                match name.strip_suffix(b"[]") {
                    Some(base) => base.to_vec(),
                    None => [name, b"[]".as_slice()].concat(),
                }
            });
            number(plan, "as name0, name1", out, |name, at| {
                [name, at.to_string().as_bytes()].concat()
            });
        }),
    },
    Rule {
        code: "sbs.duplicate_params",
        dimension: Dimension::ParameterSet,
        prior: 14,
        did: "signed parameters twice",
        deviate: Deviate::Parameters(|_, plan, out| {
            twice(plan, out, "all of them", |_| true);
            if plan.pairs.iter().any(|pair| pair.id.is_none()) {
                twice(plan, out, "all that were sent", |pair| pair.id.is_some());
            }
            for (place, detail) in [
                (Place::Query, "those of the query"),
                (Place::Body, "those of the body"),
                (Place::Header, "those of the Authorization header"),
            ] {
                twice(plan, out, detail, |pair| pair.place == place);
                let has = |which: bool| {
                    let is_it = |pair: &Pair| pair.place == place && pair.is_protocol() == which;
                    plan.pairs.iter().any(|pair| is_it(pair))
                };
                if has(true) && has(false) {
                    let detail = format!("{detail}, but for the oauth_ ones");
                    twice(plan, out, detail, |pair| {
                        pair.place == place && !pair.is_protocol()
                    });
                }
            }
            let most = room(plan, 24);
            for pair in plan.pairs.iter().take(most) {
                twice(plan, out, named(pair), |other| {
                    core::ptr::eq(other, &raw const **pair)
                });
            }
        }),
    },
];

/// The first pair of each name that comes more than once; few, as each makes states.
fn repeated(plan: &Plan) -> Vec<&Pair> {
    let mut sorted: Vec<&Pair> = plan.pairs.iter().map(|pair| &**pair).collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut found: Vec<&Pair> = sorted
        .windows(2)
        .filter_map(|two| match two {
            [a, b] if a.name == b.name => Some(*a),
            _ => None,
        })
        .collect();
    found.dedup_by(|a, b| a.name == b.name);
    found.truncate(8);
    found
}

fn is(plan: &Plan, position: usize, of: &Pair) -> bool {
    plan.pairs
        .get(position)
        .is_some_and(|pair| pair.name == of.name)
}

/// Beyond this, looking for repeats would take the square of their number.
const LOOKED_AT: usize = 512;

fn has_later(plan: &Plan, position: usize, like: impl Fn(&Pair, &Pair) -> bool) -> bool {
    let Some(pair) = plan.pairs.get(position) else {
        return false;
    };
    plan.pairs
        .iter()
        .skip(position.saturating_add(1))
        .take(LOOKED_AT)
        .any(|other| other.name == pair.name && like(other, pair))
}

fn has_earlier(plan: &Plan, position: usize, like: impl Fn(&Pair, &Pair) -> bool) -> bool {
    let Some(pair) = plan.pairs.get(position) else {
        return false;
    };
    plan.pairs
        .iter()
        .take(position.min(LOOKED_AT))
        .any(|other| other.name == pair.name && like(other, pair))
}

fn push(
    plan: &Plan,
    out: &mut Out<Plan>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    drops: impl Fn(usize) -> bool,
) {
    if let Some(state) = without(plan, |position, _| drops(position)) {
        out.push(state, detail);
    }
}

/// A name that stands in several places counts in one of them only.
fn one_place(plan: &Plan, out: &mut Out<Plan>) {
    for (place, detail) in [
        (Place::Header, "the one in the Authorization header counts"),
        (Place::Query, "the one in the query counts"),
        (Place::Body, "the one in the body counts"),
    ] {
        push(plan, out, detail, |position| {
            let Some(pair) = plan.pairs.get(position) else {
                return false;
            };
            pair.place != place
                && plan
                    .pairs
                    .iter()
                    .take(LOOKED_AT)
                    .any(|other| other.place == place && other.name == pair.name)
        });
    }
}

/// The values of each repeated name as one, where the first of them stood.
fn join(plan: &Plan, between: &[u8], detail: &'static str, out: &mut Out<Plan>) {
    let names = repeated(plan);
    if names.is_empty() {
        return;
    }
    let mut pairs: Vec<Rc<Pair>> = Vec::with_capacity(plan.pairs.len());
    for pair in plan.pairs.iter() {
        if !names.iter().any(|repeated| repeated.name == pair.name) {
            pairs.push(Rc::clone(pair));
            continue;
        }
        match pairs.iter_mut().find(|known| known.name == pair.name) {
            Some(known) => {
                let known = Rc::make_mut(known);
                known.value.extend_from_slice(between);
                known.value.extend_from_slice(&pair.value);
                known.raw_value.extend_from_slice(between);
                known.raw_value.extend_from_slice(&pair.raw_value);
            }
            None => pairs.push(Rc::clone(pair)),
        }
    }
    out.push(with_pairs(plan, pairs), detail);
}

fn number(
    plan: &Plan,
    detail: &'static str,
    out: &mut Out<Plan>,
    name: impl Fn(&[u8], usize) -> Vec<u8>,
) {
    let names = repeated(plan);
    if names.is_empty() {
        return;
    }
    let mut counts = vec![0_usize; names.len()];
    let pairs = plan.pairs.iter().map(|pair| {
        let which = names.iter().position(|repeated| repeated.name == pair.name);
        let Some(count) = which.and_then(|which| counts.get_mut(which)) else {
            return Rc::clone(pair);
        };
        let name = name(&pair.name, *count);
        *count = count.saturating_add(1);
        Rc::new(pair.with(name, pair.value.clone()))
    });
    let pairs: Vec<Rc<Pair>> = pairs.collect();
    out.push(with_pairs(plan, pairs), detail);
}

/// Repeats what `of` picks: right after the originals, as where a query is read twice.
fn twice(
    plan: &Plan,
    out: &mut Out<Plan>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    of: impl Fn(&Pair) -> bool,
) {
    let again: Vec<Rc<Pair>> = plan.pairs.iter().filter(|pair| of(pair)).cloned().collect();
    let Some(place) = again.first().map(|pair| rank(pair.place)) else {
        return;
    };
    let mut pairs = plan.pairs.to_vec();
    let after = pairs
        .iter()
        .rposition(|pair| rank(pair.place) <= place)
        .map_or(0, |last| last.saturating_add(1));
    pairs.splice(after..after, again);
    out.push(with_pairs(plan, pairs), detail);
}
