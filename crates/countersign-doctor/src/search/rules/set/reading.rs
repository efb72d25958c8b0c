//! Parameters that were read in another way than by RFC 5849 section 3.4.1.3.1.

use std::borrow::Cow;

use countersign_base_string::Place;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{change_pairs, change_values, with_pairs};
use crate::search::state::Plan;
use crate::search::subject::Pair;

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.double_decoded",
        dimension: Dimension::ParameterSet,
        prior: 22,
        did: "decoded values twice before signing them",
        deviate: Deviate::Parameters(|_, plan, out| {
            change_values(plan, "", out, &|pair| decoded(&pair.value, false));
            // Where none is encoded, it is the '+' alone that is read otherwise.
            if plan.pairs.iter().any(|pair| pair.value.contains(&b'%')) {
                change_values(plan, "and '+' as a space", out, &|pair| {
                    decoded(&pair.value, true)
                });
            }
            replaced(plan, out);
            change_pairs(plan, "names and values", out, &|pair| {
                let name = decoded(&pair.name, false)?;
                let value = decoded(&pair.value, false).unwrap_or_else(|| pair.value.clone());
                Some(Pair {
                    name,
                    value,
                    ..pair.clone()
                })
            });
        }),
    },
    Rule {
        code: "sbs.valueless_param",
        dimension: Dimension::ParameterSet,
        prior: 22,
        did: "split a name without '=' at the '=' that it holds in encoded form",
        deviate: Deviate::Parameters(|_, plan, out| {
            change_pairs(plan, "", out, &|pair| {
                if pair.has_equals {
                    return None;
                }
                let at = pair.name.iter().position(|byte| *byte == b'=')?;
                let (name, rest) = pair.name.split_at_checked(at)?;
                Some(Pair {
                    name: name.to_vec(),
                    value: rest.get(1..).unwrap_or_default().to_vec(),
                    has_equals: true,
                    ..pair.clone()
                })
            });
        }),
    },
    Rule {
        code: "sbs.valueless_param",
        dimension: Dimension::ParameterSet,
        prior: 10,
        did: "signed a parameter without '=' with a value of its own making",
        deviate: Deviate::Parameters(|_, plan, out| {
            for (word, detail) in [
                ("true", "\"true\""),
                ("null", "\"null\""),
                ("undefined", "\"undefined\""),
                ("None", "\"None\""),
                ("1", "\"1\""),
            ] {
                change_values(plan, detail, out, &|pair| {
                    (!pair.has_equals).then(|| word.as_bytes().to_vec())
                });
            }
            change_values(plan, "its own name", out, &|pair| {
                (!pair.has_equals).then(|| pair.name.clone())
            });
            change_pairs(plan, "as the value of an empty name", out, &|pair| {
                (!pair.has_equals && !pair.name.is_empty()).then(|| Pair {
                    name: Vec::new(),
                    value: pair.name.clone(),
                    has_equals: true,
                    ..pair.clone()
                })
            });
        }),
    },
    Rule {
        code: "enc.double_decoded",
        dimension: Dimension::ParameterSet,
        prior: 14,
        did: "decoded the parameters before taking them apart at '&' and '='",
        deviate: Deviate::Parameters(|_, plan, out| {
            reparse(plan, b'&', "", out);
        }),
    },
    Rule {
        code: "sbs.form_body_mismatch",
        dimension: Dimension::ParameterSet,
        prior: 5,
        did: "took the parameters apart at ';', too",
        deviate: Deviate::Parameters(|_, plan, out| {
            reparse(plan, b';', "", out);
        }),
    },
];

/// Decodes once more; none where nothing is encoded.
pub(super) fn decoded(text: &[u8], plus_is_space: bool) -> Option<Vec<u8>> {
    use countersign_encoding::{Decoder, Leniency};
    let is_encoded = |byte: &u8| *byte == b'%' || (plus_is_space && *byte == b'+');
    if !text.iter().any(is_encoded) {
        return None;
    }
    let decoder = if plus_is_space {
        Decoder::form()
    } else {
        Decoder::new()
    };
    decoder
        .with_leniency(Leniency::StrayPercent)
        .decode_bytes(text)
        .ok()
        .map(Cow::into_owned)
}

/// Decodes once more, and what is no text then becomes U+FFFD, as where texts are no octets.
fn replaced(plan: &Plan, out: &mut Out<Plan>) {
    let spoiled = |pair: &Pair| {
        decoded(&pair.value, true).is_some_and(|text| core::str::from_utf8(&text).is_err())
    };
    if !plan.pairs.iter().any(|pair| spoiled(pair)) {
        return;
    }
    for (plus_is_space, detail) in [
        (false, "with the replacement character for what is no text"),
        (
            true,
            "and '+' as a space, with the replacement character for what is no text",
        ),
    ] {
        change_values(plan, detail, out, &|pair| {
            let text = decoded(&pair.value, plus_is_space)?;
            Some(String::from_utf8_lossy(&text).into_owned().into_bytes())
        });
    }
}

/// More pieces of one parameter are not looked at.
const PIECES: usize = 64;
/// Puts names and values together as they read when decoded, and takes them apart again.
fn reparse(plan: &Plan, at: u8, detail: &'static str, out: &mut Out<Plan>) {
    let mut pairs = Vec::with_capacity(plan.pairs.len());
    let mut changed = false;
    for pair in plan.pairs.iter() {
        let splits = |text: &[u8]| text.contains(&at);
        let moves = at == b'&' && pair.name.contains(&b'=');
        let is_header = pair.place == Place::Header;
        if is_header || !(splits(&pair.name) || splits(&pair.value) || moves) {
            pairs.push(pair.clone());
            continue;
        }
        changed = true;
        let mut text = pair.name.clone();
        if pair.has_equals {
            text.push(b'=');
            text.extend_from_slice(&pair.value);
        }
        for piece in text.split(|byte| *byte == at).take(PIECES) {
            if piece.is_empty() {
                continue;
            }
            let cut = piece.iter().position(|byte| *byte == b'=');
            let (name, value) = piece.split_at(cut.unwrap_or(piece.len()));
            pairs.push(
                Pair {
                    name: name.to_vec(),
                    value: value.get(1..).unwrap_or_default().to_vec(),
                    has_equals: cut.is_some(),
                    ..Pair::clone(pair)
                }
                .into(),
            );
        }
    }
    if changed {
        out.push(with_pairs(plan, pairs), detail);
    }
}
