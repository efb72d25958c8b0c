//! A captured answer.

use core::fmt;

use countersign_problem::{Answer, Found};

use crate::echo::Echo;
use crate::headers::Headers;

/// An answer as captured: status, headers and body bytes, each only if the input has it.
///
/// `Debug` shows names and lengths only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OwnedAnswer {
    status: Option<u16>,
    headers: Headers,
    body: Vec<u8>,
}

impl OwnedAnswer {
    /// An answer of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the status code.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header at the end.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// Replaces all headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the body, byte for byte.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The status code, if the input has one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// All `WWW-Authenticate` values that are text, in order.
    #[must_use]
    pub fn challenges(&self) -> Vec<&str> {
        self.headers
            .all("www-authenticate")
            .filter_map(|header| header.value_str())
            .collect()
    }

    /// The answer in the form that [`countersign_problem::parse`] takes; `challenges` is the
    /// list that [`OwnedAnswer::challenges`] gives.
    #[must_use]
    pub fn as_problem_answer<'a>(&'a self, challenges: &'a [&'a str]) -> Answer<'a> {
        Answer {
            status: self.status,
            challenges,
            content_type: self.content_type(),
            body: &self.body,
        }
    }

    /// The problem that the answer tells of, if it does.
    ///
    /// # Examples
    ///
    /// ```
    /// let capture = countersign_capture::read(b"oauth_problem=nonce_used")?;
    /// let found = capture.answer().unwrap().problem().unwrap();
    /// assert_eq!(found.problem.code().as_str(), "nonce_used");
    /// # Ok::<(), countersign_capture::CaptureError>(())
    /// ```
    #[must_use]
    pub fn problem(&self) -> Option<Found> {
        let challenges = self.challenges();
        countersign_problem::parse(&self.as_problem_answer(&challenges))
    }

    /// The problem in an answer of a provider that refuses with these statuses too, and names one of
    /// these codes of its own at one of those places then; see [`countersign_problem::parse_beyond`].
    #[must_use]
    pub fn problem_beyond<'c>(
        &self,
        provider: &str,
        statuses: &[u16],
        places: &[&str],
        codes: impl IntoIterator<Item = &'c str>,
    ) -> Option<Found> {
        let challenges = self.challenges();
        let answer = self.as_problem_answer(&challenges);
        countersign_problem::parse_beyond(&answer, provider, statuses, places, codes)
    }

    /// The problem in the answer to a step of a flow, of a provider that refuses it with one of these
    /// statuses, in a text that begins with this word; see [`countersign_problem::parse_step`].
    #[must_use]
    pub fn problem_of_a_step(&self, provider: &str, statuses: &[u16], word: &str) -> Option<Found> {
        let challenges = self.challenges();
        let answer = self.as_problem_answer(&challenges);
        countersign_problem::parse_step(&answer, provider, statuses, word)
    }

    /// What the answer tells about the provider's own computation: base strings, base URIs,
    /// signatures.
    #[must_use]
    pub fn echoes(&self) -> Vec<Echo> {
        crate::echo::in_answer(self)
    }

    /// The `Content-Type`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.headers.first("content-type")?.value_str()
    }

    /// The `Date`: the server's clock.
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.headers.first("date")?.value_str()
    }

    /// The `Location` of a redirect.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers.first("location")?.value_str()
    }
}

impl fmt::Debug for OwnedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            headers,
            body,
        } = self;
        f.debug_struct("OwnedAnswer")
            .field("status", status)
            .field("headers", headers)
            .field("body", &format_args!("[{} bytes]", body.len()))
            .finish()
    }
}
