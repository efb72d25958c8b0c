//! curl commands, as written and as browsers and Postman copy them.

mod command;
mod escape;
mod flags;
mod shell;
mod transfer;
mod windows;

#[cfg(test)]
mod tests;

use core::str;

use crate::capture::{Capture, InputKind};
use crate::error::{CaptureError, SyntaxError};
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::line_of;
use command::Place;

/// Reads all curl commands of a text; other commands beside them are passed over.
pub(crate) fn read(input: &[u8], limits: &Limits) -> Result<Capture, CaptureError> {
    let text = str::from_utf8(input).map_err(|error| {
        CaptureError::Syntax(SyntaxError {
            kind: InputKind::Curl,
            expected: "text in UTF-8",
            found: "other bytes",
            offset: error.valid_up_to(),
            line: line_of(input, error.valid_up_to()),
        })
    })?;
    let commands = if windows::is_cmd(text) {
        windows::split(text)?
    } else {
        shell::split(text)?
    };
    let mut exchanges = Exchanges::new(limits);
    let mut lines = LineCount {
        text,
        offset: 0,
        line: 1,
    };
    for command in &commands {
        let Some(words) = after_curl(&command.words) else {
            continue;
        };
        let place = Place {
            offset: command.offset,
            line: lines.at(command.offset),
        };
        for exchange in command::read(words, place, &command.notes, limits)? {
            exchanges.push(exchange)?;
        }
    }
    if exchanges.list.is_empty() {
        return Err(CaptureError::Syntax(SyntaxError {
            kind: InputKind::Curl,
            expected: "a curl command",
            found: "none",
            offset: 0,
            line: 1,
        }));
    }
    Ok(exchanges.into_capture(InputKind::Curl))
}

/// Whether a line is a curl command, perhaps behind a prompt.
pub(crate) fn is_command(line: &str) -> bool {
    let words: Vec<String> = line
        .split_ascii_whitespace()
        .take(MOST_BEFORE)
        .map(str::to_owned)
        .collect();
    after_curl(&words).is_some()
}

/// How many words may stand before `curl`: prompt, `sudo`, `time`, variables.
const MOST_BEFORE: usize = 6;

/// The words after `curl`, behind a prompt or another command that runs it.
fn after_curl(words: &[String]) -> Option<&[String]> {
    let at = words
        .iter()
        .take(MOST_BEFORE)
        .take_while(|word| is_before_curl(word.as_str()) || is_curl(word.as_str()))
        .position(|word| is_curl(word))?;
    words.get(at.checked_add(1)?..)
}

fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.eq_ignore_ascii_case("curl") || name.eq_ignore_ascii_case("curl.exe")
}

fn is_before_curl(word: &str) -> bool {
    let is_prompt = word.ends_with(['$', '%', '>', '#']);
    let is_assignment = word
        .split_once('=')
        .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    is_prompt || is_assignment || ["sudo", "time", "exec", "command", "env"].contains(&word)
}

/// Lines of rising offsets, counted once.
struct LineCount<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl LineCount<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let between = self.text.as_bytes().get(self.offset..offset);
        let breaks = between.map_or(0, |between| {
            between.iter().filter(|&&byte| byte == b'\n').count()
        });
        self.line = self.line.saturating_add(breaks);
        self.offset = offset;
        self.line
    }
}
