//! The 256-entry tables: one look-up per byte instead of a chain of comparisons.

/// Length of one entry of [`TWICE`], and the slack a buffer needs for the fast path.
pub(crate) const TWICE_WIDTH: usize = 8;
/// Length of one entry of [`ONCE`].
pub(crate) const ONCE_WIDTH: usize = 4;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A byte encoded once: at most three bytes, their number in the last place.
pub(crate) static ONCE: [[u8; ONCE_WIDTH]; 256] = once();
/// A byte encoded twice: at most five bytes, their number in the last place.
pub(crate) static TWICE: [[u8; TWICE_WIDTH]; 256] = twice();
/// Canonical text encoded once more: `%` becomes `%25`, anything else stays.
pub(crate) static ENCODED: [[u8; ONCE_WIDTH]; 256] = encoded();
/// The place of a byte's encoded form among the encoded forms of all bytes.
pub(crate) static RANK: [u8; 256] = ranks();
/// The value of a hexadecimal digit, or [`NO_DIGIT`].
static DIGIT: [u8; 256] = digits();

/// What [`digit`] answers for a byte that is no hexadecimal digit.
pub(crate) const NO_DIGIT: u8 = 0xFF;

/// The entry of a byte.
#[expect(
    clippy::indexing_slicing,
    reason = "a table of 256 has an entry for every byte"
)]
#[inline(always)]
pub(crate) fn entry<T: Copy>(table: &[T; 256], byte: u8) -> T {
    table[usize::from(byte)]
}

/// The value of a hexadecimal digit of either case, or [`NO_DIGIT`].
#[inline(always)]
pub(crate) fn digit(byte: u8) -> u8 {
    entry(&DIGIT, byte)
}

/// Arithmetic rather than a table, so that the compiler can test many bytes at once.
#[inline(always)]
pub(crate) const fn unreserved(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte.wrapping_sub(b'-') < 2)
        | (byte == b'_')
        | (byte == b'~')
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn once() -> [[u8; ONCE_WIDTH]; 256] {
    let mut table = [[0; ONCE_WIDTH]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if unreserved(byte as u8) {
            [byte as u8, 0, 0, 1]
        } else {
            [b'%', HEX[byte >> 4], HEX[byte & 15], 3]
        };
        byte += 1;
    }
    table
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn twice() -> [[u8; TWICE_WIDTH]; 256] {
    let mut table = [[0; TWICE_WIDTH]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if unreserved(byte as u8) {
            [byte as u8, 0, 0, 0, 0, 0, 0, 1]
        } else {
            [b'%', b'2', b'5', HEX[byte >> 4], HEX[byte & 15], 0, 0, 5]
        };
        byte += 1;
    }
    table
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn encoded() -> [[u8; ONCE_WIDTH]; 256] {
    let mut table = [[0; ONCE_WIDTH]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [byte as u8, 0, 0, 1];
        byte += 1;
    }
    table[b'%' as usize] = [b'%', b'2', b'5', 3];
    table
}

/// A reserved byte becomes `%XX`, and `%` is less than every unreserved byte: so all reserved
/// bytes come first, in their own order, then the unreserved ones in theirs.
#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn ranks() -> [u8; 256] {
    let mut table = [0; 256];
    let mut next = 0;
    let mut turn = 0;
    while turn < 2 {
        let mut byte = 0;
        while byte < 256 {
            if unreserved(byte as u8) == (turn == 1) {
                table[byte] = next as u8;
                next += 1;
            }
            byte += 1;
        }
        turn += 1;
    }
    table
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn digits() -> [u8; 256] {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        table[HEX[value] as usize] = value as u8;
        table[HEX[value].to_ascii_lowercase() as usize] = value as u8;
        value += 1;
    }
    table
}
