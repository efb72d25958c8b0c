//! JSON inputs: parsing with a place for faults, and the small accessors both formats need.

use serde_json::Value;

use crate::capture::InputKind;
use crate::error::{CaptureError, Limit, LimitError, SyntaxError};
use crate::headers::Headers;
use crate::limits::Limits;

/// Parses a whole input.
pub(crate) fn parse(kind: InputKind, input: &[u8]) -> Result<Value, CaptureError> {
    serde_json::from_slice(input).map_err(|error| {
        let line = error.line().max(1);
        let before: usize = input
            .split_inclusive(|&byte| byte == b'\n')
            .take(line.saturating_sub(1))
            .map(<[u8]>::len)
            .sum();
        let found = match error.classify() {
            serde_json::error::Category::Eof => "the end of the input",
            _ => "something else",
        };
        CaptureError::Syntax(SyntaxError {
            kind,
            expected: "JSON",
            found,
            offset: before.saturating_add(error.column().saturating_sub(1)),
            line,
        })
    })
}

/// A fault that has no better place than the whole document.
pub(crate) fn fault(kind: InputKind, expected: &'static str, found: &'static str) -> CaptureError {
    CaptureError::Syntax(SyntaxError {
        kind,
        expected,
        found,
        offset: 0,
        line: 1,
    })
}

/// Whether one more entry may be looked at; those that can't be read count too.
pub(crate) fn room(limits: &Limits, found: usize) -> Result<(), CaptureError> {
    if found > limits.entries() {
        return Err(CaptureError::Limit(LimitError {
            what: Limit::Entries,
            limit: limits.entries(),
            found,
        }));
    }
    Ok(())
}

/// The text at `key`.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The list at `key`, empty if there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Name and value pairs, such as headers; HTTP/2 pseudo headers and disabled ones are left out.
pub(crate) fn pairs<'a>(
    list: &'a [Value],
    name: &'static str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    list.iter().filter_map(move |pair| {
        if pair.get("disabled").and_then(Value::as_bool) == Some(true) {
            return None;
        }
        Some((text(pair, name)?, text(pair, "value").unwrap_or("")))
    })
}

/// Headers of a HAR entry or a Postman answer.
pub(crate) fn headers(list: &[Value], name: &'static str) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in pairs(list, name) {
        if !name.starts_with(':') {
            headers.push(name, value);
        }
    }
    headers
}
