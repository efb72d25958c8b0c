//! The realm's quoted string (RFC 9110 section 5.6.4).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The content of a quoted string with its escapes undone.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut escaped = false;
    for character in raw.chars() {
        if character == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(character);
            escaped = false;
        }
    }
    Cow::Owned(text)
}

/// Appends the content of a quoted string that stands for `text`.
pub(super) fn escape_into(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// Where `text` holds a character that no quoted string can carry.
pub(super) fn first_control(text: &str) -> Option<usize> {
    text.bytes()
        .position(|byte| byte.is_ascii_control() && byte != b'\t')
}
