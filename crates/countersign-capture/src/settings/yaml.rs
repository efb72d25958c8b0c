//! As much YAML as Ruby writes for maps of texts: two blanks a level, one name a line.

use core::iter::Enumerate;
use core::str::{Chars, Lines};

use super::{SettingsError, Tool, Where};

/// One line: `name:`, `name: value` or `- value`.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) depth: usize,
    /// `None` for an entry of a list.
    pub(super) name: Option<String>,
    pub(super) value: Option<String>,
}

/// The lines that hold something.
pub(super) fn lines(text: &str) -> Reader<'_> {
    Reader {
        lines: text.lines().enumerate(),
        above: None,
    }
}

pub(super) struct Reader<'a> {
    lines: Enumerate<Lines<'a>>,
    /// The depth of the line above, and whether lines may stand below it.
    above: Option<(usize, bool)>,
}

impl Iterator for Reader<'_> {
    type Item = Result<Line, SettingsError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (index, line) = self.lines.next()?;
            let line = line.trim_end();
            let trimmed = line.trim_start();
            let is_marker = index == 0 && line == "---";
            if trimmed.is_empty() || trimmed.starts_with('#') || is_marker {
                continue;
            }
            return Some(self.read(line, trimmed, index.saturating_add(1)));
        }
    }
}

fn fault(expected: &'static str, found: &'static str, line: usize) -> SettingsError {
    SettingsError::new(Tool::Twurl, expected, found, Where::Line(line))
}

impl Reader<'_> {
    fn read(&mut self, line: &str, trimmed: &str, number: usize) -> Result<Line, SettingsError> {
        let blanks = line.len().saturating_sub(trimmed.len());
        if line.bytes().take(blanks).any(|byte| byte != b' ') {
            return Err(fault("blanks before a name", "a tab", number));
        }
        if !blanks.is_multiple_of(2) {
            return Err(fault("two blanks a level", "an odd number", number));
        }
        let depth = blanks.checked_div(2).unwrap_or_default();
        if let Some(rest) = trimmed.strip_prefix("- ") {
            return self.entry(rest, depth, number);
        }
        let most = match self.above {
            None => 0,
            Some((above, true)) => above.saturating_add(1),
            Some((above, false)) => above,
        };
        if depth > most {
            return Err(fault("a level that was opened", "a deeper one", number));
        }
        let (name, rest) = scalar(trimmed, true, number)?;
        let rest = rest
            .strip_prefix(':')
            .ok_or_else(|| fault("NAME: VALUE", "something else", number))?;
        let value = match rest.strip_prefix(' ').map(str::trim_start) {
            None if rest.is_empty() => None,
            None => return Err(fault("a blank after a colon", "something else", number)),
            Some("{}") => None,
            Some(value) => Some(whole(value, number)?),
        };
        self.above = Some((depth, value.is_none()));
        Ok(Line {
            number,
            depth,
            name: Some(name),
            value,
        })
    }

    /// Ruby writes the entries of a list below a name at the depth of the name.
    fn entry(&self, rest: &str, depth: usize, number: usize) -> Result<Line, SettingsError> {
        match self.above {
            Some((above, true)) if depth == above || depth == above.saturating_add(1) => Ok(Line {
                number,
                depth,
                name: None,
                value: Some(whole(rest, number)?),
            }),
            _ => Err(fault("a name above the list", "none", number)),
        }
    }
}

/// A scalar with nothing after it.
fn whole(text: &str, number: usize) -> Result<String, SettingsError> {
    let (value, rest) = scalar(text, false, number)?;
    if rest.trim().is_empty() {
        Ok(value)
    } else {
        Err(fault("the end of the line", "something else", number))
    }
}

/// One scalar, plain or quoted, and what follows it.
fn scalar(text: &str, is_name: bool, number: usize) -> Result<(String, &str), SettingsError> {
    match text.chars().next() {
        Some('"') => double_quoted(text.get(1..).unwrap_or_default(), number),
        Some('\'') => single_quoted(text.get(1..).unwrap_or_default(), number),
        Some(first) if "&*!|>%@`{}[],?#".contains(first) => {
            Err(fault("a plain or quoted text", "other YAML", number))
        }
        _ if is_name => {
            let end = text
                .find(": ")
                .or_else(|| text.strip_suffix(':').map(str::len));
            let end = end.ok_or_else(|| fault("NAME: VALUE", "something else", number))?;
            let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
            Ok((name.to_owned(), rest))
        }
        _ if text.contains(" #") || text.contains(": ") => {
            Err(fault("a plain or quoted text", "other YAML", number))
        }
        _ => Ok((text.to_owned(), "")),
    }
}

fn single_quoted(text: &str, number: usize) -> Result<(String, &str), SettingsError> {
    let mut out = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next() {
            Some('\'') if rest.as_str().starts_with('\'') => {
                rest.next();
                out.push('\'');
            }
            Some('\'') => return Ok((out, rest.as_str())),
            Some(letter) => out.push(letter),
            None => return Err(fault("the closing quote", "the end of the line", number)),
        }
    }
}

fn double_quoted(text: &str, number: usize) -> Result<(String, &str), SettingsError> {
    let mut out = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next() {
            Some('"') => return Ok((out, rest.as_str())),
            Some('\\') => out.push(escaped(&mut rest, number)?),
            Some(letter) => out.push(letter),
            None => return Err(fault("the closing quote", "the end of the line", number)),
        }
    }
}

fn escaped(rest: &mut Chars<'_>, number: usize) -> Result<char, SettingsError> {
    let digits = match rest.next() {
        Some(letter @ ('"' | '\\' | '/')) => return Ok(letter),
        Some('n') => return Ok('\n'),
        Some('r') => return Ok('\r'),
        Some('t') => return Ok('\t'),
        Some('e') => return Ok('\u{1b}'),
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => return Err(fault("a known escape", "another", number)),
    };
    let code = rest.as_str().get(..digits);
    let letter = code
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|code| u32::from_str_radix(code, 16).ok())
        .and_then(char::from_u32)
        .ok_or_else(|| fault("a known escape", "another", number))?;
    for _ in 0..digits {
        rest.next();
    }
    Ok(letter)
}
