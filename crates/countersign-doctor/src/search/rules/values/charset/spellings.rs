//! How characters beyond ASCII are spelt where UTF-8 is not.

use super::super::encoders::push_escaped;
use crate::search::rules::parameters::Write;

pub(super) const SPELLINGS: [(Write, &str); 7] = [
    (unicode_escapes, "as %uXXXX, like JavaScript's escape()"),
    (escape, "as JavaScript's escape(), its exceptions included"),
    (utf16_escapes, "as %XX%XX of UTF-16, ASCII as usual"),
    (
        utf16_escapes_le,
        "as %XX%XX of UTF-16 in little-endian order, ASCII as usual",
    ),
    (left, "left as it is"),
    (json_escapes, "as \\uXXXX, then encoded"),
    (code_points, "as % and the number of the character"),
];

fn spelt(decoded: &[u8], out: &mut Vec<u8>, mut put: impl FnMut(char, &mut Vec<u8>)) {
    for chunk in decoded.utf8_chunks() {
        for one in chunk.valid().chars() {
            if one.is_ascii() {
                countersign_encoding::encode_into(one.encode_utf8(&mut [0; 4]).as_bytes(), out);
            } else {
                put(one, out);
            }
        }
        countersign_encoding::encode_into(chunk.invalid(), out);
    }
}

fn push_unicode(one: char, out: &mut Vec<u8>) {
    for unit in one.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(format!("%u{unit:04X}").as_bytes());
    }
}

fn unicode_escapes(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    spelt(decoded, out, push_unicode);
}

/// `escape()` of JavaScript.
pub(in crate::search::rules) fn escape(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    const LEFT: &[u8] = b"@*_+-./";
    for chunk in decoded.utf8_chunks() {
        for one in chunk.valid().chars() {
            match u8::try_from(u32::from(one)) {
                Ok(byte) if byte.is_ascii_alphanumeric() || LEFT.contains(&byte) => out.push(byte),
                Ok(byte) => push_escaped::<false>(byte, out),
                Err(_) => push_unicode(one, out),
            }
        }
        countersign_encoding::encode_into(chunk.invalid(), out);
    }
}

fn utf16_escapes(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    spelt(decoded, out, |one, out| {
        let mut bytes = Vec::new();
        super::units(one, u16::to_be_bytes, &mut bytes);
        bytes
            .into_iter()
            .for_each(|byte| push_escaped::<false>(byte, out));
    });
}

fn utf16_escapes_le(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    spelt(decoded, out, |one, out| {
        let mut bytes = Vec::new();
        super::units(one, u16::to_le_bytes, &mut bytes);
        bytes
            .into_iter()
            .for_each(|byte| push_escaped::<false>(byte, out));
    });
}

fn left(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    for byte in decoded {
        if byte.is_ascii() {
            countersign_encoding::encode_into(&[*byte], out);
        } else {
            out.push(*byte);
        }
    }
}

fn json_escapes(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    spelt(decoded, out, |one, out| {
        for unit in one.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(format!("%5Cu{unit:04x}").as_bytes());
        }
    });
}

/// `%5199` for U+5199: the number as one hexadecimal text behind a percent sign.
fn code_points(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    spelt(decoded, out, |one, out| {
        out.extend_from_slice(format!("%{:X}", u32::from(one)).as_bytes());
    });
}
