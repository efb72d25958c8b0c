//! Base strings part by part, decoded and aligned; the strings themselves below.

use core::fmt::Write as _;
use std::collections::HashMap;

use countersign_base_string::Parts;
use countersign_encoding::decode;

use super::super::veil::Veil;

/// Names are not padded beyond this.
const NAME: usize = 30;

/// One line of a base string: its sign, its name, its value.
type Line = (char, String, String);

/// Writes all base strings: the first whole, each other one beside it, with `+` at what only the
/// first has and `-` at what only the other has.
pub(super) fn write(out: &mut String, bases: &[(&'static str, &str)], veil: &Veil) {
    let Some(((who, first), others)) = bases.split_first() else {
        return;
    };
    let reference = lines(first, veil);
    if others.is_empty() {
        let _ignored = writeln!(out, "base string of {who}:");
        print(out, &reference);
    }
    for (other_who, other) in others {
        if other == first {
            let _ignored = writeln!(out, "base string of {other_who}, the same as of {who}:");
            print(out, &reference);
        } else {
            let _ignored = writeln!(out, "base strings: + of {who}, - of {other_who}");
            print(out, &aligned(&reference, lines(other, veil)));
        }
    }
    if !veil.redacts() {
        for (who, base) in bases {
            let _ignored = writeln!(out, "base string of {who}, as it is:\n  {}", veil.raw(base));
        }
    }
}

/// Both in one list: what both have once, what differs below each other.
fn aligned(reference: &[Line], other: Vec<Line>) -> Vec<Line> {
    let mut left: HashMap<(String, String), usize> = HashMap::new();
    for (_, name, value) in &other {
        let count = left.entry((name.clone(), value.clone())).or_default();
        *count = count.saturating_add(1);
    }
    let mut both = Vec::new();
    for (_, name, value) in reference {
        let key = (name.clone(), value.clone());
        let in_both = match left.get_mut(&key).filter(|count| **count > 0) {
            Some(count) => {
                *count = count.saturating_sub(1);
                true
            }
            None => false,
        };
        both.push((if in_both { ' ' } else { '+' }, key.0, key.1));
    }
    // What only the other one has, by name, to stand below its counterpart.
    let mut extra: HashMap<String, Vec<Line>> = HashMap::new();
    let mut order = Vec::new();
    for (_, name, value) in other {
        let key = (name, value);
        let Some(count) = left.get_mut(&key).filter(|count| **count > 0) else {
            continue;
        };
        *count = count.saturating_sub(1);
        order.push(key.0.clone());
        extra
            .entry(key.0.clone())
            .or_default()
            .push(('-', key.0, key.1));
    }
    let mut all = Vec::new();
    for line in both {
        let below = (line.0 == '+').then(|| extra.remove(&line.1)).flatten();
        all.push(line);
        all.extend(below.into_iter().flatten());
    }
    for name in order {
        all.extend(extra.remove(&name).into_iter().flatten());
    }
    all
}

fn print(out: &mut String, lines: &[Line]) {
    let width = lines
        .iter()
        .map(|(_, name, _)| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(NAME);
    for (sign, name, value) in lines {
        let _ignored = writeln!(out, "  {sign} {name:width$}  {value}");
    }
}

fn lines(base: &str, veil: &Veil) -> Vec<Line> {
    let Ok(parts) = Parts::parse_lenient(base) else {
        let value = "can't be taken apart: no & divides it";
        return vec![(' ', "base string".to_owned(), value.to_owned())];
    };
    let plain = |text: &str| decode(text).map_or_else(|_| text.to_owned(), |it| it.into_owned());
    let uri = plain(base.split('&').nth(1).unwrap_or_default());
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", &uri));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let line = |name: &str, value: String| (' ', name.to_owned(), value);
    let mut lines = vec![
        line("(method)", parts.method().to_owned()),
        line(
            "(base URI)",
            format!("{scheme}://{}{}", veil.host(host), veil.path(path)),
        ),
    ];
    lines.extend(parts.parameters().iter().map(|pair| {
        let name = plain(pair.name());
        // One layer is undone by taking the string apart; a second one is worth seeing.
        let value = veil.value(&name, pair.value());
        (' ', veil.parameter(&name), value)
    }));
    lines
}
