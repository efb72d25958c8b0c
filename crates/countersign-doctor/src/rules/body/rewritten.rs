//! The same JSON or text in other bytes: how serialisers and editors write it anew.

use std::borrow::Cow;

/// A longer body is not written anew: there are a dozen ways, each as long.
const MAX: usize = 64 * 1024;

/// A way of writing, and how it is told.
type Way = (fn(&str) -> Option<Vec<u8>>, &'static str);

const WAYS: [Way; 10] = [
    (
        |text| Some(spaced(text, "", "").into_bytes()),
        "this body without the blanks between its elements",
    ),
    (
        |text| Some(spaced(text, " ", " ").into_bytes()),
        "this body with a blank after each comma and colon",
    ),
    (
        |text| Some(indented(text, "  ").into_bytes()),
        "this body on many lines, indented by two",
    ),
    (
        |text| Some(indented(text, "    ").into_bytes()),
        "this body on many lines, indented by four",
    ),
    (
        |text| Some(text.replace("\\/", "/").into_bytes()),
        "this body with / in place of \\/",
    ),
    (
        |text| Some(text.replace("\\/", "/").replace('/', "\\/").into_bytes()),
        "this body with \\/ in place of /",
    ),
    (
        |text| Some(escaped(text).into_bytes()),
        "this body with \\u escapes in place of characters beyond ASCII",
    ),
    (latin1, "this body in Latin-1"),
    (
        |text| Some(text.replace("\r\n", "\n").into_bytes()),
        "this body with line feeds in place of CR LF",
    ),
    (
        |text| {
            Some(
                text.replace("\r\n", "\n")
                    .replace('\n', "\r\n")
                    .into_bytes(),
            )
        },
        "this body with CR LF in place of line feeds",
    ),
];

/// Other bytes with the meaning of this body; what equals it is left out.
pub(super) fn ways(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    if body.len() > MAX || body.is_empty() {
        return Vec::new();
    }
    let text: Cow<'_, str> = match core::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        // Latin-1 in place of the UTF-8 that was hashed.
        Err(_) => Cow::Owned(body.iter().map(|byte| char::from(*byte)).collect()),
    };
    let mut ways: Vec<(Vec<u8>, &'static str)> = WAYS
        .iter()
        .filter_map(|(write, meaning)| Some((write(&text)?, *meaning)))
        .collect();
    if matches!(text, Cow::Owned(_)) {
        ways.push((text.into_owned().into_bytes(), "this body in UTF-8"));
    }
    ways.retain(|(bytes, _)| bytes != body);
    ways
}

/// Walks over JSON and tells for each character whether it stands inside a string.
fn walk(text: &str, mut each: impl FnMut(char, bool)) {
    let (mut inside, mut escaping) = (false, false);
    for character in text.chars() {
        let is_quote = character == '"' && !escaping;
        each(character, inside || is_quote);
        if is_quote {
            inside = !inside;
        }
        escaping = inside && character == '\\' && !escaping;
    }
}

/// With this after each comma and each colon, and no other blank.
fn spaced(text: &str, comma: &str, colon: &str) -> String {
    let mut out = String::with_capacity(text.len());
    walk(text, |character, inside| {
        if inside || !character.is_ascii_whitespace() {
            out.push(character);
        }
        match character {
            ',' if !inside => out.push_str(comma),
            ':' if !inside => out.push_str(colon),
            _ => {}
        }
    });
    out
}

/// More depth than this is not indented: nobody's data has it.
const DEPTH: usize = 32;

/// One element a line.
fn indented(text: &str, by: &str) -> String {
    let compact = spaced(text, "", " ");
    let mut out = String::with_capacity(compact.len());
    let mut depth = 0_usize;
    let mut just_opened = false;
    walk(&compact, |character, inside| {
        let closes = !inside && matches!(character, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        if closes != just_opened {
            out.push('\n');
            out.push_str(&by.repeat(depth.min(DEPTH)));
        }
        just_opened = false;
        out.push(character);
        if inside {
            return;
        }
        match character {
            '{' | '[' => {
                depth = depth.saturating_add(1);
                just_opened = true;
            }
            ',' => {
                out.push('\n');
                out.push_str(&by.repeat(depth.min(DEPTH)));
            }
            _ => {}
        }
    });
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{indented, spaced, ways};

    #[test]
    fn json_is_written_anew() {
        let text = "{\"a\": [1,2], \"b\" : \"x, y: \\\"z\\\"\", \"c\":{}}";
        assert_eq!(
            spaced(text, "", ""),
            "{\"a\":[1,2],\"b\":\"x, y: \\\"z\\\"\",\"c\":{}}"
        );
        assert_eq!(
            spaced(text, " ", " "),
            "{\"a\": [1, 2], \"b\": \"x, y: \\\"z\\\"\", \"c\": {}}"
        );
        assert_eq!(
            indented(text, "  "),
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"x, y: \\\"z\\\"\",\n  \"c\": {}\n}"
        );
    }

    #[test]
    fn what_equals_the_body_is_no_other_way() {
        assert!(ways(b"x").iter().all(|(bytes, _)| bytes != b"x"));
        let all: Vec<_> = ways("{\"a/b\":\"\u{e9}\"}".as_bytes());
        let has = |wanted: &[u8]| all.iter().any(|(bytes, _)| bytes == wanted);
        assert!(has(b"{\"a/b\":\"\\u00e9\"}"));
        assert!(has(b"{\"a/b\":\"\xe9\"}"));
        assert!(has("{\"a\\/b\":\"\u{e9}\"}".as_bytes()));
        assert!(
            ways(b"\xe9")
                .iter()
                .any(|(bytes, _)| bytes == "\u{e9}".as_bytes())
        );
        assert!(ways(b"").is_empty());
    }
}
