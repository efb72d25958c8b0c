//! How much a reader takes before it refuses.

/// What a reader takes at most; more is a typed error, never a slow answer.
///
/// # Examples
///
/// ```
/// use countersign_capture::{CaptureError, Limits, read_with};
///
/// let limits = Limits::default().with_input_bytes(10);
/// let error = read_with(b"GET / HTTP/1.1\nHost: a\n\n", &limits).unwrap_err();
/// assert!(matches!(error, CaptureError::Limit(_)));
/// assert_eq!(error.to_string(), "input too large: at most 10 bytes, found 24");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    input_bytes: usize,
    entries: usize,
    headers: usize,
}

impl Default for Limits {
    /// 32 MiB of input, 10,000 requests or answers, 1,000 headers each.
    fn default() -> Self {
        Self {
            input_bytes: 32 * 1024 * 1024,
            entries: 10_000,
            headers: 1_000,
        }
    }
}

impl Limits {
    /// Bytes of the whole input.
    #[must_use]
    pub fn input_bytes(&self) -> usize {
        self.input_bytes
    }

    /// Requests (with their answers) in one input.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Headers of one message.
    #[must_use]
    pub fn headers(&self) -> usize {
        self.headers
    }

    /// Sets the largest input, in bytes.
    #[must_use]
    pub fn with_input_bytes(mut self, bytes: usize) -> Self {
        self.input_bytes = bytes;
        self
    }

    /// Sets how many requests one input may hold.
    #[must_use]
    pub fn with_entries(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
    }

    /// Sets how many headers one message may have.
    #[must_use]
    pub fn with_headers(mut self, headers: usize) -> Self {
        self.headers = headers;
        self
    }
}
