//! Text and elements of HTML and XML, as error answers have them. No tree is built.

use super::json::{Field, first_of};

/// More elements than any error answer has.
const MAX_FIELDS: usize = 2048;
/// Longer names of elements are cut: none of the names looked for is as long.
const MAX_NAME: usize = 64;
/// Deeper elements are in no certain place.
const MAX_DEPTH: usize = 64;
/// The longest character reference read: `&#x10ffff;`.
const MAX_REFERENCE: usize = 10;

/// The text without tags, each of which becomes a line break; references are undone.
pub(super) fn text(markup: &str) -> String {
    let mut out = String::new();
    for part in parts(markup) {
        match part {
            Part::Tag(_) => out.push('\n'),
            Part::Text(text) => out.push_str(&unescape(text)),
        }
    }
    out
}

/// Elements that hold text only, and attributes: `<code>401</code>`, `<err code="35"/>`.
pub(super) fn fields(markup: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut open: Option<&str> = None;
    let mut content = "";
    let mut path = Path::default();
    for part in parts(markup) {
        if fields.len() >= MAX_FIELDS {
            break;
        }
        match part {
            Part::Text(text) => content = text,
            Part::Tag(tag) => match tag.strip_prefix('/') {
                Some(name) if open == Some(local_name(name)) => {
                    fields.push(Field {
                        parent: String::new(),
                        object: path.parent(),
                        name: local_name(name).to_owned(),
                        value: unescape(content).trim().to_owned(),
                    });
                    open = None;
                    path.close(name);
                }
                Some(name) => {
                    open = None;
                    path.close(name);
                }
                None => {
                    path.open(tag);
                    attributes(tag, path.element(), &mut fields);
                    if tag.ends_with('/') {
                        path.close(tag);
                    }
                    open = Some(local_name(tag));
                    content = "";
                }
            },
        }
    }
    fields
}

/// The elements that are open, as long as they are known for certain: what may hide tags, and what
/// follows a fault or the root, is in no certain place.
#[derive(Default)]
struct Path<'a> {
    open: Vec<Open<'a>>,
    is_lost: bool,
    is_over: bool,
}

struct Open<'a> {
    name: &'a str,
    /// How many elements stand before it in the one around it.
    before: usize,
    holds: usize,
}

impl<'a> Path<'a> {
    fn open(&mut self, tag: &'a str) {
        if tag.starts_with('?') {
            return;
        }
        self.is_lost |= tag.starts_with('!') || self.is_over || self.open.len() >= MAX_DEPTH;
        if !self.is_lost {
            let before = self.open.last_mut().map_or(0, |around| {
                let before = around.holds;
                around.holds = before.saturating_add(1);
                before
            });
            self.open.push(Open {
                name: local_name(tag),
                before,
                holds: 0,
            });
        }
    }

    fn close(&mut self, tag: &str) {
        let closed = self.open.pop().map(|open| open.name);
        self.is_lost |= closed != Some(local_name(tag));
        self.is_over |= self.open.is_empty();
    }

    /// The innermost element, if it is the root or stands in it, or is the first of a list there.
    fn element(&self) -> Option<String> {
        match self.open.as_slice() {
            [element] | [_, element] if !self.is_lost => Some(short(element.name)),
            around => self.first(around),
        }
    }

    /// What the innermost element stands in, if that is the root, or the first of a list there.
    fn parent(&self) -> Option<String> {
        match self.open.as_slice() {
            [root, _] if !self.is_lost => Some(short(root.name)),
            [around @ .., _] => self.first(around),
            [] => None,
        }
    }

    fn first(&self, around: &[Open<'_>]) -> Option<String> {
        match around {
            [_, list, element] if !self.is_lost && element.before == 0 => {
                Some(first_of(&short(list.name)))
            }
            _ => None,
        }
    }
}

fn short(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

enum Part<'a> {
    /// What stands between `<` and `>`.
    Tag(&'a str),
    Text(&'a str),
}

fn parts(markup: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = markup;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
            rest = after;
            return Some(Part::Tag(tag));
        }
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(Part::Text(text))
    })
}

/// The name of an element without its prefix.
fn local_name(tag: &str) -> &str {
    let name = tag
        .split([' ', '\t', '\r', '\n', '/'])
        .next()
        .unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

fn attributes(tag: &str, object: Option<String>, fields: &mut Vec<Field>) {
    let mut rest = tag
        .split_once([' ', '\t', '\r', '\n'])
        .map_or("", |(_, rest)| rest);
    // Once for all attributes: a hostile name may be as long as the body.
    let parent = short(local_name(tag));
    while fields.len() < MAX_FIELDS
        && let Some((name, after)) = rest.split_once("=\"")
        && let Some((value, after)) = after.split_once('"')
    {
        fields.push(Field {
            parent: parent.clone(),
            object: object.clone(),
            name: name.trim().to_owned(),
            value: unescape(value),
        });
        rest = after;
    }
}

/// Undoes character references; what is none stays.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('&') {
        out.push_str(plain);
        let window: &str = after
            .char_indices()
            .nth(MAX_REFERENCE)
            .and_then(|(end, _)| after.get(..end))
            .unwrap_or(after);
        match window
            .split_once(';')
            .and_then(|(name, _)| Some((name, reference(name)?)))
        {
            Some((name, character)) => {
                out.push(character);
                rest = after
                    .get(name.len().saturating_add(1)..)
                    .unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "rsquo" => '\u{2019}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests;
