//! The code of a Rust file without its comments and strings, so that a word in prose is no finding.

/// The text with comments and the insides of strings and characters turned to blanks; line breaks
/// stay, so that lines keep their numbers.
pub(crate) fn only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let before = at
            .checked_sub(1)
            .and_then(|index| bytes.get(index))
            .copied();
        match token(rest, before) {
            Token::Code(length) => kept.extend(rest.iter().take(length)),
            Token::Comment(length) => blank(&mut kept, rest.get(..length).unwrap_or(rest), 0, 0),
            Token::Quoted {
                length,
                open,
                close,
            } => {
                blank(&mut kept, rest.get(..length).unwrap_or(rest), open, close);
            }
        }
        at += token(rest, before).length();
    }
    // Blanks replaced whole characters byte by byte, so this can't fail.
    String::from_utf8(kept).unwrap_or_default()
}

/// The code with every item under `#[cfg(test)]`, or under it and a feature, turned to blanks.
pub(crate) fn without_tests(code: &str) -> String {
    const MARKS: &[&str] = &["#[cfg(test)]", "#[cfg(all(test,"];
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = MARKS.iter().filter_map(|mark| rest.find(mark)).min() {
        let (before, item) = rest.split_at(at);
        let (item, after) = item.split_at(item_length(item));
        kept.push_str(before);
        kept.extend(item.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The length of an item with its attributes: to its `;`, or to the end of its block.
fn item_length(item: &str) -> usize {
    let mut depth = 0_i32;
    for (at, c) in item.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (c == ';' || c == '}') {
            return at + c.len_utf8();
        }
    }
    item.len()
}

#[derive(Debug)]
enum Token {
    Code(usize),
    Comment(usize),
    /// `open` and `close` bytes of quotes stay.
    Quoted {
        length: usize,
        open: usize,
        close: usize,
    },
}

impl Token {
    fn length(&self) -> usize {
        match self {
            Self::Code(length) | Self::Comment(length) | Self::Quoted { length, .. } => *length,
        }
    }
}

fn token(rest: &[u8], before: Option<u8>) -> Token {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        [b'/', b'/', ..] => Token::Comment(find(rest, b"\n", 0).unwrap_or(rest.len())),
        [b'/', b'*', ..] => Token::Comment(block_comment(rest)),
        [b'"', ..] => string(rest, 1),
        [b'b' | b'c', b'"', ..] if !in_word => string(rest, 2),
        [b'r', b'"' | b'#', ..] if !in_word => raw_string(rest, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !in_word => raw_string(rest, 2),
        [b'\'', ..] => character(rest),
        _ => Token::Code(1),
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = rest.get(at..at + 2) {
        match pair {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8], open: usize) -> Token {
    let mut at = open;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => {
                return Token::Quoted {
                    length: at + 1,
                    open,
                    close: 1,
                };
            }
            _ => at += 1,
        }
    }
    Token::Quoted {
        length: rest.len(),
        open,
        close: 0,
    }
}

fn raw_string(rest: &[u8], prefix: usize) -> Token {
    let hashes = rest
        .iter()
        .skip(prefix)
        .take_while(|byte| **byte == b'#')
        .count();
    let open = prefix + hashes + 1;
    if rest.get(open - 1) != Some(&b'"') {
        // A raw identifier.
        return Token::Code(1);
    }
    let end: Vec<u8> = core::iter::once(b'"')
        .chain(core::iter::repeat_n(b'#', hashes))
        .collect();
    match find(rest, &end, open) {
        Some(at) => Token::Quoted {
            length: at + end.len(),
            open,
            close: end.len(),
        },
        None => Token::Quoted {
            length: rest.len(),
            open,
            close: 0,
        },
    }
}

/// A character, or the quote of a lifetime.
fn character(rest: &[u8]) -> Token {
    let end = match rest {
        [_, b'\\', ..] => find(rest, b"'", 3),
        [_, first, ..] => {
            let width = match first {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            };
            Some(1 + width).filter(|at| rest.get(*at) == Some(&b'\''))
        }
        _ => None,
    };
    match end {
        Some(at) => Token::Quoted {
            length: at + 1,
            open: 1,
            close: 1,
        },
        None => Token::Code(1),
    }
}

fn find(rest: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let tail = rest.get(from..)?;
    tail.windows(what.len())
        .position(|window| window == what)
        .map(|at| at + from)
}

fn blank(kept: &mut Vec<u8>, token: &[u8], open: usize, close: usize) {
    let inside = open..token.len().saturating_sub(close);
    kept.extend(token.iter().enumerate().map(|(index, byte)| {
        if inside.contains(&index) && *byte != b'\n' {
            b' '
        } else {
            *byte
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_go_and_code_stays() {
        for (text, code) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */\nd */ e", "a             \n     e"),
            ("f(\"x\\\"y\")", "f(\"    \")"),
            ("f(b\"x\", r#\"a\"b\"#)", "f(b\" \", r#\"   \"#)"),
            ("let c = '\"'; g", "let c = ' '; g"),
            ("let c = '\\''; g", "let c = '  '; g"),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
            ("r#type + 'é'", "r#type + '  '"),
            ("for\"x\"", "for\" \""),
        ] {
            assert_eq!(only(text), code, "{text}");
        }
    }

    #[test]
    fn items_of_tests_go() {
        for (code, kept) in [
            (
                "#[cfg(test)]\nmod tests;\nfn a() {}",
                "            \n          \nfn a() {}",
            ),
            (
                "a\n#[cfg(test)]\nimpl A { fn b() {} }\nc",
                "a\n            \n                    \nc",
            ),
            (
                "#[cfg(all(test, a = b))]\nmod t;\nc",
                "                        \n      \nc",
            ),
            (
                "a\n#[cfg(test)]\nmod tests {",
                "a\n            \n           ",
            ),
        ] {
            assert_eq!(without_tests(code), kept);
        }
    }

    #[test]
    fn an_open_end_is_no_panic() {
        for text in ["\"abc", "/* abc", "r#\"abc", "'", "'\\", "b", "\"\\"] {
            assert_eq!(only(text).len(), text.len(), "{text}");
        }
    }
}
