//! Text for a terminal of 80 columns.

use core::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Color, Style};

/// The width of reports.
pub(crate) const WIDTH: usize = 80;

/// Appends `text`, wrapped at blanks; the first line begins with `first`, the others with as many
/// blanks; a bar in it goes on below. A word that is too long, such as a URL, stays whole.
pub(crate) fn wrapped(out: &mut String, first: &str, text: &str) {
    let indent = first.chars().count();
    let mut column = indent;
    out.push_str(first);
    let mut fresh = true;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if !fresh && column.saturating_add(width).saturating_add(1) > WIDTH {
            // Writing to a string does not fail.
            out.push('\n');
            if first.trim() == "|" {
                out.push_str(first);
            } else {
                let _ignored = write!(out, "{:indent$}", "");
            }
            column = indent;
            fresh = true;
        }
        if !fresh {
            out.push(' ');
            column = column.saturating_add(1);
        }
        out.push_str(word);
        column = column.saturating_add(width);
        fresh = false;
    }
    out.push('\n');
}

/// As a shell takes it for one word, whoever wrote it. Plain words stay as they are.
#[cfg(feature = "proxy")]
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", within_quotes(text))
    }
}

/// What stands for a text within single quotes.
#[cfg(feature = "proxy")]
pub(crate) fn within_quotes(text: &str) -> String {
    text.replace('\'', "'\\''")
}

/// Paints the marks and headings of a report; what they say does not change.
pub(crate) fn painted(report: &str) -> String {
    let mut out = String::with_capacity(report.len());
    for line in report.split_inclusive('\n') {
        let start = line.trim_start();
        match MARKS.iter().find(|(mark, _)| start.starts_with(mark)) {
            Some((mark, style)) => {
                let blanks = line.len().saturating_sub(start.len());
                out.push_str(line.get(..blanks).unwrap_or_default());
                let _ignored = write!(out, "{style}{mark}{style:#}");
                out.push_str(start.get(mark.len()..).unwrap_or_default());
            }
            None => out.push_str(line),
        }
    }
    out
}

const fn coloured(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour))).bold()
}

const GOOD: Style = coloured(AnsiColor::Green);
const BAD: Style = coloured(AnsiColor::Red);
const CARE: Style = coloured(AnsiColor::Yellow);
const FAINT: Style = Style::new().dimmed();
const HEAD: Style = Style::new().bold();

const MARKS: [(&str, Style); 13] = [
    ("[ok]", GOOD),
    ("[warn]", CARE),
    ("[fail]", BAD),
    ("[skip]", FAINT),
    ("error", BAD),
    ("= proven", BAD),
    ("= likely", CARE),
    ("= your secrets are right.", GOOD),
    ("possible", CARE),
    ("= fix:", GOOD),
    ("Fix", GOOD),
    ("Retry?", HEAD),
    ("Verified", GOOD),
];

#[cfg(all(test, feature = "proxy"))]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_shell_is_one_word() {
        for plain in ["acme", "keys.toml", "http://127.0.0.1:9000/a%20b"] {
            assert_eq!(shell_word(plain), plain);
        }
        for (text, word) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("$(id)", "'$(id)'"),
            ("~", "'~'"),
            ("a;b", "'a;b'"),
            ("it's", "'it'\\''s'"),
            ("http://[::1]/a?b", "'http://[::1]/a?b'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }
}
