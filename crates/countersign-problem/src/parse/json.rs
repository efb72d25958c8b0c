//! The scalars of a JSON text, with the names around them. No tree is built.

/// Deeper text is not read: no provider nests its errors like that.
const MAX_DEPTH: usize = 64;
/// More scalars than any error answer has.
const MAX_FIELDS: usize = 2048;
/// Longer names are cut: none of the names looked for is as long.
const MAX_NAME: usize = 64;

/// A scalar with its name.
#[derive(Clone)]
pub(super) struct Field {
    /// The name of the object around it; arrays pass on their own name.
    pub(super) parent: String,
    /// Its own name; within an array that of the array.
    pub(super) name: String,
    /// The name of the object around it, if that stands in the document's root; empty if it is the
    /// root, and as [`first_of`] has it for the first object of a list in the root.
    pub(super) object: Option<String>,
    /// Its text: strings with their escapes undone, others as written.
    pub(super) value: String,
}

struct Frame {
    name: String,
    is_object: bool,
    /// How many stand before it in what it stands in.
    before: usize,
    holds: usize,
}

/// Every scalar in order, as far as the text is JSON; a fault ends the reading.
pub(super) fn fields(text: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut stack: Vec<Frame> = Vec::new();
    let mut pending: Option<String> = None;
    let mut is_over = false;
    let mut characters = text.chars();
    while fields.len() < MAX_FIELDS {
        let before = characters.clone();
        let Some(character) = characters.next() else {
            break;
        };
        match character {
            '{' | '[' => {
                if stack.len() >= MAX_DEPTH {
                    break;
                }
                let name = pending.take().unwrap_or_else(|| name_of(&stack));
                let before = counted(&mut stack);
                stack.push(Frame {
                    name,
                    is_object: character == '{',
                    before,
                    holds: 0,
                });
            }
            '}' | ']' => {
                stack.pop();
                pending = None;
                is_over |= stack.is_empty();
            }
            ':' | ',' | ' ' | '\t' | '\r' | '\n' => {}
            _ => {
                let is_string = character == '"';
                let value = if is_string {
                    string(&mut characters)
                } else {
                    characters = before;
                    bare(&mut characters)
                };
                let in_object = stack.last().is_some_and(|frame| frame.is_object);
                if is_string && in_object && pending.is_none() {
                    pending = Some(value.chars().take(MAX_NAME).collect());
                    continue;
                }
                let name = pending.take().unwrap_or_else(|| name_of(&stack));
                let parent = if in_object {
                    name_of(&stack)
                } else {
                    String::new()
                };
                let object = object_of(&stack).filter(|_| !is_over);
                counted(&mut stack);
                fields.push(Field {
                    parent,
                    object,
                    name,
                    value,
                });
            }
        }
    }
    fields
}

fn name_of(stack: &[Frame]) -> String {
    stack
        .last()
        .map(|frame| frame.name.clone())
        .unwrap_or_default()
}

/// Counts one more in the innermost frame; how many there were.
fn counted(stack: &mut [Frame]) -> usize {
    stack.last_mut().map_or(0, |frame| {
        let before = frame.holds;
        frame.holds = before.saturating_add(1);
        before
    })
}

/// The first of a list.
pub(super) fn first_of(list: &str) -> String {
    [list, FIRST].concat()
}

/// What the name of a list is followed by for its first.
pub(super) const FIRST: &str = "[0]";

/// The name of the innermost object, as far as it is the root or stands in it.
fn object_of(stack: &[Frame]) -> Option<String> {
    match stack {
        [root] if root.is_object => Some(String::new()),
        [root, inner] if root.is_object && inner.is_object => Some(inner.name.clone()),
        [root, list, inner]
            if root.is_object && !list.is_object && inner.is_object && inner.before == 0 =>
        {
            Some(first_of(&list.name))
        }
        _ => None,
    }
}

/// A number or word, which ends before a delimiter. At least one character is taken.
fn bare(characters: &mut core::str::Chars<'_>) -> String {
    let mut value = String::new();
    value.extend(characters.next());
    loop {
        let before = characters.clone();
        match characters.next() {
            Some(',' | ':' | '{' | '}' | '[' | ']' | '"' | ' ' | '\t' | '\r' | '\n') | None => {
                *characters = before;
                return value;
            }
            Some(character) => value.push(character),
        }
    }
}

/// The content up to the closing quote.
fn string(characters: &mut core::str::Chars<'_>) -> String {
    let mut value = String::new();
    let mut high = None;
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some('b') => value.push('\u{8}'),
                Some('f') => value.push('\u{c}'),
                Some('u') => {
                    let Some(unit) = hex4(characters) else {
                        continue;
                    };
                    let units = [high.take().unwrap_or(unit), unit];
                    let paired = char::decode_utf16(units).next().and_then(Result::ok);
                    match (char::from_u32(u32::from(unit)), paired) {
                        (Some(plain), _) => value.push(plain),
                        (None, Some(paired)) => value.push(paired),
                        (None, None) => high = Some(unit),
                    }
                }
                Some(escaped) => value.push(escaped),
                None => break,
            },
            _ => value.push(character),
        }
        if character != '\\' {
            high = None;
        }
    }
    value
}

fn hex4(characters: &mut core::str::Chars<'_>) -> Option<u16> {
    let digits = characters.as_str().get(..4)?;
    let unit = u16::from_str_radix(digits, 16).ok()?;
    *characters = characters.as_str().get(4..)?.chars();
    Some(unit)
}

#[cfg(test)]
mod tests;
