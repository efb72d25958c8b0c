//! Rules of the search: how values are spelt.

mod charset;
pub(super) mod encoders;
mod whole;

use crate::search::rule::Out;
use crate::search::rules::parameters::{Write, groups, joined, spell};
use crate::search::state::{Plan, Spell};
use crate::search::subject::Pair;

pub(super) use charset::ROWS as CHARSET;
pub(super) use encoders::ROWS as ENCODERS;
pub(super) use whole::ROWS as WHOLE;
pub(super) use whole::{NOT, TWICE, WIRE_ENCODED, wire};

/// Which of a parameter's two texts are spelt in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    Names,
    /// Values, and beside that values together with names.
    Values,
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
    let names: Vec<bool> = plan
        .pairs
        .iter()
        .map(|pair| differs(pair, plan.names, &pair.name, &pair.raw_name))
        .collect();
    if texts == Texts::Names {
        if names.contains(&true) {
            for (on, _, words) in groups(plan, &names) {
                let state = Plan {
                    names: Spell { write, on },
                    ..plan.clone()
                };
                out.push(state, joined(detail, &words));
            }
        }
        return;
    }
    let values: Vec<bool> = plan
        .pairs
        .iter()
        .map(|pair| differs(pair, plan.values, &pair.value, &pair.raw_value))
        .collect();
    if !values.contains(&true) {
        return;
    }
    for (on, within, words) in groups(plan, &values) {
        let state = Plan {
            values: Spell { write, on },
            ..plan.clone()
        };
        out.push(state, joined(detail, &words));
        // A client with one encoder runs it over both.
        let covers_all = on == crate::search::Scope::All;
        let with_names = names
            .iter()
            .zip(&within)
            .any(|(name, within)| *name && (covers_all || *within));
        if with_names {
            let state = Plan {
                names: Spell { write, on },
                values: Spell { write, on },
                ..plan.clone()
            };
            out.push(state, joined(&joined(detail, &words), "names and values"));
        }
    }
}
