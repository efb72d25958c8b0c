use alloc::string::String;
use core::error::Error;
use core::fmt;

use crate::Kind;

/// What is wrong with a file that should be PEM. All offsets count bytes from its start.
///
/// `Display` says what was found and what to do about it; [`remedy`](Self::remedy) gives the
/// second half alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PemError {
    /// Damage inside the base64 of a block.
    Base64(Base64Damage),
    /// A binary file that PEM has no label for, such as PKCS#12, was put into base64, as secret
    /// stores do.
    Base64OfBinary {
        /// What is inside.
        found: Kind,
    },
    /// The whole PEM was put into base64 once more, as secret stores do.
    Base64OfPem,
    /// An `END` line, or bare base64 of a key, without a `BEGIN` line before it.
    BeginMissing {
        /// Where the orphan starts.
        offset: usize,
    },
    /// Binary data that is no DER either.
    Binary,
    /// A `BEGIN` or `END` line that has not exactly five hyphens on each side: word processors and
    /// chat programs replace them, and some people count wrong.
    Boundary {
        /// Where the word BEGIN or END stands.
        offset: usize,
    },
    /// A UTF-8 byte order mark before the text.
    ByteOrderMark,
    /// The file is empty or holds nothing but blanks.
    Empty,
    /// A block without contents.
    EmptyBlock {
        /// Where its `BEGIN` line starts.
        offset: usize,
    },
    /// A `BEGIN` line without its `END` line.
    EndMissing {
        /// The label of the `BEGIN` line.
        label: String,
        /// Where the `BEGIN` line starts.
        offset: usize,
    },
    /// DER as hexadecimal digits.
    Hexadecimal,
    /// Blanks before a `BEGIN` or `END` line.
    Indented {
        /// Where the line starts.
        offset: usize,
    },
    /// A JSON document or string around the PEM.
    Json,
    /// The labels of `BEGIN` and `END` differ.
    LabelMismatch {
        /// The label of the `BEGIN` line.
        begin: String,
        /// The label of the `END` line.
        end: String,
        /// Where the `END` line starts.
        offset: usize,
    },
    /// A backslash and the letter n (or r) where a line should end, as environment variables and
    /// JSON have it.
    LiteralNewline {
        /// Where the first backslash stands.
        offset: usize,
    },
    /// `BEGIN` line, base64 and `END` line are not on lines of their own.
    MissingLineBreaks {
        /// Where a line break is due.
        offset: usize,
    },
    /// Text without any PEM block.
    NoBlock,
    /// A file in another format than PEM.
    OtherFormat {
        /// The format it is in.
        found: Kind,
    },
    /// PEM that was percent-encoded, as web forms and URLs do.
    PercentEncoded,
    /// More bytes than [`MAX_INPUT`](crate::MAX_INPUT).
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// The size of the input in bytes.
        found: usize,
    },
    /// More blocks than [`MAX_BLOCKS`](crate::pem::MAX_BLOCKS).
    TooManyBlocks {
        /// The limit.
        limit: usize,
    },
    /// The file is UTF-16, as Windows editors save "Unicode".
    Utf16,
}

/// What is wrong inside the base64 of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base64Damage {
    /// A byte that is not in the alphabet.
    Character {
        /// Where it stands.
        offset: usize,
        /// The byte.
        found: u8,
    },
    /// The number of characters is not a multiple of four: characters are missing or added.
    Length {
        /// Where the last character stands.
        offset: usize,
        /// How many characters there are, without padding.
        characters: usize,
    },
    /// `=` before the end, too often, or where none is due.
    Padding {
        /// Where the fault shows.
        offset: usize,
    },
    /// The last character has bits that belong to no byte: it was changed.
    SpareBits {
        /// Where the last character stands.
        offset: usize,
    },
}

impl PemError {
    /// What to do about it, where there is one thing to do.
    #[must_use]
    pub const fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Base64(_) => "copy the file again, from the source and in binary mode",
            Self::Base64OfBinary { .. } | Self::Base64OfPem => {
                "decode it once, for example with `base64 -d`"
            }
            Self::BeginMissing { .. } => {
                "add the line that starts with -----BEGIN, or copy the whole file again"
            }
            Self::Binary | Self::NoBlock => "give PEM text, DER or PKCS#12",
            Self::Boundary { .. } => {
                "write BEGIN and END lines with five hyphens before and five behind"
            }
            Self::ByteOrderMark => "remove the first three bytes, or save as \"UTF-8 without BOM\"",
            Self::Empty => "check the path, and whether the copy succeeded",
            Self::EmptyBlock { .. } => "copy the whole file again",
            Self::EndMissing { .. } => {
                "the end of the file is lost: copy it again, up to and with the line that starts \
                 with -----END"
            }
            Self::Hexadecimal => "turn the digits into bytes, for example with `xxd -r -p`",
            Self::Indented { .. } => "remove the blanks before the lines",
            Self::Json => "take the text out of the quotes, with a real line break for every \\n",
            Self::LabelMismatch { .. } => {
                "two files were mixed, or the end is lost: copy the file again"
            }
            Self::LiteralNewline { .. } => {
                "replace every backslash-n by a real line break, for example with `printf '%b'`"
            }
            Self::MissingLineBreaks { .. } => {
                "put BEGIN line, base64 and END line on lines of their own"
            }
            Self::PercentEncoded => {
                "decode it once: %0A is a line break, %2B a plus, and + a blank"
            }
            Self::Utf16 => "save the file as UTF-8",
            Self::OtherFormat { .. } | Self::TooLarge { .. } | Self::TooManyBlocks { .. } => {
                return None;
            }
        })
    }

    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64(damage) => write!(f, "damaged base64: {damage}"),
            Self::Base64OfBinary { found } => {
                write!(f, "base64 of {found}, expected the file itself")
            }
            Self::Base64OfPem => f.write_str("base64 of a whole PEM file, expected the PEM itself"),
            Self::BeginMissing { offset } => {
                write!(f, "no BEGIN line before byte {offset}")
            }
            Self::Binary => f.write_str("binary data that is neither DER nor text"),
            Self::Boundary { offset } => {
                write!(
                    f,
                    "a BEGIN or END line without its five hyphens at byte {offset}"
                )
            }
            Self::ByteOrderMark => f.write_str("a UTF-8 byte order mark at the start of the file"),
            Self::Empty => f.write_str("the file is empty"),
            Self::EmptyBlock { offset } => {
                write!(
                    f,
                    "nothing between the BEGIN line at byte {offset} and its END line"
                )
            }
            Self::EndMissing { label, offset } => {
                write!(f, "no END line for the BEGIN {label} line at byte {offset}")
            }
            Self::Hexadecimal => {
                f.write_str("DER as hexadecimal digits, expected the bytes themselves or PEM")
            }
            Self::Indented { offset } => {
                write!(f, "a BEGIN or END line is indented at byte {offset}")
            }
            Self::Json => f.write_str("JSON or a text in quotes, expected PEM"),
            Self::LabelMismatch { begin, end, offset } => {
                write!(f, "BEGIN {begin} is closed by END {end} at byte {offset}")
            }
            Self::LiteralNewline { offset } => write!(
                f,
                "a backslash and a letter instead of a line break at byte {offset}"
            ),
            Self::MissingLineBreaks { offset } => {
                write!(f, "a line break is missing at byte {offset}")
            }
            Self::NoBlock => f.write_str("no line starts with -----BEGIN"),
            Self::OtherFormat { found } => write!(f, "expected PEM or DER, found {found}"),
            Self::PercentEncoded => f.write_str("percent-encoded PEM, expected the PEM itself"),
            Self::TooLarge { limit, found } => {
                write!(f, "the file has {found} bytes, the limit is {limit}")
            }
            Self::TooManyBlocks { limit } => write!(f, "more than {limit} PEM blocks"),
            Self::Utf16 => f.write_str("the file is UTF-16, expected ASCII or UTF-8"),
        }
    }
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what(f)?;
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Base64Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character { offset, found } => {
                write!(
                    f,
                    "the byte {found:#04x} at byte {offset} is not in the alphabet"
                )
            }
            Self::Length { offset, characters } => write!(
                f,
                "{characters} characters up to byte {offset}, which can't be whole bytes"
            ),
            Self::Padding { offset } => write!(f, "wrong padding at byte {offset}"),
            Self::SpareBits { offset } => {
                write!(
                    f,
                    "the last character at byte {offset} has bits that belong to no byte"
                )
            }
        }
    }
}

impl Error for PemError {}
