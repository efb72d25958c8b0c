use core::fmt;

/// Something unusual in the structure of a base string that can be compared all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StructureFault {
    /// Blanks or line breaks before or after it.
    Blanks,
    /// The whole text is encoded, its two dividing ampersands with it.
    EncodedAsWhole {
        /// How many times.
        layers: u8,
    },
    /// The text begins with the URI.
    MissingMethod,
    /// There is no third part.
    MissingParameters,
    /// The parameters follow each other without an ampersand between them, or with something else there. Seen only in
    /// comparison with a base string that has them apart.
    ParametersNotDivided,
    /// The ampersands between the parameters are not encoded, so that the text falls into more than three parts.
    ParametersNotEncoded,
    /// The third part is encoded once too often.
    ParametersEncodedAgain {
        /// How many times too often.
        layers: u8,
    },
    /// The second part is encoded once too often.
    UriEncodedAgain {
        /// How many times too often.
        layers: u8,
    },
    /// The second part is no absolute URI.
    UriNotAbsolute,
}

impl fmt::Display for StructureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, layers) = match *self {
            Self::Blanks => ("has blanks around it", 1),
            Self::EncodedAsWhole { layers } => (
                "is percent-encoded as a whole, its two dividing ampersands with it",
                layers,
            ),
            Self::MissingMethod => ("has no method before the URI", 1),
            Self::MissingParameters => ("has no third part with the parameters", 1),
            Self::ParametersNotDivided => ("has no ampersands between its parameters", 1),
            Self::ParametersNotEncoded => (
                "has the parameters in it without encoding them as a whole",
                1,
            ),
            Self::ParametersEncodedAgain { layers } => (
                "has the parameters, as a whole, encoded once too often",
                layers,
            ),
            Self::UriEncodedAgain { layers } => ("has the URI encoded once too often", layers),
            Self::UriNotAbsolute => ("has no absolute URI as its second part", 1),
        };
        f.write_str(text)?;
        if layers > 1 {
            write!(f, ", {layers} times over")?;
        }
        Ok(())
    }
}

/// Why a text is no (well-formed) signature base string, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct PartsError {
    kind: PartsErrorKind,
    offset: usize,
}

impl PartsError {
    pub(super) const fn new(kind: PartsErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PartsErrorKind {
        self.kind
    }

    /// The byte of the text where it is wrong, counted from 0.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// The ways in which a text fails to be a well-formed signature base string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartsErrorKind {
    /// A pair without a name and without an equals sign: two ampersands in a row, or one at an end.
    EmptyPair,
    /// A pair without an equals sign; the offset is that of the pair.
    MissingEquals,
    /// Fewer than three parts; the offset is the end of the text.
    MissingPart {
        /// How many there are.
        found: u8,
    },
    /// Something that is not the canonical encoding (RFC 5849 section 3.6) of anything.
    NotCanonical,
    /// A fourth part; the offset is that of the ampersand before it.
    StrayAmpersand,
    /// A URI that is not `http` or `https`, a `://`, a host and a path, in that order, with nothing after; the offset is that
    /// of the second part.
    Uri,
}

impl fmt::Display for PartsErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::EmptyPair => f.write_str("expected name=value, found nothing"),
            Self::MissingEquals => f.write_str("expected name=value, found a name without \"=\""),
            Self::MissingPart { found } => {
                write!(f, "expected three parts divided by \"&\", found {found}")
            }
            Self::NotCanonical => {
                f.write_str("expected canonical percent-encoding, found another spelling")
            }
            Self::StrayAmpersand => f.write_str("expected three parts, found a third \"&\""),
            Self::Uri => f.write_str(
                "expected the absolute URI of a resource without its query, found something else",
            ),
        }
    }
}
