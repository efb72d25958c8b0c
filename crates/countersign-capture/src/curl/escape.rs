//! What only curl does with URLs and data: globbing, escaping.

use crate::request::split_scheme;

/// Whether curl would expand the word: brackets and braces, apart from an IPv6 literal as host.
pub(super) fn is_glob(word: &str) -> bool {
    let rest = split_scheme(word).map_or(word, |(_, rest)| rest);
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, rest)) if literal.contains(':') => rest,
        _ => rest,
    };
    let mut previous = ' ';
    let mut in_variable = false;
    rest.chars().any(|character| {
        let is_glob = match character {
            // `${NAME}` is the shell's, not curl's.
            '{' if previous == '$' => {
                in_variable = true;
                false
            }
            '}' if in_variable => {
                in_variable = false;
                false
            }
            other => matches!(other, '[' | ']' | '{' | '}'),
        };
        previous = character;
        is_glob
    })
}

/// `curl_easy_escape`, with a space as `+` as current versions write it in data.
pub(super) fn escape_into(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
            }
            byte => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.extend(HEX.get(usize::from(nibble)).map(|digit| char::from(*digit)));
                }
            }
        }
    }
}

/// Takes percent-encoding off as curl does for a user name and password in a URL.
pub(super) fn unescape(text: &str) -> String {
    use crate::unescape::{Layer, remove};
    remove(Layer::Percent, text).into_owned()
}
