//! String literals as Python, Ruby and PHP print them, and maps of them.

/// Reads the literal a text starts with, such as `b'a\r\n'`: its bytes, and how much it takes.
pub(super) fn read(text: &str) -> Option<(Vec<u8>, usize)> {
    let prefix = usize::from(text.starts_with(['b', 'u']));
    let quote = *text.as_bytes().get(prefix)?;
    if quote != b'"' && quote != b'\'' {
        return None;
    }
    let mut at = prefix.checked_add(1)?;
    let mut out = Vec::new();
    loop {
        let rest = text.as_bytes().get(at..)?;
        let plain = rest
            .iter()
            .position(|&byte| byte == quote || byte == b'\\')?;
        out.extend_from_slice(rest.get(..plain)?);
        at = at.checked_add(plain)?;
        if rest.get(plain) == Some(&quote) {
            return Some((out, at.checked_add(1)?));
        }
        at = at.checked_add(escape(text.get(at..)?, &mut out))?;
    }
}

/// Undoes the escape a text starts with and says how long it is.
fn escape(text: &str, out: &mut Vec<u8>) -> usize {
    let mut characters = text.chars().skip(1);
    let Some(kind) = characters.next() else {
        out.push(b'\\');
        return 1;
    };
    let plain = match kind {
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'a' => Some(7),
        'b' => Some(8),
        'v' => Some(11),
        'f' => Some(12),
        'e' => Some(27),
        '0' => Some(0),
        '\\' | '\'' | '"' | '#' => u8::try_from(kind).ok(),
        _ => None,
    };
    if let Some(byte) = plain {
        out.push(byte);
        return 2;
    }
    let numbered = match kind {
        'x' => hex(text, 2, 2).and_then(|(code, length)| {
            out.push(u8::try_from(code).ok()?);
            Some(length)
        }),
        'u' => hex(text, 2, 4).and_then(|(code, length)| push(code, length, out)),
        'U' => hex(text, 2, 8).and_then(|(code, length)| push(code, length, out)),
        _ => None,
    };
    numbered.unwrap_or_else(|| {
        out.push(b'\\');
        1
    })
}

fn push(code: u32, length: usize, out: &mut Vec<u8>) -> Option<usize> {
    let character = char::from_u32(code)?;
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(length)
}

/// `digits` hexadecimal digits at `from`, and where they end.
fn hex(text: &str, from: usize, digits: usize) -> Option<(u32, usize)> {
    let end = from.checked_add(digits)?;
    let number = text.get(from..end)?;
    if !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(number, 16).ok()?, end))
}

/// Names and values of a map as Python (`{'a': 'b'}`), Ruby (`{"a"=>"b"}`) or PHP
/// (`array ( 'a' => 'b', )`) print it; values that are no text are left out, and so is all from
/// the first place on that is none of these.
pub(super) fn map(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    if let Some(inside) = rest
        .strip_prefix('{')
        .or_else(|| rest.strip_prefix("array ("))
        .or_else(|| rest.strip_prefix('['))
    {
        rest = inside;
    }
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        let Some((name, length)) = read(rest) else {
            return pairs;
        };
        let after = rest.get(length..).unwrap_or("").trim_start();
        let Some(value) = after.strip_prefix("=>").or_else(|| after.strip_prefix(':')) else {
            return pairs;
        };
        let (value, after) = value_of(value.trim_start());
        if let Some(value) = value {
            pairs.push((String::from_utf8_lossy(&name).into_owned(), value));
        }
        rest = after;
    }
}

/// The value a text starts with (`None` if it is no text), and what follows it.
fn value_of(text: &str) -> (Option<Vec<u8>>, &str) {
    if let Some((mut value, length)) = read(text) {
        let mut rest = text.get(length..).unwrap_or("");
        // Long texts are broken into several literals.
        while let Some((more, length)) = read(rest.trim_start()) {
            value.extend(more);
            rest = rest.trim_start().get(length..).unwrap_or("");
        }
        return (Some(value), rest);
    }
    let end = end_of_other(text);
    let (other, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let is_number = !other.is_empty() && other.bytes().all(|byte| byte.is_ascii_digit());
    (is_number.then(|| other.into()), rest)
}

/// Where a value that is no literal ends: at a comma or bracket outside its own brackets.
fn end_of_other(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[' | b'{' | b'<') => depth = depth.saturating_add(1),
            (None, b')' | b']' | b'}' | b'>') if depth > 0 => depth = depth.saturating_sub(1),
            (None, b',' | b')' | b']' | b'}') if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
