//! What `Debug` shows in the place of text that may hold a secret.

use core::fmt;

/// `[12 bytes]`
///
/// Answers repeat what they were sent: a signature (under PLAINTEXT that is the secrets
/// themselves), a base string with a password in it; and a token answer is one, too.
pub(crate) struct Length(usize);

impl Length {
    pub(crate) const fn of(text: &str) -> Self {
        Self(text.len())
    }

    pub(crate) const fn of_bytes(bytes: &[u8]) -> Self {
        Self(bytes.len())
    }

    pub(crate) fn of_option(text: Option<&String>) -> Option<Self> {
        text.map(|text| Self::of(text))
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0)
    }
}

/// Names as they are, of values the length.
pub(crate) struct Names<'a, N>(pub(crate) &'a [(N, String)]);

impl<N: fmt::Debug> fmt::Debug for Names<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.0.iter().map(|(name, value)| (name, Length::of(value)));
        f.debug_map().entries(pairs).finish()
    }
}
