//! Foreign text made harmless for a terminal or a page.

use core::fmt::Write as _;
use std::borrow::Cow;

/// Replaces everything by which text can steer a terminal.
///
/// C0 and C1 controls (line feed apart, the only line break the extension knows), the marks that
/// reorder text or hide in it, and the line separators become visible escapes like `\u{1b}`.
///
/// ```
/// use countersign_problem::harmless;
///
/// assert_eq!(harmless("red \u{1b}[31malert"), r"red \u{1b}[31malert");
/// assert_eq!(harmless("The access token is not valid"), "The access token is not valid");
/// ```
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    replaced(text, |character, out| {
        if !is_unsafe(character) {
            return false;
        }
        let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        true
    })
}

/// [`harmless`], and nothing in it is markup: `&`, `<`, `>`, `"` and `'` become references.
///
/// ```
/// use countersign_problem::harmless_html;
///
/// assert_eq!(harmless_html("<b>no</b>"), "&lt;b&gt;no&lt;/b&gt;");
/// ```
#[must_use]
pub fn harmless_html(text: &str) -> Cow<'_, str> {
    replaced(text, |character, out| {
        let reference = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            _ if is_unsafe(character) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
                return true;
            }
            _ => return false,
        };
        out.push_str(reference);
        true
    })
}

fn replaced(text: &str, replace: impl Fn(char, &mut String) -> bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut replacement = String::new();
    let mut copied = 0;
    for (offset, character) in text.char_indices() {
        if replace(character, &mut replacement) {
            out.push_str(text.get(copied..offset).unwrap_or_default());
            out.push_str(&replacement);
            replacement.clear();
            copied = offset.saturating_add(character.len_utf8());
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_unsafe(character: char) -> bool {
    matches!(character,
        '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator, zero width characters.
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
        // Line and paragraph separator, bidirectional embeddings, overrides and isolates.
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
