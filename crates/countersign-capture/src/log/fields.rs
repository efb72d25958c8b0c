//! Names and values in the ways people print them: `print_r`, `var_dump`, `var_export`, the
//! maps of Python and Ruby, JSON, and lines of `NAME=value`.

use serde_json::Value;

use super::literal;

/// Names with their values, as bytes.
pub(super) type Fields = Vec<(String, Vec<u8>)>;

/// Reads the fields of a text, whichever way they are printed.
pub(super) fn read(text: &str) -> Fields {
    let text = text.trim_start();
    if text.starts_with('{')
        && let Ok(Value::Object(object)) = serde_json::from_str(text)
    {
        return object
            .into_iter()
            .filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text.into_bytes())),
                Value::Number(number) => Some((name, number.to_string().into_bytes())),
                _ => None,
            })
            .collect();
    }
    if text.contains("]=>") {
        return var_dump(text);
    }
    if text.contains("] => ") || text.contains("] =>\n") {
        return print_r(text);
    }
    if text.starts_with(['{', '[']) || text.starts_with("array (") {
        return literal::map(text);
    }
    lines(text)
}

/// The value of the first field called `name`.
pub(super) fn bytes<'a>(fields: &'a Fields, name: &str) -> Option<&'a [u8]> {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_slice())
}

/// The value of the first field called `name`, if it is text and not empty.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let text = core::str::from_utf8(bytes(fields, name)?).ok()?;
    (!text.is_empty()).then_some(text)
}

/// The name of a property without its visibility: `http_url:OAuthRequest:private`.
fn bare(name: &str) -> String {
    let name = name.split(':').next().unwrap_or(name);
    name.trim_matches('"').to_owned()
}

/// `[name] => value`; a value goes on up to the next name or the bracket that ends the list.
fn print_r(text: &str) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        let bare_line = line.trim();
        let field = line
            .trim_start()
            .strip_prefix('[')
            .and_then(|line| line.split_once("] =>"));
        if let Some((name, value)) = field {
            let value = value.strip_prefix(' ').unwrap_or(value);
            fields.push((bare(name), value.as_bytes().to_vec()));
            is_open = true;
        } else if matches!(bare_line, "(" | ")") {
            is_open = false;
        } else if is_open && let Some((_, value)) = fields.last_mut() {
            value.extend_from_slice(line.as_bytes());
        }
    }
    for (_, value) in &mut fields {
        while value
            .last()
            .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
        {
            value.pop();
        }
    }
    fields
}

/// Names longer than this are none.
const LONGEST_NAME: usize = 256;

/// `["name"]=> string(5) "value"`.
fn var_dump(text: &str) -> Fields {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("[\"") {
        rest = after;
        let window = after.as_bytes().get(..LONGEST_NAME);
        let window = window.unwrap_or(after.as_bytes());
        let Some(end) = window.windows(3).position(|part| part == b"]=>") else {
            continue;
        };
        let Some((name, value)) = after.split_at_checked(end) else {
            continue;
        };
        let value = value.get(3..).unwrap_or("").trim_start();
        if let Some((text, behind)) = string(value) {
            fields.push((bare(name), text.as_bytes().to_vec()));
            rest = behind;
        }
    }
    fields
}

/// The string that a dump starts with, by its length; by its quote if the text was changed.
fn string(dump: &str) -> Option<(&str, &str)> {
    let number = dump.strip_prefix("string(")?;
    let digits = number.find(|c: char| !c.is_ascii_digit())?;
    let (length, value) = number.split_at_checked(digits)?;
    let value = value.strip_prefix(") \"")?;
    let length: usize = length.parse().ok()?;
    let by_length = value
        .split_at_checked(length)
        .filter(|(_, behind)| behind.starts_with('"'));
    by_length.or_else(|| {
        let end = value.find("\"\n").or_else(|| value.rfind('"'))?;
        value.split_at_checked(end)
    })
}

/// The prefixes of shells and servers before `NAME=value`.
const PREFIXES: [&str; 4] = ["export ", "declare -x ", "fastcgi param: \"", "env "];

/// One `NAME=value`, `NAME => value` or (for a FastCGI log) `NAME: value` on each line.
fn lines(text: &str) -> Fields {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<(String, Vec<u8>)> {
    let mut line = line.trim();
    let mut is_quoted = false;
    for prefix in PREFIXES {
        if let Some((_, after)) = line.split_once(prefix) {
            is_quoted = prefix.ends_with('"');
            line = after;
        }
    }
    if is_quoted {
        line = line.strip_suffix('"').unwrap_or(line);
    }
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c)))?;
    let (name, rest) = line.split_at_checked(end)?;
    let rest = rest.trim_start();
    let value = rest
        .strip_prefix("=>")
        .or_else(|| rest.strip_prefix('='))
        .or_else(|| rest.strip_prefix(':'))?
        .trim();
    let unquoted = literal::read(value).filter(|(_, length)| *length == value.len());
    let value = unquoted.map_or_else(|| value.as_bytes().to_vec(), |(text, _)| text);
    (!name.is_empty()).then(|| (name.to_owned(), value))
}
