//! Strict percent-decoding, and the leniencies that can be asked for by name.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::form;
use crate::table::{NO_DIGIT, digit};

mod error;
#[cfg(test)]
mod tests;

pub use error::{DecodeError, DecodeErrorKind};

/// Decodes percent-encoded text (RFC 5849 3.6): `+` is a literal plus, and the octets must be
/// UTF-8.
///
/// Characters that should have been encoded but were not stand for themselves, and hexadecimal
/// digits of either case are read.
///
/// # Errors
/// A `%` that is not followed by two hexadecimal digits, and octets that are not UTF-8; the error
/// has the byte offset within `input`.
///
/// ```
/// use countersign_encoding::decode;
///
/// assert_eq!(decode("a%20b+c").unwrap(), "a b+c");
/// assert_eq!(decode("100%").unwrap_err().offset(), 3);
/// ```
pub fn decode(input: &str) -> Result<Cow<'_, str>, DecodeError> {
    Decoder::new().decode(input)
}

/// Decodes percent-encoded octets (RFC 5849 3.6): `+` is a literal plus, and any octets may come
/// out.
///
/// # Errors
/// A `%` that is not followed by two hexadecimal digits.
///
/// ```
/// assert_eq!(*countersign_encoding::decode_bytes(b"caf%E9").unwrap(), *b"caf\xE9");
/// ```
pub fn decode_bytes(input: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
    Decoder::new().decode_bytes(input)
}

/// Decodes one name or value of `application/x-www-form-urlencoded` octets: `+` is a space.
///
/// # Errors
/// A `%` that is not followed by two hexadecimal digits.
///
/// ```
/// assert_eq!(*countersign_encoding::decode_form_bytes(b"a+b%2Bc").unwrap(), *b"a b+c");
/// ```
pub fn decode_form_bytes(input: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
    Decoder::form().decode_bytes(input)
}

/// How percent-encoded text is read: strictly, unless a [`Leniency`] is asked for.
///
/// ```
/// use countersign_encoding::{Decoder, Leniency};
///
/// let lenient = Decoder::new().with_leniency(Leniency::StrayPercent);
/// assert_eq!(lenient.decode("100% of a%20b").unwrap(), "100% of a b");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoder {
    plus_is_space: bool,
    stray_percent: bool,
    unicode_escape: bool,
}

/// A departure from strict decoding that some sender in the wild needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leniency {
    /// A `%` that begins no triplet stands for itself.
    ///
    /// # Background
    /// Clients that build a URL by pasting text together send `discount=100%` as it is. The
    /// decoders of browsers and of most web frameworks keep such a `%`, so the server's
    /// application sees `100%` and the mistake stays unnoticed until a signature is computed.
    StrayPercent,
    /// `%uXXXX` stands for a UTF-16 code unit; surrogates must come in pairs.
    ///
    /// # Background
    /// JavaScript's old `escape()` writes characters above U+00FF this way, and several classic
    /// web servers read it. No standard for URLs ever had it.
    UnicodeEscape,
}

impl Decoder {
    /// The strict decoder of RFC 5849 3.6; `+` is a literal plus.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            plus_is_space: false,
            stray_percent: false,
            unicode_escape: false,
        }
    }

    /// The strict decoder of form data; `+` is a space.
    #[must_use]
    pub const fn form() -> Self {
        Self {
            plus_is_space: true,
            stray_percent: false,
            unicode_escape: false,
        }
    }

    /// Allows one departure more.
    #[must_use]
    pub const fn with_leniency(mut self, leniency: Leniency) -> Self {
        match leniency {
            Leniency::StrayPercent => self.stray_percent = true,
            Leniency::UnicodeEscape => self.unicode_escape = true,
        }
        self
    }

    /// Decodes text; the octets must be UTF-8.
    ///
    /// # Errors
    /// A malformed escape, or octets that are not UTF-8; the offset is that of the fault within
    /// `input`.
    pub fn decode(self, input: &str) -> Result<Cow<'_, str>, DecodeError> {
        match self.decode_bytes(input.as_bytes())? {
            Cow::Borrowed(_) => Ok(Cow::Borrowed(input)),
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Cow::Owned(text)),
                Err(fault) => Err(DecodeError {
                    offset: self.source_offset(input.as_bytes(), fault.utf8_error().valid_up_to()),
                    kind: DecodeErrorKind::InvalidUtf8,
                }),
            },
        }
    }

    /// Decodes octets, borrowing them when nothing is encoded.
    ///
    /// # Errors
    /// A malformed escape.
    pub fn decode_bytes(self, input: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
        let Some(first) = self.find_special(input) else {
            return Ok(Cow::Borrowed(input));
        };
        let (plain, coded) = input.split_at_checked(first).unwrap_or((input, &[]));
        let mut out = Vec::with_capacity(input.len());
        out.extend_from_slice(plain);
        let mut octets = Octets {
            offset: first,
            rest: coded,
            decoder: self,
            pending: Pending::EMPTY,
        };
        while let Some(octet) = octets.next() {
            out.push(octet?);
            let run = self.find_special(octets.rest).unwrap_or(octets.rest.len());
            if octets.pending.is_empty() {
                out.extend_from_slice(octets.rest.get(..run).unwrap_or_default());
                octets.advance(run);
            }
        }
        Ok(Cow::Owned(out))
    }

    /// The decoded octets one after another; nothing is allocated.
    ///
    /// ```
    /// use countersign_encoding::Decoder;
    ///
    /// assert!(Decoder::form().octets(b"a+%62").eq([Ok(b'a'), Ok(b' '), Ok(b'b')]));
    /// ```
    #[must_use]
    pub const fn octets(self, input: &[u8]) -> Octets<'_> {
        Octets {
            offset: 0,
            rest: input,
            decoder: self,
            pending: Pending::EMPTY,
        }
    }

    fn find_special(self, text: &[u8]) -> Option<usize> {
        if self.plus_is_space {
            text.iter().position(|byte| matches!(byte, b'%' | b'+'))
        } else {
            form::find(text, b'%')
        }
    }

    /// Where in the input the octet begins that is decoded as number `index`.
    fn source_offset(self, input: &[u8], index: usize) -> usize {
        let mut octets = self.octets(input);
        for _ in 0..index {
            octets.next();
        }
        if octets.pending.is_empty() {
            octets.offset
        } else {
            octets.offset.saturating_sub(6)
        }
    }
}

/// Iterator over decoded octets, made by [`Decoder::octets`]; after an error it ends.
#[derive(Debug, Clone)]
pub struct Octets<'a> {
    offset: usize,
    rest: &'a [u8],
    decoder: Decoder,
    pending: Pending,
}

/// The octets of a character that was written as `%uXXXX` and are not yet handed out.
#[derive(Debug, Clone, Copy)]
struct Pending {
    bytes: [u8; 4],
    next: u8,
    end: u8,
}

impl Pending {
    const EMPTY: Self = Self {
        bytes: [0; 4],
        next: 0,
        end: 0,
    };

    fn of(character: char) -> Self {
        let mut bytes = [0; 4];
        let end = u8::try_from(character.encode_utf8(&mut bytes).len()).unwrap_or(0);
        Self {
            bytes,
            next: 0,
            end,
        }
    }

    const fn is_empty(self) -> bool {
        self.next == self.end
    }

    fn take(&mut self) -> Option<u8> {
        if self.is_empty() {
            return None;
        }
        let byte = self.bytes.get(usize::from(self.next)).copied();
        self.next = self.next.saturating_add(1);
        byte
    }
}

impl Octets<'_> {
    fn advance(&mut self, by: usize) {
        self.rest = self.rest.get(by..).unwrap_or_default();
        self.offset = self.offset.saturating_add(by);
    }

    fn fail(&mut self, at: usize, kind: DecodeErrorKind) -> DecodeError {
        let offset = self.offset.saturating_add(at);
        self.rest = &[];
        DecodeError { offset, kind }
    }

    /// `%` was seen, and no two digits follow.
    #[cold]
    fn irregular(&mut self) -> Result<u8, DecodeError> {
        if self.decoder.unicode_escape
            && let Some((character, len)) = unicode_escape(self.rest)
        {
            self.advance(len);
            self.pending = Pending::of(character);
            return Ok(self.pending.take().unwrap_or_default());
        }
        if self.decoder.stray_percent {
            self.advance(1);
            return Ok(b'%');
        }
        for at in 1..3 {
            match self.rest.get(at) {
                None => return Err(self.fail(0, DecodeErrorKind::TruncatedTriplet)),
                Some(&found) if digit(found) == NO_DIGIT => {
                    return Err(self.fail(at, DecodeErrorKind::InvalidHexDigit { found }));
                }
                Some(_) => {}
            }
        }
        Err(self.fail(0, DecodeErrorKind::TruncatedTriplet))
    }
}

impl Iterator for Octets<'_> {
    type Item = Result<u8, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(byte) = self.pending.take() {
            return Some(Ok(byte));
        }
        match self.rest {
            [b'%', high, low, ..] if digit(*high) != NO_DIGIT && digit(*low) != NO_DIGIT => {
                let octet = (digit(*high) << 4) | digit(*low);
                self.advance(3);
                Some(Ok(octet))
            }
            [b'%', ..] => Some(self.irregular()),
            [b'+', ..] if self.decoder.plus_is_space => {
                self.advance(1);
                Some(Ok(b' '))
            }
            [byte, ..] => {
                let byte = *byte;
                self.advance(1);
                Some(Ok(byte))
            }
            [] => None,
        }
    }
}

/// The character at the beginning written as `%uXXXX`, or as two such that are a surrogate pair.
fn unicode_escape(input: &[u8]) -> Option<(char, usize)> {
    let first = code_unit(input)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, 6));
    }
    let second = code_unit(input.get(6..)?)?;
    match char::decode_utf16([first, second]).next()? {
        Ok(character) => Some((character, 12)),
        Err(_) => None,
    }
}

fn code_unit(input: &[u8]) -> Option<u16> {
    let [b'%', b'u' | b'U', digits @ ..] = input else {
        return None;
    };
    digits.first_chunk::<4>()?.iter().try_fold(0, |unit, byte| {
        let value = digit(*byte);
        (value != NO_DIGIT).then_some((unit << 4) | u16::from(value))
    })
}
