use alloc::format;
use alloc::string::String;
use core::fmt;

use super::{Charset, Difference, Field, Side, Spelling};
use crate::parts::is_secret;

/// A difference told with names for the two sides.
pub(super) struct Sentence<'a> {
    pub(super) difference: &'a Difference,
    pub(super) ours: &'a str,
    pub(super) theirs: &'a str,
}

impl Sentence<'_> {
    fn side(&self, side: Side) -> &str {
        match side {
            Side::Ours => self.ours,
            Side::Theirs => self.theirs,
        }
    }

    fn other(&self, side: Side) -> &str {
        match side {
            Side::Ours => self.theirs,
            Side::Theirs => self.ours,
        }
    }

    /// "the … is A in ours base string and B in theirs".
    fn both(
        &self,
        f: &mut fmt::Formatter<'_>,
        what: &str,
        ours: &str,
        theirs: &str,
    ) -> fmt::Result {
        write!(
            f,
            "{what} is {ours} in {}'s base string and {theirs} in {}'s",
            self.ours, self.theirs
        )
    }

    fn encoding(&self, f: &mut fmt::Formatter<'_>, of: &Field, spelling: &Spelling) -> fmt::Result {
        let what = field(of);
        match spelling {
            Spelling::Layers { more, by: 1 } => {
                write!(
                    f,
                    "{what} is encoded once more by {} than by {}",
                    self.side(*more),
                    self.other(*more)
                )
            }
            Spelling::Layers { more, by } => {
                write!(
                    f,
                    "{what} is encoded {by} times more by {} than by {}",
                    self.side(*more),
                    self.other(*more)
                )
            }
            Spelling::PlusForSpace { side } => {
                write!(
                    f,
                    "{what} has a plus sign from {} where {} has a blank",
                    self.side(*side),
                    self.other(*side)
                )
            }
            Spelling::Raw { side, characters } => {
                let side = self.side(*side);
                if characters.is_empty() {
                    write!(
                        f,
                        "{what} has non-ASCII characters left unencoded by {side}"
                    )
                } else {
                    write!(
                        f,
                        "{what} has {} left unencoded by {side}",
                        apart(characters)
                    )
                }
            }
            Spelling::EncodedUnreserved { side, characters } => {
                let side = self.side(*side);
                write!(
                    f,
                    "{what} has {} encoded by {side}, which must not be encoded",
                    apart(characters)
                )
            }
            Spelling::LowerCaseHex { side } => {
                write!(
                    f,
                    "{what} has hexadecimal digits in lower case from {}",
                    self.side(*side)
                )
            }
            Spelling::Latin1 { side } => {
                write!(
                    f,
                    "{what} is encoded from Latin-1 by {} and from UTF-8 by {}",
                    self.side(*side),
                    self.other(*side)
                )
            }
            Spelling::Charset { side, charset } => write!(
                f,
                "{what} has {} from {} where {} has UTF-8",
                match charset {
                    Charset::OneOctet => "one octet for each character beyond ASCII",
                    Charset::Other => "characters beyond ASCII of another character set",
                    Charset::PercentU => "characters beyond ASCII as %uXXXX",
                    Charset::QuestionMarks => "question marks for characters beyond ASCII",
                    Charset::Utf8Twice => "characters beyond ASCII turned into UTF-8 twice",
                },
                self.side(*side),
                self.other(*side)
            ),
            Spelling::Mixed => {
                write!(
                    f,
                    "{what} means the same to {} and {} but is encoded differently",
                    self.ours, self.theirs
                )
            }
        }
    }
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (self.ours, self.theirs);
        match self.difference {
            Difference::Method { ours, theirs } => {
                self.both(f, "the method", &or_missing(ours), &or_missing(theirs))
            }
            Difference::Scheme { ours, theirs } => {
                self.both(f, "the scheme", &or_missing(ours), &or_missing(theirs))
            }
            Difference::Host { ours, theirs } => {
                self.both(f, "the host", &or_missing(ours), &or_missing(theirs))
            }
            Difference::Port { ours, theirs } => {
                let or_none =
                    |port: &Option<String>| port.as_deref().map_or_else(|| "absent".into(), quoted);
                self.both(f, "the port", &or_none(ours), &or_none(theirs))
            }
            Difference::Path { ours, theirs } => {
                self.both(f, "the path", &quoted(ours), &quoted(theirs))
            }
            Difference::QueryInUri { ours, theirs } => {
                let or_none = |query: &Option<String>| {
                    query.as_deref().map_or_else(|| "absent".into(), quoted)
                };
                self.both(
                    f,
                    "what follows the path of the URI",
                    &or_none(ours),
                    &or_none(theirs),
                )
            }
            Difference::ParameterMissing { name, value, .. } => {
                write!(
                    f,
                    "the parameter {} is missing from {theirs}'s base string",
                    pair(name, value)
                )
            }
            Difference::ParameterExtra { name, value, .. } => {
                write!(
                    f,
                    "the parameter {} is only in {theirs}'s base string",
                    pair(name, value)
                )
            }
            Difference::ParameterValue {
                name, ours, theirs, ..
            } => {
                let what = format!("the value of {}", quoted(name));
                self.both(f, &what, &shown(name, ours), &shown(name, theirs))
            }
            Difference::Repeated {
                name,
                value,
                ours: our_count,
                theirs: their_count,
            } => write!(
                f,
                "the parameter {} stands {our_count} times in {ours}'s base string and {their_count} times in {theirs}'s",
                pair(name, value)
            ),
            Difference::Encoding {
                of,
                ours,
                theirs,
                spelling,
            } => {
                self.encoding(f, of, spelling)?;
                match of {
                    Field::Value { name } => {
                        write!(f, ": {} and {}", shown(name, ours), shown(name, theirs))
                    }
                    Field::Uri | Field::Path | Field::Name | Field::Parameters => {
                        write!(f, ": {} and {}", quoted(ours), quoted(theirs))
                    }
                }
            }
            Difference::EqualsSign { name, without } => {
                write!(
                    f,
                    "the parameter {} has no equals sign in {}'s base string",
                    quoted(name),
                    self.side(*without)
                )
            }
            Difference::Order {
                ours: (our_name, our_value),
                theirs: (their_name, their_value),
                unsorted,
                ..
            } => {
                let (our_pair, their_pair) =
                    (pair(our_name, our_value), pair(their_name, their_value));
                write!(
                    f,
                    "the parameters are in another order: {ours} has {our_pair} where {theirs} has {their_pair}"
                )?;
                match unsorted {
                    Some(side) => write!(
                        f,
                        "; {} has not sorted them by encoded name, then value",
                        self.side(*side)
                    ),
                    None => Ok(()),
                }
            }
            Difference::Structure { side, fault } => {
                write!(f, "{}'s base string {fault}", self.side(*side))
            }
            Difference::Other { offset } => {
                write!(f, "the base strings differ from byte {offset} on")
            }
        }
    }
}

fn field(of: &Field) -> String {
    match of {
        Field::Name => "the name of a parameter".into(),
        Field::Uri => "the URI".into(),
        Field::Path => "the path".into(),
        Field::Parameters => "the list of parameters".into(),
        Field::Value { name } => format!("the value of {}", quoted(name)),
    }
}

/// In quotes, with whatever could confuse a reader's eyes or terminal escaped.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn or_missing(text: &str) -> String {
    if text.is_empty() {
        "missing".into()
    } else {
        quoted(text)
    }
}

/// The value of a password, verifier or session handle is a secret, wherever it stands.
fn shown(name: &str, value: &str) -> String {
    if is_secret(name) {
        "[withheld]".into()
    } else {
        quoted(value)
    }
}

fn pair(name: &str, value: &str) -> String {
    format!("{}={}", quoted(name), shown(name, value))
}

/// Characters listed with blanks between, a blank itself by its name.
fn apart(characters: &str) -> String {
    let mut text = String::new();
    for character in characters.chars() {
        if !text.is_empty() {
            text.push(' ');
        }
        match character {
            ' ' => text.push_str("blank"),
            _ => text.extend(character.escape_default()),
        }
    }
    text
}
