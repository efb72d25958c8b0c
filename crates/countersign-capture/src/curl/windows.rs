//! What cmd.exe and the C runtime do with a line before curl sees it: "Copy as cURL (cmd)".
//!
//! cmd.exe takes the carets off, then the C runtime splits the rest at blanks and takes the
//! quotes and backslashes off.

use crate::capture::InputKind;
use crate::error::{CaptureError, SyntaxError};
use crate::lines::line_of;
use crate::notes::Note;

use super::shell::Command;

/// Whether a command was written for cmd.exe: its first quote stands behind a caret, or it has no
/// single quotes first and lines that end in a caret.
pub(super) fn is_cmd(text: &str) -> bool {
    let Some(at) = text.find(['"', '\'']) else {
        return has_caret_line(text);
    };
    let (before, quoted) = text.split_at_checked(at).unwrap_or((text, ""));
    before.ends_with('^')
        || has_caret_line(before)
        || (quoted.starts_with('"') && has_caret_line(quoted))
}

fn has_caret_line(text: &str) -> bool {
    text.contains(" ^\n") || text.contains(" ^\r\n")
}

/// Splits a text into its commands.
pub(super) fn split(text: &str) -> Result<Vec<Command>, CaptureError> {
    let mut commands = Vec::new();
    let mut line = String::new();
    let mut start = 0_usize;
    let mut quoted: Option<usize> = None;
    let mut characters = text.char_indices().peekable();
    let mut end = |line: &mut String, start: usize| -> Result<(), CaptureError> {
        let line = core::mem::take(line);
        let words = words(&line).ok_or_else(|| unclosed(text, start))?;
        if !words.is_empty() {
            commands.push(Command {
                notes: variables(&line),
                words,
                offset: start,
            });
        }
        Ok(())
    };
    while let Some((at, character)) = characters.next() {
        match character {
            '^' if quoted.is_none() => {
                // A caret takes a line break away and makes the next character a plain one.
                let mut next = characters.next();
                if next.is_some_and(|(_, c)| c == '\r') {
                    next = characters.next_if(|(_, c)| *c == '\n').or(next);
                }
                if next.is_some_and(|(_, c)| c == '\n') {
                    next = characters.next();
                    if next.is_some_and(|(_, c)| c == '\r') {
                        next = characters.next_if(|(_, c)| *c == '\n').or(next);
                    }
                }
                if let Some((_, literal)) = next {
                    line.push(literal);
                }
            }
            '"' => {
                quoted = match quoted {
                    None => Some(at),
                    Some(_) => None,
                };
                line.push('"');
            }
            '\n' => {
                if let Some(at) = quoted {
                    return Err(unclosed(text, at));
                }
                end(&mut line, start)?;
                start = at.saturating_add(1);
            }
            '&' | '|' if quoted.is_none() => {
                end(&mut line, start)?;
                start = at.saturating_add(1);
            }
            '\r' if characters.peek().is_some_and(|(_, c)| *c == '\n') => {}
            other => line.push(other),
        }
    }
    end(&mut line, start)?;
    Ok(commands)
}

/// Splits an argument line as the C runtime does; `None` if a quote stays open.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let mut run = 1_usize;
                while characters.next_if_eq(&'\\').is_some() {
                    run = run.saturating_add(1);
                }
                let word = word.get_or_insert_default();
                let before_quote = characters.peek() == Some(&'"');
                let kept = if before_quote { run / 2 } else { run };
                word.extend(core::iter::repeat_n('\\', kept));
                if before_quote && !run.is_multiple_of(2) {
                    characters.next();
                    word.push('"');
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                if quoted && characters.next_if_eq(&'"').is_some() {
                    word.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            ' ' | '\t' | '\n' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if quoted {
        return None;
    }
    words.extend(word);
    Some(words)
}

/// `%NAME%` that cmd.exe would expand.
fn variables(line: &str) -> Vec<Note> {
    const LONGEST: usize = 64;
    const MOST: usize = 32;
    let mut notes = Vec::new();
    let mut parts = line.split('%').skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_name = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.len() <= LONGEST
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        // `%3D...%20`: what looks like hexadecimal digits is percent-encoding.
        let is_triplet = part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
        if is_name && !is_triplet && parts.peek().is_some() && notes.len() < MOST {
            notes.push(Note::ShellVariable {
                name: part.to_owned(),
            });
        }
    }
    notes
}

fn unclosed(text: &str, at: usize) -> CaptureError {
    CaptureError::Syntax(SyntaxError {
        kind: InputKind::Curl,
        expected: "the closing quote of what starts here",
        found: "the end of the line",
        offset: at,
        line: line_of(text.as_bytes(), at),
    })
}
