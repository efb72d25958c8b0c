//! A YAML document as the value that JSON has for it.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use serde_json::{Map, Value};

/// Nothing that a person arranges is deeper; JSON is not read deeper either.
const DEEPEST: usize = 128;

/// What stands where something else was expected, and in which line.
pub(super) struct Fault {
    pub(super) expected: &'static str,
    pub(super) found: &'static str,
    pub(super) line: usize,
}

/// A list or map whose end is still to come.
enum Open {
    List(Vec<Value>),
    /// With the name whose value is to come.
    Map(Map<String, Value>, Option<String>),
}

/// The first document; an empty text has none. An alias is refused: what it stands for may be a
/// hundred times as large as the file.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    let mut open: Vec<Open> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| broken(&error))?;
        let line = span.start.line();
        let value = match event {
            Event::Scalar(text, style, _, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                scalar(&text, is_plain)
            }
            Event::SequenceStart(..) => {
                deeper(&mut open, Open::List(Vec::new()), line)?;
                continue;
            }
            Event::MappingStart(..) => {
                deeper(&mut open, Open::Map(Map::new(), None), line)?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Map(entries, _)) => Value::Object(entries),
                None => continue,
            },
            Event::Alias(_) => {
                return Err(Fault {
                    expected: "values where they are used",
                    found: "an alias",
                    line,
                });
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        if open.is_empty() {
            return Ok(value);
        }
        put(&mut open, value, line)?;
    }
    Ok(Value::Null)
}

fn deeper(open: &mut Vec<Open>, next: Open, line: usize) -> Result<(), Fault> {
    if open.len() >= DEEPEST {
        return Err(Fault {
            expected: "at most 128 levels",
            found: "more",
            line,
        });
    }
    open.push(next);
    Ok(())
}

/// Puts a value into the innermost list or map, where every second one is a name.
fn put(open: &mut [Open], value: Value, line: usize) -> Result<(), Fault> {
    match open.last_mut() {
        None => {}
        Some(Open::List(items)) => items.push(value),
        Some(Open::Map(entries, name)) => match (name.take(), value) {
            (Some(name), value) => {
                if entries.insert(name, value).is_some() {
                    return Err(Fault {
                        expected: "each name once",
                        found: "one that is there twice",
                        line,
                    });
                }
            }
            (None, Value::String(text)) => *name = Some(text),
            (None, Value::Bool(truth)) => *name = Some(truth.to_string()),
            (None, Value::Null) => *name = Some(String::new()),
            (None, _) => {
                return Err(Fault {
                    expected: "a name",
                    found: "a list or map",
                    line,
                });
            }
        },
    }
    Ok(())
}

/// A number stays the text that it is: it may be a key whose digits all count.
fn scalar(text: &str, is_plain: bool) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" if is_plain => Value::Null,
        "true" | "True" | "TRUE" if is_plain => Value::Bool(true),
        "false" | "False" | "FALSE" if is_plain => Value::Bool(false),
        _ => Value::String(text.to_owned()),
    }
}

/// The parser's words may repeat what the file holds, so they are not shown.
fn broken(error: &ScanError) -> Fault {
    Fault {
        expected: "YAML",
        found: "something else",
        line: error.marker().line(),
    }
}
