//! As much DER as it takes to tell what a file is and where it breaks off; the real decoding is
//! done by the backend.

use crate::DerDamage;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Whether a file is to be read as binary structures and not as text: it starts like DER (or like a
/// Java key store) and holds bytes that no text has.
#[must_use]
pub fn is_der(input: &[u8]) -> bool {
    let starts_like_der = matches!(input, [SEQUENCE, ..] | [0xfe, 0xed, 0xfe, 0xed, ..]);
    starts_like_der && (input.contains(&0) || core::str::from_utf8(input).is_err())
}

/// Checks that the input is one DER sequence, whole and with nothing behind it.
///
/// # Errors
///
/// [`DerDamage`], with what is missing or too much.
///
/// # Examples
///
/// ```
/// use countersign_key::{DerDamage, check_der};
///
/// assert!(check_der(&[0x30, 0x02, 0x05, 0x00]).is_ok());
/// assert_eq!(
///     check_der(&[0x30, 0x02, 0x05]),
///     Err(DerDamage::Truncated { expected: 4, found: 3 }),
/// );
/// ```
pub fn check_der(input: &[u8]) -> Result<(), DerDamage> {
    whole_sequence(input).map(|_| ())
}

/// One element: its tag, its content, how long it claims to be and what follows it.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// Header and content as the header says, which may be more than there is.
    pub(crate) declared: usize,
    pub(crate) rest: &'a [u8],
}

/// The first element, cut short where the input is: compare `declared` with the input's length.
pub(crate) fn first(input: &[u8]) -> Option<Element<'_>> {
    let (&tag, rest) = input.split_first()?;
    // No structure read here has a tag number above 30.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&short, rest) = rest.split_first()?;
    let (length, header, rest) = if short < 0x80 {
        (usize::from(short), 2_usize, rest)
    } else {
        let count = usize::from(short & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(count)?;
        let mut length = 0_u32;
        for &byte in bytes {
            length = (length << 8) | u32::from(byte);
        }
        (usize::try_from(length).ok()?, count.saturating_add(2), rest)
    };
    let (content, rest) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    Some(Element {
        tag,
        content,
        declared: header.saturating_add(length),
        rest,
    })
}

/// The elements of a content, ending silently at the first that is cut short or not DER.
pub(crate) fn elements(content: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut left = content;
    core::iter::from_fn(move || {
        let element = first(left)?;
        if element.declared > left.len() {
            return None;
        }
        left = element.rest;
        Some(element)
    })
}

/// The content of the one SEQUENCE that the whole input has to be.
pub(crate) fn whole_sequence(input: &[u8]) -> Result<&[u8], DerDamage> {
    if input.first() != Some(&SEQUENCE) {
        return Err(DerDamage::NotDer);
    }
    if let [_, 0x80, ..] = input {
        return Err(DerDamage::IndefiniteLength);
    }
    let Some(element) = first(input) else {
        return Err(if input.len() < 6 {
            DerDamage::Truncated {
                expected: input.len().saturating_add(1),
                found: input.len(),
            }
        } else {
            DerDamage::Malformed { offset: 1 }
        });
    };
    if element.declared > input.len() {
        return Err(DerDamage::Truncated {
            expected: element.declared,
            found: input.len(),
        });
    }
    if !element.rest.is_empty() {
        return Err(DerDamage::TrailingData {
            offset: element.declared,
            extra: element.rest.len(),
        });
    }
    Ok(element.content)
}
