/// How much of a request is looked at; more is refused before anything is built from it.
///
/// ```
/// use countersign_base_string::Limits;
///
/// let limits = Limits::default().with_parameters(100).with_header_bytes(8 * 1024);
/// assert_eq!(limits.parameters(), 100);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    parameters: usize,
    header_bytes: usize,
    query_bytes: usize,
    body_bytes: usize,
}

impl Default for Limits {
    /// 16,384 parameters; 32 KiB of `Authorization`, 256 KiB of query, 4 MiB of form body.
    fn default() -> Self {
        Self {
            parameters: 16 * 1024,
            header_bytes: 32 * 1024,
            query_bytes: 256 * 1024,
            body_bytes: 4 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// No limit at all, for a request of one's own.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            parameters: usize::MAX,
            header_bytes: usize::MAX,
            query_bytes: usize::MAX,
            body_bytes: usize::MAX,
        }
    }

    /// Sets the greatest number of parameters of all places together.
    #[must_use]
    pub const fn with_parameters(mut self, count: usize) -> Self {
        self.parameters = count;
        self
    }

    /// Sets the greatest length of all `Authorization` field values together.
    #[must_use]
    pub const fn with_header_bytes(mut self, bytes: usize) -> Self {
        self.header_bytes = bytes;
        self
    }

    /// Sets the greatest length of the query.
    #[must_use]
    pub const fn with_query_bytes(mut self, bytes: usize) -> Self {
        self.query_bytes = bytes;
        self
    }

    /// Sets the greatest length of a form body; other bodies are not looked at.
    #[must_use]
    pub const fn with_body_bytes(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes;
        self
    }

    /// The greatest number of parameters of all places together.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        self.parameters
    }

    /// The greatest length of all `Authorization` field values together.
    #[must_use]
    pub const fn header_bytes(&self) -> usize {
        self.header_bytes
    }

    /// The greatest length of the query.
    #[must_use]
    pub const fn query_bytes(&self) -> usize {
        self.query_bytes
    }

    /// The greatest length of a form body.
    #[must_use]
    pub const fn body_bytes(&self) -> usize {
        self.body_bytes
    }
}
