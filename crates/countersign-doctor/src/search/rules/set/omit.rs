//! Parameters that were sent and not signed.

use std::collections::HashMap;

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{named, room, shown, without};
use crate::search::state::Plan;
use crate::search::subject::Pair;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "sbs.form_body_omitted",
        dimension: Dimension::Body,
        prior: 60,
        did: "left the form fields of the body out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| whole(plan, Place::Body, out)),
    },
    Rule {
        code: "sbs.query_omitted",
        dimension: Dimension::Query,
        prior: 50,
        did: "left the query out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| whole(plan, Place::Query, out)),
    },
    Rule {
        code: "sbs.query_omitted",
        dimension: Dimension::Query,
        prior: 20,
        did: "left one parameter of the query out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, is_plain_query, out)),
    },
    Rule {
        code: "sbs.query_omitted",
        dimension: Dimension::Query,
        prior: 6,
        did: "left several parameters of the query out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| several(plan, is_plain_query, out)),
    },
    Rule {
        code: "sbs.form_body_omitted",
        dimension: Dimension::Body,
        prior: 14,
        did: "left one field of the form out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, is_plain_body, out)),
    },
    Rule {
        code: "sbs.form_body_omitted",
        dimension: Dimension::Body,
        prior: 4,
        did: "left several fields of the form out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| several(plan, is_plain_body, out)),
    },
    Rule {
        code: "sbs.param_missing",
        dimension: Dimension::ParameterSet,
        prior: 25,
        did: "signed nothing but the oauth_ parameters",
        deviate: Deviate::Parameters(|_, plan, out| {
            // With one place only, it is the query or the body that was left out.
            let places = [Place::Header, Place::Query, Place::Body].into_iter();
            let with_others = places.filter(|place| {
                let here = |pair: &Pair| pair.place == *place && !pair.is_protocol();
                plan.pairs.iter().any(|pair| here(pair))
            });
            if with_others.count() > 1 {
                push(plan, out, "", |pair| !pair.is_protocol());
            }
        }),
    },
    Rule {
        code: "sbs.oauth_param_missing",
        dimension: Dimension::ParameterSet,
        prior: 24,
        did: "left an oauth_ parameter out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, is_ordinary_protocol, out)),
    },
    Rule {
        code: "sbs.oauth_param_missing",
        dimension: Dimension::ParameterSet,
        prior: 2,
        did: "signed none of the oauth_ parameters",
        deviate: Deviate::Parameters(|_, plan, out| push(plan, out, "", Pair::is_protocol)),
    },
    Rule {
        code: "sbs.empty_oauth_token",
        dimension: Dimension::ParameterSet,
        prior: 30,
        did: "left the empty oauth_token out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| push(plan, out, "", is_empty_token)),
    },
    Rule {
        code: "bodyhash.missing",
        dimension: Dimension::ParameterSet,
        prior: 25,
        did: "left oauth_body_hash out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, out, "", |pair| pair.name == b"oauth_body_hash");
        }),
    },
    Rule {
        code: "sbs.empty_param",
        dimension: Dimension::ParameterSet,
        prior: 25,
        did: "left parameters with an empty value out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, out, "", |pair| pair.value.is_empty());
            push(plan, out, "all but the oauth_ ones", |pair| {
                pair.value.is_empty() && !pair.is_protocol()
            });
            push(plan, out, "those written with '='", |pair| {
                pair.value.is_empty() && pair.has_equals
            });
            each(plan, |pair| pair.value.is_empty(), out);
        }),
    },
    Rule {
        code: "sbs.valueless_param",
        dimension: Dimension::ParameterSet,
        prior: 20,
        did: "left parameters without '=' out of the signature",
        deviate: Deviate::Parameters(|_, plan, out| push(plan, out, "", |pair| !pair.has_equals)),
    },
    Rule {
        code: "sbs.realm_included",
        dimension: Dimension::ParameterSet,
        prior: 15,
        did: "dropped the parameter called realm, which is signed unless it stands in the Authorization header",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, out, "", |pair| {
                pair.name == b"realm" && pair.place != Place::Header
            });
        }),
    },
    Rule {
        // Likelier than the query left out, which gives the same.
        code: "hdr.extra_params",
        dimension: Dimension::ParameterSet,
        prior: 70,
        did: "signed once what stands in the Authorization header and elsewhere, too",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, out, "", |pair| {
                is_header_extra(pair) && stands_elsewhere(plan, pair)
            });
        }),
    },
    Rule {
        code: "hdr.extra_params",
        dimension: Dimension::ParameterSet,
        prior: 25,
        did: "did not sign the parameters that stand in the Authorization header beside the oauth_ ones",
        deviate: Deviate::Parameters(|_, plan, out| {
            push(plan, out, "", is_header_extra);
            each(plan, is_header_extra, out);
        }),
    },
    Rule {
        code: "sbs.param_missing",
        dimension: Dimension::ParameterSet,
        prior: 2,
        did: "lost the parameters after a certain one",
        deviate: Deviate::Parameters(|_, plan, out| {
            let most = room(plan, 32);
            for (last, pair) in plan.pairs.iter().enumerate().take(most) {
                if let Some(state) = without(plan, |position, _| position > last) {
                    out.push(state, format!("after {}", named(pair)));
                }
            }
        }),
    },
];

fn is_plain_query(pair: &Pair) -> bool {
    pair.place == Place::Query && !pair.is_protocol()
}

fn is_plain_body(pair: &Pair) -> bool {
    pair.place == Place::Body && !pair.is_protocol()
}

fn is_empty_token(pair: &Pair) -> bool {
    pair.name == b"oauth_token" && pair.value.is_empty()
}

/// The ones without a rule of their own.
fn is_ordinary_protocol(pair: &Pair) -> bool {
    pair.is_protocol() && pair.name != b"oauth_body_hash" && !is_empty_token(pair)
}

fn is_header_extra(pair: &Pair) -> bool {
    pair.place == Place::Header && !pair.is_protocol()
}

fn stands_elsewhere(plan: &Plan, pair: &Pair) -> bool {
    plan.pairs
        .iter()
        .any(|other| other.place != pair.place && other.name == pair.name)
}

/// Drops what `drops` picks.
fn push(plan: &Plan, out: &mut Out<Plan>, detail: &'static str, drops: impl Fn(&Pair) -> bool) {
    if let Some(state) = without(plan, |_, pair| drops(pair)) {
        out.push(state, detail);
    }
}

/// Drops one place: its application parameters, or all that stands there.
fn whole(plan: &Plan, place: Place, out: &mut Out<Plan>) {
    push(plan, out, "", |pair| {
        pair.place == place && !pair.is_protocol()
    });
    if plan
        .pairs
        .iter()
        .any(|pair| pair.place == place && pair.is_protocol())
    {
        push(plan, out, "its oauth_ parameters, too", |pair| {
            pair.place == place
        });
    }
}

/// Drops each one.
fn each(plan: &Plan, of: impl Fn(&Pair) -> bool, out: &mut Out<Plan>) {
    let most = room(plan, 256);
    for (which, pair) in plan
        .pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| of(pair))
        .take(most)
    {
        if let Some(state) = without(plan, |position, _| position == which) {
            out.push(state, named(pair));
        }
    }
}

/// Of so many parameters every subset is tried.
const EVERY_SUBSET: usize = 10;

/// As many states come of subsets.
const SUBSETS: usize = 1100;

/// Drops several, but not all: each subset of up to ten; of more, pairs, beginnings and ends. Where
/// names are repeated, a name goes or stays with all its values, and parameters go one by one where
/// that makes few states more.
fn several(plan: &Plan, of: impl Fn(&Pair) -> bool, out: &mut Out<Plan>) {
    let these: Vec<usize> = plan
        .pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| of(pair))
        .map(|(position, _)| position)
        .collect();
    let names = by_name(plan, &these);
    let most = room(plan, SUBSETS);
    let made = subsets(&names, most, &mut |dropped| drop_these(plan, dropped, out));
    if names.len() < these.len() {
        let singles: Vec<Vec<usize>> = these.iter().map(|position| vec![*position]).collect();
        subsets(&singles, most.saturating_sub(made), &mut |dropped| {
            let is_dropped = |position: &usize| dropped.binary_search(position).is_ok();
            let is_whole =
                |name: &Vec<usize>| name.iter().all(is_dropped) || !name.iter().any(is_dropped);
            if !names.iter().all(is_whole) {
                drop_these(plan, dropped, out);
            }
        });
    }
}

/// The positions of each name.
fn by_name(plan: &Plan, these: &[usize]) -> Vec<Vec<usize>> {
    let mut at: HashMap<&[u8], usize> = HashMap::new();
    let mut names: Vec<Vec<usize>> = Vec::new();
    for position in these {
        let Some(pair) = plan.pairs.get(*position) else {
            continue;
        };
        let known = *at.entry(&pair.name).or_insert(names.len());
        match names.get_mut(known) {
            Some(positions) => positions.push(*position),
            None => names.push(vec![*position]),
        }
    }
    names
}

/// Shows which positions are left out with some of `groups`; one position alone and all of them are
/// the work of other rules. Tells how many it showed.
fn subsets(groups: &[Vec<usize>], most: usize, show: &mut dyn FnMut(&[usize])) -> usize {
    let mut shown = 0_usize;
    let mut drop = |groups: &mut dyn Iterator<Item = &Vec<usize>>| {
        let mut dropped: Vec<usize> = groups.flatten().copied().collect();
        dropped.sort_unstable();
        if dropped.len() > 1 {
            shown = shown.saturating_add(1);
            show(&dropped);
        }
    };
    if groups.len() <= EVERY_SUBSET {
        let all = 1_usize.checked_shl(u32::try_from(groups.len()).unwrap_or(0));
        let mut masks: Vec<usize> = (1..all.unwrap_or(1).saturating_sub(1)).collect();
        masks.sort_by_key(|mask| mask.count_ones());
        for mask in masks.into_iter().take(most) {
            let bits = groups.iter().enumerate();
            let dropped = bits.filter(|(bit, _)| (mask >> bit) & 1 == 1);
            drop(&mut dropped.map(|(_, group)| group));
        }
        return shown;
    }
    // A third of the room for each, so that none crowds the others out.
    let most = most / 3;
    for group in groups.iter().filter(|group| group.len() > 1).take(most) {
        drop(&mut core::iter::once(group));
    }
    let ends = (2..groups.len()).flat_map(|count| {
        let (first, _) = groups.split_at(count);
        let (_, last) = groups.split_at(groups.len().saturating_sub(count));
        [first, last]
    });
    for some in ends.take(most) {
        drop(&mut some.iter());
    }
    let pairs = groups.iter().enumerate().flat_map(|(at, a)| {
        let after = groups.iter().skip(at.saturating_add(1));
        after.map(move |b| [a, b])
    });
    for two in pairs.take(most) {
        drop(&mut two.into_iter());
    }
    shown
}

/// As many names are told in one remark.
const TOLD: usize = 4;

fn drop_these(plan: &Plan, dropped: &[usize], out: &mut Out<Plan>) {
    let Some(state) = without(plan, |position, _| dropped.binary_search(&position).is_ok()) else {
        return;
    };
    let mut detail = String::from("parameters");
    for (told, position) in dropped.iter().enumerate() {
        if told == TOLD {
            detail.push_str(" …");
            break;
        }
        if let Some(pair) = plan.pairs.get(*position) {
            detail.push_str(if told == 0 { " " } else { ", " });
            detail.push_str(&shown(&pair.name));
        }
    }
    out.push(state, detail);
}
