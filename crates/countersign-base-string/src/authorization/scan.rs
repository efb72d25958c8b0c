//! Finding the end of a name or a value, eight bytes at a time.
//!
//! Each test sets the top bit of the bytes it is after. A borrow may set further bits, but only above the first byte that
//! really matches, and only the first is asked for.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many bytes from the start can stand inside a value's quotes: printable ASCII without quote and backslash.
pub(super) fn value_run(bytes: &[u8]) -> usize {
    run(
        bytes,
        |word| below(word, 0x20) | above_tilde(word) | equal(word, b'"') | equal(word, b'\\'),
        is_value_byte,
    )
}

/// How many bytes from the start can stand in a name: visible ASCII without the characters that end or break one.
pub(super) fn name_run(bytes: &[u8]) -> usize {
    run(
        bytes,
        |word| {
            below(word, 0x21)
                | above_tilde(word)
                | equal(word, b'=')
                | equal(word, b'"')
                | equal(word, b',')
                | equal(word, b'&')
                | equal(word, b'\\')
        },
        is_name_byte,
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
        let found = stops(u64::from_le_bytes(*chunk));
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

#[inline(always)]
const fn equal(word: u64, byte: u8) -> u64 {
    let zero_where_equal = word ^ u64::from_ne_bytes([byte; 8]);
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & TOPS
}

/// Bytes below `limit`, itself at most 0x80.
#[inline(always)]
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(u64::from_ne_bytes([limit; 8])) & !word & TOPS
}

/// Bytes above `~` (0x7e): the delete character and everything outside ASCII.
#[inline(always)]
const fn above_tilde(word: u64) -> u64 {
    ((word & !TOPS).wrapping_add(ONES) | word) & TOPS
}

#[cfg(test)]
mod tests {
    use super::{is_name_byte, is_value_byte, name_run, value_run};

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
                }
            }
        }
    }

    #[test]
    fn the_first_of_several_stops_counts() {
        for first in 0..16 {
            for second in first..16 {
                let mut text = [b'~'; 16];
                text[second] = b'#';
                text[first] = b'"';
                assert_eq!(value_run(&text), first);
                assert_eq!(name_run(&text), first);
            }
        }
    }
}
