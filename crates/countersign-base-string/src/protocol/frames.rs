//! The names of protocol parameters with what stands around them, ready to be copied.

/// Protocol parameters that have a method of their own, in the order of the base string.
pub(crate) const NAMES: [&str; 10] = [
    "oauth_body_hash",
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_session_handle",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

/// Text in a block of fixed size: copying so much takes two instructions and no decision.
pub(crate) struct Frame {
    block: [u8; Self::SIZE + MOST_SKIPPED],
    len: usize,
}

/// How much of the beginning of a block can be left out.
const MOST_SKIPPED: usize = 8;

impl Frame {
    pub(crate) const SIZE: usize = 32;

    /// Writes the text from its byte `skip` on to the beginning of `room`, and perhaps something
    /// behind it; says how long the text is.
    #[inline(always)]
    pub(crate) fn write(&self, skip: usize, room: &mut [u8]) -> Option<usize> {
        *room.first_chunk_mut::<{ Self::SIZE }>()? = *self.block.get(skip..)?.first_chunk()?;
        self.len.checked_sub(skip)
    }
}

/// What separates two parameters within a base string.
pub(crate) const BASE_STRING_SEPARATOR: &[u8] = b"%26";
/// What separates two parameters within a header: the closing quote belongs to the first.
pub(crate) const HEADER_SEPARATOR: &[u8] = b"\", ";

/// Separator, name and `=`, as within a base string.
pub(crate) static IN_BASE_STRING: [Frame; NAMES.len()] = frames(BASE_STRING_SEPARATOR, b"%3D");
/// Separator, name, `=` and the opening quote, as within a header.
pub(crate) static IN_HEADER: [Frame; NAMES.len()] = frames(HEADER_SEPARATOR, b"=\"");
/// As [`IN_HEADER`], for the signature.
pub(crate) const SIGNATURE_IN_HEADER: &[u8] = b"\", oauth_signature=\"";

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn frames(before: &[u8], after: &[u8]) -> [Frame; NAMES.len()] {
    let mut all = [const {
        Frame {
            block: [0; Frame::SIZE + MOST_SKIPPED],
            len: 0,
        }
    }; NAMES.len()];
    let mut index = 0;
    while index < NAMES.len() {
        all[index] = frame(before, NAMES[index].as_bytes(), after);
        index += 1;
    }
    all
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn frame(before: &[u8], name: &[u8], after: &[u8]) -> Frame {
    let mut block = [0; Frame::SIZE + MOST_SKIPPED];
    let mut len = 0;
    let parts = [before, name, after];
    let mut part = 0;
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            block[len] = parts[part][index];
            len += 1;
            index += 1;
        }
        part += 1;
    }
    Frame { block, len }
}
