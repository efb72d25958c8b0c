//! Rules of the search: how names are spelt.

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{change_names, named};
use crate::search::rules::values::encoders::{
    COMMON, LAYERED, LOWER, OTHER, PLUS, RARE, SINGLE, TILDE, UNRESERVED, each,
};
use crate::search::rules::values::{NOT, TWICE, Texts, WIRE_ENCODED, respell, wire};
use crate::search::state::Plan;

pub(super) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.param_name",
        dimension: Dimension::NameEncoding,
        prior: 28,
        did: "did not encode the names of parameters",
        deviate: Deviate::Parameters(|_, plan, out| respell(plan, Texts::Names, NOT, "", out)),
    },
    Rule {
        code: "enc.param_name",
        dimension: Dimension::NameEncoding,
        prior: 18,
        did: "signed names as they are spelt in the request",
        deviate: Deviate::Parameters(|_, plan, out| wire(plan, Texts::Names, out)),
    },
    Rule {
        code: "enc.double_encoded",
        dimension: Dimension::NameEncoding,
        prior: 26,
        did: "encoded names once too often",
        deviate: Deviate::Parameters(|_, plan, out| {
            respell(plan, Texts::Names, TWICE, "", out);
            if plan.pairs.iter().any(|pair| pair.raw_name.contains(&b'%')) {
                respell(plan, Texts::Names, WIRE_ENCODED, "taken from the wire", out);
            }
            each(plan, Texts::Names, LAYERED, &[], out);
        }),
    },
    Rule {
        code: "enc.reserved_chars",
        dimension: Dimension::NameEncoding,
        prior: 16,
        did: "left reserved characters in names unencoded",
        deviate: Deviate::Parameters(|_, plan, out| {
            each(plan, Texts::Names, COMMON, &[PLUS, TILDE], out);
            each(plan, Texts::Names, RARE, &[COMMON, PLUS, TILDE], out);
            each(plan, Texts::Names, SINGLE, &[COMMON, RARE], out);
            each(plan, Texts::Names, OTHER, &[COMMON, RARE, SINGLE], out);
        }),
    },
    Rule {
        code: "enc.plus_space",
        dimension: Dimension::NameEncoding,
        prior: 12,
        did: "wrote a space in names as '+'",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Names, PLUS, &[], out)),
    },
    Rule {
        code: "enc.tilde",
        dimension: Dimension::NameEncoding,
        prior: 8,
        did: "encoded the tilde in names",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Names, TILDE, &[], out)),
    },
    Rule {
        code: "enc.unreserved_chars",
        dimension: Dimension::NameEncoding,
        prior: 4,
        did: "encoded characters in names that are never encoded",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Names, UNRESERVED, &[], out)),
    },
    Rule {
        code: "enc.lowercase_hex",
        dimension: Dimension::NameEncoding,
        prior: 8,
        did: "wrote the percent-encoding of names with lower-case digits",
        deviate: Deviate::Parameters(|_, plan, out| each(plan, Texts::Names, LOWER, &[], out)),
    },
    Rule {
        code: "enc.param_name",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "changed the names of parameters as its language keeps them",
        deviate: Deviate::Parameters(|_, plan, out| {
            rename(plan, "'.' and space as '_', as PHP does", out, |name| {
                let kept = |byte: &u8| {
                    if matches!(byte, b'.' | b' ') {
                        b'_'
                    } else {
                        *byte
                    }
                };
                name.iter().map(kept).collect()
            });
            rename(plan, "without '[]' at the end", out, |name| {
                name.strip_suffix(b"[]").unwrap_or(name).to_vec()
            });
            rename(plan, "without '[...]' at the end", out, |name| {
                let at = name.iter().position(|byte| *byte == b'[');
                let base = at.and_then(|at| name.get(..at));
                base.filter(|base| !base.is_empty())
                    .unwrap_or(name)
                    .to_vec()
            });
            rename(plan, "'[0]' as '[]'", out, unnumbered);
            rename(plan, "in lower case", out, <[u8]>::to_ascii_lowercase);
            rename(plan, "in upper case", out, |name| {
                if name.starts_with(b"oauth_") {
                    name.to_vec()
                } else {
                    name.to_ascii_uppercase()
                }
            });
            rename(plan, "trimmed", out, |name| name.trim_ascii().to_vec());
            rename(plan, "without the prefix '?'", out, |name| {
                name.strip_prefix(b"?").unwrap_or(name).to_vec()
            });
            first_with_question_mark(plan, out);
        }),
    },
];

fn rename(plan: &Plan, detail: &str, out: &mut Out<Plan>, new: fn(&[u8]) -> Vec<u8>) {
    change_names(plan, detail, out, &|pair| Some(new(&pair.name)));
}

/// `a[0][b]` as `a[][b]`.
fn unnumbered(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut is_open = false;
    for piece in name.split_inclusive(|byte| *byte == b'[') {
        let digits = piece
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (number, rest) = piece.split_at(digits);
        if !(is_open && rest.starts_with(b"]")) {
            out.extend_from_slice(number);
        }
        out.extend_from_slice(rest);
        is_open = piece.ends_with(b"[");
    }
    out
}

/// The query's first name with the '?' before it, as where a URL is cut one character too early.
fn first_with_question_mark(plan: &Plan, out: &mut Out<Plan>) {
    let is_query = |place| place == countersign_base_string::Place::Query;
    let Some(first) = plan.pairs.iter().find(|pair| is_query(pair.place)) else {
        return;
    };
    change_names(
        plan,
        &format!("'?' before {}", named(first)),
        out,
        &|pair| {
            core::ptr::eq(pair, &raw const **first).then(|| [b"?", pair.name.as_slice()].concat())
        },
    );
}
