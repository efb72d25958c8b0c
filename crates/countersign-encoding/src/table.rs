//! The 256-entry tables: one look-up per byte instead of a chain of comparisons.

/// What a byte becomes: at most seven bytes, the first one lowest, and their number in the three
/// highest bits, which shows the compiler that it is no more than seven. A whole number is written
/// at once, whatever the length.
pub(crate) type Entry = u64;
/// The length of an entry in bytes.
pub(crate) const WIDTH: usize = 8;

/// The most bytes that an entry can have.
pub(crate) const MOST: usize = 7;
/// The place of the number of bytes.
const LEN_SHIFT: u32 = 61;

/// How many bytes of an entry count.
#[inline(always)]
#[expect(clippy::as_conversions, reason = "three bits fit into any integer")]
pub(crate) const fn entry_len(entry: Entry) -> usize {
    (entry >> LEN_SHIFT) as usize
}

/// The entry of these bytes, of which so many count.
const fn of(bytes: [u8; MOST], len: u64) -> Entry {
    let [a, b, c, d, e, f, g] = bytes;
    Entry::from_le_bytes([a, b, c, d, e, f, g, 0]) | (len << LEN_SHIFT)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A byte encoded once.
pub(crate) static ONCE: [Entry; 256] = once();
/// A byte encoded twice.
pub(crate) static TWICE: [Entry; 256] = twice();
/// Canonical text encoded once more: `%` becomes `%25`, anything else stays.
pub(crate) static ENCODED: [Entry; 256] = encoded();
/// 1 for a byte that has to be encoded, 0 for one that stays.
pub(crate) static RESERVED: [u8; 256] = reserved();
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

/// A byte that stays as it is.
const fn plain(byte: u8) -> Entry {
    of([byte, 0, 0, 0, 0, 0, 0], 1)
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn once() -> [Entry; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if unreserved(byte as u8) {
            plain(byte as u8)
        } else {
            of([b'%', HEX[byte >> 4], HEX[byte & 15], 0, 0, 0, 0], 3)
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
const fn twice() -> [Entry; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = if unreserved(byte as u8) {
            plain(byte as u8)
        } else {
            of([b'%', b'2', b'5', HEX[byte >> 4], HEX[byte & 15], 0, 0], 5)
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
const fn encoded() -> [Entry; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = plain(byte as u8);
        byte += 1;
    }
    table[b'%' as usize] = of([b'%', b'2', b'5', 0, 0, 0, 0], 3);
    table
}

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn reserved() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = !unreserved(byte as u8) as u8;
        byte += 1;
    }
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
