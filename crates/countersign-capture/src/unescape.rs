//! One unescaper for what lies between a value and the text that quotes it.
//!
//! Providers echo base strings inside JSON (`\u0026`, `\/`), HTML (`&amp;`) or form bodies (one
//! more layer of percent-encoding), and readers take the wrapping for a part of the value.

use core::fmt;
use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// A way of escaping that was wrapped around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layer {
    /// HTML or XML entities: `&amp;`.
    Html,
    /// JSON string escapes: `\u0026`, `\/`.
    Json,
    /// Percent-encoding: `%26`.
    Percent,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "HTML entities",
            Self::Json => "JSON escapes",
            Self::Percent => "percent-encoding",
        })
    }
}

/// More layers than this are never taken off.
pub const MAX_LAYERS: usize = 6;

/// A text without its layers. `Debug` shows the length of the text only.
#[derive(Clone, PartialEq, Eq)]
pub struct Peeled {
    text: String,
    layers: Vec<Layer>,
}

impl Peeled {
    /// The text that was inside.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What was taken off, outermost first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Layer>) {
        (self.text, self.layers)
    }
}

impl fmt::Debug for Peeled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, layers } = self;
        f.debug_struct("Peeled")
            .field("text", &format_args!("[{} bytes]", text.len()))
            .field("layers", layers)
            .finish()
    }
}

/// The characters that can stand for the `&` after the method, with the layer each belongs to.
/// Those of two layers come first, since they begin or end like the others.
pub(crate) const SEPARATORS: [(&str, Option<Layer>); 12] = [
    ("%26amp%3B", Some(Layer::Percent)),
    ("%5Cu0026", Some(Layer::Percent)),
    ("&amp;amp;", Some(Layer::Html)),
    ("\\\\u0026", Some(Layer::Json)),
    ("&amp;", Some(Layer::Html)),
    ("&#38;", Some(Layer::Html)),
    ("&#x26;", Some(Layer::Html)),
    ("\\u0026", Some(Layer::Json)),
    ("%26", Some(Layer::Percent)),
    ("%2526", Some(Layer::Percent)),
    ("%252526", Some(Layer::Percent)),
    ("&", None),
];

/// Takes layers off until the text reads as a base string; `None` if it never does.
///
/// At most [`MAX_LAYERS`] passes, each linear in the length of the text. A layer is recognised
/// by what follows the method, so escapes that belong to the base string itself stay.
///
/// # Examples
///
/// ```
/// use countersign_capture::unescape::{Layer, peel};
///
/// let peeled = peel(r"GET\u0026https%3A%2F%2Fapi.example.com%2F\u0026a%3Db").unwrap();
/// assert_eq!(peeled.as_str(), "GET&https%3A%2F%2Fapi.example.com%2F&a%3Db");
/// assert_eq!(peeled.layers(), [Layer::Json]);
///
/// assert_eq!(peel("signature_invalid"), None);
/// ```
#[must_use]
pub fn peel(text: &str) -> Option<Peeled> {
    let mut text = Cow::Borrowed(text);
    let mut layers = Vec::new();
    loop {
        let outer = outer_layer(&text)?;
        let Some(layer) = outer else {
            return Some(Peeled {
                text: text.into_owned(),
                layers,
            });
        };
        if layers.len() >= MAX_LAYERS {
            return None;
        }
        text = Cow::Owned(remove(layer, &text).into_owned());
        layers.push(layer);
    }
}

/// Whether a text reads as a base string: a method, `&`, and an encoded (or, by mistake,
/// unencoded) `http` or `https` URL.
#[must_use]
pub fn is_base_string(text: &str) -> bool {
    matches!(outer_layer(text), Some(None))
}

/// `None`: no base string at all; `Some(None)`: one without a layer around it.
fn outer_layer(text: &str) -> Option<Option<Layer>> {
    let end = text.find(|character: char| !character.is_ascii_alphabetic())?;
    let (method, rest) = text.split_at_checked(end)?;
    if method.is_empty() {
        return None;
    }
    let (layer, url) = SEPARATORS
        .iter()
        .find_map(|(mark, layer)| Some((*layer, strip_mark(rest, mark)?)))?;
    let after_http = strip_mark(url, "http")?;
    let after_scheme = strip_mark(after_http, "s").unwrap_or(after_http);
    if !after_scheme.starts_with(['%', ':']) {
        return None;
    }
    if layer.is_none() && (after_scheme.starts_with(":\\/") || after_scheme.contains("\\u00")) {
        return Some(Some(Layer::Json));
    }
    Some(layer)
}

fn strip_mark<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(mark.len())?;
    head.eq_ignore_ascii_case(mark).then_some(rest)
}

/// Reads the escape a text starts with: the character it stands for and the bytes it takes.
type Decode = fn(&str) -> Option<(char, usize)>;

/// Takes one layer off, everywhere in the text. What is not an escape stays as it is.
#[must_use]
pub fn remove(layer: Layer, text: &str) -> Cow<'_, str> {
    let (mark, decode): (char, Decode) = match layer {
        Layer::Html => ('&', entity),
        Layer::Json => ('\\', json_escape),
        Layer::Percent => return percent(text),
    };
    let Some(first) = text.find(mark) else {
        return Cow::Borrowed(text);
    };
    let (head, mut rest) = text.split_at_checked(first).unwrap_or((text, ""));
    let mut out = String::with_capacity(text.len());
    out.push_str(head);
    while let Some(at) = rest.find(mark) {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let (character, length) = decode(escaped).unwrap_or((mark, 1));
        out.push(character);
        rest = escaped.get(length..).unwrap_or("");
    }
    out.push_str(rest);
    Cow::Owned(out)
}

const ENTITIES: [(&str, char); 6] = [
    ("amp", '&'),
    ("apos", '\''),
    ("gt", '>'),
    ("lt", '<'),
    ("nbsp", ' '),
    ("quot", '"'),
];

/// Reads the entity a text starts with; gives the character and the bytes it took.
pub(crate) fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => ENTITIES.iter().find(|(entity, _)| *entity == name)?.1,
    };
    Some((character, end.checked_add(1)?))
}

fn json_escape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return json_unicode(text),
        _ => return None,
    };
    Some((character, 2))
}

fn json_unicode(text: &str) -> Option<(char, usize)> {
    let unit = hex_unit(text, 2)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, 6));
    }
    if text.get(6..8)? != "\\u" {
        return None;
    }
    let units = [
        u16::try_from(unit).ok()?,
        u16::try_from(hex_unit(text, 8)?).ok()?,
    ];
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, 12))
}

fn hex_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at.checked_add(4)?)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

fn percent(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, triplet(after)) {
            (b'%', Some(octet)) => {
                out.push(octet);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    match String::from_utf8(out) {
        Ok(out) => Cow::Owned(out),
        Err(_) => Cow::Borrowed(text),
    }
}

fn triplet(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}
