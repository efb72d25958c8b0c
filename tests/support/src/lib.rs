//! What the integration tests share: vectors, keys and certificates, a clock, randomness, and requests
//! that can be tampered with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::exhaustive_structs,
    reason = "test code: a broken fixture has to stop the test"
)]

pub mod clock;
pub mod credentials;
pub mod fixtures;
pub mod random;
pub mod report;
pub mod vectors;
pub mod wire;
pub mod zoo;

/// Octets from hexadecimal digits.
#[must_use]
pub fn unhex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "an odd number of digits");
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = core::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hexadecimal digits")
        })
        .collect()
}
