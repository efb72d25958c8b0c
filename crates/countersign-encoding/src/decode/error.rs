use core::fmt;

/// Why and where text could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    pub(super) offset: usize,
    pub(super) kind: DecodeErrorKind,
}

/// What is wrong with encoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A byte after `%` that is no hexadecimal digit.
    #[non_exhaustive]
    InvalidHexDigit {
        /// The byte in the digit's place.
        found: u8,
    },
    /// The decoded octets are not UTF-8, and text was asked for.
    InvalidUtf8,
    /// The text ends within a triplet.
    TruncatedTriplet,
}

impl DecodeError {
    /// The byte offset of the fault within the encoded text.
    ///
    /// For a wrong digit it is the digit's, for a triplet cut short that of its `%`.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> DecodeErrorKind {
        self.kind
    }

    /// The same fault within a larger text in which this one begins at `start`.
    #[must_use]
    pub const fn shifted(self, start: usize) -> Self {
        Self {
            offset: self.offset.saturating_add(start),
            kind: self.kind,
        }
    }
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidHexDigit { found } => {
                write!(
                    f,
                    "expected a hexadecimal digit after %, found byte 0x{found:02X}"
                )
            }
            Self::InvalidUtf8 => f.write_str("expected UTF-8 after decoding, found other octets"),
            Self::TruncatedTriplet => {
                f.write_str("expected two hexadecimal digits after %, found the end")
            }
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte offset {})", self.kind, self.offset)
    }
}

impl core::error::Error for DecodeError {}
