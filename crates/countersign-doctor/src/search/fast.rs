//! Maps whose keys are fingerprints already.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// A map from a number that is spread well already, or nearly.
pub(crate) type FastMap<V> = HashMap<u64, V, BuildHasherDefault<Spread>>;

/// Spreads one number over all bits.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= super::table::fingerprint(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = fold(number, 0x9e37_79b9_7f4a_7c15);
    }
}

/// Both halves of the product in one number.
#[inline]
#[expect(
    clippy::as_conversions,
    reason = "the halves of a product; every other spelling of that is a call"
)]
pub(crate) const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}
