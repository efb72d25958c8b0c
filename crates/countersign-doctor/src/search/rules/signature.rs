//! Rules of the search: the signature spelt in another way than in base64 that is encoded once.

use std::borrow::Cow;

use countersign_signature::Signature;

use super::percent::octet_of;
use crate::search::rule::{Deviate, Dimension, Rule};

const fn row(
    code: &'static str,
    prior: u16,
    did: &'static str,
    read: fn(&str) -> Option<Vec<u8>>,
) -> Rule {
    Rule {
        code,
        dimension: Dimension::SignatureSpelling,
        prior,
        did,
        deviate: Deviate::Signature(read),
    }
}

pub(super) const ROWS: &[Rule] = &[
    row(
        "sig.hex_not_base64",
        20,
        "wrote the signature in hexadecimal digits where base64 is due",
        unhex,
    ),
    row(
        "sig.base64_of_hex",
        10,
        "wrote the base64 of the hexadecimal digits of the digest",
        |text| unhex(core::str::from_utf8(&base64(text)?).ok()?),
    ),
    row(
        "sig.not_percent_encoded",
        30,
        "sent the signature without percent-encoding it, so that a plus arrived as a blank",
        |text| changed(text, text.replace(' ', "+")),
    ),
    row(
        "sig.double_encoded",
        10,
        "percent-encoded the signature twice",
        |text| {
            let once = countersign_encoding::decode(text).ok()?;
            let twice = countersign_encoding::decode(&once).ok()?;
            changed(text, twice.into_owned())
        },
    ),
    row(
        "sig.not_base64",
        8,
        "spelt the signature in another way than standard base64: other alphabet, missing padding, white space, quotes or backslashes",
        |text| changed(text, mended(text)),
    ),
    row(
        "sig.base64_twice",
        3,
        "encoded the signature in base64 twice",
        |text| base64(core::str::from_utf8(&base64(text)?).ok()?.trim_end()),
    ),
];

fn base64(text: &str) -> Option<Vec<u8>> {
    Some(Signature::parse_base64(text).ok()?.as_bytes().to_vec())
}

/// Reads what was meant, where it is not what stands there.
fn changed(text: &str, meant: String) -> Option<Vec<u8>> {
    if meant == text { None } else { base64(&meant) }
}

/// Standard base64 of what was meant to be some.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(3));
    for character in text.chars() {
        match character {
            '-' => out.push('+'),
            '_' => out.push('/'),
            '=' | '"' | '\'' | '\\' | '\u{feff}' => {}
            other if other.is_whitespace() => {}
            other => out.push(other),
        }
    }
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// The octets of a digest in hexadecimal digits, also with a prefix, or with separators between
/// the pairs. So many digits are no base64 by chance.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let digits: Cow<'_, str> = if text.contains(['-', ':', ' ']) {
        Cow::Owned(text.replace(['-', ':', ' '], ""))
    } else {
        Cow::Borrowed(text)
    };
    if digits.len() < 40 || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => octet_of(*high, *low),
            _ => None,
        })
        .collect()
}
