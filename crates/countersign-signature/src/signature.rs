//! A signature value and its one accepted spelling.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize as _;

/// Up to this many bytes a signature needs no allocation: every HMAC does.
const INLINE: usize = 64;
/// As many characters of base64.
const INLINE_TEXT: usize = 88;
/// So many bytes are written where that is decoded.
const INLINE_ROOM: usize = INLINE + 2;

/// The value of `oauth_signature`, as bytes.
///
/// For every method but `PLAINTEXT` the parameter carries these bytes in base64 ([RFC 5849 section
/// 3.4](https://www.rfc-editor.org/rfc/rfc5849#section-3.4)); for `PLAINTEXT` they are the
/// parameter's text itself, which is made of secrets. `Debug` therefore shows the length only, and
/// there is no `PartialEq`: a signature is compared by a [`Verifier`](crate::Verifier), in constant
/// time.
///
/// ```
/// use countersign_signature::Signature;
///
/// let signature = Signature::parse_base64("hCtSmYh+iHYCEqBWrE7C7hYmtUk=")?;
/// assert_eq!(signature.as_bytes().len(), 20);
/// assert_eq!(signature.to_text(), "hCtSmYh+iHYCEqBWrE7C7hYmtUk=");
/// # Ok::<(), countersign_signature::SignatureSyntaxError>(())
/// ```
#[derive(Clone)]
pub struct Signature {
    bytes: Bytes,
    spelling: Spelling,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Base64,
    Verbatim,
}

#[derive(Clone)]
enum Bytes {
    Inline([u8; INLINE_ROOM], usize),
    Heap(Vec<u8>),
}

impl Signature {
    /// Reads canonical base64: the standard alphabet, `=` padding, no white space, no stray
    /// trailing bits, so that one signature has exactly one spelling.
    ///
    /// # Errors
    /// [`SignatureSyntaxError`] says where the text leaves the grammar.
    pub fn parse_base64(text: &str) -> Result<Self, SignatureSyntaxError> {
        let fault =
            |error: base64::DecodeSliceError| SignatureSyntaxError::from_decode(text, &error);
        if text.is_empty() {
            return Err(SignatureSyntaxError::Empty);
        }
        if text.len() <= INLINE_TEXT {
            let mut buffer = [0; INLINE_ROOM];
            let len = match read_base64(text, &mut buffer) {
                Some(len) => len,
                None => STANDARD.decode_slice(text, &mut buffer).map_err(fault)?,
            };
            return Ok(Self {
                bytes: Bytes::Inline(buffer, len),
                spelling: Spelling::Base64,
            });
        }
        let bytes = STANDARD
            .decode(text)
            .map_err(|error| fault(base64::DecodeSliceError::DecodeError(error)))?;
        Ok(Self::from_vec(bytes))
    }

    /// A signature made elsewhere, as raw bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_slice(bytes, Spelling::Base64)
    }

    /// A `PLAINTEXT` signature: not base64, but the two secrets themselves.
    pub(crate) fn verbatim(text: &[u8]) -> Self {
        Self::from_slice(text, Spelling::Verbatim)
    }

    fn from_slice(bytes: &[u8], spelling: Spelling) -> Self {
        let mut inline = [0; INLINE_ROOM];
        let bytes = match inline.get_mut(..bytes.len()) {
            Some(to) => {
                to.copy_from_slice(bytes);
                Bytes::Inline(inline, bytes.len())
            }
            None => Bytes::Heap(bytes.to_vec()),
        };
        Self { bytes, spelling }
    }

    pub(crate) fn from_vec(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Bytes::Heap(bytes),
            spelling: Spelling::Base64,
        }
    }

    #[cfg(feature = "hmac")]
    pub(crate) fn from_array(bytes: [u8; INLINE], len: usize) -> Self {
        Self::from_slice(bytes.get(..len).unwrap_or(&[]), Spelling::Base64)
    }

    /// The bytes: an HMAC, an RSA integer as long as the modulus, or the text of `PLAINTEXT`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Inline(bytes, len) => bytes.get(..*len).unwrap_or(&[]),
            Bytes::Heap(bytes) => bytes,
        }
    }

    /// The value of `oauth_signature` before percent-encoding: base64, or the text itself for
    /// `PLAINTEXT`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_text(&mut text);
        text
    }

    /// Appends [`to_text`](Self::to_text) to `out`.
    pub fn write_text(&self, out: &mut String) {
        match self.spelling {
            Spelling::Base64 => STANDARD.encode_string(self.as_bytes(), out),
            Spelling::Verbatim => out.push_str(core::str::from_utf8(self.as_bytes()).unwrap_or("")),
        }
    }

    /// As [`write_text`](Self::write_text), to bytes.
    pub(crate) fn write_bytes(&self, out: &mut Vec<u8>) {
        match self.spelling {
            Spelling::Base64 => write_base64(self.as_bytes(), out),
            Spelling::Verbatim => {
                let text = core::str::from_utf8(self.as_bytes()).unwrap_or("");
                out.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// The bytes in base64, whatever the method.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }
}

/// Appends base64. For signatures of a hash's length this takes half as long as the general
/// encoder.
pub(crate) fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    let (threes, rest) = bytes.as_chunks::<3>();
    let start = out.len();
    let len = bytes.len().div_ceil(3).saturating_mul(4);
    out.resize(start.saturating_add(len), 0);
    let (fours, _) = out
        .get_mut(start..)
        .unwrap_or_default()
        .as_chunks_mut::<4>();
    for (&[a, b, c], four) in threes.iter().zip(fours.iter_mut()) {
        *four = base64_group(u32::from_be_bytes([0, a, b, c]));
    }
    if let Some(last) = fours.last_mut() {
        match *rest {
            [a] => {
                let [first, second, ..] = base64_group(u32::from_be_bytes([0, a, 0, 0]));
                *last = [first, second, b'=', b'='];
            }
            [a, b] => {
                let [first, second, third, _] = base64_group(u32::from_be_bytes([0, a, b, 0]));
                *last = [first, second, third, b'='];
            }
            _ => {}
        }
    }
}

/// Reads canonical base64 of a hash's length, quicker than the general decoder; `None` for any other
/// text, which that one is to judge.
fn read_base64(text: &str, out: &mut [u8; INLINE_ROOM]) -> Option<usize> {
    let (fours, []) = text.as_bytes().as_chunks::<4>() else {
        return None;
    };
    let (last, fours) = fours.split_last()?;
    let (threes, _) = out.as_chunks_mut::<3>();
    for (four, three) in fours.iter().zip(threes.iter_mut()) {
        *three = base64_octets(*four)?;
    }
    let (four, len) = match *last {
        [a, b, b'=', b'='] => ([a, b, ZERO, ZERO], 1),
        [a, b, c, b'='] => ([a, b, c, ZERO], 2),
        four => (four, 3),
    };
    let octets = base64_octets(four)?;
    // What padding stands for is no octet, so its bits may be nothing but zeros.
    if octets.iter().skip(len).any(|octet| *octet != 0) {
        return None;
    }
    *threes.get_mut(fours.len())? = octets;
    Some(fours.len().saturating_mul(3).saturating_add(len))
}

/// The character that stands for zeros.
const ZERO: u8 = b'A';

/// What four characters of base64 stand for; `None` if one of them is none.
#[expect(
    clippy::indexing_slicing,
    reason = "a table of 256 has an entry for every byte"
)]
#[inline]
fn base64_octets(four: [u8; 4]) -> Option<[u8; 3]> {
    static SEXTETS: [u8; 256] = sextets();
    let [a, b, c, d] = four.map(|character| u32::from(SEXTETS[usize::from(character)]));
    let [_, octets @ ..] = ((a << 18) | (b << 12) | (c << 6) | d).to_be_bytes();
    ((a | b | c | d) < 64).then_some(octets)
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn sextets() -> [u8; 256] {
    let mut table = [u8::MAX; 256];
    let mut sextet = 0;
    while sextet < ALPHABET.len() {
        table[ALPHABET[sextet] as usize] = sextet as u8;
        sextet += 1;
    }
    table
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The characters of the 24 low bits.
#[expect(
    clippy::indexing_slicing,
    reason = "a table of 64 has an entry for every six bits"
)]
#[inline]
fn base64_group(bits: u32) -> [u8; 4] {
    [18, 12, 6, 0].map(|shift| {
        let [.., sextet] = (bits >> shift).to_be_bytes();
        ALPHABET[usize::from(sextet & 0x3f)]
    })
}

impl Drop for Signature {
    fn drop(&mut self) {
        if self.spelling == Spelling::Verbatim {
            match &mut self.bytes {
                Bytes::Inline(bytes, _) => bytes.zeroize(),
                Bytes::Heap(bytes) => bytes.zeroize(),
            }
        }
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({} bytes)", self.as_bytes().len())
    }
}

/// Why a text is not a signature in canonical base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureSyntaxError {
    /// There is no signature at all.
    #[error("expected base64, found nothing")]
    Empty,
    /// A character outside the alphabet, or `=` where none may be.
    #[error("expected a base64 character, found the byte {found:#04x} at offset {offset}")]
    InvalidCharacter {
        /// Where it is, in bytes.
        offset: usize,
        /// The byte found there.
        found: u8,
    },
    /// The length is not a multiple of four: characters or padding are missing.
    #[error("expected a multiple of 4 characters, found {len}")]
    InvalidLength {
        /// The length found.
        len: usize,
    },
    /// Padding is missing, surplus or misplaced.
    #[error(
        "expected '=' padding only at the end, to a multiple of 4 characters; the fault is at offset {offset}"
    )]
    InvalidPadding {
        /// Where the fault was noticed, in bytes.
        offset: usize,
    },
    /// The last character carries bits that no encoder writes, so the text has a second spelling.
    #[error("expected zero trailing bits, found others in the character at offset {offset}")]
    TrailingBits {
        /// Where that character is, in bytes.
        offset: usize,
    },
}

impl SignatureSyntaxError {
    fn from_decode(text: &str, error: &base64::DecodeSliceError) -> Self {
        use base64::DecodeError;
        match error {
            base64::DecodeSliceError::DecodeError(DecodeError::InvalidByte(offset, found)) => {
                Self::InvalidCharacter {
                    offset: *offset,
                    found: *found,
                }
            }
            base64::DecodeSliceError::DecodeError(DecodeError::InvalidLastSymbol {
                offset,
                ..
            }) => Self::TrailingBits { offset: *offset },
            base64::DecodeSliceError::DecodeError(DecodeError::InvalidPadding) => {
                Self::InvalidPadding { offset: text.len() }
            }
            _ => Self::InvalidLength { len: text.len() },
        }
    }
}

#[cfg(test)]
mod tests;
