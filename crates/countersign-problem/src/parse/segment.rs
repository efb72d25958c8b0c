//! Form pairs with `oauth_problem` somewhere in a text.

use super::{MAX_PAIRS, Pairs, challenge};
use crate::lenient;
use crate::problem::{ABSENT, ADVICE, CODE, RAW_ECHO};

/// How far before `oauth_problem=` the first pair may begin.
const LOOK_BACK: usize = 4096;
/// How far behind a comma the name of the next pair is looked for.
const LOOK_AHEAD: usize = 64;
/// How many places that only look like the start of a problem are passed over.
const MAX_TRIES: usize = 16;

/// Where the text comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The whole text is one form.
    Whole,
    /// The form stands in one line of the text.
    Line,
}

/// The decoded pairs around the first `oauth_problem=` of `text` that has a value.
pub(super) fn pairs(text: &str, extent: Extent) -> Option<Pairs> {
    let needle = "oauth_problem=";
    let mut from = 0;
    for _ in 0..MAX_TRIES {
        let at = text.get(from..)?.find(needle)?.checked_add(from)?;
        let before = text.get(..at)?;
        from = at.checked_add(needle.len())?;
        if before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        let found = match extent {
            Extent::Whole => form(text),
            Extent::Line => in_line(text, at)?,
        };
        if found
            .iter()
            .any(|(name, value)| name == CODE && !value.is_empty())
        {
            return Some(found);
        }
        if extent == Extent::Whole {
            return None;
        }
    }
    None
}

fn in_line(text: &str, at: usize) -> Option<Pairs> {
    let (before, after) = text.split_at_checked(at)?;
    let line = before
        .rfind(['\n', '\r'])
        .map_or(0, |newline| newline.saturating_add(1));
    let line_end = after
        .find(['\n', '\r'])
        .unwrap_or(after.len())
        .checked_add(at)?;
    let value = text.get(at..line_end)?;

    let head = text.get(line..at)?;
    let scheme = head
        .as_bytes()
        .windows(6)
        .rposition(|w| w.eq_ignore_ascii_case(b"oauth "));
    if let Some(scheme) = scheme.and_then(|offset| line.checked_add(offset)) {
        return challenge::read(text.get(scheme..line_end)?);
    }
    if value
        .strip_prefix("oauth_problem=")
        .is_some_and(|rest| rest.starts_with('"'))
    {
        return challenge::read(value);
    }

    // Pairs may stand before the problem: `…/callback?oauth_token=a&oauth_problem=user_refused`.
    let is_border = |b: &u8| b.is_ascii_whitespace() || b"\"'<>()?{}[]".contains(b);
    let back = head
        .bytes()
        .rev()
        .take(LOOK_BACK)
        .take_while(|b| !is_border(b))
        .count();
    let start = at.checked_sub(back)?;
    let segment = text.get(start..line_end).unwrap_or(value);
    let opening = text
        .get(..start)
        .and_then(|before| before.chars().next_back());
    let closing = match opening {
        Some('(') => closing_parenthesis(segment),
        Some(quote @ ('"' | '\'')) => segment.find(quote),
        _ => None,
    };
    Some(form(
        closing
            .and_then(|end| segment.get(..end))
            .unwrap_or(segment),
    ))
}

fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| match byte {
        b'(' => {
            depth = depth.saturating_add(1);
            false
        }
        b')' if depth == 0 => true,
        b')' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => false,
    })
}

/// Splits at `&`, and at commas before a name that belongs here; decodes names and values.
fn form(text: &str) -> Pairs {
    let mut raw: Vec<(&str, String)> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && raw.len() < MAX_PAIRS {
        if let Some(echo) = rest.strip_prefix("debug_sbs=") {
            // PECL sends it as it is, with its own `&`: it has the rest of the body.
            raw.push((RAW_ECHO, base_string(echo)));
            break;
        }
        let end = piece_end(rest);
        let (piece, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after
            .strip_prefix(',')
            .unwrap_or_else(|| after.trim_start_matches('&'));
        match piece.split_once('=') {
            Some((name, value)) => raw.push((name.trim(), value.to_owned())),
            // An unencoded `&` within advice, or names that were encoded only once.
            None => {
                if let Some((ADVICE | ABSENT, value)) = raw.last_mut() {
                    value.push('&');
                    value.push_str(piece);
                }
            }
        }
    }
    raw.into_iter()
        .map(|(name, value)| decoded(name, &value))
        .collect()
}

fn decoded(name: &str, value: &str) -> (String, String) {
    let name = lenient::decode_form(name);
    let value = match name.as_str() {
        RAW_ECHO => value.to_owned(),
        CODE => {
            let code = value.split(['\r', '\n', '<']).next().unwrap_or_default();
            lenient::decode_form(code.trim().trim_matches('"'))
        }
        // Base64 and base strings hold no blank, but a plus that was left as it is.
        _ if name.starts_with("oauth_signature") || name == "oauth_right_signature" => {
            lenient::decode(value)
        }
        _ => lenient::decode_form(value),
    };
    (name, value)
}

/// The base string itself, should a server have encoded it after all.
fn base_string(text: &str) -> String {
    let method_end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    if text
        .get(method_end..)
        .is_some_and(|rest| rest.starts_with("%26"))
    {
        lenient::decode(text)
    } else {
        text.to_owned()
    }
}

fn piece_end(text: &str) -> usize {
    text.bytes()
        .enumerate()
        .find(|&(offset, byte)| match byte {
            b'&' => true,
            b',' => offset
                .checked_add(1)
                .and_then(|next| text.as_bytes().get(next..))
                .is_some_and(starts_pair),
            _ => false,
        })
        .map_or(text.len(), |(offset, _)| offset)
}

/// Whether blanks and then `oauth_…=` or `realm=` follow.
fn starts_pair(text: &[u8]) -> bool {
    let ahead = text.get(..LOOK_AHEAD).unwrap_or(text).trim_ascii_start();
    let name_end = ahead
        .iter()
        .position(|b| !(b.is_ascii_lowercase() || *b == b'_'));
    let Some((name, rest)) = name_end.and_then(|end| ahead.split_at_checked(end)) else {
        return false;
    };
    rest.starts_with(b"=") && (name.starts_with(b"oauth_") || name == b"realm")
}

#[cfg(test)]
mod tests;
