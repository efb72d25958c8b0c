//! Passwords among the parameters, which have no place on a command line.

#[cfg(feature = "network")]
use core::ops::RangeInclusive;

use countersign_encoding::decode_form_bytes;
use countersign_encoding::form::raw_pairs;

use crate::exit::Failure;

/// Names whose values are passwords.
const NAMES: [&str; 1] = ["x_auth_password"];

/// Whether the value of a parameter of this name is a password.
pub(crate) fn is_password(name: &[u8]) -> bool {
    NAMES.iter().any(|known| known.as_bytes() == name)
}

/// Whether a text of whatever kind has the name of such a parameter in it, or may have.
#[cfg(feature = "network")]
pub(crate) fn names_password(text: &str) -> bool {
    /// So often a text may be escaped in one that is escaped.
    const MOST: usize = 8;
    let mut text = text.to_ascii_lowercase();
    for _ in 0..MOST {
        if NAMES.iter().any(|known| text.contains(known)) {
            return true;
        }
        let plain = unescaped(&text);
        if plain == text {
            return false;
        }
        text = plain;
    }
    true
}

/// How characters are written by their number: what stands before the digits, how many there are, what
/// stands behind, and the base.
#[cfg(feature = "network")]
const ESCAPES: [(&str, RangeInclusive<usize>, &str, u32); 4] = [
    ("%", 2..=2, "", 16),
    ("\\u", 4..=4, "", 16),
    // With any number of zeros in front.
    ("&#x", 1..=usize::MAX, ";", 16),
    ("&#", 1..=usize::MAX, ";", 10),
];

/// A text in small letters with one layer of escapes undone, those of JSON and XML and `%5f`; what another
/// `\` stands before is taken as itself.
#[cfg(feature = "network")]
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        let escaped = ESCAPES.iter().find_map(|escape| numbered(rest, escape));
        let (character, after) = match escaped {
            Some(found) => found,
            None if first == '\\' => match behind.chars().next() {
                Some(second) => (second, behind.get(second.len_utf8()..).unwrap_or_default()),
                None => (first, behind),
            },
            None => (first, behind),
        };
        plain.push(character.to_ascii_lowercase());
        rest = after;
    }
    plain
}

/// The character that a text begins with, if it is written so, and what comes after it.
#[cfg(feature = "network")]
fn numbered<'t>(
    text: &'t str,
    (before, count, behind, base): &(&str, RangeInclusive<usize>, &str, u32),
) -> Option<(char, &'t str)> {
    let digits = text.strip_prefix(before)?;
    let is_digit = |character: &char| character.is_digit(*base);
    let found = digits.chars().take(*count.end()).take_while(is_digit);
    let (digits, after) = digits.split_at_checked(found.count())?;
    if !count.contains(&digits.len()) {
        return None;
    }
    let after = after.strip_prefix(behind)?;
    let code = u32::from_str_radix(digits, *base).ok()?;
    Some((char::from_u32(code)?, after))
}

/// Refuses a URL that has one in its query; `instead` is what to give.
pub(crate) fn check_query(url: &str, instead: &str) -> Result<(), Failure> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names =
        raw_pairs(query.as_bytes()).filter_map(|pair| decode_form_bytes(pair.name()).ok());
    if names.any(|name| is_password(&name)) {
        return Err(out_of_place(instead));
    }
    Ok(())
}

pub(crate) fn out_of_place(instead: &str) -> Failure {
    let name = instead.split('=').next().unwrap_or_default();
    let name = name.rsplit(' ').next().unwrap_or_default();
    Failure::Usage(format!(
        "{name}: a password has no place on a command line; put it into a file: {instead}"
    ))
}
