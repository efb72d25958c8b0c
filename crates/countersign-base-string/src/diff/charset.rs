//! Two texts whose ASCII characters are the same and whose others were encoded from different character sets.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Side;
use super::keys::decode_once;
use super::spelling::{Charset, Spelling};

/// How the texts differ, if one side has UTF-8 and the other side another encoding of the same characters.
pub(super) fn compare(ours: &str, theirs: &str) -> Option<Spelling> {
    let of = |charset, side| Some(Spelling::Charset { side, charset });
    for (right, odd, side) in [(ours, theirs, Side::Theirs), (theirs, ours, Side::Ours)] {
        let right = decode_once(right.as_bytes());
        let Ok(text) = core::str::from_utf8(&right) else {
            continue;
        };
        if text.is_ascii() {
            continue;
        }
        if let Some(charset) = charset(text, odd) {
            return of(charset, side);
        }
    }
    None
}

fn charset(text: &str, odd: &str) -> Option<Charset> {
    if percent_u(odd).is_some_and(|decoded| decoded == text) {
        return Some(Charset::PercentU);
    }
    let octets = decode_once(odd.as_bytes());
    if let Ok(odd) = core::str::from_utf8(&octets) {
        if is_one_for_each(text, &octets, |octet| octet == b'?') {
            return Some(Charset::QuestionMarks);
        }
        // The octets of UTF-8 taken for characters of Latin-1, and encoded as UTF-8 once more.
        let once: Option<Vec<u8>> = odd
            .chars()
            .map(|one| u8::try_from(u32::from(one)).ok())
            .collect();
        return once
            .is_some_and(|once| once == text.as_bytes())
            .then_some(Charset::Utf8Twice);
    }
    if is_one_for_each(text, &octets, |octet| !octet.is_ascii()) {
        return Some(Charset::OneOctet);
    }
    is_same_in_ascii(text, &octets).then_some(Charset::Other)
}

/// Whether `octets` is `text` with one octet, which is as demanded, in place of each character beyond ASCII.
fn is_one_for_each(text: &str, octets: &[u8], is_odd: impl Fn(u8) -> bool) -> bool {
    let mut octets = octets.iter();
    let all = text.chars().all(|one| {
        octets.next().is_some_and(|octet| {
            if one.is_ascii() {
                char::from(*octet) == one
            } else {
                is_odd(*octet)
            }
        })
    });
    all && octets.next().is_none()
}

/// Whether both have the same ASCII characters, and something else between them in the same places.
fn is_same_in_ascii(text: &str, octets: &[u8]) -> bool {
    let mut ours = runs(text.as_bytes());
    let mut theirs = runs(octets);
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(our), Some(their)) => {
                let is_ascii = |run: &[u8]| run.first().is_some_and(u8::is_ascii);
                if is_ascii(our) != is_ascii(their) || (is_ascii(our) && our != their) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

fn runs(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.chunk_by(|one, other| one.is_ascii() == other.is_ascii())
}

/// The text behind the `%uXXXX` of JavaScript's `escape()`, encoded once more or not; none without one.
fn percent_u(spelled: &str) -> Option<String> {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = spelled;
    let mut any = false;
    while let Some(first) = rest.chars().next() {
        let escaped = rest
            .strip_prefix("%25u")
            .or_else(|| rest.strip_prefix("%u"))
            .and_then(|after| after.split_at_checked(4));
        if let Some((unit, after)) =
            escaped.and_then(|(digits, after)| Some((u16::from_str_radix(digits, 16).ok()?, after)))
        {
            units.push(unit);
            any = true;
            rest = after;
            continue;
        }
        let width = first.len_utf8();
        let (chunk, after) = rest.split_at_checked(if first == '%' { 3 } else { width })?;
        let decoded = decode_once(chunk.as_bytes());
        // Below U+0100 escape() writes one octet, of Latin-1.
        match decoded.first() {
            Some(octet) if first == '%' => units.push(u16::from(*octet)),
            _ => units.extend(first.to_string().encode_utf16()),
        }
        rest = after;
    }
    any.then(|| String::from_utf16(&units).ok()).flatten()
}
