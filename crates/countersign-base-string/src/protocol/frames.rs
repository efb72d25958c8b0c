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

/// Text in a block of fixed size: copying the whole block takes two instructions and no decision.
pub(crate) struct Frame {
    pub(crate) block: [u8; Self::SIZE],
    pub(crate) len: usize,
}

impl Frame {
    pub(crate) const SIZE: usize = 32;

    /// The text itself.
    #[inline(always)]
    pub(crate) fn text(&self) -> &[u8] {
        self.block.get(..self.len).unwrap_or_default()
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
pub(crate) static SIGNATURE_IN_HEADER: Frame = frame(HEADER_SEPARATOR, b"oauth_signature", b"=\"");

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, where a fault is a compile error"
)]
const fn frames(before: &[u8], after: &[u8]) -> [Frame; NAMES.len()] {
    let mut all = [const {
        Frame {
            block: [0; Frame::SIZE],
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
    let mut block = [0; Frame::SIZE];
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
