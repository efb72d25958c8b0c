//! Decoding that never fails, for text that servers wrote as they pleased.

use countersign_encoding::{Decoder, Leniency};

/// Percent-decoding: a stray `%` stays, octets that are no UTF-8 become U+FFFD, `+` is a plus.
pub(crate) fn decode(text: &str) -> String {
    with(Decoder::new(), text)
}

/// The same for form data, where `+` is a space.
pub(crate) fn decode_form(text: &str) -> String {
    with(Decoder::form(), text)
}

fn with(decoder: Decoder, text: &str) -> String {
    match decoder
        .with_leniency(Leniency::StrayPercent)
        .decode_bytes(text.as_bytes())
    {
        Ok(octets) => String::from_utf8_lossy(&octets).into_owned(),
        Err(_) => text.to_owned(),
    }
}
