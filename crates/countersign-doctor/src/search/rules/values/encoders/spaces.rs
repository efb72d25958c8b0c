//! Encoders that differ in what becomes of a space.

use super::{Encoder, LETTERS, RULE, escape, set};

/// What becomes of a space.
macro_rules! spacing {
    ($from:literal, $to:literal, $detail:expr) => {
        Encoder {
            write: |decoded, _, out| {
                for byte in decoded {
                    if *byte == $from {
                        out.extend_from_slice($to);
                    } else {
                        countersign_encoding::encode_into(&[*byte], out);
                    }
                }
            },
            touches: set(&[$from]),
            touches_others: false,
            is_plain: false,
            detail: $detail,
        }
    };
}

pub(in crate::search::rules) const PLUS: &[Encoder] = &[
    encoder!(b"-._~", true, ""),
    spacing!(b' ', b"%2B", "and then encoded the '+'"),
    spacing!(b'+', b"%20", "the '+' of a value was taken for a space"),
    spacing!(b'+', b"+", "and left the '+' of values as it is"),
    Encoder {
        // Taken from the wire, where '+' stands for a space.
        write: |decoded, raw, out| {
            if raw.contains(&b'+') {
                let literal = countersign_encoding::Decoder::new()
                    .with_leniency(countersign_encoding::Leniency::StrayPercent)
                    .decode_bytes(raw);
                match literal {
                    Ok(literal) => countersign_encoding::encode_into(&literal, out),
                    Err(_) => countersign_encoding::encode_into(decoded, out),
                }
            } else {
                countersign_encoding::encode_into(decoded, out);
            }
        },
        touches: set(b" "),
        touches_others: false,
        is_plain: false,
        detail: "the '+' that was sent for a space was signed as a plus",
    },
];

/// What rarely becomes of a space.
pub(in crate::search::rules) const SPACE: &[Encoder] = &[
    spacing!(b' ', b" ", "left the space as it is"),
    spacing!(b' ', b"%2520", "encoded the space once more than the rest"),
    spacing!(b' ', b"", "dropped the space"),
];
