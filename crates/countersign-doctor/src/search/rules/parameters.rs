//! What the rules for parameters share: bounds, targets, words.

use std::borrow::Cow;
use std::rc::Rc;

use countersign_base_string::Place;

use crate::search::rule::Out;
use crate::search::state::{Plan, Scope, Spell};
use crate::search::subject::Pair;

/// How many octets of parameters the states of one rule may come to when they are written out.
const WRITTEN: usize = 8 << 20;

/// What a parameter costs beside its octets.
const OVERHEAD: usize = 64;

/// How many states a rule may make of `plan`: at most `most`, fewer when the parameters are large.
pub(super) fn room(plan: &Plan, most: usize) -> usize {
    let size = plan.pairs.iter().fold(1_usize, |size, pair| {
        size.saturating_add(OVERHEAD)
            .saturating_add(pair.name.len())
            .saturating_add(pair.value.len())
    });
    WRITTEN
        .checked_div(size)
        .map_or(4, |states| states.clamp(4, most.max(4)))
}

/// As many characters of a name are shown.
const SHOWN: usize = 60;

/// "parameter NAME".
pub(super) fn named(pair: &Pair) -> String {
    const WORD: &str = "parameter ";
    let name = shown(&pair.name);
    let mut words = String::with_capacity(WORD.len().saturating_add(name.len()));
    words.push_str(WORD);
    words.push_str(&name);
    words
}

/// A name in words.
pub(super) fn shown(name: &[u8]) -> Cow<'_, str> {
    // Nearly all names are words.
    let is_word = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'_';
    if (1..=SHOWN).contains(&name.len())
        && name.iter().all(is_word)
        && let Ok(name) = core::str::from_utf8(name)
    {
        return Cow::Borrowed(name);
    }
    let text = String::from_utf8_lossy(name);
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    if shown.is_empty() {
        shown.push_str("without a name");
    }
    Cow::Owned(shown)
}

/// The plan without the parameters that `drops` picks; none where it picks nothing.
pub(super) fn without(plan: &Plan, mut drops: impl FnMut(usize, &Pair) -> bool) -> Option<Plan> {
    let pairs: Vec<Rc<Pair>> = plan
        .pairs
        .iter()
        .enumerate()
        .filter(|(position, pair)| !drops(*position, pair))
        .map(|(_, pair)| Rc::clone(pair))
        .collect();
    (pairs.len() < plan.pairs.len()).then(|| with_pairs(plan, pairs))
}

/// The plan with other parameters.
pub(super) fn with_pairs(plan: &Plan, pairs: impl Into<Rc<[Rc<Pair>]>>) -> Plan {
    Plan {
        pairs: pairs.into(),
        ..plan.clone()
    }
}

/// The plan with one more parameter: after the last of its place, as if it had been sent there.
pub(super) fn with_pair(plan: &Plan, pair: Pair) -> Plan {
    let mut pairs = plan.pairs.to_vec();
    let at = pairs
        .iter()
        .rposition(|other| rank(other.place) <= rank(pair.place))
        .map_or(0, |last| last.saturating_add(1));
    pairs.insert(at.min(pairs.len()), Rc::new(pair));
    with_pairs(plan, pairs)
}

/// Header, query, body.
pub(super) const fn rank(place: Place) -> u8 {
    match place {
        Place::Header => 0,
        Place::Query => 1,
        Place::Body => 2,
    }
}

/// Whether a spelling for `scope` goes for `pair`.
pub(super) fn covers(scope: Scope, pair: &Pair) -> bool {
    match scope {
        Scope::All => true,
        Scope::Protocol => pair.is_protocol(),
        Scope::Application => !pair.is_protocol(),
        Scope::In(place) => pair.place == place,
        Scope::Only(id) => pair.id == Some(id),
    }
}

/// A spelling of names or values.
pub(super) type Write = fn(&[u8], &[u8], &mut Vec<u8>);

/// Appends the spelling of a name or value.
pub(super) fn spell(spell: Spell, pair: &Pair, decoded: &[u8], raw: &[u8], out: &mut Vec<u8>) {
    if covers(spell.on, pair) {
        (spell.write)(decoded, raw, out);
    } else {
        countersign_encoding::encode_into(decoded, out);
    }
}

/// More than this many parameters are not tried one by one.
pub(super) const ONE_BY_ONE: usize = 16;

/// The groups of parameters that a deviation may be limited to, given which of them it touches:
/// each group that differs from the ones before it, with words for it.
pub(super) fn groups(plan: &Plan, touched: &[bool]) -> Vec<(Scope, Vec<bool>, Cow<'static, str>)> {
    const WIDE: [(Scope, &str); 6] = [
        (Scope::All, ""),
        (Scope::Application, "in all but the oauth_ parameters"),
        (Scope::Protocol, "in the oauth_ parameters only"),
        (Scope::In(Place::Query), "in the query only"),
        (Scope::In(Place::Body), "in the body only"),
        (Scope::In(Place::Header), "in the Authorization header only"),
    ];
    let mut groups: Vec<(Scope, Vec<bool>, Cow<'static, str>)> = Vec::new();
    let mut within = Vec::with_capacity(touched.len());
    let mut add = |scope: Scope, words: &dyn Fn() -> Cow<'static, str>| {
        within.clear();
        let pairs = plan.pairs.iter().zip(touched);
        within.extend(pairs.map(|(pair, touched)| *touched && covers(scope, pair)));
        if within.contains(&true) && !groups.iter().any(|(_, known, _)| *known == within) {
            groups.push((scope, within.clone(), words()));
        }
    };
    for (scope, words) in WIDE {
        add(scope, &|| words.into());
    }
    let touched_pairs = || {
        plan.pairs
            .iter()
            .zip(touched)
            .filter(|(_, touched)| **touched)
    };
    if touched_pairs().nth(1).is_some() {
        for (pair, _) in touched_pairs().take(ONE_BY_ONE) {
            if let Some(id) = pair.id {
                add(Scope::Only(id), &|| named(pair).into());
            }
        }
    } else if let (Some((pair, _)), Some((_, _, words))) =
        (touched_pairs().next(), groups.first_mut())
    {
        *words = named(pair).into();
    }
    groups
}

/// States in which values are changed: all that `change` touches, those of one place, each alone.
pub(super) fn change_values(
    plan: &Plan,
    detail: &str,
    out: &mut Out<Plan>,
    change: &dyn Fn(&Pair) -> Option<Vec<u8>>,
) {
    change_pairs(plan, detail, out, &|pair| {
        let value = change(pair).filter(|value| *value != pair.value)?;
        Some(Pair {
            has_equals: true,
            ..pair.with(pair.name.clone(), value)
        })
    });
}

/// States in which names are changed.
pub(super) fn change_names(
    plan: &Plan,
    detail: &str,
    out: &mut Out<Plan>,
    change: &dyn Fn(&Pair) -> Option<Vec<u8>>,
) {
    change_pairs(plan, detail, out, &|pair| {
        let name = change(pair).filter(|name| *name != pair.name)?;
        Some(pair.with(name, pair.value.clone()))
    });
}

/// States in which parameters are changed, by the groups of those that `change` touches.
pub(super) fn change_pairs(
    plan: &Plan,
    detail: &str,
    out: &mut Out<Plan>,
    change: &dyn Fn(&Pair) -> Option<Pair>,
) {
    let changed: Vec<Option<Rc<Pair>>> = plan
        .pairs
        .iter()
        .map(|pair| change(pair).map(Rc::new))
        .collect();
    let touched: Vec<bool> = changed.iter().map(Option::is_some).collect();
    if !touched.contains(&true) {
        return;
    }
    for (_, within, words) in groups(plan, &touched) {
        let pairs: Rc<[Rc<Pair>]> = plan
            .pairs
            .iter()
            .zip(&changed)
            .zip(&within)
            .map(|((pair, changed), within)| match changed {
                Some(changed) if *within => Rc::clone(changed),
                _ => Rc::clone(pair),
            })
            .collect();
        out.push(with_pairs(plan, pairs), joined(detail, &words));
    }
}

/// Two remarks in one.
pub(super) fn joined(detail: &str, words: &str) -> String {
    match (detail.is_empty(), words.is_empty()) {
        (true, _) => words.to_owned(),
        (_, true) => detail.to_owned(),
        (false, false) => [detail, ", ", words].concat(),
    }
}

#[cfg(test)]
mod tests;
