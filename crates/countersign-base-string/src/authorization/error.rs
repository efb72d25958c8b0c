use core::fmt;

/// Why a field value is not `OAuth` credentials, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct AuthorizationError {
    kind: AuthorizationErrorKind,
    offset: usize,
}

impl AuthorizationError {
    pub(super) const fn new(kind: AuthorizationErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> AuthorizationErrorKind {
        self.kind
    }

    /// The byte of the field value where it is wrong, counted from 0.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// The ways in which a field value breaks the grammar of RFC 5849 section 3.5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthorizationErrorKind {
    /// Nothing between two commas.
    DoubledComma,
    /// An equals sign with no name before it.
    EmptyName,
    /// A character that can't stand here: a control character, a line break, a backslash or a non-ASCII character.
    ForbiddenCharacter {
        /// The character's first byte.
        found: u8,
    },
    /// A comma between the scheme and the first parameter.
    LeadingComma,
    /// The scheme ends in something other than a blank (RFC 9110 section 11.4 has `1*SP` there).
    MissingBlank {
        /// The byte in its place: a tab, or that of a line break.
        found: u8,
    },
    /// The value's closing quote is missing; the offset is that of its opening quote.
    MissingClosingQuote,
    /// A name that no equals sign follows.
    MissingEquals {
        /// The byte in its place, none at the end of the field value.
        found: Option<u8>,
    },
    /// An equals sign that no quote follows.
    MissingOpeningQuote {
        /// The byte in its place, none at the end of the field value.
        found: Option<u8>,
    },
    /// A second `realm`.
    RepeatedRealm,
    /// Something other than a comma after a value's closing quote.
    StrayText {
        /// Its first byte.
        found: u8,
    },
    /// The field value is longer than the limit; the offset is the limit.
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A comma after the last parameter; the offset is that of the comma.
    TrailingComma,
    /// The scheme is not `OAuth`.
    WrongScheme,
}

impl fmt::Display for AuthorizationErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DoubledComma => f.write_str("expected a parameter, found a second comma"),
            Self::EmptyName => f.write_str("expected a parameter's name, found \"=\""),
            Self::ForbiddenCharacter { found } => {
                write!(
                    f,
                    "expected printable ASCII without a backslash, found {}",
                    Found(Some(found))
                )
            }
            Self::LeadingComma => f.write_str("expected a parameter, found a leading comma"),
            Self::MissingBlank { found } => write!(
                f,
                "expected a blank after the scheme, found {}",
                Found(Some(found))
            ),
            Self::MissingClosingQuote => {
                f.write_str("expected a closing quote, found none for the value that opens")
            }
            Self::MissingEquals { found } => {
                write!(f, "expected \"=\" after the name, found {}", Found(found))
            }
            Self::MissingOpeningQuote { found } => {
                write!(f, "expected a quote after \"=\", found {}", Found(found))
            }
            Self::RepeatedRealm => f.write_str("expected one realm, found a second"),
            Self::StrayText { found } => write!(
                f,
                "expected a comma after the value, found {}",
                Found(Some(found))
            ),
            Self::TooLong { length } => write!(
                f,
                "expected a shorter field value, found {length} bytes, cut off"
            ),
            Self::TrailingComma => {
                f.write_str("expected a parameter after the comma, found the end")
            }
            Self::WrongScheme => f.write_str("expected the scheme OAuth, found something else"),
        }
    }
}

/// A byte as a reader of an error can take it in.
struct Found(Option<u8>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the end"),
            Some(b' ') => f.write_str("a blank"),
            Some(b'\t') => f.write_str("a tab"),
            Some(b'"') => f.write_str("a quote"),
            Some(byte) if byte.is_ascii_graphic() => write!(f, "\"{}\"", char::from(byte)),
            Some(byte) => write!(f, "byte 0x{byte:02x}"),
        }
    }
}
