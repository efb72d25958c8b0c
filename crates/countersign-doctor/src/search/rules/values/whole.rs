//! Layers of encoding: one too many, one too few, or the spelling of the wire.

use std::rc::Rc;

use super::encoders::{LAYERED, each};
use super::{Texts, respell};
use crate::search::Scope;
use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{
    ONE_BY_ONE, Write, change_pairs, change_values, joined, named, with_pairs,
};
use crate::search::state::Plan;
use crate::search::subject::{Pair, Subject};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 44,
        did: "encoded values once too often",
        deviate: Deviate::Parameters(|_, plan, out| {
            let mut all = Out::default();
            respell(plan, Texts::Values, TWICE, "", &mut all);
            let of_many = |(state, _): &(Plan, _)| !matches!(state.values.on, Scope::Only(_));
            out.states.extend(all.states.into_iter().filter(of_many));
        }),
    },
    // By hand, before a program encodes them all: whatever that one does wrong comes on top.
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ParameterSet,
        prior: 36,
        did: "encoded the value of one parameter once too often",
        deviate: Deviate::Parameters(one_twice),
    },
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ParameterSet,
        prior: 36,
        did: "took values from the wire, where they are encoded, and encoded them again",
        deviate: Deviate::Parameters(|_, plan, out| {
            let is_encoded = |text: &Vec<u8>| text.contains(&b'%');
            if plan.pairs.iter().any(|pair| is_encoded(&pair.raw_value)) {
                change_values(plan, "", out, &|pair| Some(pair.raw_value.clone()));
            }
            if plan.pairs.iter().any(|pair| is_encoded(&pair.raw_name)) {
                change_pairs(plan, "names and values", out, &as_sent);
            }
        }),
    },
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 3,
        did: "encoded values three times",
        deviate: Deviate::Parameters(|_, plan, out| {
            respell(plan, Texts::Values, THRICE, "", out);
        }),
    },
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 16,
        did: "encoded values twice, by two encoders or by one made for another purpose",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Values, LAYERED, &[], out);
        }),
    },
    Rule {
        code: "enc.single_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 40,
        did: "did not encode values before the parameters were encoded as a whole",
        deviate: Deviate::Parameters(|_, plan, out| respell(plan, Texts::Values, NOT, "", out)),
    },
    Rule {
        code: "enc.single_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 24,
        did: "signed values as they are spelt in the request",
        deviate: Deviate::Parameters(|_, plan, out| wire(plan, Texts::Values, out)),
    },
];

pub(in crate::search::rules) const TWICE: Write = |decoded, _, out| {
    countersign_encoding::encode_twice_into(decoded, out);
};

pub(in crate::search::rules) const WIRE_ENCODED: Write = |_, raw, out| {
    countersign_encoding::encode_into(raw, out);
};

fn as_sent(pair: &Pair) -> Option<Pair> {
    let is_read = pair.name != pair.raw_name || pair.value != pair.raw_value;
    is_read.then(|| pair.with(pair.raw_name.clone(), pair.raw_value.clone()))
}

/// One of several that change when they are encoded, and its name where that changes too.
fn one_twice(_: &Subject<'_>, plan: &Plan, out: &mut Out<Plan>) {
    let encoded = |text: &[u8]| {
        let new = countersign_encoding::encode_bytes(text);
        (*new.as_bytes() != *text).then(|| new.into_owned().into_bytes())
    };
    let values = || {
        let pairs = plan.pairs.iter().enumerate();
        pairs.filter_map(|(at, pair)| Some((at, pair, encoded(&pair.value)?)))
    };
    if values().nth(1).is_none() {
        return;
    }
    for (at, pair, value) in values().take(ONE_BY_ONE) {
        let mut put = |name: Vec<u8>, detail: String| {
            let mut pairs = plan.pairs.to_vec();
            if let Some(place) = pairs.get_mut(at) {
                *place = Rc::new(pair.with(name, value.clone()));
                out.push(with_pairs(plan, pairs), detail);
            }
        };
        put(pair.name.clone(), named(pair));
        if let Some(name) = encoded(&pair.name) {
            put(name, joined(&named(pair), "its name, too"));
        }
    }
}

const THRICE: Write = |decoded, _, out| {
    let mut twice = Vec::new();
    countersign_encoding::encode_twice_into(decoded, &mut twice);
    countersign_encoding::encode_into(&twice, out);
};

pub(in crate::search::rules) const NOT: Write = |decoded, _, out| out.extend_from_slice(decoded);

/// As spelt on the wire, with what the outer layer of encoding would need to be there.
pub(in crate::search::rules) fn wire(plan: &Plan, texts: Texts, out: &mut Out<Plan>) {
    respell(
        plan,
        texts,
        |_, raw, out| out.extend_from_slice(raw),
        "",
        out,
    );
}
