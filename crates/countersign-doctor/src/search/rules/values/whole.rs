//! Layers of encoding: one too many, one too few, or the spelling of the wire.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::Write;
use crate::search::state::Plan;

use super::encoders::{LAYERED, each};
use super::{Texts, respell};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 44,
        did: "encoded values once too often",
        deviate: Deviate::Parameters(|_, plan, out| respell(plan, Texts::Values, TWICE, "", out)),
    },
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::ValueEncoding,
        prior: 36,
        did: "took values from the wire, where they are encoded, and encoded them again",
        deviate: Deviate::Parameters(|_, plan, out| {
            let is_encoded = |text: &Vec<u8>| text.contains(&b'%');
            if plan.pairs.iter().any(|pair| is_encoded(&pair.raw_value)) {
                respell(plan, Texts::Values, WIRE_ENCODED, "", out);
            } else if plan.pairs.iter().any(|pair| is_encoded(&pair.raw_name)) {
                respell(plan, Texts::Both, WIRE_ENCODED, "", out);
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
