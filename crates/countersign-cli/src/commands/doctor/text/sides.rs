//! Two spellings below each other, with marks under what differs.

use crate::text::WIDTH;

/// What precedes a spelling: the bar, and its sign.
const MARGIN: usize = 7;

/// Letters kept on either side of the first difference of long spellings.
const BEFORE: usize = 24;

pub(super) struct Sides<'a> {
    pub(super) found: Option<&'a str>,
    pub(super) expected: Option<&'a str>,
    /// Whose each is.
    pub(super) labels: (&'a str, &'a str),
    /// Whether long spellings are shown whole.
    pub(super) whole: bool,
}

impl Sides<'_> {
    pub(super) fn write(&self, out: &mut String) {
        let letters = |text: Option<&str>| text.map(|text| text.chars().collect::<Vec<char>>());
        let (found, expected) = (letters(self.found), letters(self.expected));
        let window = match (&found, &expected) {
            _ if self.whole => None,
            (Some(found), Some(expected)) => window(found, expected),
            (Some(one), None) | (None, Some(one)) => window(one, one),
            (None, None) => None,
        };
        let cut = |letters: &Option<Vec<char>>| letters.as_ref().map(|text| cut(text, window));
        let (found_text, expected_text) = (cut(&found), cut(&expected));
        let width = [&found_text, &expected_text]
            .into_iter()
            .flatten()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0);
        let label_width = self
            .labels
            .0
            .chars()
            .count()
            .max(self.labels.1.chars().count());
        let beside = MARGIN
            .saturating_add(width)
            .saturating_add(3)
            .saturating_add(label_width)
            <= WIDTH;
        line(
            out,
            '-',
            found_text.as_deref(),
            self.labels.0,
            beside.then_some(width),
        );
        line(
            out,
            '+',
            expected_text.as_deref(),
            self.labels.1,
            beside.then_some(width),
        );
        if let (Some(found), Some(expected)) = (&found_text, &expected_text)
            && let Some(carets) = carets(found, expected)
        {
            out.push_str("   |   ");
            out.push_str(&carets);
            out.push('\n');
        }
    }
}

fn line(out: &mut String, sign: char, text: Option<&str>, label: &str, beside: Option<usize>) {
    let Some(text) = text else { return };
    let text = if text.is_empty() { "(empty)" } else { text };
    let line = match beside {
        _ if label.is_empty() => format!("   | {sign} {text}\n"),
        Some(width) => format!("   | {sign} {text:width$}   {label}\n"),
        None => format!("   | {label}:\n   | {sign} {text}\n"),
    };
    out.push_str(&line);
}

/// What of two long spellings is shown: from where, and how many letters.
fn window(found: &[char], expected: &[char]) -> Option<(usize, usize)> {
    let room = WIDTH.saturating_sub(MARGIN).saturating_sub(2);
    if found.len().max(expected.len()) <= room {
        return None;
    }
    let same = |(one, other): &(&char, &char)| one == other;
    let first = found.iter().zip(expected).take_while(same).count();
    let first = if first == found.len() && first == expected.len() {
        0
    } else {
        first
    };
    Some((first.saturating_sub(BEFORE), room))
}

fn cut(text: &[char], window: Option<(usize, usize)>) -> String {
    let Some((start, room)) = window else {
        return text.iter().collect();
    };
    let mut out = String::new();
    if start > 0 {
        out.push('…');
    }
    out.extend(text.iter().skip(start).take(room));
    if text.len() > start.saturating_add(room) {
        out.push('…');
    }
    out
}

/// Marks under what the expected spelling has instead of the found one.
fn carets(found: &str, expected: &str) -> Option<String> {
    let (found, expected): (Vec<char>, Vec<char>) =
        (found.chars().collect(), expected.chars().collect());
    let same = |(one, other): &(&char, &char)| one == other;
    let mut start = found.iter().zip(&expected).take_while(same).count();
    // An escape is marked whole.
    let mut before = expected.iter().take(start).rev().take(2);
    if let Some(back) = before.position(|letter| *letter == '%') {
        start = start.saturating_sub(back).saturating_sub(1);
    }
    let end = found
        .iter()
        .rev()
        .zip(expected.iter().rev())
        .take_while(same)
        .count();
    let changed = expected.len().checked_sub(start)?.checked_sub(end)?;
    // Marks help where most is the same.
    let helps = changed > 0 && start.saturating_add(end) >= changed;
    helps.then(|| format!("{}{}", " ".repeat(start), "^".repeat(changed)))
}
