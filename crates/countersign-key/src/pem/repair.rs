use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::pem::scan::{self, BEGIN, END};
use crate::pem::{PemError, blocks};
use crate::{MAX_INPUT, SecretBytes};

/// PEM text as it should have been, and what was done to get there.
#[derive(Debug)]
#[non_exhaustive]
pub struct Repaired {
    text: SecretBytes,
    repairs: Vec<Repair>,
}

impl Repaired {
    /// The text, ready for any reader of PEM. It may hold a private key.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        self.text.expose_secret()
    }

    /// What was done, in order; empty if the file was fine.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }
}

/// One thing that [`repair`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// Converted from UTF-16.
    ConvertedFromUtf16,
    /// Put boundaries and base64 on lines of their own, without blanks before them.
    RebrokenLines,
    /// Removed the UTF-8 byte order mark.
    RemovedByteOrderMark,
    /// Removed quotes around the text.
    RemovedQuotes,
    /// Replaced backslash-n by a line break.
    ReplacedLiteralNewlines,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConvertedFromUtf16 => "converted from UTF-16",
            Self::RebrokenLines => "put the lines back in order",
            Self::RemovedByteOrderMark => "removed the byte order mark",
            Self::RemovedQuotes => "removed the quotes around the text",
            Self::ReplacedLiteralNewlines => "replaced backslash-n by line breaks",
        })
    }
}

/// Mends the damage that leaves no doubt about what was there before: byte order marks, UTF-16,
/// literal `\n`, quotes around the text, lost line breaks, indentation.
///
/// # Background
///
/// Keys travel through environment variables, JSON and web forms, which all have their way with
/// line breaks. The readers of this crate refuse such files, because the next program that reads
/// them would fail with a worse message. Call this where the file can't be mended at its source,
/// show [`Repaired::repairs`], and hand [`Repaired::text`] to the reader.
///
/// # Errors
///
/// The [`PemError`] that remains afterwards: lost characters can't be guessed.
///
/// # Examples
///
/// ```
/// use countersign_key::pem::{self, Repair};
///
/// let repaired = pem::repair(br"-----BEGIN NOTE-----\nQUJD\n-----END NOTE-----")?;
/// assert_eq!(repaired.text(), b"-----BEGIN NOTE-----\nQUJD\n-----END NOTE-----\n");
/// assert_eq!(repaired.repairs(), [Repair::ReplacedLiteralNewlines]);
/// # Ok::<(), pem::PemError>(())
/// ```
pub fn repair(input: &[u8]) -> Result<Repaired, PemError> {
    if input.len() > MAX_INPUT {
        return Err(PemError::TooLarge {
            limit: MAX_INPUT,
            found: input.len(),
        });
    }
    let mut repairs = Vec::new();
    let mut text = Zeroizing::new(input.to_vec());
    if let Some(plain) = from_utf16(input) {
        text = plain;
        repairs.push(Repair::ConvertedFromUtf16);
    }
    if let Some(rest) = text.strip_prefix(b"\xef\xbb\xbf") {
        text = Zeroizing::new(rest.to_vec());
        repairs.push(Repair::RemovedByteOrderMark);
    }
    if let [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] = text.trim_ascii() {
        text = Zeroizing::new(inner.to_vec());
        repairs.push(Repair::RemovedQuotes);
    }
    if let Cow::Owned(plain) = without_escapes(&text) {
        text = Zeroizing::new(plain);
        repairs.push(Repair::ReplacedLiteralNewlines);
    }
    match blocks(&text) {
        Ok(_) => {}
        Err(PemError::Indented { .. } | PemError::MissingLineBreaks { .. }) => {
            text = rebroken(&text);
            repairs.push(Repair::RebrokenLines);
            blocks(&text)?;
        }
        Err(other) => return Err(other),
    }
    Ok(Repaired {
        text: SecretBytes::from_zeroizing(text),
        repairs,
    })
}

fn from_utf16(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (big_endian, body) = match input {
        [0xff, 0xfe, body @ ..] => (false, body),
        [0xfe, 0xff, body @ ..] => (true, body),
        [0, b'-', ..] => (true, input),
        [b'-', 0, ..] => (false, input),
        _ => return None,
    };
    let units = body.chunks_exact(2).map(|pair| {
        let pair = [*pair.first().unwrap_or(&0), *pair.last().unwrap_or(&0)];
        if big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    });
    // Never grown beyond this: a unit makes at most three bytes.
    let mut text = String::with_capacity(body.len().saturating_mul(2));
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(Zeroizing::new(text.into_bytes()))
}

fn without_escapes(text: &[u8]) -> Cow<'_, [u8]> {
    let has_escape = scan::find(text, b"\\n")
        .or_else(|| scan::find(text, b"\\r"))
        .is_some();
    if !has_escape {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len().saturating_add(1));
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            // Escaped twice.
            (b'\\', [b'\\', ..]) => tail,
            (b'\\', [b'n', after @ ..]) => {
                out.push(b'\n');
                after
            }
            // A carriage return is part of a line end or nothing.
            (b'\\', [b'r', after @ ..]) => after,
            _ => {
                out.push(first);
                tail
            }
        };
    }
    if out.last() != Some(&b'\n') {
        out.push(b'\n');
    }
    Cow::Owned(out)
}

/// Every block on lines of its own; what stands between the blocks is dropped.
fn rebroken(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(2)));
    let mut rest = text;
    while let Some((label, body, after)) = next_block(rest) {
        for part in [BEGIN, label, b"-----\n"] {
            out.extend_from_slice(part);
        }
        let mut column = 0_u8;
        for &byte in body.iter().filter(|byte| !byte.is_ascii_whitespace()) {
            out.push(byte);
            column = column.wrapping_add(1) % 64;
            if column == 0 {
                out.push(b'\n');
            }
        }
        if column != 0 {
            out.push(b'\n');
        }
        for part in [END, label, b"-----\n"] {
            out.extend_from_slice(part);
        }
        rest = after;
    }
    out
}

fn next_block(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let after_begin = text.get(scan::find(text, BEGIN)?.checked_add(BEGIN.len())?..)?;
    let length = scan::find(after_begin, b"-----")?;
    let label = after_begin.get(..length)?;
    let body = after_begin.get(length.checked_add(5)?..)?;
    let end = scan::find(body, END)?;
    let after_end = body.get(end.checked_add(END.len())?..)?;
    let after_label = after_end.strip_prefix(label)?.strip_prefix(b"-----")?;
    Some((label, body.get(..end)?, after_label))
}
