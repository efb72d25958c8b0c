//! Reading `WWW-Authenticate`, however it is spelled.

use super::{ERROR, MAX_PAIRS, Pairs};
use crate::lenient;
use crate::problem::{ADVICE, CODE, ECHO, REALM};

/// How far behind a comma a name and its `=` are looked for.
const LOOK_AHEAD: usize = 64;

/// The decoded parameters of the OAuth challenge in a field value, without `WWW-Authenticate:`.
///
/// Other schemes beside it are passed over; a value without any scheme counts as OAuth. Of
/// several OAuth challenges the first one with a problem is taken, else the first.
pub(super) fn read(field_value: &str) -> Option<Pairs> {
    let mut challenges: Vec<Pairs> = Vec::new();
    let mut in_oauth = true;
    let mut open = false;
    for item in items(field_value).take(MAX_PAIRS) {
        match item {
            Item::Scheme(scheme) => {
                in_oauth = scheme.eq_ignore_ascii_case("OAuth");
                open = false;
            }
            Item::Parameter(name, value) if in_oauth => {
                if !open {
                    challenges.push(Pairs::new());
                    open = true;
                }
                let name = lenient::decode(name);
                let value = if name == REALM {
                    value
                } else {
                    lenient::decode(&value)
                };
                if let Some(pairs) = challenges.last_mut() {
                    pairs.push((name, value));
                }
            }
            Item::Parameter(..) => {}
        }
    }
    let tells = |pairs: &Pairs| {
        pairs
            .iter()
            .any(|(name, _)| matches!(name.as_str(), CODE | ERROR | ECHO))
    };
    let best = challenges.iter().position(tells).unwrap_or(0);
    (best < challenges.len()).then(|| challenges.swap_remove(best))
}

enum Item<'a> {
    Scheme(&'a str),
    Parameter(&'a str, String),
}

/// Splits a field value into scheme names and parameters.
fn items(field_value: &str) -> impl Iterator<Item = Item<'_>> {
    let mut rest = field_value;
    core::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',', '&', ';']);
            let name_end = rest
                .find([' ', '\t', '\r', '\n', '=', ',', '&', ';', '"'])
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(name_end)?;
            if name.is_empty() {
                // A stray `=` or `"`.
                let mut characters = rest.chars();
                characters.next()?;
                rest = characters.as_str();
                continue;
            }
            let after = after.trim_start_matches([' ', '\t']);
            let Some(value) = after.strip_prefix('=') else {
                rest = after;
                return Some(Item::Scheme(name));
            };
            let value = value.trim_start_matches([' ', '\t']);
            let (value, after) = match value.strip_prefix('"') {
                Some(quoted) => quoted_string(quoted),
                None => unquoted(name, value),
            };
            rest = after;
            return Some(Item::Parameter(name, value));
        }
    })
}

/// The content up to the closing quote, backslashes undone, and what follows.
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            _ => value.push(character),
        }
    }
    (value, characters.as_str())
}

/// A value without quotes: up to `&`, or to a comma. Advice may hold commas of its own.
fn unquoted<'a>(name: &str, text: &'a str) -> (String, &'a str) {
    let end = text
        .char_indices()
        .find(|&(offset, character)| match character {
            '&' => true,
            ',' => name != ADVICE || starts_parameter(text.get(offset..).unwrap_or_default()),
            _ => false,
        })
        .map_or(text.len(), |(offset, _)| offset);
    let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (value.trim_end().to_owned(), after)
}

/// Whether `, name=` follows.
fn starts_parameter(text: &str) -> bool {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let mut after = text
        .bytes()
        .take(LOOK_AHEAD)
        .skip_while(|b| matches!(b, b',' | b' ' | b'\t'));
    after.next().is_some_and(|b| is_name(&b)) && after.find(|b| !is_name(b)) == Some(b'=')
}

#[cfg(test)]
mod tests;
