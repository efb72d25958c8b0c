//! What a spelled text means, however it is spelled: the key under which two spellings meet.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use countersign_encoding::{Decoder, Leniency};

/// No text in the wild is known with more; each costs a pass over the text.
const MAX_LAYERS: u8 = 6;

/// The text with every layer of encoding undone, plus signs as blanks, Latin-1 as UTF-8.
pub(super) fn meaning(text: &str) -> Vec<u8> {
    let mut octets = Cow::Borrowed(text.as_bytes());
    for _ in 0..MAX_LAYERS {
        let Cow::Owned(decoded) = decode_once(&octets) else {
            break;
        };
        octets = Cow::Owned(decoded);
    }
    let mut octets = match latin_1_to_utf_8(&octets) {
        Some(text) => text.into_bytes(),
        None => octets.into_owned(),
    };
    for octet in &mut octets {
        if *octet == b'+' {
            *octet = b' ';
        }
    }
    octets
}

/// Undoes one layer; malformed triplets stay. Borrowed when there is nothing to undo.
pub(super) fn decode_once(text: &[u8]) -> Cow<'_, [u8]> {
    match Decoder::new()
        .with_leniency(Leniency::StrayPercent)
        .decode_bytes(text)
    {
        Ok(Cow::Owned(decoded)) if decoded != text => Cow::Owned(decoded),
        _ => Cow::Borrowed(text),
    }
}

/// The UTF-8 of octets that can only be Latin-1; none when they are UTF-8 themselves.
pub(super) fn latin_1_to_utf_8(octets: &[u8]) -> Option<String> {
    match core::str::from_utf8(octets) {
        Ok(_) => None,
        Err(_) => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
    }
}
