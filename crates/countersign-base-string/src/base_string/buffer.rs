//! A buffer for base strings that is kept.

use alloc::vec::Vec;
use core::fmt;

use crate::output::Buffer;

/// Memory for one base string after the other, for whoever signs often: see
/// [`ScannedProtocol::write_base_string`](crate::ScannedProtocol::write_base_string).
///
/// Unlike a cleared vector it is not filled with zeros again for each base string. It may hold
/// secrets that are parameters, so `Debug` shows its length only.
#[derive(Default)]
pub struct BaseStringBuffer {
    /// As long as it ever had to be.
    bytes: Vec<u8>,
    /// How much of that is the base string.
    len: usize,
}

impl BaseStringBuffer {
    /// An empty buffer, which grows with the first base string.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            len: 0,
        }
    }

    /// The base string written last.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The memory, the remains of earlier base strings included, as for overwriting them.
    #[must_use]
    pub fn into_memory(self) -> Vec<u8> {
        self.bytes
    }

    #[inline]
    pub(crate) fn overwrite(&mut self, write: impl FnOnce(&mut Buffer)) {
        self.len = Buffer::overwrite(&mut self.bytes, write);
    }
}

impl fmt::Debug for BaseStringBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseStringBuffer([{} bytes])", self.len)
    }
}
