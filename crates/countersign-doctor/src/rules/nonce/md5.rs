//! MD5 (RFC 1321) of a short text, to recognise nonces that were made with it. Nothing is secured
//! by it.

const SHIFTS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// What the text has room for in the one block that is computed.
const ROOM: usize = 55;

/// The digest in hexadecimal; of a longer text than fits into one block, an empty text.
pub(super) fn hex(text: &[u8]) -> String {
    if text.len() > ROOM {
        return String::new();
    }
    let mut block: Vec<u8> = text.to_vec();
    block.push(0x80);
    block.resize(56, 0);
    let bits = u64::try_from(text.len())
        .unwrap_or_default()
        .wrapping_mul(8);
    block.extend_from_slice(&bits.to_le_bytes());
    let words: Vec<u32> = block
        .chunks_exact(4)
        .map(|chunk| {
            chunk
                .iter()
                .rev()
                .fold(0, |word, byte| (word << 8) | u32::from(*byte))
        })
        .collect();
    let start: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let [mut a, mut b, mut c, mut d] = start;
    for step in 0..64_u32 {
        let round = step / 16;
        let (mixed, at) = match round {
            0 => ((b & c) | (!b & d), step),
            1 => ((d & b) | (!d & c), step.wrapping_mul(5).wrapping_add(1)),
            2 => (b ^ c ^ d, step.wrapping_mul(3).wrapping_add(5)),
            _ => (c ^ (b | !d), step.wrapping_mul(7)),
        };
        let sum = mixed
            .wrapping_add(a)
            .wrapping_add(sine(step))
            .wrapping_add(pick(&words, at & 15));
        (a, d, c) = (d, c, b);
        let shift = SHIFTS
            .get(index(round))
            .and_then(|row| row.get(index(step & 3)))
            .copied()
            .unwrap_or_default();
        b = b.wrapping_add(sum.rotate_left(shift));
    }
    [a, b, c, d]
        .into_iter()
        .zip(start)
        .flat_map(|(word, start)| word.wrapping_add(start).to_le_bytes())
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn pick(words: &[u32], at: u32) -> u32 {
    words.get(index(at)).copied().unwrap_or_default()
}

/// The constant of a step: the whole part of 2^32 |sin(step + 1)|.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number from 0 to 2^32, as the standard defines it"
)]
fn sine(step: u32) -> u32 {
    ((f64::from(step) + 1.0).sin().abs() * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn the_standards_own_examples() {
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "abcdefghijklmnopqrstuvwxyz",
                "c3fcd3d76192e4007dfb496cca67e13b",
            ),
        ] {
            assert_eq!(hex(text.as_bytes()), digest);
        }
        assert_eq!(hex(&[b'a'; 56]), "");
    }
}
