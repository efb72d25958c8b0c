//! The parameters of two base strings against each other.
//!
//! Pairs that are the same on both sides are taken out first, then pairs that mean the same, then pairs whose names mean the
//! same; what is left stands on one side only. Each step is one pass over two sorted lists.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::charset;
use super::keys::meaning;
use super::spelling::{self, Spelling};
use super::{Difference, Field, Side};
use crate::parts::EncodedPair;

pub(super) fn compare(ours: &[EncodedPair], theirs: &[EncodedPair], found: &mut Vec<Difference>) {
    let mut our_rest = Vec::new();
    let mut their_rest = Vec::new();
    let mut alike = Vec::new();
    merge(
        &mut sorted_by(ours, exact),
        &mut sorted_by(theirs, exact),
        |ours, theirs| {
            let (our_count, their_count) = (ours.len(), theirs.len());
            for (our, their) in ours.iter().zip(theirs) {
                alike.push((our.position, their.position));
            }
            let on_both = our_count > 0 && their_count > 0;
            let twin = on_both.then_some((our_count, their_count));
            our_rest.extend(
                ours.iter()
                    .skip(their_count)
                    .map(|item| Leftover::new(item, twin)),
            );
            their_rest.extend(
                theirs
                    .iter()
                    .skip(our_count)
                    .map(|item| Leftover::new(item, twin)),
            );
        },
    );

    let mut differences = Vec::new();
    meet(
        &mut our_rest,
        &mut their_rest,
        |leftover| Some(&leftover.value_key),
        |our, their| {
            same_meaning(our.pair, their.pair, our.position, &mut differences);
        },
    );
    meet(
        &mut our_rest,
        &mut their_rest,
        |_| None,
        |our, their| {
            other_value(our, their, &mut differences);
        },
    );
    one_sided(&our_rest, Side::Ours, &mut differences);
    one_sided(&their_rest, Side::Theirs, &mut differences);

    // A stable sort: several differences of one parameter keep their order.
    differences.sort_by_key(|(place, _)| *place);
    found.extend(differences.into_iter().map(|(_, difference)| difference));
    found.extend(order(ours, theirs, alike));
}

/// Where a difference stands among the others: ours by position, then what only theirs has.
type Place = (Side, usize);

#[derive(Clone, Copy)]
struct Item<'a> {
    pair: &'a EncodedPair,
    position: usize,
}

struct Leftover<'a> {
    pair: &'a EncodedPair,
    position: usize,
    /// How often the very same pair stands in ours and in theirs, if it stands in both.
    twin: Option<(usize, usize)>,
    name_key: Vec<u8>,
    value_key: Vec<u8>,
    met: bool,
}

impl<'a> Leftover<'a> {
    fn new(item: &Item<'a>, twin: Option<(usize, usize)>) -> Self {
        Self {
            pair: item.pair,
            position: item.position,
            twin,
            name_key: meaning(item.pair.name()),
            value_key: meaning(item.pair.value()),
            met: false,
        }
    }
}

fn exact(one: &EncodedPair, other: &EncodedPair) -> Ordering {
    let key = |pair: &EncodedPair| pair.has_equals();
    by_spelling(one, other).then_with(|| key(one).cmp(&key(other)))
}

fn by_spelling(one: &EncodedPair, other: &EncodedPair) -> Ordering {
    one.name()
        .cmp(other.name())
        .then_with(|| one.value().cmp(other.value()))
}

fn sorted_by<'a>(
    pairs: &'a [EncodedPair],
    compare: impl Fn(&EncodedPair, &EncodedPair) -> Ordering,
) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = pairs
        .iter()
        .enumerate()
        .map(|(position, pair)| Item { pair, position })
        .collect();
    items.sort_by(|one, other| compare(one.pair, other.pair));
    items
}

/// Walks two lists sorted by [`exact`] and hands out, for every pair, where it stands in each.
fn merge<'a>(
    ours: &mut [Item<'a>],
    theirs: &mut [Item<'a>],
    mut each: impl FnMut(&[Item<'a>], &[Item<'a>]),
) {
    let (mut ours, mut theirs): (&[Item<'a>], &[Item<'a>]) = (ours, theirs);
    while let Some(first) = smaller(ours.first(), theirs.first()) {
        let (our_run, our_tail) = split_run(ours, |item| exact(item.pair, first).is_eq());
        let (their_run, their_tail) = split_run(theirs, |item| exact(item.pair, first).is_eq());
        each(our_run, their_run);
        (ours, theirs) = (our_tail, their_tail);
    }
}

fn smaller<'a>(our: Option<&Item<'a>>, their: Option<&Item<'a>>) -> Option<&'a EncodedPair> {
    match (our, their) {
        (Some(our), Some(their)) if exact(their.pair, our.pair).is_lt() => Some(their.pair),
        (Some(item), _) | (None, Some(item)) => Some(item.pair),
        (None, None) => None,
    }
}

fn split_run<T>(items: &[T], belongs: impl Fn(&T) -> bool) -> (&[T], &[T]) {
    let length = items.iter().take_while(|item| belongs(item)).count();
    items.split_at_checked(length).unwrap_or((items, &[]))
}

/// Brings together what is left on both sides and has the same name key, and the same further key; takes it out.
fn meet<'a>(
    ours: &mut Vec<Leftover<'a>>,
    theirs: &mut Vec<Leftover<'a>>,
    further: impl for<'l> Fn(&'l Leftover<'a>) -> Option<&'l Vec<u8>>,
    mut each: impl FnMut(&Leftover<'a>, &Leftover<'a>),
) {
    let compare = |one: &Leftover<'a>, other: &Leftover<'a>| {
        one.name_key
            .cmp(&other.name_key)
            .then_with(|| further(one).cmp(&further(other)))
    };
    let ordered = |one: &Leftover<'a>, other: &Leftover<'a>| {
        compare(one, other).then_with(|| one.position.cmp(&other.position))
    };
    ours.sort_by(ordered);
    theirs.sort_by(ordered);
    let (mut our_items, mut their_items) =
        (ours.iter_mut().peekable(), theirs.iter_mut().peekable());
    while let (Some(our), Some(their)) = (our_items.peek_mut(), their_items.peek_mut()) {
        let ordering = compare(our, their);
        if ordering.is_eq() {
            each(our, their);
            our.met = true;
            their.met = true;
        }
        if ordering.is_le() {
            our_items.next();
        }
        if ordering.is_ge() {
            their_items.next();
        }
    }
    ours.retain(|leftover| !leftover.met);
    theirs.retain(|leftover| !leftover.met);
}

fn same_meaning(
    our: &EncodedPair,
    their: &EncodedPair,
    position: usize,
    found: &mut Vec<(Place, Difference)>,
) {
    let mut add = |difference| found.push(((Side::Ours, position), difference));
    respelled(Field::Name, our.name(), their.name(), &mut add);
    respelled(
        Field::Value {
            name: our.name().into(),
        },
        our.value(),
        their.value(),
        &mut add,
    );
    if our.has_equals() != their.has_equals() {
        let without = if our.has_equals() {
            Side::Theirs
        } else {
            Side::Ours
        };
        add(Difference::EqualsSign {
            name: our.name().into(),
            without,
        });
    }
}

fn respelled(of: Field, ours: &str, theirs: &str, add: &mut impl FnMut(Difference)) {
    if ours == theirs {
        return;
    }
    let spellings = spelling::compare(ours, theirs).unwrap_or_else(|| [Spelling::Mixed].into());
    for spelling in spellings {
        add(Difference::Encoding {
            of: of.clone(),
            ours: ours.into(),
            theirs: theirs.into(),
            spelling,
        });
    }
}

fn other_value(our: &Leftover<'_>, their: &Leftover<'_>, found: &mut Vec<(Place, Difference)>) {
    let mut add = |difference| found.push(((Side::Ours, our.position), difference));
    respelled(Field::Name, our.pair.name(), their.pair.name(), &mut add);
    if let Some(spelling) = charset::compare(our.pair.value(), their.pair.value()) {
        add(Difference::Encoding {
            of: Field::Value {
                name: our.pair.name().into(),
            },
            ours: our.pair.value().into(),
            theirs: their.pair.value().into(),
            spelling,
        });
        return;
    }
    add(Difference::ParameterValue {
        name: our.pair.name().into(),
        ours: our.pair.value().into(),
        theirs: their.pair.value().into(),
        our_position: our.position,
        their_position: their.position,
    });
}

/// Reports what met nothing: once for a pair that the other side has less often, and for every other pair.
fn one_sided(rest: &[Leftover<'_>], side: Side, found: &mut Vec<(Place, Difference)>) {
    let mut rest: Vec<&Leftover<'_>> = rest.iter().collect();
    rest.sort_by(|one, other| {
        exact(one.pair, other.pair).then_with(|| one.position.cmp(&other.position))
    });
    let mut before: Option<&EncodedPair> = None;
    for leftover in rest {
        let (name, value) = (leftover.pair.name().into(), leftover.pair.value().into());
        let difference = match (leftover.twin, side) {
            (Some(_), _) if before.is_some_and(|pair| exact(pair, leftover.pair).is_eq()) => {
                continue;
            }
            (Some((ours, theirs)), _) => Difference::Repeated {
                name,
                value,
                ours,
                theirs,
            },
            (None, Side::Ours) => Difference::ParameterMissing {
                name,
                value,
                position: leftover.position,
            },
            (None, Side::Theirs) => Difference::ParameterExtra {
                name,
                value,
                position: leftover.position,
            },
        };
        before = Some(leftover.pair);
        found.push(((side, leftover.position), difference));
    }
}

/// The first place where the pairs that both sides have stand in different orders.
fn order(
    ours: &[EncodedPair],
    theirs: &[EncodedPair],
    mut alike: Vec<(usize, usize)>,
) -> Option<Difference> {
    let mut their_order: Vec<usize> = alike.iter().map(|(_, their)| *their).collect();
    their_order.sort_unstable();
    alike.sort_unstable();
    let rank = alike
        .iter()
        .zip(&their_order)
        .position(|((_, expected), there)| expected != there)?;
    let our = ours.get(alike.get(rank)?.0)?;
    let their = theirs.get(*their_order.get(rank)?)?;
    let unsorted = match (is_sorted(ours), is_sorted(theirs)) {
        (true, false) => Some(Side::Theirs),
        (false, true) => Some(Side::Ours),
        _ => None,
    };
    let both = |pair: &EncodedPair| (pair.name().into(), pair.value().into());
    Some(Difference::Order {
        rank,
        ours: both(our),
        theirs: both(their),
        unsorted,
    })
}

fn is_sorted(pairs: &[EncodedPair]) -> bool {
    pairs.is_sorted_by(|one, other| by_spelling(one, other).is_le())
}
