//! The members of a JSON object, as clients sign them by mistake.

use super::Field;

/// Deeper values count as text.
const DEPTH: usize = 8;

/// More members are not signed by mistake.
const MEMBERS: usize = 256;

/// A value: what is written, and its members where it has some.
enum Value<'a> {
    /// A string, unescaped.
    Text(Vec<u8>),
    /// A number, `true`, `false` or `null`, as written.
    Word(&'a [u8]),
    /// Members by name, or by index.
    Members {
        members: Vec<(Vec<u8>, Self)>,
        is_array: bool,
        written: &'a [u8],
    },
}

/// What the members of `body` may have been taken for.
pub(super) fn readings(body: &[u8]) -> Vec<(Vec<Field>, &'static str)> {
    let mut reader = Reader {
        rest: body,
        members: 0,
    };
    let Some(Value::Members {
        members,
        is_array: false,
        ..
    }) = reader.value(0)
    else {
        return Vec::new();
    };
    let is_flat = !members
        .iter()
        .any(|(_, value)| matches!(value, Value::Members { .. }));
    let names = members
        .iter()
        .map(|(name, _)| (name.clone(), Some(Vec::new())));
    let mut readings = vec![
        (flat(&members, Nested::Written), ""),
        (names.collect(), "their names, with nothing in them"),
    ];
    if !is_flat {
        readings.extend([
            (flat(&members, Nested::Dropped), "without nested ones"),
            (deep(&members, bracketed), "nested ones as name[...]"),
            (deep(&members, dotted), "nested ones as name.member"),
            (
                flat(&members, Nested::Word("[object Object]")),
                "nested ones as [object Object]",
            ),
            (
                flat(&members, Nested::Word("Array")),
                "nested ones as Array",
            ),
        ]);
    }
    readings
}

/// What becomes of nested values.
#[derive(Clone, Copy)]
enum Nested {
    Written,
    Dropped,
    Word(&'static str),
}

fn flat(members: &[(Vec<u8>, Value<'_>)], nested: Nested) -> Vec<Field> {
    members
        .iter()
        .filter_map(|(name, value)| {
            let text = match (value, nested) {
                (Value::Text(text), _) => text.clone(),
                (Value::Word(b"null"), _) => Vec::new(),
                (Value::Word(word), _) => word.to_vec(),
                (Value::Members { written, .. }, Nested::Written) => written.to_vec(),
                (Value::Members { .. }, Nested::Dropped) => return None,
                (Value::Members { .. }, Nested::Word(word)) => word.as_bytes().to_vec(),
            };
            Some((name.clone(), Some(text)))
        })
        .collect()
}

/// The name of a member within the name of what holds it.
type Inner = fn(&[u8], &[u8], bool) -> Vec<u8>;

fn bracketed(outer: &[u8], inner: &[u8], _: bool) -> Vec<u8> {
    [outer, b"[", inner, b"]"].concat()
}

fn dotted(outer: &[u8], inner: &[u8], is_array: bool) -> Vec<u8> {
    if is_array {
        bracketed(outer, inner, true)
    } else {
        [outer, b".", inner].concat()
    }
}

fn deep(members: &[(Vec<u8>, Value<'_>)], inner: Inner) -> Vec<Field> {
    fn walk(name: &[u8], value: &Value<'_>, inner: Inner, out: &mut Vec<Field>) {
        match value {
            Value::Text(text) => out.push((name.to_vec(), Some(text.clone()))),
            Value::Word(b"null") => out.push((name.to_vec(), Some(Vec::new()))),
            Value::Word(word) => out.push((name.to_vec(), Some(word.to_vec()))),
            Value::Members {
                members, is_array, ..
            } => {
                for (member, value) in members {
                    walk(&inner(name, member, *is_array), value, inner, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    for (name, value) in members {
        walk(name, value, inner, &mut out);
    }
    out
}

/// Reads leniently: what follows the first value does not matter.
struct Reader<'a> {
    rest: &'a [u8],
    members: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        self.blank();
        let start = self.rest;
        match start.first()? {
            b'"' => self.text().map(Value::Text),
            open @ (b'{' | b'[') if depth < DEPTH => {
                let is_array = *open == b'[';
                let members = self.inside(is_array, depth)?;
                let written = start.len().checked_sub(self.rest.len())?;
                Some(Value::Members {
                    members,
                    is_array,
                    written: start.get(..written)?,
                })
            }
            _ => {
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let end = start
                    .iter()
                    .position(|byte| !is_word(byte))
                    .unwrap_or(start.len());
                let (word, rest) = start.split_at(end);
                self.rest = rest;
                (!word.is_empty()).then_some(Value::Word(word))
            }
        }
    }

    fn inside(&mut self, is_array: bool, depth: usize) -> Option<Vec<(Vec<u8>, Value<'a>)>> {
        let close = if is_array { b"]" } else { b"}" };
        self.rest = self.rest.get(1..)?;
        let mut members = Vec::new();
        self.blank();
        if self.takes(close) {
            return Some(members);
        }
        loop {
            self.members = self
                .members
                .checked_add(1)
                .filter(|count| *count <= MEMBERS)?;
            let name = if is_array {
                members.len().to_string().into_bytes()
            } else {
                self.blank();
                let name = self.text()?;
                self.blank();
                if !self.takes(b":") {
                    return None;
                }
                name
            };
            members.push((name, self.value(depth.checked_add(1)?)?));
            self.blank();
            if self.takes(close) {
                return Some(members);
            }
            if !self.takes(b",") {
                return None;
            }
        }
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn takes(&mut self, what: &[u8]) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A string in quotes.
    fn text(&mut self) -> Option<Vec<u8>> {
        let mut rest = self.rest.strip_prefix(b"\"")?;
        let mut out = Vec::new();
        loop {
            let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            let (plain, after) = rest.split_at(end);
            out.extend_from_slice(plain);
            if let Some(after) = after.strip_prefix(b"\"") {
                self.rest = after;
                return Some(out);
            }
            let (escaped, after) = after.get(1..)?.split_first()?;
            rest = after;
            match escaped {
                b'n' => out.push(b'\n'),
                b't' => out.push(b'\t'),
                b'r' => out.push(b'\r'),
                b'b' => out.push(8),
                b'f' => out.push(12),
                b'u' => {
                    let unit = unit_at(rest)?;
                    rest = rest.get(4..)?;
                    let low = rest.strip_prefix(b"\\u").and_then(unit_at);
                    let one = match (0xD800..0xDC00).contains(&unit).then_some(low).flatten() {
                        Some(low) => {
                            rest = rest.get(6..)?;
                            char::decode_utf16([unit, low]).next()?.ok()?
                        }
                        None => char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}'),
                    };
                    out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
                }
                other => out.push(*other),
            }
        }
    }
}

/// Four hexadecimal digits.
fn unit_at(text: &[u8]) -> Option<u16> {
    let digits = core::str::from_utf8(text.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}
