//! Finding the end of a name or a value, eight bytes at a time.
//!
//! Every byte outside ASCII is a stop, so that the tests of the others need to be right for ASCII bytes only. Each sets the
//! top bit of the bytes it is after. A borrow or carry may set further bits, but only above the first byte that really
//! matches, and only the first is asked for.

const ONES: u64 = all(1);
const TOPS: u64 = all(0x80);

/// How many bytes from the start can stand inside a value's quotes: printable ASCII without quote and backslash.
pub(super) fn value_run(bytes: &[u8]) -> usize {
    run(
        bytes,
        |word| not_printable(word, b' ') | equal(word, b'"') | equal(word, b'\\'),
        is_value_byte,
    )
}

/// How many bytes from the start can stand in a name: visible ASCII without the characters that end or break one.
pub(super) fn name_run(bytes: &[u8]) -> usize {
    run(
        bytes,
        |word| {
            // The quote (0x22) and the ampersand (0x26) differ in one bit.
            not_printable(word, b'!')
                | equal(word, b'=')
                | equal(word, b',')
                | equal(word | all(0x04), b'&')
                | equal(word, b'\\')
        },
        is_name_byte,
    )
}

/// How many bytes from the start come before `end`; it may stop at a byte outside ASCII.
#[inline(always)]
pub(super) fn run_to(bytes: &[u8], end: u8) -> usize {
    run(
        bytes,
        |word| equal(word, end),
        |byte| byte != end && byte.is_ascii(),
    )
}

fn is_value_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && !matches!(byte, b'"' | b'\\')
}

fn is_name_byte(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7e) && !matches!(byte, b'=' | b'"' | b',' | b'&' | b'\\')
}

#[inline(always)]
fn run(bytes: &[u8], stops: impl Fn(u64) -> u64, may_stand: impl Fn(u8) -> bool) -> usize {
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        let found = stops(u64::from_le_bytes(*chunk)) & TOPS;
        if found != 0 {
            let within = usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
            return bytes.len().wrapping_sub(rest.len()).wrapping_add(within);
        }
        rest = behind;
    }
    let within = rest
        .iter()
        .position(|byte| !may_stand(*byte))
        .unwrap_or(rest.len());
    bytes.len().wrapping_sub(rest.len()).wrapping_add(within)
}

/// Bytes below `first`, the delete character and everything outside ASCII.
#[inline(always)]
const fn not_printable(word: u64, first: u8) -> u64 {
    word.wrapping_sub(all(first)) | word.wrapping_add(ONES) | word
}

#[inline(always)]
const fn equal(word: u64, byte: u8) -> u64 {
    (word ^ all(byte)).wrapping_sub(ONES)
}

const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::{is_name_byte, is_value_byte, name_run, run_to, value_run};

    #[test]
    fn every_byte_at_every_place_stops_as_the_plain_test_says() {
        for byte in 0..=u8::MAX {
            for length in 1..20 {
                for place in 0..length {
                    let mut text = [b'a'; 20];
                    text[place] = byte;
                    let expected = |may_stand: bool| if may_stand { length } else { place };
                    assert_eq!(
                        value_run(&text[..length]),
                        expected(is_value_byte(byte)),
                        "{byte} at {place} of {length}"
                    );
                    assert_eq!(
                        name_run(&text[..length]),
                        expected(is_name_byte(byte)),
                        "{byte} at {place} of {length}"
                    );
                    if byte.is_ascii() {
                        assert_eq!(
                            run_to(&text[..length], b'='),
                            expected(byte != b'='),
                            "{byte} at {place} of {length}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_of_several_stops_counts() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let text = [b'~', first, second, b'a', b'"', b'a', b'a', b'a'];
                let plain =
                    |may_stand: fn(u8) -> bool| text.iter().position(|byte| !may_stand(*byte));
                assert_eq!(
                    Some(value_run(&text)),
                    plain(is_value_byte),
                    "{first} {second}"
                );
                assert_eq!(
                    Some(name_run(&text)),
                    plain(is_name_byte),
                    "{first} {second}"
                );
            }
        }
    }
}
