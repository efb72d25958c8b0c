//! What a POSIX shell does with a pasted line before curl sees it.
//!
//! Word splitting and unquoting are left to `shlex`; this finds where commands end, joins
//! continued lines, and refuses or notes what only a real shell can expand.

use crate::capture::InputKind;
use crate::error::{CaptureError, Refused, SyntaxError};
use crate::lines::line_of;
use crate::notes::Note;

/// One simple command: its words, where it starts, and what is to be said about it.
pub(super) struct Command {
    pub(super) words: Vec<String>,
    pub(super) offset: usize,
    pub(super) notes: Vec<Note>,
}

/// Splits a text into its commands.
pub(super) fn split(text: &str) -> Result<Vec<Command>, CaptureError> {
    let mut scanner = Scanner {
        text,
        at: 0,
        current: String::new(),
        start: None,
        notes: Vec::new(),
        commands: Vec::new(),
    };
    scanner.run()?;
    scanner.end_command()?;
    Ok(scanner.commands)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    current: String,
    start: Option<usize>,
    notes: Vec<Note>,
    commands: Vec<Command>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Takes one character.
    fn take(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.skip(character.len_utf8());
        Some(character)
    }

    fn push(&mut self, character: char) {
        self.current.push(character);
    }

    fn run(&mut self) -> Result<(), CaptureError> {
        loop {
            let at = self.at;
            let Some(character) = self.take() else {
                return Ok(());
            };
            if !character.is_ascii_whitespace() {
                self.start.get_or_insert(at);
            }
            match character {
                '\\' => self.escape(),
                '\'' => self.single_quoted(at)?,
                '"' => self.double_quoted(at)?,
                '$' if self.rest().starts_with('\'') => {
                    return Err(Refused::AnsiCQuoting { offset: at }.into());
                }
                // `$"…"` is a quoted text that a shell may translate; nobody does.
                '$' if self.rest().starts_with('"') => {}
                '$' => self.dollar(),
                '`' if self.rest().starts_with(['\n', '\r']) => {
                    return Err(Refused::PowerShell.into());
                }
                '`' => {
                    self.note_variable("`...`");
                    self.push('`');
                }
                '#' if self.at_word_start() => {
                    let rest = self.rest();
                    let length = rest.find('\n').unwrap_or(rest.len());
                    self.skip(length);
                }
                '\r' if self.rest().starts_with('\n') => {}
                '<' | '>' => self.redirection(),
                '&' if self.rest().starts_with('>') => {}
                '\n' | ';' | '&' | '|' => self.operator(character, at)?,
                other => self.push(other),
            }
        }
    }

    fn at_word_start(&self) -> bool {
        self.current
            .chars()
            .next_back()
            .is_none_or(|last| last.is_ascii_whitespace())
    }

    /// A backslash outside quotes; before a line break both vanish.
    fn escape(&mut self) {
        for line_break in ["\n", "\r\n"] {
            if self.rest().starts_with(line_break) {
                self.skip(line_break.len());
                return;
            }
        }
        self.push('\\');
        if let Some(next) = self.take() {
            self.push(next);
        }
    }

    fn single_quoted(&mut self, at: usize) -> Result<(), CaptureError> {
        let Some(length) = self.rest().find('\'') else {
            return Err(self.unclosed(at));
        };
        let quoted = self.rest().get(..length).unwrap_or("");
        self.current.push('\'');
        self.current.push_str(quoted);
        self.current.push('\'');
        self.skip(length.saturating_add(1));
        Ok(())
    }

    fn double_quoted(&mut self, at: usize) -> Result<(), CaptureError> {
        self.push('"');
        loop {
            let Some(character) = self.take() else {
                return Err(self.unclosed(at));
            };
            match character {
                '"' => {
                    self.push('"');
                    return Ok(());
                }
                '\\' => self.escape(),
                '$' => self.dollar(),
                '`' => {
                    self.note_variable("`...`");
                    self.push('`');
                }
                other => self.push(other),
            }
        }
    }

    /// A dollar sign stays, with a note if a shell would put something in its place.
    fn dollar(&mut self) {
        let rest = self.rest();
        let name = match rest.chars().next() {
            Some('(') => Some("$(...)".to_owned()),
            Some('{') => {
                let name: String = rest.chars().skip(1).take_while(|c| is_name(*c)).collect();
                Some(if name.is_empty() {
                    "${...}".to_owned()
                } else {
                    name
                })
            }
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                Some(rest.chars().take_while(|c| is_name(*c)).collect())
            }
            _ => None,
        };
        if let Some(name) = name {
            self.note_variable(&name);
        }
        self.push('$');
    }

    fn note_variable(&mut self, name: &str) {
        const LONGEST: usize = 64;
        const MOST: usize = 32;
        let note = Note::ShellVariable {
            name: name.chars().take(LONGEST).collect(),
        };
        if self.notes.len() < MOST && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Leaves out a redirection with its target, and the number of the stream before it.
    fn redirection(&mut self) {
        let stem = self.current.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.is_empty() || stem.ends_with(|c: char| c.is_ascii_whitespace()) {
            self.current.truncate(stem.len());
        }
        let rest = self.rest();
        let target = rest.trim_start_matches(['>', '<', '&', ' ', '\t']);
        let end = target
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | '&' | '|'))
            .unwrap_or(target.len());
        let skipped = rest.len().saturating_sub(target.len()).saturating_add(end);
        self.skip(skipped);
    }

    /// The end of a command. If its sense plainly goes on, the shell cut it short.
    fn operator(&mut self, operator: char, at: usize) -> Result<(), CaptureError> {
        if self.current.trim().is_empty() {
            return self.end_command();
        }
        let rest = self.rest();
        let goes_on = match operator {
            '\n' => rest.trim_start().starts_with(['-', '\'', '"']) || is_url_start(rest),
            _ => rest.starts_with(|c: char| {
                c.is_alphanumeric() || matches!(c, '%' | '_' | '.' | '[' | '=' | '/')
            }),
        };
        if goes_on {
            self.notes.push(Note::ShellCut { offset: at });
        }
        self.end_command()
    }

    fn end_command(&mut self) -> Result<(), CaptureError> {
        let current = core::mem::take(&mut self.current);
        let notes = core::mem::take(&mut self.notes);
        let Some(offset) = self.start.take() else {
            return Ok(());
        };
        let mut words = shlex::Shlex::new(&current);
        let list: Vec<String> = words.by_ref().collect();
        if words.had_error {
            return Err(self.unclosed(offset));
        }
        if !list.is_empty() {
            self.commands.push(Command {
                words: list,
                offset,
                notes,
            });
        }
        Ok(())
    }

    fn unclosed(&self, at: usize) -> CaptureError {
        CaptureError::Syntax(SyntaxError {
            kind: InputKind::Curl,
            expected: "the closing quote of what starts here",
            found: "the end of the input",
            offset: at,
            line: line_of(self.text.as_bytes(), at),
        })
    }
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_url_start(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with("http://") || rest.starts_with("https://")
}
