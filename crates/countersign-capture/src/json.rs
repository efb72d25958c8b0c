//! JSON inputs: parsing with a place for faults, and the small accessors both formats need.

use serde_json::Value;

use crate::capture::InputKind;
use crate::error::{CaptureError, Limit, LimitError, SyntaxError};
use crate::headers::Headers;
use crate::limits::Limits;

/// Parses a whole input.
pub(crate) fn parse(kind: InputKind, input: &[u8]) -> Result<Value, CaptureError> {
    serde_json::from_slice(input).map_err(|error| {
        let Fault {
            found,
            offset,
            line,
        } = Fault::of(input, &error);
        CaptureError::Syntax(SyntaxError {
            kind,
            expected: "JSON",
            found,
            offset,
            line,
        })
    })
}

/// An escape such as `\u00e4` takes so many bytes.
const ESCAPE: usize = 6;

/// What is wrong with a text, and where, the same whichever way lines end.
pub(crate) struct Fault {
    pub(crate) found: &'static str,
    pub(crate) offset: usize,
    /// From 1 on. A line break that should not be there ends its line, and an escape that runs over one
    /// stands where it begins.
    pub(crate) line: usize,
}

impl Fault {
    pub(crate) fn of(input: &[u8], error: &serde_json::Error) -> Self {
        let before: usize = input
            .split_inclusive(|&byte| byte == b'\n')
            .take(error.line().saturating_sub(1))
            .map(<[u8]>::len)
            .sum();
        let end = before.saturating_add(error.column()).min(input.len());
        let read = input.get(..end).unwrap_or_default();
        let begin = end.saturating_sub(ESCAPE);
        let escape = read
            .get(begin..)
            .unwrap_or_default()
            .windows(2)
            .rposition(|two| two == b"\\u")
            .map(|at| begin.saturating_add(at))
            .filter(|at| read.get(*at..).is_some_and(|text| text.contains(&b'\n')));
        let offset = escape.unwrap_or_else(|| end.saturating_sub(1));
        let breaks = read.iter().take(offset).filter(|byte| **byte == b'\n');
        let is_at_the_end =
            error.classify() == serde_json::error::Category::Eof && escape.is_none();
        Self {
            found: if is_at_the_end {
                "the end of the input"
            } else {
                "something else"
            },
            offset,
            line: breaks.count().saturating_add(1),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn a_fault_is_the_same_whichever_way_lines_end() {
        const ELSE: &str = "something else";
        const END: &str = "the end of the input";
        for (text, line, expected) in [
            ("{\n\"a\": \"\\u1l\nort\"}", 2, ELSE),
            ("{\n\"a\": \"\\u1\nort\"}", 2, ELSE),
            ("{\n\"a\": \"\\u\n\n\nrt\"}", 2, ELSE),
            ("{\n\"a\": \"\\u0041\nort\"}", 2, ELSE),
            ("{\n\"a\": \"\\ud83d\nort\"}", 2, ELSE),
            ("{\n\"a\": \"b\nc\"}", 2, ELSE),
            ("{\n\"a\": 1,\n]", 3, ELSE),
            ("{\n\"a\": 1\n", 2, END),
            ("{\n\"a\": \"\\u1l\n", 2, ELSE),
            ("{\n\"a\": \"\\u1", 2, END),
            ("?", 1, ELSE),
            ("", 1, END),
        ] {
            let crlf = text.replace('\n', "\r\n");
            for text in [text, &crlf] {
                let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
                let fault = Fault::of(text.as_bytes(), &error);
                assert_eq!(
                    (fault.line, fault.found),
                    (line, expected),
                    "{text:?}: {error}"
                );
                let before = text.get(..fault.offset).unwrap();
                assert_eq!(before.matches('\n').count() + 1, line, "{text:?}");
            }
        }
    }
}
