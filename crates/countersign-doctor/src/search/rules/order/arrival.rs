//! Parameters that were not sorted, or only in part.

use std::rc::Rc;

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{named, room, spell, with_pairs};
use crate::search::state::{Order, Piece, Plan};
use crate::search::subject::Pair;

use super::by_the_rule;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 40,
        did: "signed the parameters in the order in which they were sent, unsorted",
        deviate: Deviate::Parameters(|_, plan, out| push(plan, |_| {}, "", out)),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 25,
        did: "signed the oauth_ parameters and the others as two separate lists",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.pairs.iter().any(|pair| !pair.is_protocol()) {
                for (order, detail) in APART {
                    push(plan, order, detail, out);
                }
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 15,
        did: "signed header, query and body one after the other",
        deviate: Deviate::Parameters(|_, plan, out| {
            let has = |place| plan.pairs.iter().any(|pair| pair.place == place);
            let places = [Place::Header, Place::Query, Place::Body];
            let count = places.into_iter().filter(|place| has(*place)).count();
            let is_apart = plan
                .pairs
                .iter()
                .all(|pair| pair.is_protocol() == (pair.place == Place::Header));
            // Two places that hold the oauth_ parameters and the others are the rule above.
            if count > 2 || (count == 2 && !is_apart) {
                for (order, detail) in PLACES {
                    push(plan, order, detail, out);
                }
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 14,
        did: "put a parameter before or behind the sorted list",
        deviate: Deviate::Parameters(|_, plan, out| {
            let most = room(plan, 64) / 2;
            for (which, pair) in plan.pairs.iter().enumerate().take(most) {
                let mut pairs = plan.pairs.to_vec();
                let moved = pairs.remove(which);
                pairs.push(Rc::clone(&moved));
                let last = Plan {
                    order: all_but_the_last,
                    ..with_pairs(plan, pairs)
                };
                out.push(last, [&named(pair), " came last"].concat());
                let mut pairs = plan.pairs.to_vec();
                let moved = pairs.remove(which);
                pairs.insert(0, moved);
                let first = Plan {
                    order: all_but_the_first,
                    ..with_pairs(plan, pairs)
                };
                out.push(first, [&named(pair), " came first"].concat());
            }
        }),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 5,
        did: "put one parameter out of its place",
        deviate: Deviate::Parameters(|_, plan, out| displaced(plan, out)),
    },
    Rule {
        code: "sbs.order",
        dimension: Dimension::Order,
        prior: 8,
        did: "signed the oauth_ parameters in the order of the examples of the specification",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, as_in_examples::<true>, "before the others", out);
            push(plan, as_in_examples::<false>, "behind the others", out);
        }),
    },
];

fn push(
    plan: &Plan,
    order: Order,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    out: &mut Out<Plan>,
) {
    let state = Plan {
        order,
        ..plan.clone()
    };
    out.push(state, detail);
}

/// The two lists: which comes first, and whether each is sorted.
const APART: [(Order, &str); 8] = [
    (
        apart::<true, true, true>,
        "each sorted, the oauth_ ones first",
    ),
    (
        apart::<false, true, true>,
        "each sorted, the oauth_ ones last",
    ),
    (
        apart::<true, true, false>,
        "the oauth_ ones sorted, then the others unsorted",
    ),
    (
        apart::<false, true, false>,
        "the others unsorted, then the oauth_ ones sorted",
    ),
    (
        apart::<true, false, true>,
        "the oauth_ ones unsorted, then the others sorted",
    ),
    (
        apart::<false, false, true>,
        "the others sorted, then the oauth_ ones unsorted",
    ),
    (
        apart::<true, false, false>,
        "both unsorted, the oauth_ ones first",
    ),
    (
        apart::<false, false, false>,
        "both unsorted, the oauth_ ones last",
    ),
];

fn apart<const PROTOCOL_FIRST: bool, const PROTOCOL_SORTED: bool, const OTHERS_SORTED: bool>(
    pieces: &mut [Piece<'_>],
) {
    pieces.sort_by_key(|piece| piece.pair.is_protocol() != PROTOCOL_FIRST);
    let at = pieces.partition_point(|piece| piece.pair.is_protocol() == PROTOCOL_FIRST);
    let (first, last) = pieces.split_at_mut(at);
    let (protocol, others) = if PROTOCOL_FIRST {
        (first, last)
    } else {
        (last, first)
    };
    if PROTOCOL_SORTED {
        by_the_rule(protocol);
    }
    if OTHERS_SORTED {
        by_the_rule(others);
    }
}

/// The places one after the other: the rank of each, and whether those of one rank are sorted.
const PLACES: [(Order, &str); 20] = [
    (places::<0, 1, 2, true>, "header, query, body, each sorted"),
    (places::<0, 2, 1, true>, "header, body, query, each sorted"),
    (places::<1, 0, 2, true>, "query, header, body, each sorted"),
    (places::<2, 0, 1, true>, "query, body, header, each sorted"),
    (places::<1, 2, 0, true>, "body, header, query, each sorted"),
    (places::<2, 1, 0, true>, "body, query, header, each sorted"),
    (places::<0, 2, 1, false>, "header, body, query, unsorted"),
    (places::<1, 0, 2, false>, "query, header, body, unsorted"),
    (places::<2, 0, 1, false>, "query, body, header, unsorted"),
    (places::<1, 2, 0, false>, "body, header, query, unsorted"),
    (places::<2, 1, 0, false>, "body, query, header, unsorted"),
    (
        places::<0, 0, 1, true>,
        "header and query sorted, then the body sorted",
    ),
    (
        places::<1, 1, 0, true>,
        "the body sorted, then header and query sorted",
    ),
    (
        places::<0, 1, 0, true>,
        "header and body sorted, then the query sorted",
    ),
    (
        places::<1, 0, 1, true>,
        "the query sorted, then header and body sorted",
    ),
    (
        places::<0, 1, 1, true>,
        "the header sorted, then query and body sorted",
    ),
    (
        places::<1, 0, 0, true>,
        "query and body sorted, then the header sorted",
    ),
    (
        body_unsorted,
        "header and query sorted, then the body unsorted",
    ),
    (
        query_unsorted,
        "header and body sorted, then the query unsorted",
    ),
    (
        header_unsorted,
        "query and body sorted, then the header unsorted",
    ),
];

fn places<const HEADER: u8, const QUERY: u8, const BODY: u8, const SORTED: bool>(
    pieces: &mut [Piece<'_>],
) {
    let of = |piece: &Piece<'_>| match piece.pair.place {
        Place::Header => HEADER,
        Place::Query => QUERY,
        Place::Body => BODY,
    };
    if SORTED {
        by_the_rule(pieces);
    }
    pieces.sort_by_key(of);
}

fn body_unsorted(pieces: &mut [Piece<'_>]) {
    one_unsorted(pieces, Place::Body);
}

fn query_unsorted(pieces: &mut [Piece<'_>]) {
    one_unsorted(pieces, Place::Query);
}

fn header_unsorted(pieces: &mut [Piece<'_>]) {
    one_unsorted(pieces, Place::Header);
}

/// All but `place` sorted, then `place` as it arrived.
fn one_unsorted(pieces: &mut [Piece<'_>], place: Place) {
    pieces.sort_by_key(|piece| piece.pair.place == place);
    let at = pieces.partition_point(|piece| piece.pair.place != place);
    let (sorted, _) = pieces.split_at_mut(at);
    by_the_rule(sorted);
}

fn all_but_the_last(pieces: &mut [Piece<'_>]) {
    if let Some((_, sorted)) = pieces.split_last_mut() {
        by_the_rule(sorted);
    }
}

fn all_but_the_first(pieces: &mut [Piece<'_>]) {
    if let Some((_, sorted)) = pieces.split_first_mut() {
        by_the_rule(sorted);
    }
}

/// Of so many parameters each is tried at every place.
const DISPLACED: usize = 12;

/// The sorted list with one parameter elsewhere than at its place, its start or its end: written
/// down as an order of arrival.
fn displaced(plan: &Plan, out: &mut Out<Plan>) {
    let count = plan.pairs.len();
    if !(3..=DISPLACED).contains(&count) || room(plan, 256) < 256 {
        return;
    }
    let mut sorted: Vec<(Vec<u8>, Vec<u8>, &Rc<Pair>)> = plan
        .pairs
        .iter()
        .map(|pair| {
            let (mut name, mut value) = (Vec::new(), Vec::new());
            spell(plan.names, pair, &pair.name, &pair.raw_name, &mut name);
            spell(plan.values, pair, &pair.value, &pair.raw_value, &mut value);
            (name, value, pair)
        })
        .collect();
    sorted.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let mut pairs: Vec<Rc<Pair>> = sorted.iter().map(|(_, _, pair)| Rc::clone(pair)).collect();
    for from in 0..count {
        let detail = pairs.get(from).map(|pair| named(pair)).unwrap_or_default();
        // One to the right is the same as its neighbour one to the left.
        for to in
            (1..count.saturating_sub(1)).filter(|to| *to != from && *to != from.saturating_add(1))
        {
            let moved = pairs.remove(from);
            pairs.insert(to, moved);
            let state = Plan {
                order: |_| {},
                ..with_pairs(plan, pairs.as_slice())
            };
            out.push(state, detail.clone());
            let moved = pairs.remove(to);
            pairs.insert(from, moved);
        }
    }
}

/// How the examples of OAuth Core 1.0 and of RFC 5849 list them in the header.
const EXAMPLES: [&[u8]; 8] = [
    b"oauth_consumer_key",
    b"oauth_token",
    b"oauth_signature_method",
    b"oauth_timestamp",
    b"oauth_nonce",
    b"oauth_callback",
    b"oauth_verifier",
    b"oauth_version",
];

fn as_in_examples<const FIRST: bool>(pieces: &mut [Piece<'_>]) {
    by_the_rule(pieces);
    pieces.sort_by_key(|piece| {
        let name = piece.pair.name.as_slice();
        let at = EXAMPLES.iter().position(|known| *known == name);
        let is_protocol = piece.pair.is_protocol();
        (
            is_protocol != FIRST,
            at.unwrap_or(EXAMPLES.len())
                .min(if is_protocol { 8 } else { 0 }),
        )
    });
}
