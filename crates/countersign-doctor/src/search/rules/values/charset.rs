//! Text in another encoding than UTF-8.

mod spellings;

pub(in crate::search::rules) use spellings::escape;

use crate::search::rule::{Deviate, Dimension, Out, Rule};
use crate::search::rules::parameters::{change_pairs, joined, room};
use crate::search::state::Plan;
use crate::search::subject::Pair;

use self::spellings::SPELLINGS;
use super::encoders::push_escaped;
use super::{Texts, respell};

pub(crate) const ROWS: &[Rule] = &[
    Rule {
        code: "enc.non_ascii",
        dimension: Dimension::ParameterSet,
        prior: 32,
        did: "did not sign text as UTF-8",
        deviate: Deviate::Parameters(|_, plan, out| {
            if is_ascii(plan) {
                return;
            }
            for (convert, detail) in CONVERSIONS {
                change(plan, detail, out, convert);
            }
            for (convert, detail) in WIDE {
                everywhere(plan, detail, out, convert);
            }
        }),
    },
    Rule {
        code: "enc.non_ascii",
        dimension: Dimension::ValueEncoding,
        prior: 20,
        did: "did not percent-encode text beyond ASCII byte by byte",
        deviate: Deviate::Parameters(|_, plan, out| {
            if is_ascii(plan) {
                return;
            }
            for (write, detail) in SPELLINGS {
                respell(plan, Texts::Values, write, detail, out);
            }
        }),
    },
    Rule {
        code: "enc.non_ascii",
        dimension: Dimension::NameEncoding,
        prior: 5,
        did: "did not percent-encode names beyond ASCII byte by byte",
        deviate: Deviate::Parameters(|_, plan, out| {
            if plan.pairs.iter().all(|pair| pair.name.is_ascii()) {
                return;
            }
            for (write, detail) in SPELLINGS {
                respell(plan, Texts::Names, write, detail, out);
            }
        }),
    },
    Rule {
        code: "enc.non_ascii",
        dimension: Dimension::ParameterSet,
        prior: 8,
        did: "signed a single byte for each character beyond ASCII",
        deviate: Deviate::Parameters(|_, plan, out| one_byte(plan, out)),
    },
];

fn is_ascii(plan: &Plan) -> bool {
    plan.pairs
        .iter()
        .all(|pair| pair.name.is_ascii() && pair.value.is_ascii())
}

/// States in which texts beyond ASCII are converted: values, and names where they hold some.
fn change(plan: &Plan, detail: &str, out: &mut Out<Plan>, convert: Convert) {
    let converted = |text: &[u8]| {
        if text.is_ascii() {
            return None;
        }
        convert(text).filter(|new| new != text)
    };
    change_pairs(plan, detail, out, &|pair| {
        let (name, value) = (converted(&pair.name), converted(&pair.value));
        if name.is_none() && value.is_none() {
            return None;
        }
        Some(pair.with(
            name.unwrap_or_else(|| pair.name.clone()),
            value.unwrap_or_else(|| pair.value.clone()),
        ))
    });
}

/// UTF-16 for all texts, ASCII included.
const WIDE: [(Convert, &str); 2] = [
    (utf16_be, "all values as UTF-16, big-endian"),
    (utf16_le, "all values as UTF-16, little-endian"),
];

/// States in which all values are converted, and all names too.
fn everywhere(plan: &Plan, detail: &'static str, out: &mut Out<Plan>, convert: Convert) {
    for with_names in [false, true] {
        let pairs = plan.pairs.iter().map(|pair| {
            let value = convert(&pair.value).unwrap_or_else(|| pair.value.clone());
            let name = convert(&pair.name).filter(|_| with_names);
            let name = name.unwrap_or_else(|| pair.name.clone());
            pair.with(name, value).into()
        });
        let state = Plan {
            pairs: pairs.collect(),
            ..plan.clone()
        };
        let words = if with_names { "and all names" } else { "" };
        out.push(state, joined(detail, words));
    }
}

/// From the octets sent to those signed; none where it can't be done.
type Convert = fn(&[u8]) -> Option<Vec<u8>>;

const CONVERSIONS: [(Convert, &str); 18] = [
    (latin1, "as Latin-1"),
    (windows1252, "as Windows-1252"),
    (twice, "as UTF-8 twice"),
    (
        windows1252_twice,
        "as UTF-8 twice, read as Windows-1252 between",
    ),
    (low_byte, "the low byte of each character only"),
    (high_byte, "the high byte of each character only"),
    (|text| replaced(text, "?"), "'?' for each character"),
    (
        |text| replaced(text, "\u{fffd}"),
        "the replacement character for each character",
    ),
    (|text| replaced(text, ""), "left out"),
    (question_marks, "'?' for each byte"),
    (utf16_be, "as UTF-16, big-endian"),
    (utf16_le, "as UTF-16, little-endian"),
    (
        utf16_be_marked,
        "as UTF-16, big-endian, with a byte order mark",
    ),
    (
        utf16_le_marked,
        "as UTF-16, little-endian, with a byte order mark",
    ),
    (low_byte_of_units, "the low byte of each UTF-16 unit only"),
    (question_mark_per_unit, "'?' for each UTF-16 unit"),
    (
        latin1_by_units,
        "as Latin-1, '?' for each UTF-16 unit that it lacks",
    ),
    (entities, "as &#...; of HTML"),
];

fn per_character(text: &[u8], mut put: impl FnMut(char, &mut Vec<u8>)) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(text).ok()?;
    let mut out = Vec::with_capacity(text.len());
    for one in text.chars() {
        if one.is_ascii() {
            out.extend(u8::try_from(one));
        } else {
            put(one, &mut out);
        }
    }
    Some(out)
}

/// What Latin-1 lacks becomes a question mark.
fn latin1(text: &[u8]) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        out.push(u8::try_from(u32::from(one)).unwrap_or(b'?'));
    })
}

/// The characters of Windows-1252 from 0x80 on; those it leaves open stand for themselves.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows1252(text: &[u8]) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        let at = WINDOWS_1252.iter().position(|known| *known == one);
        let byte = match at.and_then(|at| u8::try_from(at).ok()) {
            Some(at) => at.saturating_add(0x80),
            None => u8::try_from(u32::from(one)).unwrap_or(b'?'),
        };
        out.push(byte);
    })
}

/// Each byte taken for a character.
fn twice(text: &[u8]) -> Option<Vec<u8>> {
    let text: String = text.iter().copied().map(char::from).collect();
    Some(text.into_bytes())
}

fn windows1252_twice(text: &[u8]) -> Option<Vec<u8>> {
    let read = |byte: &u8| {
        let at = byte.checked_sub(0x80).map(usize::from);
        at.and_then(|at| WINDOWS_1252.get(at).copied())
            .unwrap_or_else(|| char::from(*byte))
    };
    let text: String = text.iter().map(read).collect();
    Some(text.into_bytes())
}

fn low_byte(text: &[u8]) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        let [.., low] = u32::from(one).to_be_bytes();
        out.push(low);
    })
}

fn high_byte(text: &[u8]) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        let [_, _, high, _] = u32::from(one).to_be_bytes();
        out.push(high);
    })
}

fn replaced(text: &[u8], by: &str) -> Option<Vec<u8>> {
    per_character(text, |_, out| out.extend_from_slice(by.as_bytes()))
}

fn question_marks(text: &[u8]) -> Option<Vec<u8>> {
    let mark = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
    Some(text.iter().map(mark).collect())
}

fn units(one: char, order: fn(u16) -> [u8; 2], out: &mut Vec<u8>) {
    for unit in one.encode_utf16(&mut [0; 2]) {
        out.extend(order(*unit));
    }
}

fn utf16_be(text: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(text).ok()?;
    let mut out = Vec::new();
    for one in text.chars() {
        units(one, u16::to_be_bytes, &mut out);
    }
    Some(out)
}

fn utf16_le(text: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(text).ok()?;
    let mut out = Vec::new();
    for one in text.chars() {
        units(one, u16::to_le_bytes, &mut out);
    }
    Some(out)
}

fn utf16_be_marked(text: &[u8]) -> Option<Vec<u8>> {
    utf16_be(text).map(|text| [b"\xfe\xff".as_slice(), &text].concat())
}

fn utf16_le_marked(text: &[u8]) -> Option<Vec<u8>> {
    utf16_le(text).map(|text| [b"\xff\xfe".as_slice(), &text].concat())
}

fn per_unit(text: &[u8], put: impl Fn(u16) -> u8) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        out.extend(one.encode_utf16(&mut [0; 2]).iter().map(|unit| put(*unit)));
    })
}

fn low_byte_of_units(text: &[u8]) -> Option<Vec<u8>> {
    per_unit(text, |unit| {
        let [_, low] = unit.to_be_bytes();
        low
    })
}

fn question_mark_per_unit(text: &[u8]) -> Option<Vec<u8>> {
    per_unit(text, |_| b'?')
}

fn latin1_by_units(text: &[u8]) -> Option<Vec<u8>> {
    per_unit(text, |unit| u8::try_from(unit).unwrap_or(b'?'))
}

fn entities(text: &[u8]) -> Option<Vec<u8>> {
    per_character(text, |one, out| {
        out.extend_from_slice(format!("&#{};", u32::from(one)).as_bytes());
    })
}

/// Texts longer than this are not tried with every byte.
const SHORT: usize = 4096;

/// Every byte in place of each character, where there is one such character only (it may come
/// more than once): some local encoding, cut to a byte; and the first and the last byte of each.
fn one_byte(plan: &Plan, out: &mut Out<Plan>) {
    let mut found: Option<char> = None;
    for pair in plan.pairs.iter() {
        for text in [&pair.name, &pair.value] {
            let Ok(text) = core::str::from_utf8(text) else {
                return;
            };
            for one in text.chars().filter(|one| !one.is_ascii()) {
                if text.len() > SHORT || found.is_some_and(|known| known != one) {
                    return several(plan, out);
                }
                found = Some(one);
            }
        }
    }
    let Some(found) = found else { return };
    if room(plan, 128) < 128 {
        return several(plan, out);
    }
    let instead = format!(" for U+{:04X}", u32::from(found));
    for byte in 0x80..=u8::MAX {
        let swap = |text: &[u8]| {
            per_character(text, |_, out| out.push(byte)).unwrap_or_else(|| text.to_vec())
        };
        let pairs = plan
            .pairs
            .iter()
            .map(|pair| {
                if pair.name.is_ascii() && pair.value.is_ascii() {
                    return pair.clone();
                }
                let (name, value) = (swap(&pair.name), swap(&pair.value));
                pair.with(name, value).into()
            })
            .collect();
        let state = Plan {
            pairs,
            ..plan.clone()
        };
        let mut detail = Vec::with_capacity(instead.len().saturating_add(3));
        push_escaped::<false>(byte, &mut detail);
        detail.extend_from_slice(instead.as_bytes());
        out.push(state, String::from_utf8(detail).unwrap_or_default());
    }
}

fn several(plan: &Plan, out: &mut Out<Plan>) {
    change(plan, "the first byte of UTF-8", out, |text| {
        per_character(text, |one, out| {
            out.extend(one.encode_utf8(&mut [0; 4]).as_bytes().first());
        })
    });
    change(plan, "the last byte of UTF-8", out, |text| {
        per_character(text, |one, out| {
            out.extend(one.encode_utf8(&mut [0; 4]).as_bytes().last());
        })
    });
}
