//! Names as text that is harmless to print. They come from a file that somebody sent.

use x509_parser::asn1_rs::{Oid, Tag};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Longer names are cut: no honest one comes near.
const MAX_CHARACTERS: usize = 512;

/// Short names of RFC 4514, and those that openssl prints (content octets of the identifiers).
const TYPES: &[(&[u8], &str)] = &[
    (&[0x55, 0x04, 0x03], "CN"),
    (&[0x55, 0x04, 0x04], "SN"),
    (&[0x55, 0x04, 0x05], "serialNumber"),
    (&[0x55, 0x04, 0x06], "C"),
    (&[0x55, 0x04, 0x07], "L"),
    (&[0x55, 0x04, 0x08], "ST"),
    (&[0x55, 0x04, 0x09], "street"),
    (&[0x55, 0x04, 0x0a], "O"),
    (&[0x55, 0x04, 0x0b], "OU"),
    (&[0x55, 0x04, 0x0c], "title"),
    (&[0x55, 0x04, 0x2a], "GN"),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01],
        "emailAddress",
    ),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19],
        "DC",
    ),
    (
        &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01],
        "UID",
    ),
];

/// `CN=acme-ledger-sync, O=Acme`, in the order of the certificate.
pub(crate) fn text(name: &X509Name<'_>) -> String {
    let mut out = String::new();
    for part in name.iter() {
        for (index, attribute) in part.iter().enumerate() {
            let between = match (out.is_empty(), index) {
                (true, _) => "",
                (false, 0) => ", ",
                (false, _) => " + ",
            };
            out.push_str(between);
            out.push_str(&type_text(attribute.attr_type()));
            out.push('=');
            for character in value_text(attribute).chars() {
                push_harmless(character, &mut out);
            }
            if out.len() > MAX_CHARACTERS {
                let cut = out.floor_char_boundary_at(MAX_CHARACTERS);
                out.truncate(cut);
                out.push_str("...");
                return out;
            }
        }
    }
    out
}

trait CharBoundary {
    fn floor_char_boundary_at(&self, limit: usize) -> usize;
}

impl CharBoundary for String {
    fn floor_char_boundary_at(&self, limit: usize) -> usize {
        (0..=limit)
            .rev()
            .find(|place| self.is_char_boundary(*place))
            .unwrap_or(0)
    }
}

fn type_text(oid: &Oid<'_>) -> String {
    match TYPES.iter().find(|(bytes, _)| *bytes == oid.as_bytes()) {
        Some((_, name)) => String::from(*name),
        None => identifier(oid),
    }
}

/// The numbers of an identifier, cut like a name.
pub(crate) fn identifier(oid: &Oid<'_>) -> String {
    // An octet gives at most four characters, so this is linear in what is shown.
    if oid.as_bytes().len() > MAX_CHARACTERS {
        return String::from("an identifier of unreasonable length");
    }
    oid.to_id_string()
}

fn value_text(attribute: &AttributeTypeAndValue<'_>) -> String {
    let bytes = attribute.as_slice();
    match attribute.attr_value().tag() {
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        Tag::UniversalString => bytes
            .chunks_exact(4)
            .map(|word| match word {
                [a, b, c, d] => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
                _ => None,
            })
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // Nearly everybody who writes T61String means Latin-1.
        Tag::T61String => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Control characters, invisible ones and those that turn the direction of writing are shown by
/// number; what separates the parts of a name is marked by a backslash.
fn push_harmless(character: char, out: &mut String) {
    let invisible = character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        );
    if invisible {
        out.extend(character.escape_unicode());
    } else {
        if matches!(character, ',' | '+' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::push_harmless;

    #[test]
    fn nothing_reaches_the_terminal_that_moves_it() {
        let mut out = String::new();
        for character in "a\u{1b}[2Jb\n\u{202e}c\u{200b},\u{e9}".chars() {
            push_harmless(character, &mut out);
        }
        assert_eq!(out, r"a\u{1b}[2Jb\u{a}\u{202e}c\u{200b}\,é");
    }
}
