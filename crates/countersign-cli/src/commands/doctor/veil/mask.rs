//! Masks that keep the shape of a text: what stays is what tells one mistake from another.

use super::private::{Private, is_plain};
use super::words;

/// Shorter pieces of a value tell nothing.
const FRAGMENT: usize = 4;

/// Longer runs of letters and digits are keys, tokens and digests, wherever they come from.
const RUN: usize = 16;

/// Letters and digits become `x`, what is not ASCII `X`; reserved characters and their escapes stay.
pub(super) fn classes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut skip_to = 0_usize;
    for (at, letter) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        if letter == '%'
            && let Some((octet, length)) = escaped(bytes.get(at..).unwrap_or_default())
        {
            skip_to = at.saturating_add(length);
            let escape = text.get(at..skip_to).unwrap_or_default();
            // The escape of a letter is a letter.
            if octet.is_ascii_alphanumeric() {
                out.push_str("%xx");
            } else if octet.is_ascii() {
                out.push_str(escape);
            } else {
                out.push_str("%XX");
            }
        } else if letter.is_ascii_alphanumeric() {
            out.push('x');
        } else if letter.is_ascii() {
            out.push(letter);
        } else {
            out.push('X');
        }
    }
    out
}

/// The octet that an escape means, however often it is escaped, and the length of the escape.
fn escaped(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut length = 1_usize;
    // `%252B`: each further layer puts `25` behind the percent sign.
    while bytes.get(length..length.saturating_add(2)) == Some(b"25")
        && bytes
            .get(length.saturating_add(2)..length.saturating_add(4))
            .is_some_and(|next| next.iter().all(u8::is_ascii_hexdigit))
    {
        length = length.saturating_add(2);
    }
    let digits = bytes.get(length..length.saturating_add(2))?;
    let digits = core::str::from_utf8(digits).ok()?;
    let octet = u8::from_str_radix(digits, 16).ok()?;
    Some((octet, length.saturating_add(2)))
}

/// Masks what a sentence has of the private values: pieces of them, and long runs of letters and
/// digits. Words of the doctor's own texts tell nothing and stay.
pub(super) fn fragments(text: &str, private: &Private) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        // A placeholder is no value.
        if rest.starts_with('<')
            && let Some(end) = rest.find(")>")
        {
            let (placeholder, after) = rest.split_at(end.saturating_add(2));
            out.push_str(placeholder);
            rest = after;
            continue;
        }
        let length = rest
            .find(|letter: char| !letter.is_alphanumeric())
            .unwrap_or(rest.len());
        if length == 0 {
            let mut letters = rest.chars();
            out.extend(letters.next());
            rest = letters.as_str();
            continue;
        }
        let (run, after) = rest.split_at(length);
        if is_telling(run, private) {
            out.extend(run.chars().map(|_| 'x'));
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out
}

/// Masks what is quoted in a sentence, before anything in it gets a placeholder: so it looks as it
/// does in the evidence beside it.
pub(super) fn quotes(text: &str, private: &Private) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let Some((quoted, after)) = quoted(from) else {
            out.push_str(from);
            return out;
        };
        let stays = private.is_name(quoted) || words::is_vocabulary(quoted);
        let shown = if stays {
            quoted.to_owned()
        } else {
            classes(quoted)
        };
        out.push_str(&format!("\"{shown}\""));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands between quotation marks at the start of a text, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('"')?.split_once('"')
}

fn is_telling(run: &str, private: &Private) -> bool {
    let length = run.chars().count();
    if length < FRAGMENT || words::is_own(run) {
        return false;
    }
    let is_key = length >= RUN && run.bytes().any(|byte| byte.is_ascii_digit());
    is_key || private.has_fragment(run)
}

/// Whether both sides of this evidence are facts about the protocol and not values.
pub(super) fn is_kept(what: &str, text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    words::is_vocabulary(text)
        || matches!(what, "method" | "scheme" | "port")
        || is_number
            && ["time", "clock", "port"]
                .iter()
                .any(|word| what.contains(word))
}

/// Whether a spelling is a value of the request, and not a sentence about one.
pub(super) fn is_data(what: &str, text: &str) -> bool {
    let about = what.split(' ').next().unwrap_or(what);
    matches!(
        about,
        "parameter" | "name" | "value" | "host" | "path" | "query" | "body" | "URI" | "uri"
    ) || about.starts_with("oauth_")
        || what.contains("parameter ")
        || !text.contains(' ')
}

/// The name of a parameter is kept if it looks like one.
pub(super) fn name(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        classes(name)
    }
}
