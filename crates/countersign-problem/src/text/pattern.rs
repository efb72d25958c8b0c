//! Texts with gaps, and fitting them.

/// Gap names and what stood there.
pub(super) type Captures = Vec<(&'static str, String)>;

/// A text that starts so often and never goes on as expected is passed over.
const MAX_TRIES: usize = 16;

/// How a text is recognised. `{name}` is a gap; one of the names `client`, `server`, `seconds`
/// and `difference` is filled by a number only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pattern {
    /// The text starts like this, capitals included.
    Capitals(&'static str),
    /// The text stands anywhere.
    Contains(&'static str),
    /// A number, or a word, in a field of that name.
    Number {
        /// The field, with the name around it: `errors.code`.
        at: &'static str,
        /// Its value.
        value: &'static str,
    },
    /// The text starts like this.
    Starts(&'static str),
    /// This is the whole text.
    Whole(&'static str),
}

impl Pattern {
    /// The text, gaps in braces, or the number.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        match self {
            Self::Capitals(text)
            | Self::Contains(text)
            | Self::Starts(text)
            | Self::Whole(text) => text,
            Self::Number { value, .. } => value,
        }
    }

    pub(crate) fn specificity(&self) -> (u8, usize) {
        let kind = match self {
            Self::Number { .. } => 4,
            Self::Whole(_) => 3,
            Self::Capitals(_) | Self::Starts(_) => 2,
            Self::Contains(_) => 1,
        };
        (kind, self.text().len())
    }

    pub(super) fn is_number(&self, field: Option<&str>, number: &str) -> bool {
        match self {
            Self::Number { at, value } => {
                *value == number && field.is_none_or(|field| field.eq_ignore_ascii_case(at))
            }
            _ => false,
        }
    }

    /// The content of the gaps if the pattern fits.
    pub(super) fn fit(&self, subject: &Subject) -> Option<Captures> {
        match self {
            Self::Number { .. } => None,
            Self::Capitals(text) => subject.text.starts_with(text).then(Captures::new),
            Self::Whole(text) => {
                let (captures, rest) = follow(text, subject, 0)?;
                rest.is_empty().then_some(captures)
            }
            Self::Starts(text) => follow(text, subject, 0).map(|(captures, _)| captures),
            Self::Contains(text) => {
                let head = lower(text.split('{').next().unwrap_or_default());
                let mut from = 0_usize;
                for _ in 0..MAX_TRIES {
                    let at = subject.lower.get(from..)?.find(&head)?.checked_add(from)?;
                    if let Some((captures, _)) = follow(text, subject, at) {
                        return Some(captures);
                    }
                    from = at.checked_add(1)?;
                    while !subject.lower.is_char_boundary(from) {
                        from = from.checked_add(1)?;
                    }
                }
                None
            }
        }
    }
}

/// A text made comparable: one blank for many, plain apostrophes and quotes, no last full stop.
pub(super) struct Subject {
    text: String,
    /// The same length as `text`: only ASCII changes case.
    lower: String,
}

impl Subject {
    pub(super) fn new(raw: &str, limit: usize) -> Self {
        let mut text = String::new();
        for word in raw.split_whitespace() {
            if text.len() >= limit {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            let left = limit.saturating_sub(text.len());
            text.extend(word.chars().take(left).map(plain_quote));
        }
        if text.len() > 1 && text.ends_with('.') {
            text.pop();
        }
        let lower = lower(&text);
        Self { text, lower }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Goes through the pattern from `at` on; what remains of the text.
fn follow<'a>(
    pattern: &'static str,
    subject: &'a Subject,
    at: usize,
) -> Option<(Captures, &'a str)> {
    let mut captures = Captures::new();
    let mut position = at;
    let mut parts = pattern.split('{');
    let head = lower(parts.next()?);
    position = step(subject, position, &head)?;
    for part in parts {
        let (name, literal) = part.split_once('}')?;
        let literal = lower(literal);
        let rest = subject.lower.get(position..)?;
        let length = match name {
            "client" | "server" | "seconds" | "difference" => number_len(rest),
            _ if literal.is_empty() => rest.len(),
            _ => rest.find(&literal)?,
        };
        if length == 0 && literal.is_empty() {
            return None;
        }
        let end = position.checked_add(length)?;
        captures.push((name, subject.text.get(position..end)?.to_owned()));
        position = step(subject, end, &literal)?;
    }
    Some((captures, subject.text.get(position..)?))
}

fn step(subject: &Subject, at: usize, literal: &str) -> Option<usize> {
    let rest = subject.lower.get(at..)?;
    // The last full stop of the text is gone, so that of the pattern may be, too.
    if rest.starts_with(literal) || literal.strip_suffix('.') == Some(rest) {
        at.checked_add(literal.len().min(rest.len()))
    } else {
        None
    }
}

/// An integer's length, its sign included.
fn number_len(text: &str) -> usize {
    let sign = usize::from(text.starts_with('-'));
    let digits = text
        .bytes()
        .skip(sign)
        .take_while(u8::is_ascii_digit)
        .count();
    if digits == 0 {
        0
    } else {
        digits.saturating_add(sign)
    }
}

fn plain_quote(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        _ => character,
    }
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
